//! Events in the log: what happened to the server, apart from requests.

use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::host::Host;

/// How often what a stranger can cause is logged.
const RARELY: Duration = Duration::from_secs(1);

/// Logs an event with its fields.
pub(super) fn log(host: &dyn Host, event: &str, fields: Value) {
    let mut line = json!({ "event": event });
    if let (Value::Object(line), Value::Object(fields)) = (&mut line, fields) {
        line.extend(fields);
    }
    host.log(&line.to_string());
}

/// An error and its causes, in one line.
pub(super) fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}

/// Keeps what strangers can cause from filling the log: one line a second.
#[derive(Debug, Default)]
pub(super) struct Seldom(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    /// How many lines were left out since the last one; `None` if this one is left out too.
    pub(super) fn left_out(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.is_some_and(|last| last.elapsed() < RARELY) {
            state.left_out += 1;
            return None;
        }
        state.last = Some(Instant::now());
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lines_that_strangers_cause_are_counted_when_left_out() {
        let seldom = Seldom::default();
        assert_eq!(seldom.left_out(), Some(0));
        assert_eq!(seldom.left_out(), None);
        assert_eq!(seldom.left_out(), None);
        tokio::time::advance(RARELY).await;
        assert_eq!(seldom.left_out(), Some(2));
    }
}
