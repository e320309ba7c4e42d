//! The access log: one JSON line an answer, written by a thread of its own.

mod queue;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use serde::Serialize;

use super::host::{Host, News};
use super::metrics::Method;
use super::options::Options;
use super::request_id::RequestTag;
use super::stamp::Stamp;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, ProfileName};
use queue::{Queue, Weight};

/// How many lines wait at most, of about 300 bytes each.
const LINES: usize = 8192;

/// How long the end of a server waits for its log.
const FLUSH: Duration = Duration::from_secs(2);

/// The access log.
#[derive(Debug)]
pub(super) struct AccessLogger {
    clock: Arc<Stamp>,
    queue: Arc<Queue>,
}

/// The program around the server, whose log lines go through the queue: they keep their order, and
/// nothing waits for whoever reads the log.
struct Patient {
    host: Arc<dyn Host>,
    queue: Arc<Queue>,
}

impl Host for Patient {
    fn log(&self, line: &str) {
        self.queue
            .push(format!("{line}\n").into_bytes(), Weight::Event);
    }

    fn reload(&self) -> Result<Options, String> {
        self.host.reload()
    }

    fn notify(&self, news: &News) {
        self.host.notify(news);
    }
}

/// What a line has, apart from its time. Nothing of it comes from the client as it was sent: the
/// route is a template, the method one of a closed set, and the rest was found in the store.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    /// The door, if there is a route.
    pub(super) door: Option<&'static str>,
    /// The template of the route, or `none`.
    pub(super) route: &'a str,
    /// The method.
    pub(super) method: Method,
    /// The status.
    pub(super) status: u16,
    /// Why the answer is what it is.
    pub(super) reason: Option<&'static str>,
    /// The token.
    pub(super) token: Option<TokenId>,
    /// Its profile.
    pub(super) profile: Option<&'a ProfileName>,
    /// The connection that it was judged for.
    pub(super) connection: Option<&'a ConnectionName>,
    /// The client's address, if it is known.
    pub(super) client: Option<IpAddr>,
    /// The id of the request.
    pub(super) request_id: &'a RequestTag,
    /// How long it took.
    pub(super) took: Duration,
}

/// A line, in the order of its fields.
#[derive(Serialize)]
struct Line<'a> {
    time: &'a str,
    door: Option<&'static str>,
    route: &'a str,
    method: &'static str,
    status: u16,
    reason: Option<&'static str>,
    token: Option<TokenId>,
    profile: Option<&'a ProfileName>,
    connection: Option<&'a ConnectionName>,
    client: Option<IpAddr>,
    request_id: &'a RequestTag,
    us: u64,
}

impl AccessLogger {
    /// A log that `host` writes, with the time of `clock`. `dropped` counts the lines that could not
    /// wait.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub(super) fn start(
        host: Arc<dyn Host>,
        clock: Arc<Stamp>,
        dropped: Counter,
    ) -> io::Result<Self> {
        let queue = Queue::start(host, Arc::clone(&clock), dropped, LINES)?;
        let queue = Arc::new(queue);
        Ok(Self { clock, queue })
    }

    /// `host`, with a log that never waits.
    pub(super) fn host(&self, host: Arc<dyn Host>) -> Arc<dyn Host> {
        let queue = Arc::clone(&self.queue);
        Arc::new(Patient { host, queue })
    }

    /// Adds the line of an answer. It never waits: where the log is not read fast enough, the line
    /// is dropped and counted.
    pub(super) fn answered(&self, answer: &Answer<'_>) {
        let mut text = Vec::with_capacity(384);
        let written = self.clock.with(|time| {
            let line = Line::new(answer, time);
            serde_json::to_writer(&mut text, &line)
        });
        // Texts and numbers can always be written to memory.
        if written.is_ok() {
            text.push(b'\n');
            self.queue.push(text, Weight::Answer);
        }
    }

    /// Waits until all lines are written, at most for `limit`.
    pub(super) fn flush(&self, limit: Duration) {
        self.queue.flush(limit);
    }
}

impl Drop for AccessLogger {
    fn drop(&mut self) {
        self.flush(FLUSH);
    }
}

impl<'a> Line<'a> {
    fn new(answer: &Answer<'a>, time: &'a str) -> Self {
        let Answer {
            door,
            route,
            method,
            status,
            reason,
            token,
            profile,
            connection,
            client,
            request_id,
            took,
        } = *answer;
        Self {
            time,
            door,
            route,
            method: method.word(),
            status,
            reason,
            token,
            profile,
            connection,
            client,
            request_id,
            us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_these_fields_in_this_order() {
        let id = RequestTag::Given("a\"b".into());
        let profile = "github".parse().unwrap();
        let answer = Answer {
            door: Some("verify"),
            route: "/verify",
            method: Method::Get,
            status: 204,
            reason: Some("valid"),
            token: Some(TokenId::new(0)),
            profile: Some(&profile),
            connection: None,
            client: Some("2001:db8::1".parse().unwrap()),
            request_id: &id,
            took: Duration::from_micros(12),
        };
        let line = Line::new(&answer, "2026-11-30T21:00:00Z");
        let expected = r#"{"time":"2026-11-30T21:00:00Z","door":"verify","route":"/verify","#
            .to_owned()
            + r#""method":"GET","status":204,"reason":"valid","token":"hpass_00000000000","#
            + r#""profile":"github","connection":null,"client":"2001:db8::1","#
            + r#""request_id":"a\"b","us":12}"#;
        assert_eq!(serde_json::to_string(&line).unwrap(), expected);
    }
}
