//! How a result is displayed: its columns, and the text of their cells.

use serde::Serialize;

/// A result that can be printed: its JSON is its serialization; its table and CSV come from its
/// columns.
pub(crate) trait View: Serialize + Sized + 'static {
    /// Every column, in order.
    const COLUMNS: &'static [Column<Self>];
    /// The message in place of an empty table: `no profiles`.
    const NONE: &'static str;

    /// Formats one result for a person where a sentence is clearer than a table.
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

/// Whether a text that is too long for its column is wrapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// It may be wrapped anywhere.
    Anywhere,
    /// It is never wrapped, because people copy it as a whole.
    Nowhere,
}

/// Where a column is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// In lists as well.
    Listed,
    /// Where one result is shown alone, and in CSV.
    Detail,
}

impl<T> Column<T> {
    /// Defines a column of lists. `name` is that of the JSON field.
    pub(crate) const fn listed(name: &'static str, cell: fn(&T) -> String) -> Self {
        Self {
            name,
            shown: Shown::Listed,
            breaks: Breaks::Anywhere,
            cell,
        }
    }

    /// Defines a column that lists leave out.
    pub(crate) const fn detail(name: &'static str, cell: fn(&T) -> String) -> Self {
        Self {
            name,
            shown: Shown::Detail,
            breaks: Breaks::Anywhere,
            cell,
        }
    }

    /// Keeps the texts of the column in one line: an id, a time.
    pub(crate) const fn whole(self) -> Self {
        Self {
            breaks: Breaks::Nowhere,
            ..self
        }
    }
}

/// Formats a value that may be absent.
pub(crate) fn optional<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// Formats what a role can do although it need not; nothing if that was not asked.
pub(crate) fn excess(rights: Option<&[String]>) -> String {
    match rights {
        None => String::new(),
        Some([]) => "none".to_owned(),
        Some(rights) => rights.join("; "),
    }
}

/// Formats several values.
pub(crate) fn joined<T: ToString>(values: &[T]) -> String {
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Formats a boolean.
pub(crate) fn flag(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
