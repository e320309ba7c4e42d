//! Errors as the clients of the Profit flow know them.

use axum::body::Body;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::place::{Methods, Place};
use super::soap::fault;
use crate::error::Error;
use crate::http::answer;
use crate::http::body::Unreadable;
use crate::http::facts::Facts;
use crate::http::json;
use crate::http::problem::SOON;
use crate::http::refusal::seconds;
use crate::http::request_id::RequestTag;
use crate::kind::Kind;

const JSON: &str = "application/json";

/// An error that a client can only report.
#[derive(Serialize)]
struct Business<'a> {
    #[serde(rename = "externalMessage")]
    message: &'a str,
    #[serde(rename = "errorNumber")]
    number: u16,
    #[serde(rename = "profitLogReference")]
    reference: String,
}

/// That there is no answer now.
#[derive(Serialize)]
struct Unavailable {
    error: Cause,
    retry_after: u64,
}

#[derive(Serialize)]
struct Cause {
    code: &'static str,
    message: &'static str,
}

/// Another method is answered here.
pub(super) fn not_allowed(methods: Methods) -> Response<Body> {
    let mut refused = answer::empty(StatusCode::METHOD_NOT_ALLOWED);
    let words = HeaderValue::from_static(methods.words());
    refused.headers_mut().insert(ALLOW, words);
    refused
}

/// The core does not answer now.
pub(super) fn unavailable(place: Place) -> Response<Body> {
    let mut answer = if place == Place::Soap {
        fault::unavailable()
    } else {
        let document = Unavailable {
            error: Cause {
                code: "unavailable",
                message: "try again later",
            },
            retry_after: SOON.as_secs(),
        };
        json::answer(StatusCode::SERVICE_UNAVAILABLE, JSON, &document)
    };
    answer.headers_mut().insert(RETRY_AFTER, seconds(SOON));
    because(answer, "unavailable")
}

/// The body is not JSON.
pub(super) fn invalid_json() -> Response<Body> {
    let document = json!({ "message": "Invalid json" });
    let answer = json::answer(StatusCode::BAD_REQUEST, JSON, &document);
    because(answer, "malformed")
}

/// The body cannot be read.
pub(super) fn unreadable(unreadable: Unreadable) -> Response<Body> {
    because(answer::empty(unreadable.status()), "body")
}

/// There is no such connector, since there are none.
pub(super) fn no_connector(head: &Parts) -> Response<Body> {
    business(StatusCode::NOT_FOUND, "there is no such connector", head)
}

/// An error of the core: the store does not answer, or something went wrong that the client can
/// only report. A reference finds it in the log.
pub(super) fn of(error: &Error, head: &Parts) -> Response<Body> {
    if is_fault(error) {
        let answer = business(StatusCode::INTERNAL_SERVER_ERROR, "internal error", head);
        return because(answer, "error");
    }
    unavailable(Place::Nowhere)
}

/// Whether an error is a fault of this program, not of its store.
pub(super) fn is_fault(error: &Error) -> bool {
    matches!(error.kind(), Kind::Bug)
}

fn business(status: StatusCode, message: &str, head: &Parts) -> Response<Body> {
    let reference = head.extensions.get::<RequestTag>();
    let reference = reference.map(ToString::to_string);
    let document = Business {
        message,
        number: status.as_u16(),
        reference: reference.unwrap_or_default(),
    };
    json::answer(status, JSON, &document)
}

fn because(mut answer: Response<Body>, reason: &'static str) -> Response<Body> {
    answer.extensions_mut().insert(Facts::reason(reason));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Parts {
        axum::http::Request::new(()).into_parts().0
    }

    fn reason(answer: &Response<Body>) -> Option<&'static str> {
        answer.extensions().get::<Facts>()?.reason
    }

    #[test]
    fn a_fault_of_this_program_is_another_than_one_of_its_store() {
        let bug = of(&Error::Bug("a bug"), &head());
        assert_eq!(bug.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(reason(&bug), Some("error"));
        let damage = of(&Error::Integrity("row 7".to_owned()), &head());
        assert_eq!(damage.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reason(&damage), Some("unavailable"));
    }

    #[test]
    fn a_malformed_body_is_logged_as_that() {
        assert_eq!(reason(&invalid_json()), Some("malformed"));
    }
}
