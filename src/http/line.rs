//! The stream of a connection, which knows what has arrived at its other end.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::server::TlsStream;

use crate::sys::sockets::{Family, Transit, transit};

/// The stream of a connection, which knows what has arrived at its other end.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin {
    /// How far all has got that was written and flushed. Do not ask once it was shut down.
    fn transit(&self) -> io::Result<Transit>;

    /// Makes the system forget what has not arrived, as far as it can, when the stream is dropped.
    fn discard(&self);
}

impl Line for TcpStream {
    fn transit(&self) -> io::Result<Transit> {
        transit(self, Family::Tcp)
    }

    fn discard(&self) {
        // Otherwise the system sends it for minutes after the end.
        let _ = self.set_zero_linger();
    }
}

impl Line for UnixStream {
    fn transit(&self) -> io::Result<Transit> {
        transit(self, Family::Unix)
    }

    // It is in the memory of the peer.
    fn discard(&self) {}
}

impl<S: Line> Line for TlsStream<S> {
    fn transit(&self) -> io::Result<Transit> {
        self.get_ref().0.transit()
    }

    fn discard(&self) {
        self.get_ref().0.discard();
    }
}

/// In memory there is nothing between the ends.
#[cfg(test)]
impl Line for tokio::io::DuplexStream {
    fn transit(&self) -> io::Result<Transit> {
        Ok(Transit::Arrived)
    }

    fn discard(&self) {}
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn what_is_discarded_is_reset() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        for discarded in [true, false] {
            let client = TcpStream::connect(listener.local_addr().unwrap()).await;
            let mut client = client.unwrap();
            let (mut server, _) = listener.accept().await.unwrap();
            server.write_all(b"a").await.unwrap();
            assert_eq!(client.read_u8().await.unwrap(), b'a');
            if discarded {
                server.discard();
            }
            drop(server);
            let mut byte = [0];
            let end = timeout(Duration::from_secs(30), client.read(&mut byte));
            let end = end.await.unwrap();
            let kind = end.map_err(|error| error.kind());
            let expected = if discarded {
                Err(io::ErrorKind::ConnectionReset)
            } else {
                Ok(0)
            };
            assert_eq!(kind, expected);
        }
    }
}
