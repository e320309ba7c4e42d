//! Answers with a JSON document.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use zeroize::Zeroizing;

use super::answer::empty;

/// The first allocation of a document, in bytes: no document that has a secret is longer, so that
/// none leaves a copy behind by growing.
const CAPACITY: usize = 1024;

/// An answer with this document. Its bytes are wiped once they are sent; the buffers of the HTTP
/// library are not.
pub(super) fn answer(
    status: StatusCode,
    media: &'static str,
    document: &impl Serialize,
) -> Response<Body> {
    let mut text = Zeroizing::new(Vec::with_capacity(CAPACITY));
    let written = serde_json::to_writer(&mut *text, document);
    if written.is_err() {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let mut answer = Response::new(Body::from(Bytes::from_owner(text)));
    *answer.status_mut() = status;
    let media = HeaderValue::from_static(media);
    answer.headers_mut().insert(CONTENT_TYPE, media);
    answer
}
