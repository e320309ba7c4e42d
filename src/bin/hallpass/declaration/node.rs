//! The values of a declaration and their positions, whatever its language.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{MessageFormatter as _, Spanned, UserMessageFormatter};
use toml::de::{DeTable, DeValue};

use crate::cli::declaration::Language;

/// A position in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    /// In bytes, or in characters: positions are only compared within the same file.
    offset: u64,
    /// The line, counted from 1.
    pub(super) line: u64,
}

/// A value and its position.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    /// YAML's `null`, or no value after a colon.
    Null,
    /// A text, with or without quotes.
    Text(String),
    /// An unquoted YAML number or boolean: also usable as text, as it is written.
    Bare(String),
    /// A TOML value that is not a text: `true`, `7`, a date.
    Other(String, &'static str),
    /// A list.
    List(Vec<Node>),
    /// A table, in the order of the file.
    Table(Vec<(TableKey, Node)>),
}

/// A key of a table.
#[derive(Debug)]
pub(super) struct TableKey {
    pub(super) at: Position,
    pub(super) name: String,
}

impl Value {
    /// Returns the name of its type for an error message.
    pub(super) fn sort(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Text(_) | Self::Bare(_) => "a text",
            Self::Other(_, sort) => sort,
            Self::List(_) => "sequence",
            Self::Table(_) => "a table",
        }
    }
}

/// Why a text cannot be parsed, and in which line. The line itself is not repeated: a password that
/// was written there must not appear in a log as well.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) line: Option<u64>,
    pub(super) message: String,
    pub(super) language: Language,
}

/// Parses a file into values.
pub(super) fn parse(text: &str, language: Language) -> Result<Node, Unreadable> {
    match language {
        Language::Toml => toml(text),
        Language::Yaml => yaml(text),
    }
}

fn toml(text: &str) -> Result<Node, Unreadable> {
    let lines = LineStarts::of(text);
    match DeTable::parse(text) {
        Ok(table) => Ok(lines.table(0, table.into_inner())),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            let line = Some(lines.position(start).line);
            let message = error.message().to_owned();
            Err(Unreadable {
                line,
                message,
                language: Language::Toml,
            })
        }
    }
}

/// The offsets at which the lines of a text begin.
struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(ends.map(|(at, _)| at).collect())
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.0.partition_point(|end| *end < offset) as u64 + 1;
        Position {
            offset: offset as u64,
            line,
        }
    }

    fn node(&self, offset: usize, value: DeValue<'_>) -> Node {
        let value = match value {
            DeValue::Table(table) => return self.table(offset, table),
            DeValue::Array(items) => {
                let items = items
                    .into_iter()
                    .map(|it| (it.span().start, it.into_inner()));
                Value::List(items.map(|(start, it)| self.node(start, it)).collect())
            }
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => Value::Other(number.to_string(), "a number"),
            DeValue::Float(number) => Value::Other(number.to_string(), "a number"),
            DeValue::Boolean(truth) => Value::Other(truth.to_string(), "a boolean"),
            DeValue::Datetime(date) => Value::Other(date.to_string(), "a date without quotes"),
        };
        Node {
            at: self.position(offset),
            value,
        }
    }

    fn table(&self, offset: usize, table: DeTable<'_>) -> Node {
        let entries = table.into_iter().map(|(key, value)| {
            let at = self.position(key.span().start);
            let name = key.into_inner().into_owned();
            let start = value.span().start;
            (TableKey { at, name }, self.node(start, value.into_inner()))
        });
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|(key, _)| key.at);
        Node {
            at: self.position(offset),
            value: Value::Table(entries),
        }
    }
}

fn yaml(text: &str) -> Result<Node, Unreadable> {
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
    let said = |error: &serde_saphyr::Error| {
        UserMessageFormatter
            .format_message(error.without_snippet())
            .into_owned()
    };
    let read: Result<Option<Spanned<Raw>>, _> = serde_saphyr::from_str_with_options(text, options);
    match read {
        Ok(None) => Ok(Node {
            at: Position::default(),
            value: Value::Null,
        }),
        Ok(Some(raw)) => Ok(resolved(text, raw)),
        Err(error) => {
            let line = error.location().map(|at| at.line());
            Err(Unreadable {
                line,
                message: said(&error),
                language: Language::Yaml,
            })
        }
    }
}

/// A YAML value; the text of an unquoted scalar is looked up later, as it is written.
enum Raw {
    Null,
    Text(String),
    /// A number or a boolean.
    Bare,
    List(Vec<Spanned<Raw>>),
    Table(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn resolved(text: &str, raw: Spanned<Raw>) -> Node {
    let at = position(&raw.referenced);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::Text(text),
        Raw::Bare => Value::Bare(written(text, &raw.defined).to_owned()),
        Raw::List(items) => Value::List(items.into_iter().map(|it| resolved(text, it)).collect()),
        Raw::Table(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let at = position(&key.referenced);
                (
                    TableKey {
                        at,
                        name: key.value,
                    },
                    resolved(text, value),
                )
            });
            Value::Table(entries.collect())
        }
    };
    Node { at, value }
}

fn position(at: &serde_saphyr::Location) -> Position {
    Position {
        offset: at.span().offset(),
        line: at.line(),
    }
}

/// Returns the text at a location.
fn written<'a>(text: &'a str, at: &serde_saphyr::Location) -> &'a str {
    let range = at.span().byte_offset().zip(at.span().byte_len());
    let range = range.and_then(|(start, length)| {
        let start = usize::try_from(start).ok()?;
        text.get(start..start.checked_add(usize::try_from(length).ok()?)?)
    });
    range.unwrap_or_default().trim()
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a list or a table")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Bare)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Bare)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Bare)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Bare)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats a value in one line, with the lines of its parts.
    fn shown(node: &Node) -> String {
        let line = node.at.line;
        match &node.value {
            Value::Null => format!("{line}:null"),
            Value::Text(text) => format!("{line}:'{text}'"),
            Value::Bare(text) => format!("{line}:{text}"),
            Value::Other(text, sort) => format!("{line}:{text} ({sort})"),
            Value::List(items) => {
                let items: Vec<_> = items.iter().map(shown).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Table(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| format!("{}:{}={}", key.at.line, key.name, shown(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[test]
    fn yaml_keeps_what_is_written_and_where() {
        let text = "b:\n  x: 1.10\n  y: 'true'\n  z: true\na: [~, 0, 90d]\nc:\nd: ''\n";
        let node = parse(text, Language::Yaml).unwrap();
        let wanted = "{1:b={2:x=2:1.10 3:y=3:'true' 4:z=4:true} 5:a=[5:null 5:0 5:'90d'] 6:c=6:null 7:d=7:''}";
        assert_eq!(shown(&node), wanted);
    }

    #[test]
    fn toml_comes_in_the_order_of_the_file() {
        let text = "[b]\nx = 1\ny = 'z'\n[a.c]\nd = [true, 'e']\n";
        let node = parse(text, Language::Toml).unwrap();
        let wanted = "{1:b={2:x=2:1 (a number) 3:y=3:'z'} \
                      4:a={4:c={5:d=[5:true (a boolean) 5:'e']}}}";
        assert_eq!(shown(&node), wanted);
    }

    #[test]
    fn json_is_yaml() {
        let node = parse("{\"a\": {\"b\": null,\n \"c\": 7}}", Language::Yaml).unwrap();
        assert_eq!(shown(&node), "{1:a={1:b=1:null 2:c=2:7}}");
    }
}
