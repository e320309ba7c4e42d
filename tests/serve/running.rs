//! A server that runs, and what it answers.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::described;
use crate::support::Home;

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server in a home. It is killed at the end of the test.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<Value>,
    /// Lines that came and were not asked for yet.
    seen: RefCell<VecDeque<Value>>,
    listening: Sender<()>,
    address: SocketAddr,
    monitoring: Option<SocketAddr>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The fields of its head, in order, names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Running {
    /// Starts `hallpass serve` with these options, on a free port, and waits until it listens.
    #[track_caller]
    pub(crate) fn start(home: &Home, options: &[&str]) -> Self {
        let server = Self::start_deaf(home, options);
        server.listen();
        server
    }

    /// As [`Self::start`], but once the server listens, nobody reads its log until
    /// [`Self::listen`].
    #[track_caller]
    pub(crate) fn start_deaf(home: &Home, options: &[&str]) -> Self {
        let mut first = vec!["serve", "--listen", "127.0.0.1:0"];
        if !options.contains(&"--metrics-listen") {
            first.extend(["--metrics-listen", "127.0.0.1:0"]);
        }
        let mut running = Self::spawn_deaf(Self::command(home, &first, options));
        let monitoring = Cell::new(None);
        let of = |line: &Value| line["address"].as_str()?.parse().ok();
        let listening = running.line(|line| match line["event"].as_str() {
            Some("monitoring") => {
                monitoring.set(of(line));
                false
            }
            event => event == Some("listening"),
        });
        running.address = of(&listening).unwrap();
        running.monitoring = monitoring.get();
        running
    }

    /// Starts `hallpass serve` with these options alone, and waits until it listens.
    #[track_caller]
    pub(crate) fn start_on(home: &Home, options: &[&str]) -> Self {
        let running = Self::spawn(Self::command(home, &["serve"], options));
        running.line(|line| line["event"] == "listening");
        running
    }

    /// The usual port of metrics is one for all tests.
    fn command(home: &Home, first: &[&str], options: &[&str]) -> Command {
        let mut arguments = [first, options].concat();
        if !arguments.contains(&"--metrics-listen") {
            arguments.extend(["--metrics-listen", "off"]);
        }
        let mut command = home.command(&arguments);
        command.stdin(Stdio::null());
        command
    }

    /// Starts a command that becomes a server. Nothing is awaited.
    #[track_caller]
    pub(crate) fn spawn(command: Command) -> Self {
        let server = Self::spawn_deaf(command);
        server.listen();
        server
    }

    /// As [`Self::spawn`], but its log is read only until it listens.
    #[track_caller]
    fn spawn_deaf(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        let (listening, listens) = channel();
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                let is_ready = line["event"] == "listening";
                if sender.send(line).is_err() || (is_ready && listens.recv().is_err()) {
                    return;
                }
            }
        });
        Self {
            child,
            lines,
            seen: RefCell::default(),
            listening,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            monitoring: None,
        }
    }

    /// The address of its metrics and health.
    #[track_caller]
    pub(crate) fn monitoring(&self) -> SocketAddr {
        self.monitoring.unwrap()
    }

    /// Gets a path of its metrics and health: the status, and the whole text.
    #[track_caller]
    pub(crate) fn monitor(&self, path: &str) -> Reply {
        let mut stream = TcpStream::connect(self.monitoring()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let reply = Reply::read(&mut stream, false);
        described::judge(&format!("GET {path}"), &reply);
        reply
    }

    /// Waits until the whole store was checked, and is watched: from then on the server reads nothing of
    /// it by itself until it changes.
    #[track_caller]
    pub(crate) fn until_checked(&self) {
        let has = |path: &str, line: &str| self.monitor(path).text().contains(line);
        while !(has("/metrics", "\nhallpass_store_checked 1\n")
            && has("/readyz?verbose", "\nwatcher: current\n"))
        {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The address of its first listener.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes the first line of the log that fits, and waits for it.
    #[track_caller]
    pub(crate) fn line(&self, fits: impl Fn(&Value) -> bool) -> Value {
        let mut seen = self.seen.borrow_mut();
        if let Some(at) = seen.iter().position(&fits) {
            return seen.remove(at).unwrap();
        }
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if fits(&line) => return line,
                Ok(line) => seen.push_back(line),
                Err(error) => panic!("no such line in the log: {error}: {seen:#?}"),
            }
        }
    }

    /// Reads its log from now on.
    pub(crate) fn listen(&self) {
        // The log may have ended.
        let _ = self.listening.send(());
    }

    /// Waits for its end, and returns the lines of its log that nobody waited for.
    #[track_caller]
    pub(crate) fn rest(&self) -> Vec<Value> {
        let mut rest: Vec<_> = self.seen.take().into();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => return rest,
                Err(RecvTimeoutError::Timeout) => panic!("the log does not end: {rest:#?}"),
            }
        }
    }

    /// The lines of the log up to one that fits, that one included.
    #[track_caller]
    pub(crate) fn log_until(&self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut kept = self.seen.borrow_mut();
        let mut seen = Vec::new();
        loop {
            let kept = kept.pop_front();
            let Some(line) = kept.or_else(|| self.lines.recv_timeout(PATIENCE).ok()) else {
                panic!("no such line in the log: {seen:#?}");
            };
            seen.push(line);
            if seen.last().is_some_and(&fits) {
                return seen;
            }
        }
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a head with these fields on a connection of its own, and reads the answer.
    #[track_caller]
    pub(crate) fn ask(&self, request: &str, fields: &[(&str, &str)]) -> Reply {
        Reply::to(&mut self.connect(), request, fields)
    }

    /// Asks `/verify` about a bearer token.
    #[track_caller]
    pub(crate) fn verify(&self, token: &str) -> Reply {
        let credential = format!("Bearer {token}");
        self.ask("GET /verify", &[("Authorization", &credential)])
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Tells it to end; returns what of its log nobody waited for, as text.
    pub(crate) fn end_quietly(self) -> String {
        self.signal(rustix::process::Signal::TERM);
        let (_, lines) = self.end_with_log();
        let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    /// Waits for its end.
    pub(crate) fn end(self) -> ExitStatus {
        self.end_with_log().0
    }

    /// Waits for its end; returns the rest of the log, too.
    pub(crate) fn end_with_log(mut self) -> (ExitStatus, Vec<Value>) {
        let status = self.child.wait().unwrap();
        let seen = self.seen.take().into_iter();
        (status, seen.chain(self.lines.iter()).collect())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Reply {
    /// The body as text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Sends a head with these fields on a connection, and reads the answer.
    #[track_caller]
    pub(crate) fn to(
        stream: &mut (impl Read + Write),
        request: &str,
        fields: &[(&str, &str)],
    ) -> Self {
        let mut head = format!("{request} HTTP/1.1\r\nHost: localhost\r\n");
        for (name, value) in fields {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let reply = Self::read(stream, request.starts_with("HEAD "));
        described::judge(request, &reply);
        reply
    }

    /// Reads one answer from a connection.
    #[track_caller]
    pub(crate) fn read(from: &mut impl Read, without_body: bool) -> Self {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            from.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let fields = lines.map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_lowercase(), value.trim().to_owned())
        });
        let mut reply = Self {
            status: status.parse().unwrap(),
            fields: fields.collect(),
            body: Vec::new(),
        };
        let length = reply.field("content-length").map(str::parse);
        if let (Some(Ok(length)), false) = (length, without_body) {
            reply.body = vec![0; length];
            from.read_exact(&mut reply.body).unwrap();
        }
        reply
    }

    /// The value of a field that is there once at most.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(own, _)| own == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there twice: {self:?}");
        value
    }
}
