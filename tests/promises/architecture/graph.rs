//! Which file of the program imports which. Re-exports are followed to the file that defines the
//! item, so that a façade hides no dependency.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree};

/// The words of a path: `crate::model::time` is three.
type Words = Vec<String>;

/// A module of the library or of the program.
#[derive(Debug, Default)]
struct Module {
    /// Its file below `src`.
    file: String,
    parent: Option<usize>,
    /// The root of its crate.
    root: usize,
    children: BTreeMap<String, usize>,
    /// What `use` brings in: the name that it has here, and the path as written.
    imports: Vec<(String, Words)>,
    /// Paths of two words or more in its code.
    paths: BTreeSet<Words>,
    /// Whether it holds more than `mod` and `use`.
    has_items: bool,
    /// Types that it defines.
    types: Vec<String>,
}

/// All files below a `src`, and what they import.
#[derive(Debug, Default)]
pub(super) struct Graph {
    modules: Vec<Module>,
    library: usize,
    /// The files that each file imports.
    pub(super) imports: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Reads the library `lib.rs` and, if there is one, the program `bin/hallpass/main.rs`.
    pub(super) fn of(src: &Path) -> Self {
        let mut graph = Self::default();
        graph.library = graph.read(src, &src.join("lib.rs"), src, None);
        let program = src.join("bin/hallpass");
        if program.is_dir() {
            graph.read(src, &program.join("main.rs"), &program, None);
        }
        graph.connect();
        graph
    }

    /// Reads the module in `file`, whose children are in `folder`.
    fn read(&mut self, src: &Path, file: &Path, folder: &Path, parent: Option<usize>) -> usize {
        let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let items = syn::parse_file(&text).unwrap().items;
        let name = file.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
        let id = self.add(name, parent);
        self.take(src, items, folder, id);
        id
    }

    fn add(&mut self, file: String, parent: Option<usize>) -> usize {
        let id = self.modules.len();
        let root = parent.map_or(id, |parent| self.modules[parent].root);
        self.modules.push(Module {
            file,
            parent,
            root,
            ..Module::default()
        });
        id
    }

    /// Takes the items of module `id`. Tests are none of the program.
    fn take(&mut self, src: &Path, items: Vec<Item>, folder: &Path, id: usize) {
        for item in items {
            if is_test(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let inner = folder.join(&name);
                    let child = if let Some((_, items)) = item.content {
                        let child = self.add(self.modules[id].file.clone(), Some(id));
                        self.take(src, items, &inner, child);
                        child
                    } else {
                        self.read(src, &inner.with_extension("rs"), &inner, Some(id))
                    };
                    self.modules[id].children.insert(name, child);
                }
                Item::Use(item) => spread(&item.tree, &[], &mut self.modules[id].imports),
                item => {
                    self.modules[id].has_items = true;
                    self.modules[id].types.extend(type_name(&item));
                    collect(item.to_token_stream(), &mut self.modules[id].paths);
                }
            }
        }
    }

    fn connect(&mut self) {
        for (id, module) in self.modules.iter().enumerate() {
            let used = module
                .imports
                .iter()
                .map(|(_, path)| path)
                .chain(&module.paths);
            for path in used {
                let Some(file) = self.defining(id, path, 0) else {
                    continue;
                };
                // What a façade passes on, it does not use.
                if module.has_items && file != module.file {
                    self.imports
                        .entry(module.file.clone())
                        .or_default()
                        .insert(file);
                }
            }
        }
    }

    /// The file that defines what `path` names in module `at`; `None` for what is not ours.
    fn defining(&self, at: usize, path: &[String], depth: usize) -> Option<String> {
        let module = &self.modules[at];
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            _ if depth > 20 => None,
            "crate" => self.below(module.root, rest, depth),
            "hallpass" if module.root != self.library => self.below(self.library, rest, depth),
            "self" => self.below(at, rest, depth),
            "super" => self.below(module.parent?, rest, depth),
            name if module.children.contains_key(name) => self.below(at, path, depth),
            name => {
                let imported = |(known, whole): &&(String, Words)| known == name && whole != path;
                let (_, import) = module.imports.iter().find(imported)?;
                self.defining(at, &[import, rest].concat(), depth + 1)
            }
        }
    }

    /// The file that defines what `path` names, which begins in module `at`; `None` for a module.
    fn below(&self, at: usize, path: &[String], depth: usize) -> Option<String> {
        let module = &self.modules[at];
        let (first, rest) = path.split_first()?;
        if first == "super" {
            return self.below(module.parent?, rest, depth);
        }
        if let Some(child) = module.children.get(first) {
            return self.below(*child, rest, depth);
        }
        if let Some((_, import)) = module.imports.iter().find(|(name, _)| name == first) {
            return self.defining(at, &[import, rest].concat(), depth + 1);
        }
        let globs = module.imports.iter().filter(|(name, _)| name == "*");
        let mut through = globs.map(|(_, import)| [import, path].concat());
        through
            .find_map(|whole| self.defining(at, &whole, depth + 1))
            .or_else(|| Some(module.file.clone()))
    }

    /// Sets of files that import each other, directly or through others.
    pub(super) fn cycles(&self) -> BTreeSet<Vec<&str>> {
        let files: BTreeSet<&str> = self.imports.keys().map(String::as_str).collect();
        let reached: BTreeMap<&str, BTreeSet<&str>> = files
            .iter()
            .map(|file| (*file, self.reached(file)))
            .collect();
        let mutual =
            |one: &str, other: &str| reached[one].contains(other) && reached[other].contains(one);
        let circular = files.iter().filter(|file| reached[**file].contains(**file));
        let set = |file: &&str| {
            files
                .iter()
                .copied()
                .filter(|other| mutual(file, other))
                .collect()
        };
        circular.map(set).collect()
    }

    /// All files that `file` needs.
    fn reached(&self, file: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut next: Vec<&String> = self.imports.get(file).into_iter().flatten().collect();
        while let Some(file) = next.pop() {
            if found.insert(file.as_str()) {
                next.extend(self.imports.get(file).into_iter().flatten());
            }
        }
        found
    }

    /// Every file of the program.
    pub(super) fn files(&self) -> BTreeSet<&str> {
        self.modules
            .iter()
            .map(|module| module.file.as_str())
            .collect()
    }

    /// Files with files below them that hold more than `mod` and `use`.
    pub(super) fn full_parents(&self) -> Vec<&str> {
        let has_files = |module: &&Module| {
            module
                .children
                .values()
                .any(|child| self.modules[*child].file != module.file)
        };
        let full = self
            .modules
            .iter()
            .filter(has_files)
            .filter(|module| module.has_items);
        full.map(|module| module.file.as_str()).collect()
    }

    /// Names of types that more than one file defines, and how often.
    pub(super) fn repeated_types(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for name in self.modules.iter().flat_map(|module| &module.types) {
            *counts.entry(name.as_str()).or_insert(0) += 1;
        }
        counts.retain(|_, count| *count > 1);
        counts
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.to_token_stream().to_string().contains("(test)")
    })
}

fn type_name(item: &Item) -> Option<String> {
    match item {
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Trait(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

/// Each name that a `use` brings in, with its whole path.
fn spread(tree: &UseTree, before: &[String], found: &mut Vec<(String, Words)>) {
    let with = |last: String| [before, &[last]].concat();
    match tree {
        UseTree::Path(tree) => spread(&tree.tree, &with(tree.ident.to_string()), found),
        UseTree::Name(tree) if tree.ident == "self" => {
            found.push((before.last().unwrap().clone(), before.to_vec()));
        }
        UseTree::Name(tree) => found.push((tree.ident.to_string(), with(tree.ident.to_string()))),
        UseTree::Rename(tree) if tree.ident == "self" => {
            found.push((tree.rename.to_string(), before.to_vec()));
        }
        UseTree::Rename(tree) => {
            found.push((tree.rename.to_string(), with(tree.ident.to_string())));
        }
        UseTree::Glob(_) => found.push(("*".to_owned(), before.to_vec())),
        UseTree::Group(tree) => tree
            .items
            .iter()
            .for_each(|part| spread(part, before, found)),
    }
}

/// Every path of two words or more, also inside macros.
fn collect(tokens: TokenStream, found: &mut BTreeSet<Words>) {
    let mut path = Words::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    end(&mut path, found);
                }
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            token => {
                end(&mut path, found);
                colons = 0;
                if let TokenTree::Group(group) = token {
                    collect(group.stream(), found);
                }
            }
        }
    }
    end(&mut path, found);
}

fn end(path: &mut Words, found: &mut BTreeSet<Words>) {
    if path.len() > 1 {
        found.insert(path.clone());
    }
    path.clear();
}

/// How many tokens a text of Rust has: words, numbers, texts, signs.
pub(super) fn tokens(code: &str) -> usize {
    fn count(tokens: TokenStream) -> usize {
        tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Group(group) => 2 + count(group.stream()),
                _ => 1,
            })
            .sum()
    }
    count(code.parse().unwrap())
}
