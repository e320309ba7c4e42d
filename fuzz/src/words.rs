//! Words of an input that stand for what only the store knows: `<<token>>` is a valid token.
//!
//! So seeds are texts that last, and a mutation moves a whole token at once.

use data_encoding::BASE64;
use hallpass::model::token::{Encoding, Token};
use memchr::memmem;

use crate::store::Sample;

/// Where an input waits before it goes on.
pub const WAIT: &[u8] = b"<<wait>>";

/// All words, and what each stands for.
pub struct Words {
    all: Vec<Word>,
}

struct Word {
    name: &'static [u8],
    text: Vec<u8>,
    /// Whether a verdict may say yes to it.
    is_valid: bool,
}

impl Words {
    /// Those of a store.
    pub fn of(sample: &Sample) -> Self {
        let text = |token: &Token, form| token.encode(form).expose().as_bytes().to_vec();
        let native = |token| text(token, Encoding::Native);
        let xml = text(&sample.valid, Encoding::Xml);
        let basic = [b"ci:".as_slice(), &native(&sample.valid)].concat();
        let valid = |name, text| Word {
            name,
            text,
            is_valid: true,
        };
        let other = |name, text| Word {
            name,
            text,
            is_valid: false,
        };
        let all = vec![
            valid(b"<<token>>", native(&sample.valid)),
            valid(b"<<near>>", native(&sample.near)),
            valid(b"<<service>>", native(&sample.service)),
            valid(b"<<base64>>", BASE64.encode(&xml).into_bytes()),
            valid(b"<<xml>>", xml),
            valid(b"<<escaped>>", escaped(&text(&sample.valid, Encoding::Xml))),
            valid(b"<<basic>>", BASE64.encode(&basic).into_bytes()),
            other(b"<<hex>>", text(&sample.valid, Encoding::Hex)),
            other(b"<<revoked>>", native(&sample.revoked)),
            other(b"<<key>>", sample.api_key.clone().into_bytes()),
            other(
                b"<<environment>>",
                sample.environment_key.clone().into_bytes(),
            ),
            other(b"<<code>>", sample.code.clone().into_bytes()),
        ];
        Self { all }
    }

    /// The input with what its words stand for.
    pub fn expand(&self, input: &[u8]) -> Vec<u8> {
        let mut expanded = Vec::with_capacity(2 * input.len());
        let mut rest = input;
        while let Some(at) = memmem::find(rest, b"<<") {
            expanded.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            match self.all.iter().find(|word| rest.starts_with(word.name)) {
                Some(word) => {
                    expanded.extend_from_slice(&word.text);
                    rest = &rest[word.name.len()..];
                }
                None => {
                    expanded.push(rest[0]);
                    rest = &rest[1..];
                }
            }
        }
        expanded.extend_from_slice(rest);
        expanded
    }

    /// Whether an input has a credential that may be valid: no other input may pass.
    pub fn has_valid(&self, input: &[u8]) -> bool {
        let mut valid = self.all.iter().filter(|word| word.is_valid);
        valid.any(|word| memmem::find(input, word.name).is_some())
    }
}

fn escaped(xml: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(xml.to_vec()).unwrap();
    text.replace('<', "&lt;").replace('>', "&gt;").into_bytes()
}
