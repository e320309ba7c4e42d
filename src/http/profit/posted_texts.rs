//! What the bodies of the flow are read as, for fuzz targets.

use std::collections::BTreeMap;

use axum::body::Bytes;

use super::posted::Posted;
use crate::secret::SecretText;

/// What a body of the Profit flow was read as, as plain texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PostedTexts {
    /// The method that is called, by SOAP.
    pub method: Option<&'static str>,
    /// The fields that are there and not empty, by their names in lower case.
    pub fields: BTreeMap<&'static str, String>,
}

/// The fields that an application posts.
const FIELDS: [&str; 6] = [
    "apikey",
    "apitoken",
    "environmentkey",
    "userid",
    "description",
    "otp",
];

/// Reads what an application posts to the REST paths; `None` if it is malformed.
pub fn read_json(body: &[u8]) -> Option<PostedTexts> {
    let posted = Posted::read(Bytes::copy_from_slice(body)).ok()?;
    Some(PostedTexts::of(posted))
}

impl PostedTexts {
    /// The fields that an application posts.
    pub(super) fn of(mut posted: Posted) -> Self {
        let mut texts = Self::default();
        for name in FIELDS {
            let text = posted.field(name).and_then(|field| field.as_ref());
            texts.keep(name, text);
        }
        texts
    }

    /// Keeps a text that is there.
    pub(super) fn keep(&mut self, name: &'static str, text: Option<&SecretText>) {
        if let Some(text) = text {
            self.fields.insert(name, text.expose().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_posted_is_shown_by_its_name() {
        let texts = read_json(br#"{"UserId":"ci","OTP":"1","more":"2","apiKey":""}"#).unwrap();
        assert_eq!(texts.method, None);
        let expected = [("otp", "1"), ("userid", "ci")];
        let expected = expected.map(|(name, text)| (name, text.to_owned()));
        assert_eq!(texts.fields, BTreeMap::from(expected));
        assert_eq!(read_json(b"[]"), None);
    }
}
