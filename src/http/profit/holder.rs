//! The token that a client of the Profit flow uses, and what it is told if it is not valid.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::json;

use super::errors;
use crate::http::app::App;
use crate::http::caller::Client;
use crate::http::credential::{Credential, Source};
use crate::http::event;
use crate::http::facts::Facts;
use crate::http::refusal::with;
use crate::http::ruling::Standing;
use crate::model::token::{Presented, Token};
use crate::ops::verify::Verdict;

const AFAS: HeaderValue = HeaderValue::from_static("AfasToken");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
const INVALID: HeaderValue = HeaderValue::from_static(r#"Bearer error="invalid_token""#);

/// What an application whose token cannot be read is told by way of the log.
const ADVICE: &str =
    "send `Authorization: AfasToken ` and the base64 of the whole XML, `<token>` to `</token>`";

/// Whether a client sent a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It did not.
    Nothing,
    /// It did, and that is not valid.
    Credential,
}

/// The verdict on the token of a request; the answer if that is not valid.
pub(super) async fn judge(app: &App, head: &Parts) -> Result<Verdict, Box<Response<Body>>> {
    let token = match Credential::read(&head.headers, Source::Authorization) {
        Credential::Token(token) => token,
        Credential::None => {
            let refused = unauthorized(Facts::reason("none"), Sent::Nothing);
            return Err(Box::new(refused));
        }
        Credential::Several => {
            let facts = Facts::reason("two_credentials");
            return Err(Box::new(unauthorized(facts, Sent::Credential)));
        }
        Credential::Malformed | Credential::Basic(_) => {
            let reason = mistake(app, &head.headers);
            let refused = unauthorized(Facts::reason(reason), Sent::Credential);
            return Err(Box::new(refused));
        }
    };
    judge_token(app, head, token).await
}

/// The verdict on a token, from where the client is; the answer if that is not valid.
async fn judge_token(
    app: &App,
    head: &Parts,
    token: Presented,
) -> Result<Verdict, Box<Response<Body>>> {
    let client = Client::of(app, head);
    let judged = app.judge.judge(client.request(None), token, client.asked());
    let verdict = match judged.await {
        Ok(verdict) => verdict,
        Err(error) => return Err(Box::new(errors::of(&error, head))),
    };
    let facts = Facts::of(&verdict);
    match Standing::of(verdict.reason) {
        Standing::Passes => Ok(verdict),
        Standing::Forbidden => Err(Box::new(with(StatusCode::FORBIDDEN, facts))),
        Standing::Unauthorized => Err(Box::new(unauthorized(facts, Sent::Credential))),
    }
}

/// One answer for whatever is not valid. The schemes have a line each: clients of the flow look for
/// theirs, and others for `Bearer`.
pub(super) fn unauthorized(facts: Facts, sent: Sent) -> Response<Body> {
    let mut refused = with(StatusCode::UNAUTHORIZED, facts);
    let headers = refused.headers_mut();
    headers.append(WWW_AUTHENTICATE, AFAS);
    let bearer = match sent {
        Sent::Nothing => BEARER,
        Sent::Credential => INVALID,
    };
    headers.append(WWW_AUTHENTICATE, bearer);
    refused
}

/// What is wrong with a credential that cannot be read. The log says what to send instead if it is
/// a token in an encoding that is not taken.
fn mistake(app: &App, headers: &HeaderMap) -> &'static str {
    let reason = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map_or("malformed", encoding);
    if reason != "malformed" {
        advise(app, reason, ADVICE);
    }
    reason
}

/// Logs what an application should send instead of what it sends; not each time.
pub(super) fn advise(app: &App, mistake: &str, advice: &str) {
    if let Some(left_out) = app.profit.mistakes.left_out() {
        let fields = json!({ "mistake": mistake, "advice": advice, "left_out": left_out });
        event::log(&*app.host, "client_mistake", fields);
    }
}

/// The encoding of a token that is not taken, or that there is none.
fn encoding(value: &str) -> &'static str {
    let value = value.trim_ascii();
    let token = value.split_once(' ').map_or(value, |(_, rest)| rest);
    let is_token = |text: &str| Token::parse(text).is_ok();
    if is_token(value) && !value.starts_with('<') && !value.contains(' ') {
        "no_scheme"
    } else if value.starts_with('<') || token.trim_ascii().starts_with('<') {
        "raw_xml"
    } else if is_token(token) {
        "not_base64_of_xml"
    } else {
        "malformed"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::token::Encoding;

    #[test]
    fn a_token_in_an_encoding_that_is_not_taken_is_recognized() {
        let hex = "0123456789ABCDEF000102030405060708090A0B0C0D0E0F1011121314151617";
        let token = Token::parse(hex).unwrap();
        let text = |form| token.encode(form).expose().to_owned();
        let xml = text(Encoding::Xml);
        for (value, reason) in [
            (xml.clone(), "raw_xml"),
            (format!("AfasToken {xml}"), "raw_xml"),
            (hex.to_owned(), "no_scheme"),
            (text(Encoding::Native), "no_scheme"),
            (format!("AfasToken {hex}"), "not_base64_of_xml"),
            (
                format!("AfasToken {}", text(Encoding::Native)),
                "not_base64_of_xml",
            ),
            (text(Encoding::Header), "not_base64_of_xml"),
            ("<token >x".to_owned(), "raw_xml"),
            ("AfasToken abc".to_owned(), "malformed"),
            (String::new(), "malformed"),
        ] {
            assert_eq!(encoding(&value), reason, "{value}");
        }
    }
}
