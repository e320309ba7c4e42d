//! Slow, silent, hasty and malformed clients, on a clock that stands still until everybody waits.

use std::time::Duration;

use axum::body::Bytes;
use axum::routing::any;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;

use super::*;
use crate::http::body::{self, PATIENCE};
use crate::http::crowd::{Crowd, Standing};

mod arrival;
mod pieces;

const TEN: u64 = 10;

struct Client {
    stream: DuplexStream,
    /// Why and after how many seconds the server closed.
    end: JoinHandle<(End, u64)>,
    stop: watch::Sender<bool>,
    crowd: Arc<Crowd>,
    begun: Instant,
}

impl Client {
    fn new() -> Self {
        let crowd = Arc::new(Crowd::new(1));
        let peer = Peer::Unix;
        let seat = crowd.admit(peer, Standing::Untrusted).unwrap();
        let (stop, stopped) = watch::channel(false);
        let (stream, server) = duplex(256 * 1024);
        let begun = Instant::now();
        let end = tokio::spawn(async move {
            let end = serve(server, routes, peer, &seat, stopped).await;
            (end, begun.elapsed().as_secs())
        });
        Self {
            stream,
            end,
            stop,
            crowd,
            begun,
        }
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Everything until the server closes.
    async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap().to_lowercase()
    }

    /// One answer without a body.
    async fn head(&mut self) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(self.stream.read_u8().await.unwrap());
        }
        String::from_utf8(bytes).unwrap().to_lowercase()
    }

    /// Why and after how many seconds the server closed.
    async fn ended(self) -> (End, u64) {
        self.end.await.unwrap()
    }
}

fn routes() -> Router {
    let read = async |body: Body| match body::read(body, 8, PATIENCE).await {
        Ok(bytes) => Response::new(Body::from(bytes)),
        Err(error) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = error.status();
            response
        }
    };
    let slow = async || tokio::time::sleep(Duration::from_secs(TEN * 6)).await;
    Router::new()
        .route("/", any(async || ()))
        .route("/slow", any(slow))
        .route("/read", any(read))
}

#[tokio::test(start_paused = true)]
async fn who_sends_nothing_or_half_a_head_is_closed_after_ten_seconds() {
    let mut silent = Client::new();
    assert_eq!(silent.rest().await, "");
    assert_eq!(silent.ended().await, (End::Overdue(Phase::Silent), TEN));
    let mut slow = Client::new();
    slow.send("GET / HT").await;
    assert_eq!(slow.rest().await, "");
    assert_eq!(slow.ended().await, (End::Overdue(Phase::Head), TEN));
}

#[tokio::test(start_paused = true)]
async fn bytes_one_by_one_do_not_extend_the_time_of_a_head() {
    let mut client = Client::new();
    for byte in "GET / HTTP/1.1".chars() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if client.stream.write_all(&[byte as u8]).await.is_err() {
            break;
        }
    }
    // The first byte came after a second.
    assert_eq!(client.ended().await, (End::Overdue(Phase::Head), 11));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_for_75_seconds_and_its_next_head_has_ten() {
    let mut client = Client::new();
    for _ in 0..3 {
        client.send("GET / HTTP/1.1\r\n\r\n").await;
        assert!(client.head().await.starts_with("http/1.1 200"));
        tokio::time::sleep(Duration::from_secs(74)).await;
    }
    client.send("G").await;
    assert_eq!(client.rest().await, "");
    let end = (End::Overdue(Phase::Head), 3 * 74 + TEN);
    assert_eq!(client.ended().await, end);
    let mut client = Client::new();
    client.send("GET / HTTP/1.1\r\n\r\n").await;
    client.head().await;
    client.rest().await;
    assert_eq!(client.ended().await, (End::Overdue(Phase::Idle), 75));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_being_answered_is_not_overdue() {
    let mut client = Client::new();
    client
        .send("GET /slow HTTP/1.1\r\nConnection: close\r\n\r\n")
        .await;
    assert!(client.rest().await.starts_with("http/1.1 200"));
    assert_eq!(client.ended().await.0, End::Closed);
}

#[tokio::test(start_paused = true)]
async fn requests_in_one_piece_are_all_answered() {
    let mut client = Client::new();
    client.send(&"GET / HTTP/1.1\r\n\r\n".repeat(100)).await;
    for _ in 0..100 {
        let head = client.head().await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_sent_everything_still_gets_its_answer() {
    let mut client = Client::new();
    client.send("GET /slow HTTP/1.1\r\n\r\n").await;
    client.stream.shutdown().await.unwrap();
    assert!(client.rest().await.starts_with("http/1.1 200"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_delays_no_answer_and_ends_the_connection() {
    let mut client = Client::new();
    client
        .send("GET / HTTP/1.1\r\nContent-Length: 100\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(client.begun.elapsed(), Duration::ZERO);
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("connection: close\r\n"), "{head}");
    client.send(&"GET / HTTP/1.1\r\n\r\n".repeat(10)).await;
    assert_eq!(client.rest().await, "", "the rest is taken for the body");
}

#[tokio::test(start_paused = true)]
async fn a_body_is_read_within_its_limits() {
    for (request, status) in [
        ("Content-Length: 8\r\n\r\n12345678", "200"),
        ("Content-Length: 9\r\n\r\n", "413"),
        (
            "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n",
            "413",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n0\r\n\r\n",
            "200",
        ),
        ("Content-Length: 8\r\n\r\n1234567", "408"),
        ("Transfer-Encoding: chunked\r\n\r\nnonsense\r\n", "400"),
    ] {
        let mut client = Client::new();
        client
            .send(&format!("POST /read HTTP/1.1\r\n{request}"))
            .await;
        let head = client.head().await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")),
            "{request}: {head}"
        );
        let late = if status == "408" { TEN } else { 0 };
        assert_eq!(client.begun.elapsed().as_secs(), late, "{request}");
        let kept = !head.contains("connection: close");
        assert_eq!(kept, status == "200", "{request}: {head}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_cannot_be_read_is_answered_like_everything_else() {
    let fields = |count: usize| "A: b\r\n".repeat(count);
    let cookies = |length: usize| format!("Cookie: {}\r\n", "c".repeat(length));
    for (head, status) in [
        (fields(200), "200"),
        (fields(201), "431"),
        (cookies(48 * 1024), "200"),
        (cookies(64 * 1024), "431"),
        (
            "Content-Length: 1\r\nContent-Length: 2\r\n".to_owned(),
            "400",
        ),
        ("Content-Length: -1\r\n".to_owned(), "400"),
        ("no field\r\n".to_owned(), "400"),
    ] {
        let mut client = Client::new();
        client.send(&format!("GET / HTTP/1.1\r\n{head}\r\n")).await;
        let answer = client.head().await;
        let shown: String = head.chars().take(40).collect();
        assert!(
            answer.starts_with(&format!("http/1.1 {status}")),
            "{shown}: {answer}"
        );
        if status != "200" {
            assert_refused(client, &answer, status).await;
        }
    }
    for line in [
        "GET /",
        "GET / HTTP/3.0",
        "\u{16}\u{3}\u{1}",
        "GET / / HTTP/1.1",
        "é / HTTP/1.1",
    ] {
        let mut client = Client::new();
        client.send(&format!("{line}\r\n\r\n")).await;
        let answer = client.head().await;
        assert!(answer.starts_with("http/1.1 400"), "{line}: {answer}");
        assert_refused(client, &answer, "400").await;
    }
}

async fn assert_refused(mut client: Client, answer: &str, status: &str) {
    for field in [
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "content-length: 0",
    ] {
        assert_eq!(answer.matches(field).count(), 1, "{answer}");
    }
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.rest().await, "", "no body, and nothing after it");
    let odd = End::Odd(Oddity::Malformed(status.parse().unwrap()));
    assert_eq!(client.ended().await.0, odd);
}

#[tokio::test(start_paused = true)]
async fn a_malformed_request_after_a_good_one_is_answered_too() {
    let mut client = Client::new();
    client.send("GET / HTTP/1.1\r\n\r\nnonsense\r\n\r\n").await;
    assert!(client.head().await.starts_with("http/1.1 200"));
    let answer = client.head().await;
    assert!(answer.starts_with("http/1.1 400"), "{answer}");
    assert_refused(client, &answer, "400").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_still_sent_at_the_end_is_read_for_two_seconds() {
    let mut client = Client::new();
    client.send("nonsense\r\n\r\n").await;
    client.head().await;
    assert_eq!(client.rest().await, "", "the server sends no more");
    assert_eq!(client.ended().await, (End::Odd(Oddity::Malformed(400)), 2));
}

#[tokio::test(start_paused = true)]
async fn at_the_end_a_request_is_answered_and_the_others_are_closed() {
    let mut busy = Client::new();
    busy.send("GET /slow HTTP/1.1\r\n\r\n").await;
    let mut idle = Client::new();
    idle.send("GET / HTTP/1.1\r\n\r\n").await;
    idle.head().await;
    let silent = Client::new();
    tokio::time::sleep(Duration::from_secs(1)).await;
    for client in [&busy, &idle, &silent] {
        client.stop.send(true).unwrap();
    }
    assert_eq!(silent.ended().await, (End::Closed, 1));
    assert_eq!(idle.ended().await, (End::Closed, 1));
    let answer = busy.rest().await;
    assert!(answer.starts_with("http/1.1 200") && answer.contains("connection: close"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_place_is_needed_is_closed() {
    let mut client = Client::new();
    client.send("GET / HTTP/1.1\r\n\r\n").await;
    client.head().await;
    let newcomer = client.crowd.admit(Peer::Unix, Standing::Untrusted);
    assert!(newcomer.is_some());
    assert_eq!(client.ended().await, (End::Evicted, 0));
}

#[tokio::test(start_paused = true)]
async fn whoever_keeps_its_body_back_keeps_nobody_out() {
    let mut client = Client::new();
    client
        .send("POST /read HTTP/1.1\r\nContent-Length: 8\r\n\r\n1")
        .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let newcomer = client.crowd.admit(Peer::Unix, Standing::Untrusted);
    assert!(newcomer.is_some());
    assert_eq!(client.ended().await, (End::Evicted, 1));
    for whole in ["", "Content-Length: 8\r\n\r\n12345678"] {
        let mut client = Client::new();
        client
            .send(&format!("GET /slow HTTP/1.1\r\n{whole}\r\n"))
            .await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let newcomer = client.crowd.admit(Peer::Unix, Standing::Untrusted);
        assert!(newcomer.is_none(), "it is being answered: {whole}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_passed_on_whole() {
    let mut client = Client::new();
    client
        .send("POST /read HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        .await;
    assert_eq!(client.head().await, "http/1.1 100 continue\r\n\r\n");
    client.send("abc").await;
    assert!(client.head().await.starts_with("http/1.1 200"));
    let mut body = [0; 3];
    client.stream.read_exact(&mut body).await.unwrap();
    assert_eq!(Bytes::from_owner(body), "abc");
}
