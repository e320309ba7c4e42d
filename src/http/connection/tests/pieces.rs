//! Answers in two pieces, to clients that take them or not.

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::http::handover::{Courier, in_two};

const PATIENCE: Duration = Duration::from_secs(10);

/// What such an answer is asked for with.
pub(super) const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Answers the requests of a connection in these two pieces. Returns the courier of each answer,
/// and the end of the connection.
pub(super) fn answer_in_two<S: Line + Send + 'static>(
    server: S,
    pieces: (Bytes, Bytes),
) -> (UnboundedReceiver<Courier>, JoinHandle<End>) {
    let crowd = Arc::new(Crowd::new(1));
    let seat = crowd.admit(Peer::Unix, Standing::Untrusted).unwrap();
    let (sender, couriers) = unbounded_channel();
    let served = tokio::spawn(async move {
        let (_stop, stopped) = watch::channel(false);
        let answer = async move || {
            let (first, last) = pieces;
            let (body, departures, courier) = in_two(first, last);
            sender.send(courier).unwrap();
            let mut response = Response::new(body);
            response.extensions_mut().insert(departures);
            response
        };
        let routes = || Router::new().route("/", any(answer.clone()));
        serve(server, routes, Peer::Unix, &seat, stopped).await
    });
    (couriers, served)
}

struct Taker {
    stream: DuplexStream,
    couriers: UnboundedReceiver<Courier>,
}

impl Taker {
    /// A client to which so many bytes can be sent before it reads any.
    fn with_space(capacity: usize) -> Self {
        let (stream, server) = duplex(capacity);
        let (couriers, _) = answer_in_two(server, ("abc".into(), "d".into()));
        Self { stream, couriers }
    }

    async fn ask(&mut self) -> Courier {
        self.stream.write_all(REQUEST).await.unwrap();
        self.couriers.recv().await.unwrap()
    }

    /// What is there until the first piece has arrived.
    async fn first(&mut self) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\nabc") {
            bytes.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(bytes).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_gets_the_last_byte_when_it_is_released() {
    let mut client = Taker::with_space(4096);
    // Twice: a connection is kept, and each answer has a courier of its own.
    for _ in 0..2 {
        let mut courier = client.ask().await;
        assert!(courier.first_left(PATIENCE).await);
        assert!(client.first().await.contains("content-length: 4"));
        let early = tokio::time::timeout(PATIENCE, client.stream.read_u8());
        assert!(early.await.is_err());
        let (finished, last) = tokio::join!(courier.finish(PATIENCE), client.stream.read_u8());
        assert_eq!((finished, last.unwrap()), (true, b'd'));
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_client_does_not_take_has_not_left() {
    // The head alone is longer.
    let mut client = Taker::with_space(32);
    let mut courier = client.ask().await;
    let begun = Instant::now();
    assert!(!courier.first_left(PATIENCE).await);
    assert_eq!(begun.elapsed(), PATIENCE);
    // Given up: the client cannot take what it gets for the whole.
    drop(courier);
    let mut rest = Vec::new();
    let _ = client.stream.read_to_end(&mut rest).await;
    assert!(!rest.ends_with(b"d"), "{}", String::from_utf8_lossy(&rest));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_before_the_last_byte_is_noticed() {
    let mut client = Taker::with_space(4096);
    let mut courier = client.ask().await;
    assert!(courier.first_left(PATIENCE).await);
    drop(client.stream);
    let begun = Instant::now();
    assert!(!courier.finish(PATIENCE).await);
    assert!(begun.elapsed() < PATIENCE);
}
