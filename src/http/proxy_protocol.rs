//! The PROXY protocol of balancers, which is recognised in order to be refused.
//!
//! Its bytes come before everything else, TLS included. Served as a request they would be a
//! malformed one, and nobody would know why.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::line::Line;
use super::progress::{Oddity, Progress};
use crate::sys::sockets::Transit;

/// What a connection of version 1 begins with.
const VERSION_1: &[u8] = b"PROXY ";

/// What a connection of version 2 begins with.
const VERSION_2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A stream that fails if it begins with the PROXY protocol.
pub(super) struct WithoutProxyProtocol<S> {
    stream: S,
    progress: Arc<Progress>,
    /// The first bytes, until they are too many to matter.
    first: Vec<u8>,
    settled: bool,
}

impl<S> WithoutProxyProtocol<S> {
    /// Watches how `stream` begins.
    pub(super) fn new(stream: S, progress: Arc<Progress>) -> Self {
        Self {
            stream,
            progress,
            first: Vec::new(),
            settled: false,
        }
    }

    fn look(&mut self, bytes: &[u8]) -> io::Result<()> {
        let missing = VERSION_2.len().saturating_sub(self.first.len());
        self.first.extend(bytes.iter().take(missing));
        if [VERSION_1, VERSION_2]
            .iter()
            .any(|it| self.first.starts_with(it))
        {
            self.progress.note(Oddity::ProxyProtocol);
            return Err(io::ErrorKind::InvalidData.into());
        }
        let may_follow = |it: &&[u8]| it.starts_with(&self.first);
        self.settled = ![VERSION_1, VERSION_2].iter().any(may_follow);
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WithoutProxyProtocol<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        if !this.settled {
            let bytes = buffer.filled().get(before..).unwrap_or_default().to_vec();
            this.look(&bytes)?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithoutProxyProtocol<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl<S: Line> Line for WithoutProxyProtocol<S> {
    fn transit(&self) -> io::Result<Transit> {
        self.stream.transit()
    }

    fn discard(&self) {
        self.stream.discard();
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    async fn refused(pieces: &[&[u8]]) -> bool {
        let progress = Arc::new(Progress::new());
        let (mut client, server) = duplex(64);
        let mut server = WithoutProxyProtocol::new(server, Arc::clone(&progress));
        let mut failed = false;
        for piece in pieces {
            client.write_all(piece).await.unwrap();
            failed |= server.read(&mut [0; 64]).await.is_err();
        }
        assert_eq!(failed, progress.oddity() == Some(Oddity::ProxyProtocol));
        failed
    }

    #[tokio::test]
    async fn the_protocol_is_recognised_in_any_pieces() {
        assert!(refused(&[b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"]).await);
        assert!(refused(&[b"PRO", b"XY ", b"TCP4"]).await);
        assert!(refused(&[VERSION_2]).await);
        assert!(refused(&[b"\r\n\r\n\0\r\n", b"QUIT\n\x21\x11"]).await);
    }

    #[tokio::test]
    async fn a_request_is_not_it() {
        assert!(!refused(&[b"PROXYGET / HTTP/1.1\r\n"]).await);
        assert!(!refused(&[b"P", b"UT /PROXY HTTP/1.1", b"PROXY "]).await);
        assert!(!refused(&[b"\r\n\r\nGET / HTTP/1.1", b"PROXY "]).await);
        assert!(!refused(&[b"GET / HTTP/1.1\r\n", b"PROXY "]).await);
    }
}
