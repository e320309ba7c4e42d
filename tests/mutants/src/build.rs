//! Builds the tree with all mutants in it, without those that do not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::find::{self, Mutant, Place};
use crate::table::Table;
use crate::{Outcome, Places, switch, write};

/// Where the edits of mutants lie in a mutated file, by the file's name below `src`.
type Spots = BTreeMap<String, Vec<(u32, Range<usize>)>>;

/// Finds the mutants, and takes out those that do not compile until the rest does.
pub(crate) fn until_it_compiles(places: &Places) -> Outcome<()> {
    let table = Table::read()?;
    copy_tree(places)?;
    fs::write(places.switch(), "")?;
    let kept = places.work.join("dropped.json");
    let mut dropped: BTreeSet<String> = fs::read(&kept)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    loop {
        let (mutants, spots) = mutate(places, &table, &dropped)?;
        let faults = compile(places)?;
        if faults.is_empty() {
            fs::write(places.work.join("plan.json"), serde_json::to_vec(&mutants)?)?;
            println!("{} mutants, {} others do not compile", mutants.len(), dropped.len());
            return Ok(());
        }
        let names: BTreeMap<u32, String> =
            mutants.iter().map(|mutant| (mutant.id, mutant.name())).collect();
        let before = dropped.len();
        for fault in &faults {
            dropped.extend(to_blame(places, fault, &spots, &mutants, &names)?);
        }
        println!("{} errors: {} mutants do not compile", faults.len(), dropped.len());
        if dropped.len() == before {
            let first = faults.first().map(|fault| fault.text.clone()).unwrap_or_default();
            return Err(format!("an error that no mutant explains:\n{first}").into());
        }
        fs::write(&kept, serde_json::to_vec(&dropped)?)?;
    }
}

/// An error of the compiler, and where it points to: file, bytes.
struct Fault {
    text: String,
    points: Vec<(String, Range<usize>)>,
}

/// The mutants that an error points at; where there are none, all of that function.
fn to_blame(
    places: &Places,
    fault: &Fault,
    spots: &Spots,
    mutants: &[Mutant],
    names: &BTreeMap<u32, String>,
) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for (file, at) in &fault.points {
        let Some(spots) = spots.get(file) else { continue };
        let touched = spots.iter().filter(|(_, spot)| spot.start < at.end && at.start < spot.end);
        found.extend(touched.filter_map(|(id, _)| names.get(id).cloned()));
    }
    if !found.is_empty() {
        return Ok(found);
    }
    for (file, at) in &fault.points {
        let path = places.tree().join("src").join(file);
        let text = fs::read_to_string(path)?;
        let Some(spots) = spots.get(file) else { continue };
        // The nearest mutant tells the function.
        let near = spots.iter().min_by_key(|(_, spot)| spot.start.abs_diff(at.start));
        let function = near.and_then(|(id, _)| mutants.iter().find(|mutant| mutant.id == *id));
        let _ = text;
        if let Some(function) = function {
            let of = |mutant: &&Mutant| {
                mutant.id != 0 && mutant.file == *file && mutant.function == function.function
            };
            found.extend(mutants.iter().filter(of).map(Mutant::name));
        }
    }
    Ok(found)
}

/// Puts the mutants into the copy of the tree.
fn mutate(
    places: &Places,
    table: &Table,
    dropped: &BTreeSet<String>,
) -> Outcome<(Vec<Mutant>, Spots)> {
    let (mut all, mut spots, mut next) = (Vec::new(), Spots::new(), 1);
    let source = places.project.join("src");
    let mut files = Vec::new();
    below(&source, &mut files)?;
    for path in files {
        let file = path.strip_prefix(&source)?.display().to_string();
        if table.part_of(&file).is_none() || file.ends_with("tests.rs") || file.contains("/tests/") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let switches =
            if file.starts_with("bin/") { "hallpass::mutants" } else { "crate::mutants" };
        let place = Place { file: &file, text: &text, switches, dropped };
        let (mutants, edits) = find::mutants(&place, &mut next)?;
        let (new, lying) = write::apply(&text, edits);
        all.extend(mutants.into_iter().filter(|mutant| mutant.id != 0));
        spots.insert(file.clone(), lying);
        put(&places.tree().join("src").join(&file), &new)?;
    }
    let mut lib = fs::read_to_string(source.join("lib.rs"))?;
    lib.push_str("\n#[doc(hidden)]\npub mod mutants;\n");
    put(&places.tree().join("src/lib.rs"), &lib)?;
    put(&places.tree().join("src/mutants.rs"), &switch::source(&places.switch()))?;
    Ok((all, spots))
}

fn below(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Outcome<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            below(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes a file only if it says something new, so that nothing is built in vain.
fn put(path: &Path, text: &str) -> Outcome<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, text)?)
}

/// Copies what git knows of the project, as it lies there now.
fn copy_tree(places: &Places) -> Outcome<()> {
    let tree = places.tree();
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&places.project)
        .output()?;
    let names = String::from_utf8(list.stdout)?;
    let mut wanted = BTreeSet::new();
    for name in
        names.split('\0').filter(|name| !name.is_empty() && !name.starts_with("tests/mutants/"))
    {
        let from = places.project.join(name);
        if !from.is_file() {
            continue;
        }
        wanted.insert(tree.join(name));
        let to = tree.join(name);
        if fs::read(&to).ok() != Some(fs::read(&from)?) {
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::copy(&from, &to)?;
        }
    }
    let mut there = Vec::new();
    if tree.join("src").exists() {
        below(&tree.join("src"), &mut there)?;
        for path in there.iter().filter(|path| !wanted.contains(*path)) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Builds the tests of the tree; the errors, if there are any.
fn compile(places: &Places) -> Outcome<Vec<Fault>> {
    let output = Command::new("cargo")
        .args(["test", "--no-run", "--locked", "--message-format=json"])
        .args(["--test", "all", "--test", "serve", "--lib", "--bins"])
        .current_dir(places.tree())
        .env("CARGO_TARGET_DIR", places.work.join("target"))
        .stderr(Stdio::inherit())
        .output()?;
    let (mut faults, mut binaries) = (Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        if let Some(binary) = message["executable"].as_str()
            && message["profile"]["test"] == true
        {
            binaries.push(binary.to_owned());
        }
        let message = &message["message"];
        if message["level"] == "error" && message["spans"].as_array().is_some_and(|s| !s.is_empty())
        {
            faults.push(fault(message));
        }
    }
    if faults.is_empty() && !output.status.success() {
        return Err("the tree does not build".into());
    }
    fs::write(places.work.join("binaries.json"), serde_json::to_vec(&binaries)?)?;
    Ok(faults)
}

fn fault(message: &Value) -> Fault {
    let text = message["rendered"].as_str().unwrap_or_default().to_owned();
    let mut points = Vec::new();
    let children = message["children"].as_array().cloned().unwrap_or_default();
    for part in std::iter::once(message).chain(&children) {
        for span in part["spans"].as_array().into_iter().flatten() {
            let name = span["file_name"].as_str().unwrap_or_default();
            let start = span["byte_start"].as_u64().and_then(|at| usize::try_from(at).ok());
            let end = span["byte_end"].as_u64().and_then(|at| usize::try_from(at).ok());
            if let (Some(file), Some(start), Some(end)) = (name.strip_prefix("src/"), start, end) {
                points.push((file.to_owned(), start..end.max(start + 1)));
            }
        }
    }
    Fault { text, points }
}
