//! What a proxy is answered if a request must not pass.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};

use super::answer;
use super::facts::Facts;
use super::parameters::{Challenge, Misconfigured, Problem};
use crate::error::{Error, Subject};

/// How long a client waits before it asks again while there is no verdict.
const SOON: Duration = Duration::from_secs(1);

/// The methods that are answered, for those that are not.
const METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

const BEARER: HeaderValue = HeaderValue::from_static("Bearer");
const INVALID: HeaderValue = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
const INSUFFICIENT: HeaderValue = HeaderValue::from_static(r#"Bearer error="insufficient_scope""#);
const BASIC: HeaderValue = HeaderValue::from_static(r#"Basic realm="hallpass", charset="UTF-8""#);

/// Why a request must not pass.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It has a method that no proxy asks with.
    Method,
    /// It has a header that an application could take for one of ours.
    Spoofed,
    /// What the proxy asks about is a mistake.
    Configuration(Misconfigured),
    /// It has no credential.
    NoCredential,
    /// Its credential is not valid anywhere.
    Credential(Facts),
    /// Its credential is valid, but not for this.
    Binding(Facts),
    /// Too many passwords were wrong; the next attempt is accepted after this time.
    TooMany(Facts, Duration),
    /// There is no verdict now.
    Unavailable(Facts),
}

impl Refusal {
    /// A credential that is not valid, for this reason.
    pub(super) fn credential(reason: &'static str) -> Self {
        Self::Credential(Facts::reason(reason))
    }

    /// No verdict, for this reason.
    pub(super) fn unavailable(reason: &'static str) -> Self {
        Self::Unavailable(Facts::reason(reason))
    }

    /// What an error means that the core gives instead of a verdict.
    pub(super) fn no_verdict(error: &Error) -> Self {
        let parameter = match error {
            Error::NotFound(Subject::Connection(_)) => "connection",
            Error::NotFound(Subject::Environment(_)) => "environment",
            _ => return Self::unavailable("unavailable"),
        };
        Self::Configuration(Misconfigured::new(parameter, Problem::NotFound))
    }

    /// The answer, which is the same for all reasons that a client must not tell apart.
    pub(super) fn answer(self, challenge: Challenge) -> Response<Body> {
        match self {
            Self::Method => {
                // It is not a verdict.
                let mut refused = with(StatusCode::METHOD_NOT_ALLOWED, Facts::default());
                refused.headers_mut().insert(ALLOW, METHODS);
                refused
            }
            Self::Spoofed => with(StatusCode::FORBIDDEN, Facts::reason("spoofed_header")),
            Self::Configuration(Misconfigured { problem, .. }) => with(
                StatusCode::FORBIDDEN,
                Facts {
                    mistake: Some(problem.into()),
                    ..Facts::reason("misconfigured")
                },
            ),
            Self::NoCredential => unauthorized(challenge, BEARER, Facts::reason("none")),
            Self::Credential(facts) => unauthorized(challenge, INVALID, facts),
            Self::Binding(facts) => {
                let mut refused = with(StatusCode::FORBIDDEN, facts);
                refused.headers_mut().insert(WWW_AUTHENTICATE, INSUFFICIENT);
                refused
            }
            Self::TooMany(facts, wait) => later(StatusCode::TOO_MANY_REQUESTS, facts, wait),
            Self::Unavailable(facts) => later(StatusCode::SERVICE_UNAVAILABLE, facts, SOON),
        }
    }
}

/// An answer without a body, and what it was about.
pub(super) fn with(status: StatusCode, facts: Facts) -> Response<Body> {
    let mut answer = answer::empty(status);
    answer.extensions_mut().insert(facts);
    answer
}

/// One challenge on one line: some proxies pass only the first.
fn unauthorized(challenge: Challenge, bearer: HeaderValue, facts: Facts) -> Response<Body> {
    let mut refused = with(StatusCode::UNAUTHORIZED, facts);
    let value = match challenge {
        Challenge::Bearer => bearer,
        Challenge::Basic => BASIC,
    };
    refused.headers_mut().insert(WWW_AUTHENTICATE, value);
    refused
}

/// Whole seconds, rounded up, and at least one: a client that came back at once would be early.
pub(super) fn seconds(wait: Duration) -> HeaderValue {
    let part = u64::from(wait.subsec_nanos() > 0);
    let seconds = wait.as_secs().saturating_add(part).max(1);
    HeaderValue::from(seconds)
}

fn later(status: StatusCode, facts: Facts, wait: Duration) -> Response<Body> {
    let mut refused = with(status, facts);
    refused.headers_mut().insert(RETRY_AFTER, seconds(wait));
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(refusal: Refusal, challenge: Challenge) -> (u16, Option<String>) {
        let answer = refusal.answer(challenge);
        assert_eq!(answer.headers()["content-length"], "0");
        let value = answer.headers().get(WWW_AUTHENTICATE);
        let value = value.map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), value)
    }

    #[test]
    fn each_refusal_has_its_status_and_its_challenge() {
        let bearer = |refusal| answer(refusal, Challenge::Bearer);
        let basic = |refusal| answer(refusal, Challenge::Basic);
        let with = |status, value: &str| (status, Some(value.to_owned()));
        let asked = r#"Basic realm="hallpass", charset="UTF-8""#;
        assert_eq!(bearer(Refusal::NoCredential), with(401, "Bearer"));
        let invalid = r#"Bearer error="invalid_token""#;
        assert_eq!(bearer(Refusal::credential("x")), with(401, invalid));
        assert_eq!(basic(Refusal::NoCredential), with(401, asked));
        assert_eq!(basic(Refusal::credential("x")), with(401, asked));
        let scope = r#"Bearer error="insufficient_scope""#;
        assert_eq!(bearer(Refusal::Binding(Facts::default())), with(403, scope));
        assert_eq!(bearer(Refusal::Spoofed), (403, None));
        let mistake = Misconfigured::new("connection", Problem::Twice);
        assert_eq!(bearer(Refusal::Configuration(mistake)), (403, None));
        assert_eq!(bearer(Refusal::Method), (405, None));
        assert_eq!(bearer(Refusal::unavailable("x")), (503, None));
    }

    #[test]
    fn a_client_waits_long_enough() {
        for (wait, expected) in [(0, "1"), (1, "1"), (1_000, "1"), (1_001, "2"), (9_000, "9")] {
            let wait = Duration::from_millis(wait);
            let answer = Refusal::TooMany(Facts::default(), wait).answer(Challenge::Bearer);
            assert_eq!(answer.status(), 429);
            assert_eq!(answer.headers()[RETRY_AFTER], expected);
        }
    }
}
