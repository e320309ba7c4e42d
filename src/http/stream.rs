//! The bytes of a connection: what they say about its progress, and how it is closed.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::answer::HEAD_OF_EVERY_ANSWER;
use super::arrival::Pauses;
use super::line::Line;
use super::progress::{Oddity, Progress};
use crate::sys::sockets::Transit;

/// How much is read and dropped before a connection is closed.
const MOST_DROPPED: usize = 256 * 1024;

/// A stream that reports what passes to the progress of its connection.
///
/// Three things are done on the way. The HTTP library answers a malformed head by itself: its answer
/// gets the headers that every answer has. What an answer in pieces waits for has left only when it has
/// arrived: the system takes bytes for a client that is gone, too. And what a client sends that nobody reads, like the body of
/// a refused request, is dropped for a moment at the end: a socket that is closed before that resets
/// the connection, and the client loses the answer.
pub(super) struct Watched<S: Line> {
    stream: S,
    progress: Arc<Progress>,
    /// An answer of the library, completed, and how much of it was written.
    completed: Vec<u8>,
    written: usize,
    dropped: usize,
    /// While something that was sent has not arrived.
    pauses: Option<Pauses>,
}

impl<S: Line> Watched<S> {
    /// Watches `stream`.
    pub(super) fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self {
            stream,
            progress,
            completed: Vec::new(),
            written: 0,
            dropped: 0,
            pauses: None,
        }
    }
}

impl<S: Line> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            this.progress.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Line> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_completed(cx))?;
        if !this.progress.is_answering()
            && let Some((completed, status)) = complete(bytes)
        {
            this.progress.note(Oddity::Malformed(status));
            this.completed = completed;
            this.written = 0;
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_completed(cx))?;
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        if this.progress.sent() {
            ready!(this.poll_arrived(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_completed(cx))?;
        this.progress.closes();
        ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        let mut space = [0; 4096];
        while this.progress.has_unread() && this.dropped < MOST_DROPPED {
            let mut buffer = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut this.stream).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => this.dropped += buffer.filled().len(),
                // The end, or a client that is gone: either way it has all that it will get.
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Line> Watched<S> {
    /// Writes what is left of a completed answer.
    fn poll_completed(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.completed.get(self.written..) {
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        Poll::Ready(Ok(()))
    }

    /// Waits until the client has what was sent. Nobody reads meanwhile: the HTTP library wants no
    /// more before a flush is done. On a Unix socket, a read takes away the only trace of a reset.
    fn poll_arrived(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.stream.transit()? {
                Transit::Arrived => break,
                Transit::UnderWay => (),
                Transit::Lost => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            }
            let pauses = self.pauses.get_or_insert_with(Pauses::new);
            ready!(pauses.poll(cx))?;
        }
        self.pauses = None;
        self.progress.arrived();
        Poll::Ready(Ok(()))
    }
}

/// What counts as undelivered must not arrive later.
impl<S: Line> Drop for Watched<S> {
    fn drop(&mut self) {
        if self.progress.is_under_way() {
            self.stream.discard();
        }
    }
}

/// An answer of the library with the headers that every answer has, and its status.
fn complete(answer: &[u8]) -> Option<(Vec<u8>, u16)> {
    let line_end = answer.windows(2).position(|two| two == b"\r\n")? + 2;
    let (line, rest) = answer.split_at_checked(line_end)?;
    let status = line
        .strip_prefix(b"HTTP/1.1 ")
        .or_else(|| line.strip_prefix(b"HTTP/1.0 "))?;
    let status = str::from_utf8(status.get(..3)?).ok()?.parse().ok()?;
    let completed = [line, HEAD_OF_EVERY_ANSWER.as_bytes(), rest].concat();
    Some((completed, status))
}
