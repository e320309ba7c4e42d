//! The accept loop of one listener.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use serde_json::{Value, json};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::connection::{self, End};
use super::crowd::{Crowd, Seat, Standing};
use super::event::{self, Seldom};
use super::host::Host;
use super::line::Line;
use super::listen::{Bound, Socket};
use super::peer::Peer;
use super::progress::Oddity;
use super::proxy_protocol::WithoutProxyProtocol;
use super::serving::Current;
use super::unix_socket::Claimed;

/// How long nothing is accepted after the system refused to: there are no descriptors, or no memory.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A socket that listens, in a runtime.
pub(super) struct Listener {
    socket: Accepting,
    /// Its path is removed when the loop ends.
    _claimed: Option<Claimed>,
}

enum Accepting {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Takes over a socket. Call it in a runtime.
    pub(super) fn new(bound: Bound) -> io::Result<Self> {
        Ok(Self {
            socket: match bound.socket {
                Socket::Tcp(socket) => Accepting::Tcp(TcpListener::from_std(socket)?),
                Socket::Unix(socket) => Accepting::Unix(UnixListener::from_std(socket)?),
            },
            _claimed: bound.claimed,
        })
    }
}

/// What all connections share.
pub(super) struct Entrance {
    /// What is served now.
    pub(super) current: Current,
    /// All connections.
    pub(super) crowd: Arc<Crowd>,
    /// The program around the server.
    pub(super) host: Arc<dyn Host>,
    /// Limits what strangers write to the log.
    pub(super) seldom: Seldom,
}

/// Accepts connections until `stop` is true.
pub(super) async fn accept(
    listener: Listener,
    entrance: Arc<Entrance>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let connections = stop.clone();
        let accepted = tokio::select! {
            accepted = entrance.accept_one(&listener.socket, connections) => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Err(error) = accepted else {
            continue;
        };
        if concerns_one_connection(&error) {
            continue;
        }
        // The connection stays in the queue, so that the next attempt would fail at once.
        let cause = error.to_string();
        event::log(&*entrance.host, "accept_failed", json!({ "cause": cause }));
        entrance.crowd.evict_one();
        tokio::select! {
            () = sleep(PAUSE) => (),
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Errors of a connection that was gone before it was accepted (accept(2)).
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionAborted
            | Kind::ConnectionReset
            | Kind::ConnectionRefused
            | Kind::Interrupted
    )
}

impl Entrance {
    async fn accept_one(
        self: &Arc<Self>,
        socket: &Accepting,
        stop: watch::Receiver<bool>,
    ) -> io::Result<()> {
        // Many that come at once would use up the descriptors before those that go for them are closed.
        self.crowd.settled().await;
        match socket {
            Accepting::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // Answers are small: waiting for more to send would only delay them.
                let _ = stream.set_nodelay(true);
                let peer = Peer::Address(address.ip().to_canonical());
                let certificate = self.current.load().certificate.clone();
                self.admit(stream, peer, certificate.map(|it| it.config()), stop);
            }
            Accepting::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                self.admit(stream, Peer::Unix, None, stop);
            }
        }
        Ok(())
    }

    /// Gives a connection a place, and answers its requests from there.
    fn admit<S>(
        self: &Arc<Self>,
        stream: S,
        peer: Peer,
        tls: Option<Arc<ServerConfig>>,
        stop: watch::Receiver<bool>,
    ) where
        S: Line + Send + 'static,
    {
        let trusted = self.current.load().app.options.trust_proxy.is_trusted(peer);
        let standing = if trusted {
            Standing::Trusted
        } else {
            Standing::Untrusted
        };
        let Some(seat) = self.crowd.admit(peer, standing) else {
            self.tell("crowded", peer, json!({}));
            return;
        };
        let entrance = Arc::clone(self);
        tokio::spawn(async move {
            let stream = WithoutProxyProtocol::new(stream, Arc::clone(seat.progress()));
            let end = match tls {
                None => entrance.attend(stream, peer, &seat, stop).await,
                Some(config) => entrance.encrypt(stream, config, peer, &seat, stop).await,
            };
            entrance.report(end, peer);
        });
    }

    /// Answers the requests of a connection once it is encrypted.
    async fn encrypt<S>(
        &self,
        stream: S,
        config: Arc<ServerConfig>,
        peer: Peer,
        seat: &Seat,
        mut stop: watch::Receiver<bool>,
    ) -> End
    where
        S: Line,
    {
        let handshake = TlsAcceptor::from(config).accept(stream);
        let shaken = tokio::select! {
            shaken = timeout(HANDSHAKE, handshake) => shaken,
            () = seat.evicted() => return End::Evicted,
            _ = stop.wait_for(|stop| *stop) => return End::Closed,
        };
        match shaken {
            Ok(Ok(stream)) => {
                seat.progress().encrypted();
                self.attend(stream, peer, seat, stop).await
            }
            Err(_) => End::Overdue(seat.progress().phase()),
            Ok(Err(error)) => {
                if let Some(oddity) = seat.progress().oddity() {
                    return End::Odd(oddity);
                }
                // A client that only looks whether the port is open sends nothing.
                if error.kind() != io::ErrorKind::UnexpectedEof {
                    self.tell("tls_failed", peer, json!({ "cause": error.to_string() }));
                }
                End::Closed
            }
        }
    }

    async fn attend<S>(
        &self,
        stream: S,
        peer: Peer,
        seat: &Seat,
        stop: watch::Receiver<bool>,
    ) -> End
    where
        S: Line,
    {
        let routes = || self.current.load().doors.clone();
        connection::serve(stream, routes, peer, seat, stop).await
    }

    /// Logs what is odd about a connection that ended.
    fn report(&self, end: End, peer: Peer) {
        match end {
            End::Odd(Oddity::ProxyProtocol) => {
                let why = "the PROXY protocol is not supported: switch it off before this server";
                self.tell("proxy_protocol", peer, json!({ "cause": why }));
            }
            // The request itself may hold a secret.
            End::Odd(Oddity::Malformed(status)) => {
                self.tell("malformed_request", peer, json!({ "status": status }));
            }
            End::Closed | End::Overdue(_) | End::Evicted => (),
        }
    }

    /// Logs what a stranger caused, but not each time.
    fn tell(&self, event: &str, peer: Peer, mut fields: Value) {
        let Some(left_out) = self.seldom.left_out() else {
            return;
        };
        if let Value::Object(fields) = &mut fields {
            fields.insert("peer".to_owned(), peer.to_string().into());
            fields.insert("left_out".to_owned(), left_out.into());
        }
        event::log(&*self.host, event, fields);
    }
}
