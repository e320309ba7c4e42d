//! Writes a file with its edits, and remembers where each mutant has come to lie.

use std::ops::Range;

/// Text that is put into a file.
#[derive(Debug)]
pub(crate) struct Edit {
    /// What it replaces; nothing where both ends are the same.
    pub(crate) at: Range<usize>,
    pub(crate) text: String,
    /// Whether it stands before what follows, and not behind what precedes.
    pub(crate) opens: bool,
    /// Which of two at the same point is outside: the one that was made earlier.
    pub(crate) depth: usize,
    pub(crate) id: u32,
}

/// The new text, and the lines and bytes where edits of mutants are.
pub(crate) fn apply(text: &str, mut edits: Vec<Edit>) -> (String, Vec<(u32, Range<usize>)>) {
    edits.sort_by_key(|edit| {
        let nesting = isize::try_from(edit.depth).unwrap_or(isize::MAX);
        let replaces = !edit.at.is_empty();
        (edit.at.start, edit.opens, replaces, if edit.opens { nesting } else { -nesting })
    });
    let (mut out, mut done, mut places) = (String::with_capacity(text.len() * 2), 0, Vec::new());
    for edit in &edits {
        out.push_str(text.get(done..edit.at.start).unwrap_or_default());
        let start = out.len();
        out.push_str(&edit.text);
        places.push((edit.id, start..out.len()));
        done = edit.at.end.max(done);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    (out, places)
}
