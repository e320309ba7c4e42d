//! One connection: its requests are answered until it is closed.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep_until};

use super::crowd::Seat;
use super::line::Line;
use super::peer::Peer;
use super::progress::{Oddity, Phase, Progress};
use super::stream::Watched;

/// The longest head of a request, in bytes: the cookies of an application come along.
const LONGEST_HEAD: usize = 64 * 1024;

/// How many header fields a request may have.
const MOST_FIELDS: usize = 200;

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The client or the server closed it.
    Closed,
    /// It stayed in this phase for too long.
    Overdue(Phase),
    /// Another one needed its place.
    Evicted,
    /// What came was no request.
    Odd(Oddity),
}

/// Answers the requests of one connection by `routes` until it is closed, or `stop` is true.
pub(super) async fn serve<S, R>(
    stream: S,
    routes: R,
    peer: Peer,
    seat: &Seat,
    mut stop: watch::Receiver<bool>,
) -> End
where
    S: Line,
    R: Fn() -> Router,
{
    let progress = seat.progress();
    let service = service_fn(|request| {
        progress.asked();
        answer(routes(), request, peer, Arc::clone(progress))
    });
    let stream = TokioIo::new(Watched::new(stream, Arc::clone(progress)));
    // The library's own timeout for a head is off without a timer. It does not cover a connection
    // that sends nothing, and would cover one that waits for its next request.
    let mut builder = http1::Builder::new();
    builder
        .max_buf_size(LONGEST_HEAD)
        .max_header_size(LONGEST_HEAD)
        .max_headers(MOST_FIELDS)
        // A client that has sent all it will still gets its answer.
        .half_close(true);
    let mut connection = pin!(builder.serve_connection(stream, service));
    let mut stopped = pin!(async { stop.wait_for(|stop| *stop).await.is_ok() });
    let mut stopping = false;
    let mut evicted = pin!(seat.evicted());
    let mut timer = pin!(sleep_until(Instant::now()));
    let ended = poll_fn(|cx| {
        if !stopping && stopped.as_mut().poll(cx).is_ready() {
            stopping = true;
            connection.as_mut().graceful_shutdown();
        }
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(End::Closed);
        }
        if evicted.as_mut().poll(cx).is_ready() {
            return Poll::Ready(End::Evicted);
        }
        let phase = progress.phase();
        if stopping && matches!(phase, Phase::Silent | Phase::Idle) {
            return Poll::Ready(End::Closed);
        }
        ready!(poll_overdue(progress, timer.as_mut(), cx));
        Poll::Ready(End::Overdue(phase))
    });
    let ended = ended.await;
    progress.oddity().map_or(ended, End::Odd)
}

/// Ready when the phase of a connection has lasted for too long. The timer is set anew only if it
/// would be late: a request that is answered at once sets none.
fn poll_overdue(progress: &Progress, mut timer: Pin<&mut Sleep>, cx: &mut Context<'_>) -> Poll<()> {
    let Some(deadline) = progress.deadline() else {
        return Poll::Pending;
    };
    if timer.deadline() > deadline {
        timer.as_mut().reset(deadline);
    }
    while timer.as_mut().poll(cx).is_ready() {
        if Instant::now() >= deadline {
            return Poll::Ready(());
        }
        timer.as_mut().reset(deadline);
    }
    Poll::Pending
}

/// Answers one request.
async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: Peer,
    progress: Arc<Progress>,
) -> Result<Response<Answered>, Infallible> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(peer);
    let was_read = Arc::new(AtomicBool::new(body.is_end_stream()));
    let body = if body.is_end_stream() {
        Body::empty()
    } else {
        Body::new(Asked {
            body,
            was_read: Arc::clone(&was_read),
            progress: Arc::clone(&progress),
        })
    };
    let request = Request::from_parts(parts, body);
    let mut response = TowerToHyperService::new(router).call(request).await?;
    if let Some(departures) = response.extensions_mut().remove() {
        progress.departs(departures);
    }
    if !was_read.load(Ordering::Relaxed) {
        progress.leaves_body();
        // The rest of the body would be taken for the next request. The connection closes, and a
        // proxy must not send another request on it (RFC 9112, 9.6).
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    Ok(response.map(|body| Answered { body, progress }))
}

/// The body of a request, which reports whether it was read to its end.
struct Asked {
    body: Incoming,
    was_read: Arc<AtomicBool>,
    progress: Arc<Progress>,
}

impl HttpBody for Asked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            this.progress.awaits_body();
            return Poll::Pending;
        };
        if frame.is_none() || this.body.is_end_stream() {
            this.was_read.store(true, Ordering::Relaxed);
            this.progress.goes_on();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer, whose end is the end of the answer.
struct Answered {
    body: Body,
    progress: Arc<Progress>,
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.progress.answered();
    }
}

#[cfg(test)]
mod tests;
