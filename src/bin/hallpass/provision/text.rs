//! What stands in a declaration: texts that are parsed as they are read, and tables by name.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use hallpass::ops::edit::Change;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A text that is what it is to be, or an error that does not repeat it.
pub(super) struct Text<T>(pub(super) T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Line(PhantomData)).map(Self)
    }
}

struct Line<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Line<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Something optional: what is not there stays as it is, and the empty text (or `null`) takes it away.
pub(super) struct Wish<T>(pub(super) Change<T>);

impl<T> Default for Wish<T> {
    fn default() -> Self {
        Self(Change::Keep)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Wish<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Option::<Text<Given<T>>>::deserialize(from)?;
        Ok(Self(match text {
            None | Some(Text(Given(None))) => Change::Clear,
            Some(Text(Given(Some(value)))) => Change::Set(value),
        }))
    }
}

/// A text that may be empty.
struct Given<T>(Option<T>);

impl<T: FromStr> FromStr for Given<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|it| Self(Some(it))) }
    }
}

/// A list, or the word `any`: no list is meant to be empty and yet let everything in.
pub(super) enum Only<T> {
    /// `any`.
    Any,
    /// These.
    These(Vec<T>),
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Only<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(These(PhantomData))
    }
}

struct These<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for These<T> {
    type Value = Only<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or `any`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Only<T>, E> {
        match text {
            "any" => Ok(Only::Any),
            _ => Err(E::custom("use a list, or `any`")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Only<T>, A::Error> {
        let mut these = Vec::new();
        while let Some(Text(item)) = list.next_element::<Text<T>>()? {
            these.push(item);
        }
        if these.is_empty() {
            return Err(A::Error::custom("the list is empty; use `any` if that is meant"));
        }
        Ok(Only::These(these))
    }
}

/// A table whose keys are names, each once without regard to case.
pub(super) struct Table<N, V>(pub(super) Vec<(N, V)>);

impl<N, V> Default for Table<N, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, N, V> Deserialize<'de> for Table<N, V>
where
    N: FromStr<Err: fmt::Display> + fmt::Display,
    V: Deserialize<'de> + Default,
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // YAML has `null` where a table is left empty.
        from.deserialize_option(Entries(PhantomData))
    }
}

struct Entries<N, V>(PhantomData<(N, V)>);

impl<'de, N, V> Visitor<'de> for Entries<N, V>
where
    N: FromStr<Err: fmt::Display> + fmt::Display,
    V: Deserialize<'de> + Default,
{
    type Value = Table<N, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table by name")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Table::default())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Table::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut entries, mut seen) = (Vec::new(), std::collections::HashSet::new());
        while let Some(Text(name)) = map.next_key::<Text<N>>()? {
            if !seen.insert(name.to_string().to_ascii_lowercase()) {
                return Err(A::Error::custom(format!("`{name}` stands there twice")));
            }
            let value: Option<V> = map.next_value()?;
            entries.push((name, value.unwrap_or_default()));
        }
        Ok(Table(entries))
    }
}
