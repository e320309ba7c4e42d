//! What must never be in a log, or in an answer to whoever sent it.

use data_encoding::BASE64;
use hallpass::model::token::{Encoding, Token};
use memchr::memmem::Finder;

use crate::store::Sample;

/// The secrets of a store, in every encoding, without the parts that are public.
pub struct Secrets(Vec<Finder<'static>>);

impl Secrets {
    /// Those of a store.
    pub fn of(sample: &Sample) -> Self {
        let tokens = [
            &sample.valid,
            &sample.near,
            &sample.revoked,
            &sample.service,
        ];
        let mut all: Vec<String> = tokens.into_iter().flat_map(of_token).collect();
        all.push(sample.api_key.clone());
        all.push(sample.environment_key.clone());
        let finders = all.iter().map(|text| Finder::new(text).into_owned());
        Self(finders.collect())
    }

    /// Whether one of them is in a text.
    pub fn are_in(&self, text: &[u8]) -> bool {
        self.0.iter().any(|secret| secret.find(text).is_some())
    }
}

/// The secret of a token without its public id: in its native encoding, in hex, and in base64.
fn of_token(token: &Token) -> [String; 3] {
    let text = |form| token.encode(form).expose().to_owned();
    let native = text(Encoding::Native);
    let hex = text(Encoding::Hex);
    let base64 = BASE64.encode(text(Encoding::Xml).as_bytes());
    // The XML is a head of 33 bytes, 16 digits of the id, and 48 of the secret: three bytes are four
    // characters.
    [
        native[17..50].to_owned(),
        hex[16..].to_owned(),
        base64[68..128].to_owned(),
    ]
}
