//! The fields that a request posts.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::body::{self, LONGEST, PATIENCE, Unreadable};
use super::fields::{Fields, Format};
use super::problem::Problem;

/// Why there are no fields.
#[derive(Debug)]
pub(super) enum Unposted {
    /// They are not of their format, or one is there twice.
    Malformed,
    /// Another error, which has no word of OAuth.
    Problem(Problem),
}

/// Reads the fields of a body. A request without a body and a content type has none.
pub(super) async fn fields(head: &Parts, body: Body) -> Result<Fields, Unposted> {
    let format = Format::of(&head.headers);
    let body = body::read(body, LONGEST, PATIENCE).await;
    let body = body.map_err(|unreadable| Unposted::Problem(unread(unreadable)))?;
    match format {
        Some(format) => Fields::read(format, body).map_err(|_| Unposted::Malformed),
        None if body.is_empty() => Ok(Fields::default()),
        None => Err(Unposted::Problem(
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type")
                .detail("use `application/x-www-form-urlencoded` or `application/json`"),
        )),
    }
}

/// As [`fields`], whatever the content type is: one that names no format is ignored, and the format
/// is that of the first character.
pub(super) async fn any_fields(head: &Parts, body: Body) -> Result<Fields, Unposted> {
    let body = body::read(body, LONGEST, PATIENCE).await;
    let body = body.map_err(|unreadable| Unposted::Problem(unread(unreadable)))?;
    let looks = match body.trim_ascii_start().first() {
        Some(b'{') => Format::Json,
        _ => Format::Form,
    };
    let format = Format::of(&head.headers).unwrap_or(looks);
    Fields::read(format, body).map_err(|_| Unposted::Malformed)
}

fn unread(unreadable: Unreadable) -> Problem {
    let reason = match unreadable {
        Unreadable::TooLong => "body_too_long",
        Unreadable::Late => "body_late",
        Unreadable::Broken => "body_broken",
    };
    Problem::new(unreadable.status(), reason)
}
