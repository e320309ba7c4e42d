//! Answers in two pieces over sockets: what has left is what has arrived.

use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use rustix::net::sockopt::{set_socket_recv_buffer_size, set_socket_send_buffer_size};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UnixStream};
use tokio::sync::mpsc::UnboundedReceiver;

use super::pieces::{REQUEST, answer_in_two};
use super::*;
use crate::http::arrival::PATIENCE;
use crate::http::handover::Courier;
use crate::sys::sockets::Transit;

/// Longer than anything takes here that is not waited for in vain.
const LONG: Duration = Duration::from_secs(30);

type Pieces = (Bytes, Bytes);

const USUAL: Pieces = (Bytes::from_static(b"abc"), Bytes::from_static(b"d"));

/// A client that has asked.
struct Asking<C> {
    stream: C,
    courier: Courier,
    couriers: UnboundedReceiver<Courier>,
}

impl<C: AsyncRead + AsyncWrite + Unpin> Asking<C> {
    async fn new<S: Line + Send + 'static>(mut stream: C, server: S, pieces: Pieces) -> Self {
        let (mut couriers, _) = answer_in_two(server, pieces);
        stream.write_all(REQUEST).await.unwrap();
        let courier = couriers.recv().await.unwrap();
        Self {
            stream,
            courier,
            couriers,
        }
    }

    /// Reads until the first piece is there.
    async fn read_first(&mut self) {
        read_until(&mut self.stream, b"\r\n\r\nabc").await;
    }
}

async fn read_until<C: AsyncRead + Unpin>(stream: &mut C, end: &[u8]) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end) {
        bytes.push(stream.read_u8().await.unwrap());
    }
}

async fn tcp_pair(client: TcpSocket) -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (client, server) = tokio::join!(client.connect(address), listener.accept());
    let (server, _) = server.unwrap();
    server.set_nodelay(true).unwrap();
    (client.unwrap(), server)
}

async fn by_tcp() -> Asking<TcpStream> {
    let (client, server) = tcp_pair(TcpSocket::new_v4().unwrap()).await;
    Asking::new(client, server, USUAL).await
}

async fn by_unix() -> Asking<UnixStream> {
    let (client, server) = UnixStream::pair().unwrap();
    Asking::new(client, server, USUAL).await
}

/// The client has all but the last byte, and is closed.
async fn closes_before_the_last_byte<C: AsyncRead + AsyncWrite + Unpin>(mut client: Asking<C>) {
    client.read_first().await;
    assert!(client.courier.first_left(LONG).await);
    drop(client.stream);
    let begun = Instant::now();
    assert!(!client.courier.finish(LONG).await);
    assert!(begun.elapsed() < PATIENCE, "it is noticed");
}

#[tokio::test]
async fn the_last_byte_has_not_left_to_a_client_that_is_closed() {
    // The system takes it, as the first one after the end of the other side.
    closes_before_the_last_byte(by_tcp().await).await;
    closes_before_the_last_byte(by_unix().await).await;
}

async fn sends_no_more<C: AsyncRead + AsyncWrite + Unpin>(mut client: Asking<C>) {
    client.stream.shutdown().await.unwrap();
    client.read_first().await;
    assert!(client.courier.first_left(LONG).await);
    let (finished, last) = tokio::join!(client.courier.finish(LONG), client.stream.read_u8());
    assert_eq!((finished, last.unwrap()), (true, b'd'));
    assert!(client.stream.read_u8().await.is_err(), "and that is all");
}

#[tokio::test]
async fn a_client_that_only_sends_no_more_gets_the_last_byte() {
    sends_no_more(by_tcp().await).await;
    sends_no_more(by_unix().await).await;
}

#[tokio::test]
async fn what_a_client_leaves_unread_has_not_left() {
    // Acknowledged, but then reset.
    let mut client = by_tcp().await;
    assert!(client.courier.first_left(LONG).await);
    drop(client.stream);
    assert!(!client.courier.finish(LONG).await);
    // Never read.
    let mut client = by_unix().await;
    drop(client.stream);
    assert!(!client.courier.first_left(LONG).await);
    // Read but for one byte, which is dropped when the client is closed.
    let (client, server) = UnixStream::pair().unwrap();
    let pieces = (USUAL.0, "de".into());
    let mut client = Asking::new(client, server, pieces).await;
    client.read_first().await;
    assert!(client.courier.first_left(LONG).await);
    let closed = async {
        assert_eq!(client.stream.read_u8().await.unwrap(), b'd');
        drop(client.stream);
    };
    let (finished, ()) = tokio::join!(client.courier.finish(LONG), closed);
    assert!(!finished);
}

#[tokio::test]
async fn what_waits_to_be_read_has_not_left() {
    let moment = Duration::from_millis(200);
    let mut client = by_unix().await;
    assert!(!client.courier.first_left(moment).await);
    client.read_first().await;
    assert!(client.courier.first_left(LONG).await);
    // More than the client's system takes, and less than that of the server does.
    let socket = TcpSocket::new_v4().unwrap();
    set_socket_recv_buffer_size(&socket, 4096).unwrap();
    let (stream, server) = tcp_pair(socket).await;
    set_socket_send_buffer_size(&server, 256 * 1024).unwrap();
    let first = Bytes::from(vec![b'a'; 64 * 1024]);
    let mut client = Asking::new(stream, server, (first, USUAL.1)).await;
    assert!(!client.courier.first_left(moment).await);
    let mut bytes = vec![0; 64 * 1024];
    client.stream.read_exact(&mut bytes).await.unwrap();
    let rest = read_until(&mut client.stream, b"ad");
    let left = async { client.courier.first_left(LONG).await && client.courier.finish(LONG).await };
    assert!(tokio::join!(left, rest).0);
}

#[tokio::test]
async fn a_client_may_ask_for_more_before_it_has_acknowledged() {
    let mut client = by_unix().await;
    client.stream.write_all(REQUEST).await.unwrap();
    client.read_first().await;
    assert!(client.courier.first_left(LONG).await);
    let second = async {
        let mut courier = client.couriers.recv().await.unwrap();
        // Both wait until the client reads.
        courier.first_left(LONG).await && courier.finish(LONG).await
    };
    let reading = async {
        assert_eq!(client.stream.read_u8().await.unwrap(), b'd');
        read_until(&mut client.stream, b"abcd").await;
    };
    let (first, second, ()) = tokio::join!(client.courier.finish(LONG), second, reading);
    assert_eq!((first, second), (true, true));
}

/// A stream in memory, and what is said to have arrived of it.
struct Said {
    stream: DuplexStream,
    shared: Arc<Shared>,
}

struct Shared {
    transit: Mutex<Transit>,
    looks: Mutex<Vec<Instant>>,
    discarded: AtomicBool,
}

impl Shared {
    fn saying(transit: Transit) -> Arc<Self> {
        Arc::new(Self {
            transit: Mutex::new(transit),
            looks: Mutex::default(),
            discarded: AtomicBool::new(false),
        })
    }
}

impl Line for Said {
    fn transit(&self) -> io::Result<Transit> {
        self.shared.looks.lock().unwrap().push(Instant::now());
        Ok(*self.shared.transit.lock().unwrap())
    }

    fn discard(&self) {
        self.shared.discarded.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Said {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Said {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

async fn by_hearsay(transit: Transit) -> (Asking<DuplexStream>, Arc<Shared>) {
    let (client, stream) = duplex(4096);
    let shared = Shared::saying(transit);
    let said = Said {
        stream,
        shared: Arc::clone(&shared),
    };
    (Asking::new(client, said, USUAL).await, shared)
}

#[tokio::test(start_paused = true)]
async fn what_never_arrives_cuts_the_connection_and_is_discarded() {
    let (mut client, shared) = by_hearsay(Transit::Arrived).await;
    assert!(client.courier.first_left(LONG).await);
    assert_eq!(shared.looks.lock().unwrap().len(), 1, "without a pause");
    *shared.transit.lock().unwrap() = Transit::UnderWay;
    let begun = Instant::now();
    assert!(!client.courier.finish(LONG).await);
    assert_eq!(begun.elapsed(), PATIENCE);
    assert!(shared.discarded.load(Ordering::Relaxed));
    let looks = shared.looks.lock().unwrap();
    let pauses: Vec<_> = looks.windows(2).map(|two| two[1] - two[0]).collect();
    // The library may flush several times each time that it is woken.
    let pauses = pauses.iter().map(Duration::as_millis);
    let pauses: Vec<_> = pauses.filter(|it| *it > 0).collect();
    assert_eq!(pauses[..8], [1, 2, 4, 8, 16, 32, 50, 50]);
}

#[tokio::test(start_paused = true)]
async fn a_reset_is_not_waited_for_and_leaves_nothing_valid() {
    let (mut client, shared) = by_hearsay(Transit::Lost).await;
    let begun = Instant::now();
    assert!(!client.courier.first_left(LONG).await);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert!(shared.discarded.load(Ordering::Relaxed));
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_not_idle_while_its_answer_arrives() {
    let crowd = Arc::new(Crowd::new(1));
    let seat = crowd.admit(Peer::Unix, Standing::Untrusted).unwrap();
    let progress = seat.progress();
    let (mut body, departures, _courier) = crate::http::handover::in_two("a".into(), "d".into());
    progress.asked();
    progress.departs(departures);
    let _ = http_body_util::BodyExt::frame(&mut body).await;
    progress.answered();
    assert!(progress.sent());
    assert_eq!((progress.phase(), progress.deadline()), (Phase::Busy, None));
    assert_eq!(progress.useless_since(), None, "it is not evicted");
    assert!(!progress.is_answering());
    // All but the last piece.
    progress.arrived();
    assert_eq!(progress.phase(), Phase::Busy);
    assert!(!progress.sent());
}

#[tokio::test]
async fn an_ordinary_answer_is_not_looked_after() {
    let (client, stream) = duplex(4096);
    let shared = Shared::saying(Transit::Lost);
    let said = Said {
        stream,
        shared: Arc::clone(&shared),
    };
    let crowd = Arc::new(Crowd::new(1));
    let seat = crowd.admit(Peer::Unix, Standing::Untrusted).unwrap();
    let (_stop, stopped) = watch::channel(false);
    let mut client = client;
    let asked = async {
        let request = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
        client.write_all(request).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let served = serve(said, routes, Peer::Unix, &seat, stopped);
    let (answer, end) = tokio::join!(asked, served);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(end, End::Closed);
    assert!(shared.looks.lock().unwrap().is_empty());
    assert!(!shared.discarded.load(Ordering::Relaxed));
}
