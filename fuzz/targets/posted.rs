//! What an application posts to the Profit flow, compared with what `serde_json` reads.
#![no_main]

use std::collections::BTreeMap;
use std::fmt;

use hallpass::http::{PostedTexts, read_json};
use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The fields that there are.
const FIELDS: [&str; 6] = [
    "apikey",
    "apitoken",
    "environmentkey",
    "userid",
    "description",
    "otp",
];

fuzz_target!(|body: &[u8]| {
    let read = read_json(body);
    match serde_json::from_slice::<Pairs>(body) {
        Ok(Pairs(pairs)) => assert_eq!(read, expected(&pairs), "{pairs:?}"),
        // What is skipped may be deeper, or a greater number, than a value can be.
        Err(error) => assert!(read.is_none() || is_tolerated(body, &error), "{error}"),
    }
    if let Some(reading) = read {
        ensure_stable(&reading);
    }
});

/// An object whose names may repeat.
#[derive(Debug)]
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        from.deserialize_map(Object)
    }
}

fn expected(pairs: &[(String, Value)]) -> Option<PostedTexts> {
    let mut fields = BTreeMap::new();
    for (name, value) in pairs {
        let name = name.to_ascii_lowercase();
        let Some(name) = FIELDS.into_iter().find(|own| *own == name) else {
            continue;
        };
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            _ => return None,
        };
        // Twice, whatever the case and whatever the values.
        if fields.insert(name, text).is_some() {
            return None;
        }
    }
    fields.retain(|_, text| !text.is_empty());
    Some(PostedTexts {
        method: None,
        fields,
    })
}

fn is_tolerated(body: &[u8], error: &serde_json::Error) -> bool {
    let text = error.to_string();
    let is_limit = text.starts_with("recursion limit") || text.starts_with("number out of range");
    // Half a pair of surrogates in a text that nobody reads.
    let is_text = text.contains("surrogate") || text.contains("hex escape");
    is_limit || (is_text && memchr::memmem::find(body, b"\\u").is_some())
}

/// What was read, written anew in other cases, is read as the same.
fn ensure_stable(reading: &PostedTexts) {
    let fields = reading.fields.iter();
    let object: serde_json::Map<_, _> = fields
        .map(|(name, text)| (name.to_ascii_uppercase(), Value::from(text.as_str())))
        .collect();
    let text = Value::from(object).to_string();
    assert_eq!(read_json(text.as_bytes()).as_ref(), Some(reading), "{text}");
}
