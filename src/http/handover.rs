//! An answer in two pieces, the second of which waits: for what must not be complete before the
//! store says so.
//!
//! Three parties share it: the body, which the HTTP library reads; the connection, which knows when
//! all that was written has left, that is, has arrived at the client; and the courier, who releases
//! the last piece.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

/// Tells the courier what has left. The answer carries it to its connection.
#[derive(Debug, Clone)]
pub(super) struct Departures {
    /// How many pieces the HTTP library has taken.
    taken: Arc<AtomicUsize>,
    /// How many have left: all their bytes have arrived.
    left: watch::Sender<usize>,
}

/// Watches an answer in two pieces, and releases the second.
#[derive(Debug)]
pub(super) struct Courier {
    left: watch::Receiver<usize>,
    go: oneshot::Sender<()>,
}

/// A body of two pieces, and who tells what of it.
pub(super) fn in_two(first: Bytes, last: Bytes) -> (Body, Departures, Courier) {
    let taken = Arc::<AtomicUsize>::default();
    let (sender, left) = watch::channel(0);
    let (go, released) = oneshot::channel();
    let departures = Departures {
        taken: Arc::clone(&taken),
        left: sender,
    };
    let pieces = Pieces {
        first: Some(first),
        last: Some(last),
        released,
        taken,
    };
    (Body::new(pieces), departures, Courier { left, go })
}

impl Departures {
    /// Whether the library has taken a piece that has not left yet.
    pub(super) fn is_under_way(&self) -> bool {
        self.taken.load(Ordering::Relaxed) > *self.left.borrow()
    }

    /// All that was written until now has arrived. Returns whether anything is still to come.
    pub(super) fn arrived(&self) -> bool {
        let taken = self.taken.load(Ordering::Relaxed);
        self.left.send_replace(taken);
        taken < 2
    }
}

impl Courier {
    /// Waits until the first piece has left, for so long at most; `false` if it does not.
    pub(super) async fn first_left(&mut self, patience: Duration) -> bool {
        has_left(&mut self.left, 1, patience).await
    }

    /// Releases the last piece, and waits until it has left, for so long at most; `false` if it
    /// does not.
    pub(super) async fn finish(self, patience: Duration) -> bool {
        let Self { mut left, go } = self;
        go.send(()).is_ok() && has_left(&mut left, 2, patience).await
    }
}

/// The connection owns the other end: without it, nothing leaves any more.
async fn has_left(left: &mut watch::Receiver<usize>, count: usize, patience: Duration) -> bool {
    let reached = left.wait_for(|left| *left >= count);
    matches!(timeout(patience, reached).await, Ok(Ok(_)))
}

/// The body.
struct Pieces {
    first: Option<Bytes>,
    last: Option<Bytes>,
    released: oneshot::Receiver<()>,
    taken: Arc<AtomicUsize>,
}

/// The answer was given up.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the answer was withdrawn")]
struct Withdrawn;

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Withdrawn;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Withdrawn>>> {
        let this = self.get_mut();
        let piece = if let Some(first) = this.first.take() {
            first
        } else if this.last.is_none() {
            return Poll::Ready(None);
        } else {
            let released = ready!(Pin::new(&mut this.released).poll(cx));
            let last = this.last.take();
            match (released, last) {
                (Ok(()), Some(last)) => last,
                // The connection is cut: the client must not take this for the whole.
                _ => return Poll::Ready(Some(Err(Withdrawn))),
            }
        };
        this.taken.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.last.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = |piece: &Option<Bytes>| piece.as_ref().map_or(0, Bytes::len);
        let length = length(&self.first) + length(&self.last);
        SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn parts() -> (Body, Departures, Courier) {
        in_two(Bytes::from_static(b"abc"), Bytes::from_static(b"d"))
    }

    async fn piece(body: &mut Body) -> Option<Bytes> {
        let frame = body.frame().await?;
        frame.ok()?.into_data().ok()
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_piece_waits_until_it_is_released() {
        let (mut body, departures, mut courier) = parts();
        assert_eq!(body.size_hint().exact(), Some(4));
        // What was flushed before it is something else.
        assert!(!departures.is_under_way());
        assert!(departures.arrived());
        assert!(!courier.first_left(PATIENCE).await);
        assert_eq!(piece(&mut body).await.unwrap(), "abc");
        assert!(timeout(PATIENCE, piece(&mut body)).await.is_err());
        assert!(departures.is_under_way());
        assert!(departures.arrived());
        assert!(!departures.is_under_way());
        assert!(courier.first_left(PATIENCE).await);
        let (finished, last) = tokio::join!(courier.finish(PATIENCE), async {
            let last = piece(&mut body).await;
            assert!(body.is_end_stream());
            assert!(!departures.arrived());
            last
        });
        assert_eq!((finished, last.unwrap().as_ref()), (true, &b"d"[..]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_ends_is_noticed_at_once() {
        let (body, departures, mut courier) = parts();
        drop((body, departures));
        let begun = tokio::time::Instant::now();
        assert!(!courier.first_left(PATIENCE).await);
        assert!(!courier.finish(PATIENCE).await);
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test]
    async fn without_its_courier_an_answer_is_cut() {
        let (mut body, _departures, courier) = parts();
        assert!(piece(&mut body).await.is_some());
        drop(courier);
        assert!(body.frame().await.unwrap().is_err());
    }
}
