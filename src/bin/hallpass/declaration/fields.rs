//! Reads the tables of a declaration property by property. Errors are collected, and reading
//! continues.
//!
//! The allowed values of a property are decided here, once for every kind of property;
//! `docs/apply.md` has the same as a table.

use std::collections::HashSet;
use std::fmt::{self, Display};
use std::str::FromStr;

use hallpass::model::any::is_any;
use hallpass::ops::edit::Change;

use super::node::{Node, Position, TableKey, Value};
use super::wrong::{DeclaredAt, Mistakes};

const LIST: &str = "use a list, or `any`";
const EMPTY: &str = "the list is empty; use `any` if that is intended";
const NO_LIST: &str = "there is no value; use `any` if that is intended";
const EMPTY_TEXT: &str = "it is empty; leave it out, or use a value";
const EMPTY_RESTRICTION: &str = "it is empty; use `any` if that is intended";

/// A table that is being read.
pub(super) struct Fields<'a> {
    pub(super) wrong: &'a mut Mistakes,
    path: String,
    entries: Vec<(TableKey, Node)>,
    /// The properties that were asked for.
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Returns the properties of a table. Without a value the table is empty; any other value is an
    /// error, and the table is empty too.
    pub(super) fn of(node: Node, path: String, wrong: &'a mut Mistakes) -> Self {
        let entries = match node.value {
            Value::Table(entries) => entries,
            Value::Null => Vec::new(),
            other => {
                let place = DeclaredAt {
                    position: Some(node.at),
                    path: path.clone(),
                };
                wrong.value(place, &unfit(&other, "a table"));
                Vec::new()
            }
        };
        Self {
            wrong,
            path,
            entries,
            known: Vec::new(),
        }
    }

    /// Reads a text.
    pub(super) fn text<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        match self.given(name)? {
            Given::Empty(at) => self.refuse(name, at, &EMPTY_TEXT),
            Given::Text(at, text) => self.parsed(name, at, &text),
        }
    }

    /// Reads a text that can be cleared: the empty one does that.
    pub(super) fn clearable<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Change<T> {
        match self.given(name) {
            None => Change::Keep,
            Some(Given::Empty(_)) => Change::Clear,
            Some(Given::Text(at, text)) => self
                .parsed(name, at, &text)
                .map_or(Change::Keep, Change::Set),
        }
    }

    /// Reads a text that restricts: `any` lifts the restriction, and nothing else does.
    pub(super) fn restriction<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
    ) -> Change<T> {
        match self.given(name) {
            None => Change::Keep,
            Some(Given::Empty(at)) => {
                self.refuse::<T>(name, at, &EMPTY_RESTRICTION);
                Change::Keep
            }
            Some(Given::Text(_, text)) if is_any(&text) => Change::Clear,
            Some(Given::Text(at, text)) => self
                .parsed(name, at, &text)
                .map_or(Change::Keep, Change::Set),
        }
    }

    /// Reads a list that restricts: `any` lifts the restriction, and nothing else does.
    pub(super) fn restricting<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
    ) -> Change<Vec<T>> {
        let Some(Node { at, value }) = self.take(name) else {
            return Change::Keep;
        };
        let wrong = match value {
            Value::Null => NO_LIST,
            Value::List(items) if items.is_empty() => EMPTY,
            Value::List(items) => {
                let path = self.path_of(name);
                return texts(self.wrong, &path, items).map_or(Change::Keep, Change::Set);
            }
            Value::Text(text) if is_any(&text) => return Change::Clear,
            _ => LIST,
        };
        self.refuse::<T>(name, at, &wrong);
        Change::Keep
    }

    /// Reads a list that may be empty.
    pub(super) fn list<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<Vec<T>> {
        let node = self.take(name)?;
        let path = self.path_of(name);
        list(self.wrong, &path, node)
    }

    /// Reads one of several words.
    pub(super) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let (at, text) = match self.given(name)? {
            Given::Empty(at) => (at, String::new()),
            Given::Text(at, text) => (at, text),
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        self.refuse(name, at, &format!("use {}", any_of(&words)))
    }

    /// Reads `true` or `false`.
    pub(super) fn truth(&mut self, name: &'static str) -> Option<bool> {
        let Node { at, value } = self.take(name)?;
        match &value {
            Value::Null => None,
            Value::Bare(text) | Value::Other(text, _) => match text.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => self.refuse(name, at, &unfit(&value, "`true` or `false`")),
            },
            other => self.refuse(name, at, &unfit(other, "`true` or `false`")),
        }
    }

    /// Reads the version of the file format; any other than `ours` is an error.
    pub(super) fn version(&mut self, ours: u32) {
        let Some(Node { at, value }) = self.take("version") else {
            return;
        };
        let what = match &value {
            Value::Null => return,
            Value::Bare(text) | Value::Other(text, _) if *text == ours.to_string() => return,
            Value::Bare(text) | Value::Other(text, _) if text.parse::<u32>().is_ok() => {
                format!("the declaration is of version {text}; this program reads {ours}")
            }
            other => unfit(other, "a number"),
        };
        self.refuse::<u32>("version", at, &what);
    }

    /// Reads things by name; each name may appear once, whatever its case.
    pub(super) fn named<N: FromStr<Err: Display> + Display>(
        &mut self,
        name: &'static str,
    ) -> Vec<Entry<N>> {
        let Some(node) = self.take(name) else {
            return Vec::new();
        };
        let path = self.path_of(name);
        let table = Fields::of(node, path.clone(), self.wrong);
        let mut seen = HashSet::new();
        let mut named = Vec::new();
        for (TableKey { at, name }, node) in table.entries {
            let path = joined(&path, &name);
            let place = DeclaredAt {
                position: Some(at),
                path: path.clone(),
            };
            match name.parse::<N>() {
                Err(invalid) => self.wrong.value(place, &invalid),
                Ok(_) if !seen.insert(name.to_ascii_lowercase()) => {
                    self.wrong.value(place, &format!("`{name}` is given twice"));
                }
                Ok(name) => named.push(Entry { name, place, node }),
            }
        }
        named
    }

    /// Reports the properties that are unknown.
    pub(super) fn end(self) {
        for (key, _) in &self.entries {
            let place = DeclaredAt {
                position: Some(key.at),
                path: joined(&self.path, &key.name),
            };
            let what = format!(
                "unknown field `{}`, expected {}",
                key.name,
                one_of(&self.known)
            );
            self.wrong.value(place, &what);
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Node> {
        self.known.push(name);
        let at = self.entries.iter().position(|(key, _)| key.name == name)?;
        Some(self.entries.remove(at).1)
    }

    /// Reads a text, if one is given: `null` is none.
    fn given(&mut self, name: &'static str) -> Option<Given> {
        let Node { at, value } = self.take(name)?;
        match value {
            Value::Null => None,
            Value::Text(text) | Value::Bare(text) if text.is_empty() => Some(Given::Empty(at)),
            Value::Text(text) | Value::Bare(text) => Some(Given::Text(at, text)),
            other => self.refuse(name, at, &unfit(&other, "a text")),
        }
    }

    fn parsed<T: FromStr<Err: Display>>(
        &mut self,
        name: &'static str,
        at: Position,
        text: &str,
    ) -> Option<T> {
        let path = self.path_of(name);
        parsed(self.wrong, &path, at, text)
    }

    fn refuse<T>(&mut self, name: &str, at: Position, what: &dyn Display) -> Option<T> {
        let path = self.path_of(name);
        refuse(self.wrong, &path, at, what)
    }

    fn path_of(&self, name: &str) -> String {
        joined(&self.path, name)
    }
}

/// Reads a list of texts that may be empty; `null` is not a list.
pub(super) fn list<T: FromStr<Err: Display>>(
    wrong: &mut Mistakes,
    path: &str,
    node: Node,
) -> Option<Vec<T>> {
    match node.value {
        Value::Null => None,
        Value::List(items) => texts(wrong, path, items),
        other => refuse(wrong, path, node.at, &unfit(&other, "a list")),
    }
}

/// Parses all items; returns `None` if one of them is not valid.
fn texts<T: FromStr<Err: Display>>(
    wrong: &mut Mistakes,
    path: &str,
    items: Vec<Node>,
) -> Option<Vec<T>> {
    let count = items.len();
    let mut list = Vec::new();
    for Node { at, value } in items {
        list.extend(match value {
            Value::Text(text) | Value::Bare(text) => parsed(wrong, path, at, &text),
            other => refuse(wrong, path, at, &unfit(&other, "a text")),
        });
    }
    (list.len() == count).then_some(list)
}

fn parsed<T: FromStr<Err: Display>>(
    wrong: &mut Mistakes,
    path: &str,
    at: Position,
    text: &str,
) -> Option<T> {
    text.parse()
        .map_or_else(|invalid| refuse(wrong, path, at, &invalid), Some)
}

fn refuse<T>(wrong: &mut Mistakes, path: &str, at: Position, what: &dyn Display) -> Option<T> {
    wrong.value(
        DeclaredAt {
            position: Some(at),
            path: path.to_owned(),
        },
        what,
    );
    None
}

/// An entry of a table of named things.
pub(super) struct Entry<N> {
    pub(super) name: N,
    pub(super) place: DeclaredAt,
    pub(super) node: Node,
}

/// A text or bare word that is given.
enum Given {
    Empty(Position),
    Text(Position, String),
}

/// Formats the error for a value of the wrong type.
fn unfit(value: &Value, wanted: &str) -> String {
    format!("invalid type: {}, expected {wanted}", value.sort())
}

/// Joins a path and a name, `profiles.ci`; quotes a name that contains dots.
fn joined(path: &str, name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name = if name.chars().all(bare) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    };
    if path.is_empty() {
        name
    } else {
        format!("{path}.{name}")
    }
}

/// Formats a choice: "`a`", "`a` or `b`", "one of `a`, `b`, `c`".
fn one_of(words: &[&str]) -> String {
    if words.len() > 2 {
        format!("one of {}", Quoted(words, ", "))
    } else {
        any_of(words)
    }
}

fn any_of(words: &[&str]) -> String {
    Quoted(words, " or ").to_string()
}

/// Words in backticks, with a separator between them.
struct Quoted<'a>(&'a [&'a str], &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted: Vec<_> = self.0.iter().map(|word| format!("`{word}`")).collect();
        f.write_str(&quoted.join(self.1))
    }
}
