//! The body of a request, for the doors that need it.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

/// The longest body, in bytes.
pub(super) const LONGEST: usize = 8 * 1024;

/// How long a body may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is too long.
    TooLong,
    /// It did not arrive in time.
    Late,
    /// It ended early, or is not what its head says.
    Broken,
}

impl Unreadable {
    /// The status of the answer.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Late => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// Reads a body of at most `longest` bytes, for at most `patience`.
///
/// A body whose head says that it is longer is refused before any of it is read.
pub(super) async fn read(
    body: Body,
    longest: usize,
    patience: Duration,
) -> Result<Bytes, Unreadable> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > longest {
        return Err(Unreadable::TooLong);
    }
    let whole = Limited::new(body, longest).collect();
    match timeout(patience, whole).await {
        Err(_) => Err(Unreadable::Late),
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unreadable::TooLong),
        Ok(Err(_)) => Err(Unreadable::Broken),
    }
}
