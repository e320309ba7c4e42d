//! What an application posts: an object whose names are compared without regard to case.

use std::fmt;

use axum::body::Bytes;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroize as _;

use crate::model::otp::Code;
use crate::model::text::Device;
use crate::ops::otp::{Claim, UserId};
use crate::secret::SecretText;

/// The longest body of the flow, in bytes.
pub(super) const LONGEST: usize = 64 * 1024;

/// What an application sends about a code. Any of it may be a secret that was put in the wrong
/// place.
#[derive(Debug, Default)]
pub(super) struct Posted {
    /// `apiKey`.
    pub(super) api_key: Option<SecretText>,
    /// `apiToken`, which is the environment's key.
    pub(super) api_token: Option<SecretText>,
    /// `environmentKey`, which is the same.
    pub(super) environment_key: Option<SecretText>,
    /// `userid`.
    pub(super) user: Option<SecretText>,
    /// `description`, which is the device.
    pub(super) description: Option<SecretText>,
    /// `otp`, the code.
    pub(super) otp: Option<SecretText>,
}

/// A body that is no such object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl Posted {
    /// Reads a body, and wipes it if nobody else refers to its bytes.
    pub(super) fn read(body: Bytes) -> Result<Self, Malformed> {
        // What is skipped is not looked at otherwise.
        let text = str::from_utf8(&body).map_err(|_| Malformed);
        let read = text.and_then(|text| serde_json::from_str(text).map_err(|_| Malformed));
        if let Ok(mut bytes) = body.try_into_mut() {
            bytes.as_mut().zeroize();
        }
        read
    }

    /// Whom the code is for; `None` if something is missing, or cannot be what it should be.
    pub(super) fn claim(&self) -> Option<Claim> {
        let key = match (&self.api_token, &self.environment_key) {
            (Some(one), Some(other)) if one.expose() != other.expose() => None,
            (one, other) => one.as_ref().or(other.as_ref()),
        };
        let user = self.user.as_ref()?.expose().parse::<UserId>().ok()?;
        Some(Claim {
            api_key: self.api_key.as_ref()?.expose().parse().ok()?,
            environment_key: key?.expose().parse().ok()?,
            user: Some(user).filter(UserId::is_possible)?,
        })
    }

    /// The device; what cannot be one is left out. So is what holds an address: anybody may send
    /// it, and it would be a link in a genuine mail.
    pub(super) fn device(&self) -> Option<Device> {
        let text = self.description.as_ref()?.expose();
        text.parse().ok().filter(|_| !text.contains("://"))
    }

    /// The code.
    pub(super) fn code(&self) -> Option<Code> {
        Code::parse(self.otp.as_ref()?.expose()).ok()
    }

    /// The field with this name.
    pub(super) fn field(&mut self, name: &str) -> Option<&mut Option<SecretText>> {
        let is = |own: &str| name.eq_ignore_ascii_case(own);
        if is("apiKey") {
            Some(&mut self.api_key)
        } else if is("apiToken") {
            Some(&mut self.api_token)
        } else if is("environmentKey") {
            Some(&mut self.environment_key)
        } else if is("userid") {
            Some(&mut self.user)
        } else if is("description") {
            Some(&mut self.description)
        } else if is("otp") {
            Some(&mut self.otp)
        } else {
            None
        }
    }
}

impl<'de> Deserialize<'de> for Posted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Posted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Posted, A::Error> {
        let mut posted = Posted::default();
        // `null` and an empty text count as left out, and still as there.
        let mut seen = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let Some(field) = posted.field(&name) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value::<Option<String>>()?.map(SecretText::new);
            *field = value.filter(|value| !value.expose().is_empty());
            let name = name.to_ascii_lowercase();
            if seen.contains(&name) {
                return Err(A::Error::custom("a field is there twice"));
            }
            seen.push(name);
        }
        Ok(posted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "0123456789ABCDEF0123456789ABCDEF";

    fn read(text: &str) -> Result<Posted, Malformed> {
        Posted::read(Bytes::copy_from_slice(text.as_bytes()))
    }

    fn with(fields: &str) -> Posted {
        read(&format!(r#"{{"apiKey":"{KEY}",{fields}}}"#)).unwrap()
    }

    #[test]
    fn names_are_compared_without_regard_to_case_and_others_ignored() {
        let posted = read(&format!(
            r#"{{"APIKEY":"{KEY}","apitoken":"{KEY}","UserId":"ci","Otp":" 1234-5678 ",
                "more":{{"otp":[1,2,{{}}]}},"Description":"Anna's phone"}}"#
        ));
        let posted = posted.unwrap();
        let claim = posted.claim().unwrap();
        assert_eq!(claim.api_key.to_string(), KEY);
        assert_eq!(claim.environment_key.to_string(), KEY);
        assert_eq!(posted.code().unwrap().expose(), "12345678");
        assert_eq!(posted.device().unwrap().as_str(), "Anna's phone");
    }

    #[test]
    fn either_name_of_the_environment_key_will_do_and_two_keys_will_not() {
        let other = KEY.replace('0', "1");
        let has = |fields: &str| with(fields).claim().is_some();
        assert!(has(&format!(r#""userid":"ci","environmentKey":"{KEY}""#)));
        let both =
            |one: &str| format!(r#""userid":"ci","environmentKey":"{KEY}","apiToken":"{one}""#);
        assert!(has(&both(KEY)));
        assert!(has(&both("")));
        assert!(!has(&both(&other)));
    }

    #[test]
    fn what_is_missing_or_cannot_be_claims_nothing() {
        for fields in [
            r#""userid":"ci""#.to_owned(),
            format!(r#""apiToken":"{KEY}""#),
            format!(r#""apiToken":"{KEY}","userid":"""#),
            format!(r#""apiToken":"{KEY}","userid":null"#),
            format!(r#""apiToken":"{KEY}","userid":"a b""#),
            r#""apiToken":"short","userid":"ci""#.to_owned(),
            r#""apiToken":"","userid":"ci""#.to_owned(),
        ] {
            assert!(with(&fields).claim().is_none(), "{fields}");
        }
        assert!(read("{}").unwrap().claim().is_none());
        let odd = with(&format!(
            r#""description":"{}","otp":"1234567""#,
            "x".repeat(65)
        ));
        assert!(odd.device().is_none() && odd.code().is_none());
        for text in [
            "https://evil.example",
            "log in: HTTP://evil.example/x",
            "://",
        ] {
            let linked = with(&format!(r#""description":"{text}""#));
            assert!(linked.device().is_none(), "{text}");
        }
        let plain = with(r#""description":"Anna: phone / 2""#);
        assert!(plain.device().is_some());
    }

    #[test]
    fn what_is_no_object_of_texts_is_malformed() {
        for text in [
            "",
            "null",
            "[]",
            "{",
            r#""apiKey""#,
            r#"{"apiKey":1}"#,
            r#"{"otp":12345678}"#,
            r#"{"otp":["12345678"]}"#,
            r#"{"otp":"1","otp":"1"}"#,
            r#"{"otp":"1","OTP":"1"}"#,
            r#"{"otp":null,"OTP":"1"}"#,
            r#"{"otp":"1","\u006ftp":"1"}"#,
            r#"{"otp":"1"} x"#,
            r#"{"otp":"\ud800"}"#,
        ] {
            assert_eq!(read(text).unwrap_err(), Malformed, "{text}");
        }
        for invalid in [&b"{\"otp\":\"\xff\"}"[..], b"{\"more\":\"\xff\"}"] {
            let invalid = Bytes::from_static(invalid);
            assert_eq!(Posted::read(invalid).unwrap_err(), Malformed);
        }
        // What is skipped is not recursed into.
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert!(read(&deep).is_ok());
        let deep = deep.replace("\"a\"", "\"otp\"");
        assert_eq!(read(&deep).unwrap_err(), Malformed);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in vec(any::<u8>(), 0..500)) {
            let _ = Posted::read(bytes.into());
        }

        #[test]
        fn what_is_read_is_what_was_written(user in "\\PC{0,80}", otp in "\\PC{0,80}") {
            let text = serde_json::json!({ "USERID": user, "otp": otp, "x": [user] });
            let posted = read(&text.to_string()).unwrap();
            let shown = |field: Option<SecretText>| {
                field.map(|it| it.expose().to_owned()).unwrap_or_default()
            };
            prop_assert_eq!(shown(posted.user), user);
            prop_assert_eq!(shown(posted.otp), otp);
        }
    }
}
