//! Problem documents (RFC 9457): errors of doors that have no RFC of their own.

use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::facts::Facts;
use super::json;

/// The media type of a problem document.
const MEDIA: &str = "application/problem+json";

/// A problem document. Its type is `about:blank`: the status says all that a program needs.
#[derive(Serialize)]
struct Document {
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// An error.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: Option<&'static str>,
    retry_after: Option<u64>,
    facts: Facts,
}

impl Problem {
    /// An error with this status, for this reason.
    pub(super) fn new(status: StatusCode, reason: &'static str) -> Self {
        Self {
            status,
            detail: None,
            retry_after: None,
            facts: Facts::reason(reason),
        }
    }

    /// The core does not answer now.
    pub(super) fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").retry_after(1)
    }

    /// The client is to come back after so many seconds, at least one.
    pub(super) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds.max(1)),
            ..self
        }
    }

    /// Says what the client can do about it.
    pub(super) fn detail(self, detail: &'static str) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }

    /// Adds what goes to the log.
    pub(super) fn facts(self, facts: Facts) -> Self {
        Self { facts, ..self }
    }

    /// The answer.
    pub(super) fn answer(self) -> Response<Body> {
        let Self {
            status,
            detail,
            retry_after,
            facts,
        } = self;
        let document = Document {
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail,
        };
        let mut answer = json::answer(status, MEDIA, &document);
        if let Some(seconds) = retry_after {
            let seconds = HeaderValue::from(seconds);
            answer.headers_mut().insert(RETRY_AFTER, seconds);
        }
        answer.extensions_mut().insert(facts);
        answer
    }
}
