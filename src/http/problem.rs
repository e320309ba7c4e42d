//! Problem documents (RFC 9457): errors of doors that have no RFC of their own.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{Response, StatusCode};
use serde::Serialize;

use super::facts::Facts;
use super::json;
use super::refusal::seconds;

/// The media type of a problem document.
const MEDIA: &str = "application/problem+json";

/// How long a client waits before it asks again while the core does not answer.
pub(super) const SOON: Duration = Duration::from_secs(1);

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
    retry_after: Option<Duration>,
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
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").retry_after(SOON)
    }

    /// The client is to come back after this time.
    pub(super) fn retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
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
        if let Some(wait) = retry_after {
            answer.headers_mut().insert(RETRY_AFTER, seconds(wait));
        }
        answer.extensions_mut().insert(facts);
        answer
    }
}
