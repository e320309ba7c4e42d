//! What every answer has.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Response, StatusCode};

/// An answer without a body. `Content-Length: 0` is explicit: a proxy closes its connection to a
/// server whose refusal has a body (nginx's `auth_request`).
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    if status != StatusCode::NO_CONTENT {
        let none = HeaderValue::from_static("0");
        answer.headers_mut().insert(CONTENT_LENGTH, none);
    }
    answer
}

/// Adds the headers that every answer has.
pub(super) fn complete(mut answer: Response<Body>) -> Response<Body> {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
