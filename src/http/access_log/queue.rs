//! Lines on their way to a log that may be slow.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;

use crate::http::host::Host;
use crate::http::stamp::Stamp;

/// How many bytes are written at once.
const BATCH: usize = 64 * 1024;

/// How many more events than lines of answers may wait: an event is rarer, and says more.
const RESERVE: usize = 1024;

/// How often a full queue is asked again by [`Queue::flush`].
const PAUSE: Duration = Duration::from_millis(5);

/// A bounded queue, and the thread that empties it.
#[derive(Debug)]
pub(super) struct Queue {
    sender: SyncSender<Entry>,
    /// How many lines wait.
    waiting: Arc<AtomicUsize>,
    /// How many lines of answers may wait.
    capacity: usize,
    /// The dropped lines that the log does not mention yet.
    unreported: Arc<AtomicU64>,
    /// All dropped lines.
    dropped: Counter,
}

/// How important a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// One of many answers.
    Answer,
    /// Something that happened to the server.
    Event,
}

#[derive(Debug)]
enum Entry {
    /// A line with its line break.
    Line(Vec<u8>),
    /// Somebody waits until everything before this is written.
    Flush(SyncSender<()>),
}

impl Queue {
    /// A queue of `capacity` lines, and some more for events.
    pub(super) fn start(
        host: Arc<dyn Host>,
        clock: Arc<Stamp>,
        dropped: Counter,
        capacity: usize,
    ) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(capacity.saturating_add(RESERVE));
        let unreported = Arc::new(AtomicU64::default());
        let waiting = Arc::new(AtomicUsize::default());
        let writer = Writer {
            receiver,
            waiting: Arc::clone(&waiting),
            host,
            clock,
            unreported: Arc::clone(&unreported),
        };
        // The thread ends with the sender. It is not waited for: a log that nobody reads must not
        // keep the server from its end.
        thread::Builder::new()
            .name("hallpass-log".to_owned())
            .spawn(move || writer.run())?;
        Ok(Self {
            sender,
            waiting,
            capacity,
            unreported,
            dropped,
        })
    }

    /// Adds a line, or drops it if the queue is full.
    pub(super) fn push(&self, line: Vec<u8>, weight: Weight) {
        let waiting = self.waiting.fetch_add(1, Relaxed);
        let is_full = weight == Weight::Answer && waiting >= self.capacity;
        if is_full || self.sender.try_send(Entry::Line(line)).is_err() {
            self.waiting.fetch_sub(1, Relaxed);
            self.unreported.fetch_add(1, Relaxed);
            self.dropped.inc();
        }
    }

    /// Waits until all lines are written, at most for about `limit`.
    pub(super) fn flush(&self, limit: Duration) {
        let (done, waited) = sync_channel(1);
        let mut left = limit;
        while self.sender.try_send(Entry::Flush(done.clone())).is_err() {
            if left.is_zero() {
                return;
            }
            thread::sleep(PAUSE.min(left));
            left = left.saturating_sub(PAUSE);
        }
        // A log that is not read fast enough loses its end.
        let _ = waited.recv_timeout(left);
    }
}

/// What the thread has.
struct Writer {
    receiver: Receiver<Entry>,
    waiting: Arc<AtomicUsize>,
    host: Arc<dyn Host>,
    clock: Arc<Stamp>,
    unreported: Arc<AtomicU64>,
}

impl Writer {
    fn run(self) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut flushes = Vec::new();
        while let Ok(first) = self.receiver.recv() {
            self.take(first, &mut batch, &mut flushes);
            self.fill(&mut batch, &mut flushes);
            self.report_dropped(&mut batch);
            self.host.log_lines(&String::from_utf8_lossy(&batch));
            batch.clear();
            for done in flushes.drain(..) {
                // They may have given up.
                let _ = done.try_send(());
            }
        }
    }

    /// Adds what is there already, so that a busy log is written in few calls.
    fn fill(&self, batch: &mut Vec<u8>, flushes: &mut Vec<SyncSender<()>>) {
        while batch.len() < BATCH {
            match self.receiver.try_recv() {
                Ok(entry) => self.take(entry, batch, flushes),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn take(&self, entry: Entry, batch: &mut Vec<u8>, flushes: &mut Vec<SyncSender<()>>) {
        match entry {
            Entry::Line(line) => {
                self.waiting.fetch_sub(1, Relaxed);
                batch.extend_from_slice(&line);
            }
            Entry::Flush(done) => flushes.push(done),
        }
    }

    /// Mentions the lines that were dropped since the last time.
    fn report_dropped(&self, batch: &mut Vec<u8>) {
        let lines = self.unreported.swap(0, Relaxed);
        if lines == 0 {
            return;
        }
        let line = self.clock.with(|time| {
            format!("{{\"time\":\"{time}\",\"event\":\"log_lines_dropped\",\"lines\":{lines}}}\n")
        });
        batch.extend_from_slice(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::sync::{Mutex, mpsc};

    use super::*;
    use crate::clock::FixedClock;
    use crate::http::{News, Options};

    /// A log that shows a line, and is written when the test allows it.
    struct Slow {
        allowed: Mutex<Receiver<()>>,
        written: mpsc::Sender<String>,
    }

    impl Host for Slow {
        fn log(&self, line: &str) {
            self.written.send(line.to_owned()).unwrap();
            self.allowed.lock().unwrap().recv().unwrap();
        }

        fn reload(&self) -> Result<Options, String> {
            Ok(Options::default())
        }

        fn notify(&self, _: &News) {}
    }

    #[test]
    fn a_slow_log_loses_lines_and_says_how_many() {
        let (allow, allowed) = channel();
        let (written, lines) = channel();
        let allowed = Mutex::new(allowed);
        let host = Arc::new(Slow { allowed, written });
        let clock = Arc::new(Stamp::new(Box::new(FixedClock::new(1_795_521_600_i64))));
        let dropped = Counter::default();
        let queue = Queue::start(host, clock, dropped.clone(), 10).unwrap();
        queue.push(b"first\n".to_vec(), Weight::Answer);
        assert_eq!(lines.recv().unwrap(), "first");
        // The log stands still now, and nobody waits for it.
        for number in 0..1000 {
            queue.push(format!("{number}\n").into_bytes(), Weight::Answer);
        }
        // An event has its place nevertheless.
        queue.push(b"event\n".to_vec(), Weight::Event);
        queue.flush(Duration::from_millis(20));
        assert_eq!(dropped.get(), 990);
        for _ in 0..20 {
            allow.send(()).unwrap();
        }
        queue.flush(Duration::from_secs(30));
        let lines: Vec<String> = lines.try_iter().collect();
        let kept: Vec<String> = (0..10).map(|number| number.to_string()).collect();
        assert_eq!(lines[..10], kept);
        assert_eq!(lines[10], "event");
        let lost = r#"{"time":"2026-11-24T12:00:00Z","event":"log_lines_dropped","lines":990}"#;
        assert_eq!(lines[11..], [lost]);
    }
}
