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

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::HttpBody;
    use hyper::body::Frame;

    use super::*;

    /// Pieces, and then nothing for ever.
    struct Stuck(Vec<&'static [u8]>);

    impl HttpBody for Stuck {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.0.pop() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece))))),
                None => Poll::Pending,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_read_whole_within_its_limits() {
        let read = async |body: Body| read(body, 4, PATIENCE).await;
        assert_eq!(read(Body::from("1234")).await.unwrap(), "1234");
        assert_eq!(read(Body::empty()).await.unwrap(), "");
        let announced = read(Body::from("12345")).await.unwrap_err();
        assert_eq!(
            (announced, announced.status().as_u16()),
            (Unreadable::TooLong, 413)
        );
        let in_pieces = Body::new(Stuck(vec![b"45", b"123"]));
        assert_eq!(read(in_pieces).await.unwrap_err(), Unreadable::TooLong);
        let begun = tokio::time::Instant::now();
        let late = read(Body::new(Stuck(vec![b"1"]))).await.unwrap_err();
        assert_eq!((late, late.status().as_u16()), (Unreadable::Late, 408));
        assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs());
    }
}
