//! What a verdict over HTTP costs, next to answers that decide nothing.
//!
//! `wrk` with two threads and 64 connections asks in turn: nginx (`return 204`), an axum program that
//! answers 204, and `hallpass serve`, which is asked about 1,000 of the tokens. Then the same requests go
//! through an nginx that asks one of them first. Needs `wrk` and `nginx` (Debian packages).

#![expect(
    clippy::indexing_slicing,
    reason = "a bench that finds something else than it expects has failed"
)]

mod front;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hallpass::ops::token::Issued;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::measured_store::MeasuredStore;
use crate::Outcome;

/// How many of the tokens are used.
const USED: usize = 1000;
const ROUNDS: usize = 5;
const SECONDS: &str = "5";

const NGINX: &str = "worker_processes 2; daemon off; pid DIR/nginx.pid; error_log DIR/error.log error;
events { worker_connections 4096; multi_accept on; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600; tcp_nodelay on;
  client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
  server { listen 127.0.0.1:18081 reuseport; location / { return 204; } } }
";

/// Rotates over the tokens, each thread from another one on.
const SCRIPT: &str = r#"
local reqs, i = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    reqs[#reqs + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. line, ["Host"] = "x" })
  end
  i = math.floor(tonumber(tostring({}):match("0x(%x+)"), 16) / 64) % #reqs
end
function request() i = i % #reqs + 1; return reqs[i] end
"#;

/// A server that is measured. It is told to end at the end: a killed nginx would leave its workers.
pub(super) struct Measured {
    name: &'static str,
    pub(super) child: Child,
    url: String,
    rounds: Vec<Round>,
}

/// What one run of `wrk` measured.
struct Round {
    per_second: f64,
    p50: String,
    p99: String,
    /// Microseconds of processor time for a request, of the server and its children.
    cpu: f64,
}

impl Drop for Measured {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// Measures with 100,000 tokens and with a million.
pub(crate) fn run() -> Outcome {
    for tokens in [100_000, 1_000_000] {
        measure(tokens)?;
    }
    Ok(())
}

fn measure(tokens: usize) -> Outcome {
    let lab = MeasuredStore::new()?;
    let (core, issued) = lab.fill(tokens)?;
    drop(core);
    let step = tokens / USED;
    let used: Vec<&str> = issued
        .iter()
        .step_by(step)
        .map(|it| it.secret.expose())
        .collect();
    fs::write(lab.path("tokens"), used.join("\n"))?;
    fs::write(lab.path("rotate.lua"), SCRIPT)?;
    first_answers(&lab, &issued)?;
    let mut servers = [
        nginx(&lab)?,
        hello()?,
        hallpass(&lab, &[])?,
        hallpass(&lab, &["--config", &nothing_in_memory(&lab)?])?,
    ];
    servers[3].name = "hallpass, nothing in memory";
    for round in 0..ROUNDS {
        for n in 0..servers.len() {
            let at = (n + round) % servers.len();
            servers[at].ask(&lab)?;
        }
    }
    println!(
        "\nserve, {tokens} tokens, {USED} in use, wrk -t2 -c64, {ROUNDS} rounds of {SECONDS} s:"
    );
    let base: Vec<f64> = servers[0].rounds.iter().map(|it| it.per_second).collect();
    for server in &servers {
        server.print(&base);
    }
    drop(servers);
    front::measure(&lab)
}

/// How long a new server takes to its first answer, and until it has everything in memory.
fn first_answers(lab: &MeasuredStore, issued: &[Issued]) -> Outcome {
    let token = issued[issued.len() / 2].secret.expose();
    let begun = Instant::now();
    let mut server = start(lab, &[])?;
    let log = server.child.stderr.take().ok_or("no log")?;
    let mut first = None;
    while first.is_none() {
        first = answer(token).ok().map(|status| (status, begun.elapsed()));
    }
    let (status, took) = first.ok_or("no answer")?;
    println!("first answer {status} after {took:.1?}");
    for line in BufReader::new(log).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        if line["event"] == "loaded" {
            println!("all in memory after {:.1?}: {line}", begun.elapsed());
            break;
        }
    }
    println!("resident: {} MiB", resident(server.child.id())? >> 20);
    Ok(())
}

fn answer(token: &str) -> Outcome<String> {
    let address: SocketAddr = "127.0.0.1:18082".parse()?;
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(100))?;
    write!(
        stream,
        "GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text.get(9..12).unwrap_or_default().to_owned())
}

fn nginx(lab: &MeasuredStore) -> Outcome<Measured> {
    let dir = lab.path("nginx");
    fs::create_dir(&dir)?;
    let text = NGINX.replace("DIR", &dir.to_string_lossy());
    fs::write(dir.join("nginx.conf"), text)?;
    let child = Command::new("nginx")
        .arg("-c")
        .arg(dir.join("nginx.conf"))
        .spawn()?;
    wait_for(18081)?;
    Ok(Measured::of("nginx, return 204", child, 18081, "/"))
}

/// This program, as a server that answers 204.
fn hello() -> Outcome<Measured> {
    let child = Command::new(std::env::current_exe()?)
        .arg("hello")
        .spawn()?;
    wait_for(18080)?;
    Ok(Measured::of("axum, 204", child, 18080, "/"))
}

/// Waits until somebody listens.
fn wait_for(port: u16) -> Outcome {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if begun.elapsed() > Duration::from_secs(10) {
            return Err(format!("nobody listens on {port}").into());
        }
    }
    Ok(())
}

fn hallpass(lab: &MeasuredStore, options: &[&str]) -> Outcome<Measured> {
    let port = if options.is_empty() { 18082 } else { 18083 };
    let mut server = start_at(lab, port, options)?;
    let log = server.child.stderr.take().ok_or("no log")?;
    for line in BufReader::new(log).lines() {
        if line?.contains("\"loaded\"") {
            break;
        }
    }
    Ok(server)
}

/// Settings of a server that keeps no token in memory.
fn nothing_in_memory(lab: &MeasuredStore) -> Outcome<String> {
    let path = lab.path("settings.toml");
    fs::write(&path, "[serve]\ntable_limit = 0\n")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(path.to_string_lossy().into_owned())
}

pub(super) fn start(lab: &MeasuredStore, options: &[&str]) -> Outcome<Measured> {
    start_at(lab, 18082, options)
}

fn start_at(lab: &MeasuredStore, port: u16, options: &[&str]) -> Outcome<Measured> {
    let address = format!("127.0.0.1:{port}");
    let child = lab
        .hallpass()
        .args([
            "serve",
            "--listen",
            &address,
            "--access-log",
            "off",
            "--metrics-listen",
            "off",
        ])
        .args(options)
        .stderr(Stdio::piped())
        .spawn()?;
    Ok(Measured::of("hallpass", child, port, "/verify"))
}

impl Measured {
    fn of(name: &'static str, child: Child, port: u16, path: &str) -> Self {
        Self {
            name,
            child,
            url: format!("http://127.0.0.1:{port}{path}"),
            rounds: Vec::new(),
        }
    }

    fn ask(&mut self, lab: &MeasuredStore) -> Outcome {
        let before = ticks(self.child.id())?;
        let output = Command::new("wrk")
            .args(["-t2", "-c64", "--latency", "-d", SECONDS, "-s"])
            .arg(lab.path("rotate.lua"))
            .arg(&self.url)
            .arg("--")
            .arg(lab.path("tokens"))
            .output()?;
        let after = ticks(self.child.id())?;
        let text = String::from_utf8(output.stdout)?;
        if text.contains("Non-2xx") {
            return Err(format!("{} refuses: {text}", self.name).into());
        }
        let word = |line: &str, nth: usize| -> Outcome<String> {
            let line = text.lines().find(|it| it.trim_start().starts_with(line));
            let said = String::from_utf8_lossy(&output.stderr);
            let line = line.ok_or_else(|| format!("{}: wrk says: {text}{said}", self.name))?;
            Ok(line
                .split_whitespace()
                .nth(nth)
                .ok_or("a short line")?
                .to_owned())
        };
        let per_second: f64 = word("Requests/sec:", 1)?.parse()?;
        let requests: f64 = text
            .lines()
            .find(|it| it.contains("requests in"))
            .and_then(|it| it.split_whitespace().next())
            .ok_or("no count")?
            .parse()?;
        self.rounds.push(Round {
            per_second,
            p50: word("50%", 1)?,
            p99: word("99%", 1)?,
            cpu: (after - before) * 10_000.0 / requests,
        });
        Ok(())
    }

    fn print(&self, base: &[f64]) {
        let mut ratios: Vec<f64> = self
            .rounds
            .iter()
            .zip(base)
            .map(|(round, base)| round.per_second / base)
            .collect();
        ratios.sort_by(f64::total_cmp);
        let middle = &self.rounds[self.rounds.len() / 2];
        println!(
            "  {:<28} {:>8.0} req/s, ratio {:.2} ({:.2}-{:.2}), p50 {}, p99 {}, cpu {:.1} us/req, {} MiB",
            self.name,
            middle.per_second,
            ratios[ratios.len() / 2],
            ratios[0],
            ratios[ratios.len() - 1],
            middle.p50,
            middle.p99,
            middle.cpu,
            resident(self.child.id()).unwrap_or(0) >> 20,
        );
    }
}

/// Processor time of a process and of its children, in hundredths of a second.
fn ticks(pid: u32) -> Outcome<f64> {
    let mut sum = 0.0;
    let mut pids = vec![pid];
    while let Some(pid) = pids.pop() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let fields: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or("")
            .split_whitespace()
            .collect();
        sum += fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        let children = format!("/proc/{pid}/task/{pid}/children");
        if Path::new(&children).exists() {
            let text = fs::read_to_string(children)?;
            pids.extend(
                text.split_whitespace()
                    .filter_map(|it| it.parse::<u32>().ok()),
            );
        }
    }
    Ok(sum)
}

fn resident(pid: u32) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find(|it| it.starts_with("VmRSS:"))
        .ok_or("no VmRSS")?;
    let kib: u64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kib * 1024)
}

/// Answers 204 to everything, as little as axum can do.
pub(crate) fn hello_server() -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let router = axum::Router::new().fallback(async || axum::http::StatusCode::NO_CONTENT);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:18080").await?;
        axum::serve(listener, router).await?;
        Ok(())
    })
}
