//! The fields of a request's body, as a form or as JSON: each at most once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use zeroize::{Zeroize as _, Zeroizing};

use crate::secret::SecretText;

/// The fields of a body. Any of them may be a secret. One without a value counts as left out (RFC
/// 6749, 3.2).
#[derive(Debug, Default)]
pub(super) struct Fields(BTreeMap<String, SecretText>);

/// The format of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// A body that has no such fields: it is not UTF-8, not of its format, or has a field twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl Format {
    /// The format that the head of a request names, without regard to its parameters.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(CONTENT_TYPE).iter();
        let value = values.next()?.to_str().ok()?;
        if values.next().is_some() {
            return None;
        }
        let media = value.split(';').next().unwrap_or_default().trim_ascii();
        if media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else if media.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}

impl Fields {
    /// Reads the fields of a body, and wipes it if nobody else refers to its bytes.
    pub(super) fn read(format: Format, body: Bytes) -> Result<Self, Malformed> {
        let fields = match format {
            Format::Form => Self::of_form(&body),
            Format::Json => serde_json::from_slice(&body).map_err(|_| Malformed),
        };
        if let Ok(mut bytes) = body.try_into_mut() {
            bytes.as_mut().zeroize();
        }
        fields
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, name: &str) -> Option<SecretText> {
        self.0
            .remove(name)
            .filter(|value| !value.expose().is_empty())
    }

    fn of_form(body: &[u8]) -> Result<Self, Malformed> {
        let text = str::from_utf8(body).map_err(|_| Malformed)?;
        let mut fields = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = form_decoded(name)?;
            fields.add(name.expose().to_owned(), form_decoded(value)?)?;
        }
        Ok(fields)
    }

    fn add(&mut self, name: String, value: SecretText) -> Result<(), Malformed> {
        match self.0.entry(name) {
            Entry::Occupied(_) => Err(Malformed),
            Entry::Vacant(free) => {
                free.insert(value);
                Ok(())
            }
        }
    }
}

/// Decodes a name or a value of a form: `+` is a space, `%` and two hex digits a byte.
pub(super) fn form_decoded(text: &str) -> Result<SecretText, Malformed> {
    // At full size: growing would leave a copy in freed memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next())? * 16 + digit(rest.next())?,
            byte => byte,
        });
    }
    let decoded = str::from_utf8(&bytes).map_err(|_| Malformed)?;
    Ok(SecretText::new(decoded.to_owned()))
}

fn digit(byte: Option<u8>) -> Result<u8, Malformed> {
    let value = byte.and_then(|byte| char::from(byte).to_digit(16));
    value
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(Malformed)
}

/// An object of texts. `null` counts as left out.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, value)) = map.next_entry::<String, Option<String>>()? {
            let value = SecretText::new(value.unwrap_or_default());
            let added = fields.add(name, value);
            added.map_err(|_| A::Error::custom("a field is there twice"))?;
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &[u8]) -> Result<Vec<(String, String)>, Malformed> {
        shown(Fields::read(Format::Form, Bytes::copy_from_slice(text)))
    }

    fn json(text: &str) -> Result<Vec<(String, String)>, Malformed> {
        let body = Bytes::copy_from_slice(text.as_bytes());
        shown(Fields::read(Format::Json, body))
    }

    fn shown(fields: Result<Fields, Malformed>) -> Result<Vec<(String, String)>, Malformed> {
        let texts = |(name, value): (String, SecretText)| (name, value.expose().to_owned());
        fields.map(|fields| fields.0.into_iter().map(texts).collect())
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        expected.iter().map(owned).collect()
    }

    #[test]
    fn a_form_is_decoded() {
        assert_eq!(form(b""), Ok(pairs(&[])));
        assert_eq!(
            form(b"a=b+c%2Bd&%C3%A9=%c3%a9&e"),
            Ok(pairs(&[("a", "b c+d"), ("e", ""), ("\u{e9}", "\u{e9}")]))
        );
    }

    #[test]
    fn what_is_not_a_form_is_refused() {
        for text in [
            &b"a=%"[..],
            b"a=%4",
            b"a=%4g",
            b"a=%-1",
            b"a=%ff",
            b"a=\xff",
            b"a=1&a=2",
            b"a=1&%61=1",
            b"a&a",
        ] {
            assert_eq!(form(text), Err(Malformed), "{text:?}");
        }
    }

    #[test]
    fn json_is_an_object_of_texts() {
        assert_eq!(
            json(r#"{"a":"b","c":null,"d":"\u00e9"}"#),
            Ok(pairs(&[("a", "b"), ("c", ""), ("d", "\u{e9}")]))
        );
        for text in [
            "",
            "[]",
            "\"a\"",
            r#"{"a":1}"#,
            r#"{"a":{"b":"c"}}"#,
            r#"{"a":"1","a":"2"}"#,
            r#"{"a":"1","\u0061":"1"}"#,
            r#"{"a":"1"} x"#,
        ] {
            assert_eq!(json(text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn a_field_without_a_value_is_left_out() {
        let mut fields = Fields::read(Format::Form, Bytes::from_static(b"a=&b=1")).unwrap();
        assert!(fields.take("a").is_none());
        assert_eq!(fields.take("b").unwrap().expose(), "1");
        assert!(fields.take("b").is_none());
    }

    #[test]
    fn the_format_is_that_of_the_head() {
        let of = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_TYPE, value.parse().unwrap());
            }
            Format::of(&headers)
        };
        let form = "application/x-www-form-urlencoded";
        assert_eq!(of(&[form]), Some(Format::Form));
        assert_eq!(
            of(&["Application/JSON ; charset=utf-8"]),
            Some(Format::Json)
        );
        assert_eq!(of(&["text/plain"]), None);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[form, form]), None);
    }
}
