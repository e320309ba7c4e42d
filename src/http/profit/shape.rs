//! What every answer of the Profit flow has: pages of other origins may read it, and none may frame
//! it.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Response};

const HEADERS: [(HeaderName, &str); 5] = [
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (
        ACCESS_CONTROL_ALLOW_METHODS,
        "GET, POST, PUT, DELETE, OPTIONS",
    ),
    (
        ACCESS_CONTROL_ALLOW_HEADERS,
        "Content-Type, Accept, Authorization, OnlineSessionId, Accept-Language",
    ),
    (ACCESS_CONTROL_MAX_AGE, "1728000"),
    (X_FRAME_OPTIONS, "deny"),
];

/// Adds the headers that every answer of the flow has.
pub(super) fn complete(mut answer: Response<Body>) -> Response<Body> {
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
