//! How a client proves who it is (RFC 6749, 2.3.1): a name and a secret, in the head or in the body.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};

use super::fields::{Fields, form_decoded};
use super::oauth_error::{Code, Method};
use crate::secret::{SecretBytes, SecretText};

/// What a client says that proves who it is.
#[derive(Debug)]
pub(super) struct ClientSecret {
    /// The client id: whatever was sent.
    pub(super) id: SecretText,
    /// The client secret.
    pub(super) secret: SecretText,
    /// Where it was.
    pub(super) method: Method,
}

impl ClientSecret {
    /// Reads it from the head or from the body, and refuses both.
    pub(super) fn read(headers: &HeaderMap, fields: &mut Fields) -> Result<Self, Code> {
        let id = fields.take("client_id");
        let secret = fields.take("client_secret");
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            let missing = Code::InvalidClient(Method::Body);
            return Ok(Self {
                id: id.ok_or(missing)?,
                secret: secret.ok_or(missing)?,
                method: Method::Body,
            });
        };
        if values.next().is_some() || secret.is_some() {
            return Err(Code::InvalidRequest);
        }
        let (own, secret) = basic(value).ok_or(Code::InvalidClient(Method::Head))?;
        // Some clients repeat their id in the body. It must not be another one.
        if id.is_some_and(|id| id.expose() != own.expose()) {
            return Err(Code::InvalidRequest);
        }
        Ok(Self {
            id: own,
            secret,
            method: Method::Head,
        })
    }
}

/// Reads `Basic base64(form(id) ‖ ":" ‖ form(secret))`.
fn basic(value: &HeaderValue) -> Option<(SecretText, SecretText)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = SecretBytes::from_base64(encoded.trim_ascii())?;
    let text = str::from_utf8(decoded.expose()).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id).ok()?, form_decoded(secret).ok()?))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use data_encoding::BASE64;

    use super::*;
    use crate::http::fields::Format;

    fn read(authorization: &[&str], body: &'static str) -> Result<(String, String, Method), Code> {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        let mut fields = Fields::read(Format::Form, Bytes::from_static(body.as_bytes())).unwrap();
        let ClientSecret { id, secret, method } = ClientSecret::read(&headers, &mut fields)?;
        Ok((id.expose().to_owned(), secret.expose().to_owned(), method))
    }

    fn header(text: &str) -> String {
        format!("Basic {}", BASE64.encode(text.as_bytes()))
    }

    #[test]
    fn a_client_is_named_in_the_head_or_in_the_body() {
        let with = |id: &str, secret: &str, method| Ok((id.to_owned(), secret.to_owned(), method));
        assert_eq!(
            read(&[], "client_id=ci&client_secret=a%20b"),
            with("ci", "a b", Method::Body)
        );
        let decoded = with("c:i", "a b%", Method::Head);
        assert_eq!(read(&[&header("c%3Ai:a+b%25")], ""), decoded);
        let lower = header("ci:x").replace("Basic", "basic");
        assert_eq!(
            read(&[&lower], "client_id=ci"),
            with("ci", "x", Method::Head)
        );
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        let head = header("ci:x");
        for body in [
            "client_id=ci&client_secret=x",
            "client_secret=x",
            "client_id=other",
        ] {
            assert_eq!(read(&[&head], body), Err(Code::InvalidRequest), "{body}");
        }
        assert_eq!(read(&[&head, &head], ""), Err(Code::InvalidRequest));
    }

    #[test]
    fn what_does_not_name_a_client_is_no_client() {
        let body = Code::InvalidClient(Method::Body);
        for text in [
            "",
            "client_id=ci",
            "client_secret=x",
            "client_id=&client_secret=x",
        ] {
            assert_eq!(read(&[], text), Err(body), "{text}");
        }
        let head = Code::InvalidClient(Method::Head);
        for value in [
            "Basic",
            "Basic !",
            "Bearer abc",
            &header("no colon"),
            &header("a:%zz"),
        ] {
            assert_eq!(read(&[value], ""), Err(head), "{value}");
        }
    }
}
