//! The word that lifts a restriction.

/// The word for "no restriction" where a connection, a group or a device is named. It is reserved:
/// no name equals it in any case.
pub const ANY: &str = "any";

/// Why [`ANY`] is not a name.
pub(super) const RESERVED: &str = "`any` means no restriction; choose another name";

/// Whether a text is the word for "no restriction", in any case.
pub fn is_any(text: &str) -> bool {
    text.eq_ignore_ascii_case(ANY)
}
