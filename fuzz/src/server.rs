//! The server that the targets talk to, on a clock that moves only while everybody waits.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use hallpass::backend::Backend as _;
use hallpass::backend::Version;
use hallpass::backend::memory::MemoryBackend;
use hallpass::http::{Door, Host, News, Options, Socketless};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};

use crate::secrets::Secrets;
use crate::store::{Sample, context};
use crate::words::{WAIT, Words};

/// A connection that is open after this time is never closed: longer than all limits together.
const NEVER: Duration = Duration::from_secs(3600);

/// What goes on behind an answer has ended after this time.
const AFTERWARDS: Duration = Duration::from_secs(120);

/// How many inputs one server answers at most: what it remembers of one must not explain another.
const INPUTS: u32 = 64;

/// How a client behaves.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// It is a proxy whose word counts.
    pub trusted: bool,
    /// It never says that it has sent everything.
    pub holds: bool,
    /// It reads nothing until the server gives up.
    pub deaf: bool,
    /// How many bytes are under way at once.
    pub space: usize,
}

/// What came of an input.
pub struct Outcome<T> {
    /// What was answered.
    pub answer: T,
    /// The lines of the log.
    pub log: Vec<Value>,
}

/// Servers, one after the other, and what they serve.
pub struct World {
    sample: Sample,
    /// What the words of inputs stand for.
    pub words: Words,
    /// What must not be in the log.
    pub secrets: Secrets,
    doors: BTreeSet<Door>,
    runtime: Runtime,
    now: Option<Now>,
}

/// The server that answers now.
struct Now {
    server: Socketless,
    backend: MemoryBackend,
    version: Version,
    kept: Arc<Kept>,
    inputs: u32,
}

/// Keeps the log.
#[derive(Default)]
struct Kept(Mutex<Vec<String>>);

impl Host for Kept {
    fn log(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }

    fn reload(&self) -> Result<Options, String> {
        Ok(Options::default())
    }

    fn notify(&self, _: &News) {}
}

impl World {
    /// Servers with these doors.
    pub fn new(doors: &[Door]) -> Self {
        let sample = Sample::new();
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        Self {
            words: Words::of(&sample),
            secrets: Secrets::of(&sample),
            doors: doors.iter().copied().collect(),
            sample,
            runtime,
            now: None,
        }
    }

    /// Sends the bytes on one connection, and returns all that came back. The bytes wait where they
    /// say so.
    pub fn converse(&mut self, input: &[u8], manners: Manners) -> Outcome<Vec<u8>> {
        let pieces = pieces(&self.words, input);
        self.outcome(async |server| {
            let (client, stream) = duplex(manners.space);
            let (mut reads, mut writes) = tokio::io::split(client);
            let peer = Some(peer(manners.trusted));
            let (over, mut is_over) = tokio::sync::watch::channel(false);
            let attending = async {
                server.attend(stream, peer).await;
                over.send_replace(true);
            };
            let sending = async {
                for piece in &pieces {
                    // The server may have closed.
                    if writes.write_all(piece).await.is_err() {
                        return;
                    }
                    sleep(Duration::from_secs(3)).await;
                }
                if !manners.holds {
                    let _ = writes.shutdown().await;
                }
            };
            let mut answers = Vec::new();
            let reading = async {
                if manners.deaf {
                    let _ = is_over.wait_for(|over| *over).await;
                }
                let _ = reads.read_to_end(&mut answers).await;
            };
            let all = async { tokio::join!(attending, sending, reading) };
            let ended = timeout(NEVER, all).await;
            assert!(ended.is_ok(), "the connection is never closed");
            answers
        })
    }

    /// Asks one request, and returns the answer with its whole body.
    pub fn ask(&mut self, request: Request<Body>, trusted: bool) -> Outcome<Response<Vec<u8>>> {
        self.outcome(async |server| {
            let answered = server.answer(request, Some(peer(trusted)));
            let answered = timeout(NEVER, answered).await;
            let (head, body) = answered.expect("it is never answered").into_parts();
            // An answer with a token waits for the connection, which there is not.
            let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
            Response::from_parts(head, whole.to_vec())
        })
    }

    fn outcome<T>(&mut self, of: impl AsyncFnOnce(&Socketless) -> T) -> Outcome<T> {
        let mut now = match self.now.take() {
            Some(now) => now,
            None => self.begin(),
        };
        let answer = self.runtime.block_on(async {
            let answer = of(&now.server).await;
            sleep(AFTERWARDS).await;
            answer
        });
        now.server.flush();
        let lines = std::mem::take(&mut *now.kept.0.lock().unwrap());
        for line in &lines {
            let is_clean = !self.secrets.are_in(line.as_bytes());
            assert!(is_clean, "a secret is in the log: {line}");
        }
        let line = |line: &String| serde_json::from_str(line).expect("a line is no JSON");
        let log = lines.iter().map(line).collect();
        now.inputs += 1;
        let is_as_before = now.backend.version().unwrap() == now.version;
        if is_as_before && now.inputs < INPUTS {
            self.now = Some(now);
        }
        Outcome { answer, log }
    }

    fn begin(&self) -> Now {
        let (mut backend, cores) = self.sample.opened();
        let options = Options {
            doors: self.doors.clone(),
            trust_proxy: ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]
                .into_iter()
                .collect(),
            ..Options::default()
        };
        let kept = Arc::new(Kept::default());
        let host: Arc<dyn Host> = Arc::<Kept>::clone(&kept);
        let server = self
            .runtime
            .block_on(async { Socketless::new(cores, context(11), options, host).unwrap() });
        Now {
            server,
            version: backend.version().unwrap(),
            backend,
            kept,
            inputs: 0,
        }
    }
}

/// Who is at the other end.
pub fn peer(trusted: bool) -> IpAddr {
    let address = if trusted {
        [10, 0, 0, 1]
    } else {
        [192, 0, 2, 9]
    };
    address.into()
}

/// What of an input is sent at once.
fn pieces(words: &Words, input: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut rest = input;
    while let Some(at) = memchr::memmem::find(rest, WAIT) {
        pieces.push(words.expand(&rest[..at]));
        rest = &rest[at + WAIT.len()..];
    }
    pieces.push(words.expand(rest));
    pieces
}
