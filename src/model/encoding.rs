//! One value, two encodings: text in human-readable formats (JSON), compact in the store.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::invalid::Invalid;

/// Serializes `text` into a human-readable format, `compact` into any other.
pub(super) fn serialize<S: Serializer>(
    serializer: S,
    text: &impl Display,
    compact: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.collect_str(text)
    } else {
        compact.serialize(serializer)
    }
}

/// Deserializes what [`serialize`] wrote; a compact value passes through `check`.
pub(super) fn deserialize<'de, D, T, C>(
    deserializer: D,
    check: impl FnOnce(C) -> Result<T, Invalid>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = Invalid>,
    C: Deserialize<'de>,
{
    let value = if deserializer.is_human_readable() {
        String::deserialize(deserializer)?.parse()
    } else {
        check(C::deserialize(deserializer)?)
    };
    value.map_err(D::Error::custom)
}
