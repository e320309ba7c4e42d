//! Errors of OAuth 2.0 (RFC 6749, 5.2).

use axum::body::Body;
use axum::http::header::{PRAGMA, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::facts::Facts;
use super::json;

/// The challenge for clients that authenticate in the head.
const BASIC: HeaderValue = HeaderValue::from_static(r#"Basic realm="hallpass", charset="UTF-8""#);

/// How a client authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// With `Authorization`.
    Head,
    /// With fields of the body, or not at all.
    Body,
}

/// An error of OAuth. `invalid_grant` is never sent: the only grant is the client's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// The client did not prove who it is.
    InvalidClient(Method),
    /// The client may not use this grant.
    UnauthorizedClient,
    /// Another grant than client credentials.
    UnsupportedGrantType,
    /// Not a connection that the client may use.
    InvalidScope,
}

#[derive(Serialize)]
struct Document {
    error: &'static str,
}

impl Code {
    /// The code in the answer.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient(_) => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
        }
    }

    /// The answer. `facts` go to the log.
    pub(super) fn answer(self, facts: Facts) -> Response<Body> {
        let in_head = self == Self::InvalidClient(Method::Head);
        let status = if in_head {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        let document = Document { error: self.word() };
        let mut answer = json::answer(status, "application/json", &document);
        let headers = answer.headers_mut();
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        if in_head {
            headers.insert(WWW_AUTHENTICATE, BASIC);
        }
        answer.extensions_mut().insert(facts);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_client_that_authenticates_in_the_head_is_challenged() {
        for (code, status, challenged) in [
            (Code::InvalidRequest, 400, false),
            (Code::InvalidClient(Method::Head), 401, true),
            (Code::InvalidClient(Method::Body), 400, false),
            (Code::UnauthorizedClient, 400, false),
            (Code::UnsupportedGrantType, 400, false),
            (Code::InvalidScope, 400, false),
        ] {
            let answer = code.answer(Facts::default());
            let has_challenge = answer.headers().contains_key(WWW_AUTHENTICATE);
            assert_eq!(
                (answer.status().as_u16(), has_challenge),
                (status, challenged),
                "{code:?}"
            );
            assert_eq!(answer.headers()[PRAGMA], "no-cache");
        }
    }
}
