//! What a result is shown by: its columns, and how their cells are put in words.

use serde::Serialize;

/// A result: its JSON is what it serializes to; its table and CSV come from its columns.
pub(crate) trait View: Serialize + Sized + 'static {
    /// Every column, in order.
    const COLUMNS: &'static [Column<Self>];
    /// What is said instead of an empty table: `no profiles`.
    const NONE: &'static str;

    /// What a person is shown of one result, where a sentence says it better than a table.
    fn sentence(&self) -> Option<String> {
        None
    }
}

/// One column of a result.
pub(crate) struct Column<T> {
    pub(super) name: &'static str,
    pub(super) shown: Shown,
    pub(super) breaks: Breaks,
    pub(super) cell: fn(&T) -> String,
}

/// Whether a text that is too long for its column goes on in the next line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// It may.
    Anywhere,
    /// It is copied as a whole, so it is kept as one.
    Nowhere,
}

/// Where a column is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// In lists, too.
    Listed,
    /// Where one result is shown alone, and in CSV.
    Detail,
}

impl<T> Column<T> {
    /// A column of lists. `name` is that of the JSON field.
    pub(crate) const fn listed(name: &'static str, cell: fn(&T) -> String) -> Self {
        Self {
            name,
            shown: Shown::Listed,
            breaks: Breaks::Anywhere,
            cell,
        }
    }

    /// A column that lists leave out.
    pub(crate) const fn detail(name: &'static str, cell: fn(&T) -> String) -> Self {
        Self {
            name,
            shown: Shown::Detail,
            breaks: Breaks::Anywhere,
            cell,
        }
    }

    /// Keeps its texts in one line where others are broken: an id, a moment.
    pub(crate) const fn whole(self) -> Self {
        Self {
            breaks: Breaks::Nowhere,
            ..self
        }
    }
}

/// A cell for something that may be absent.
pub(crate) fn optional<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A cell for several things.
pub(crate) fn joined<T: ToString>(values: &[T]) -> String {
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A cell for yes or no.
pub(crate) fn flag(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
