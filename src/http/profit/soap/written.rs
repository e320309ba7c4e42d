//! Envelopes that are answered.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};

use crate::http::facts::Facts;

/// The media type of every answer.
pub(super) const XML: &str = "text/xml; charset=utf-8";

/// An envelope up to what is in it.
pub(super) const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>"#,
);

/// An envelope after that.
pub(super) const TAIL: &str = "</soap:Body></soap:Envelope>";

/// An answer with this XML.
pub(super) fn xml(status: StatusCode, text: String, facts: Facts) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    let media = HeaderValue::from_static(XML);
    answer.headers_mut().insert(CONTENT_TYPE, media);
    answer.extensions_mut().insert(facts);
    answer
}
