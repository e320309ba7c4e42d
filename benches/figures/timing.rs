//! Whether the time of an answer over HTTP tells what is known (T19).
//!
//! After Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?" (2017): two classes of
//! requests in random order, and Welch's t-test on their times, over all of them and
//! over the fastest 99, 90, 75 and 50 percent. A value of |t| above 4.5 is a difference.

#![expect(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "counts are far below 2^52, and a bench that finds something else than it expects has failed"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

use data_encoding::HEXUPPER;
use hallpass::entropy::{Entropy as _, OsEntropy};
use hallpass::model::token::{Encoding, Token};
use hallpass::ops::token::Issued;

use super::measured_store::MeasuredStore;
use super::serve::start;
use crate::Outcome;

/// Tokens of the store, and requests of a comparison.
const TOKENS: usize = 10_000;
const SAMPLES: usize = 1_000_000;

/// Refusals are kept back for a millisecond, so several clients ask at once.
const CLIENTS: usize = 16;

/// Requests that are the same but for what must not be told.
struct Class(Vec<String>);

/// Compares unknown tokens with known ids, and secrets that differ early with those that differ late.
pub(crate) fn run() -> Outcome {
    let lab = MeasuredStore::new()?;
    let (core, issued) = lab.fill(TOKENS)?;
    drop(core);
    let mut server = start(&lab, &[])?;
    let log = server.child.stderr.take().ok_or("no log")?;
    for line in BufReader::new(log).lines() {
        if line?.contains("\"loaded\"") {
            break;
        }
    }
    println!("\ntiming over HTTP, {TOKENS} tokens, {SAMPLES} requests a comparison, |t|:");
    let wrong = |place: usize| Class::of(&issued, |bytes| bytes[place] ^= 1);
    let unknown = Class::of(&issued, |bytes| bytes[0] ^= 0x55)?;
    compare(
        "an unknown id / a known one, with a wrong secret",
        unknown,
        wrong(8)?,
    )?;
    compare(
        "wrong in the first byte of the secret / in the last",
        wrong(8)?,
        wrong(31)?,
    )?;
    let right = Class::of(&issued, |_| ())?;
    let as_well = Class::of(&issued, |_| ())?;
    compare("the same twice, for comparison", right, as_well)?;
    Ok(())
}

impl Class {
    /// A request for each token, changed so.
    fn of(issued: &[Issued], change: impl Fn(&mut [u8])) -> Outcome<Self> {
        let request = |issued: &Issued| -> Outcome<String> {
            let token = Token::parse(issued.secret.expose()).map_err(|_| "no token")?;
            let mut bytes = *token.bytes();
            change(&mut bytes);
            let token = Token::parse(&HEXUPPER.encode(&bytes)).map_err(|_| "no token")?;
            let token = token.encode(Encoding::Native);
            let token = token.expose();
            Ok(format!(
                "GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
            ))
        };
        let requests: Outcome<Vec<String>> = issued.iter().map(request).collect();
        Ok(Self(requests?))
    }
}

fn compare(what: &str, one: Class, other: Class) -> Outcome {
    let classes = [one, other];
    let ask = || measure(&classes).map_err(|error| error.to_string());
    let mut samples = Vec::with_capacity(SAMPLES);
    thread::scope(|scope| -> Outcome {
        let asking: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        for client in asking {
            samples.append(&mut client.join().map_err(|_| "a client panicked")??);
        }
        Ok(())
    })?;
    let mut times: Vec<f64> = samples.iter().map(|(_, time)| *time).collect();
    times.sort_by(f64::total_cmp);
    print!("  {what}: median {:.1} us", times[times.len() / 2] / 1000.0);
    for percent in [100, 99, 90, 75, 50] {
        let limit = times[times.len() * percent / 100 - 1];
        let (t, apart) = welch(&samples, limit);
        print!(", {percent} %: {:.2} ({apart:.0} ns)", t.abs());
    }
    println!();
    Ok(())
}

/// Asks on one connection, in random order. Returns the class and the nanoseconds of each request.
fn measure(classes: &[Class; 2]) -> Outcome<Vec<(usize, f64)>> {
    let mut stream = TcpStream::connect("127.0.0.1:18082")?;
    stream.set_nodelay(true)?;
    let mut random = Random::new()?;
    let mut samples = Vec::new();
    let mut answer = [0; 4096];
    for n in 0..(SAMPLES + SAMPLES / 100) / CLIENTS {
        let class = random.below(2);
        let requests = &classes[class].0;
        let request = &requests[random.below(requests.len())];
        let begun = Instant::now();
        stream.write_all(request.as_bytes())?;
        let length = stream.read(&mut answer)?;
        let took = begun.elapsed();
        if !answer[..length].ends_with(b"\r\n\r\n") {
            return Err("an answer came in pieces".into());
        }
        // The first ones find caches cold.
        if n >= SAMPLES / 100 / CLIENTS {
            samples.push((class, took.as_nanos() as f64));
        }
    }
    Ok(samples)
}

/// Welch's t of the two classes, over the samples up to `limit`, and how far their means are apart.
fn welch(samples: &[(usize, f64)], limit: f64) -> (f64, f64) {
    let part = |class: usize| {
        let times = samples
            .iter()
            .filter(|(own, time)| *own == class && *time <= limit)
            .map(|(_, time)| *time);
        let (count, sum) = times
            .clone()
            .fold((0.0, 0.0), |(n, sum), it| (n + 1.0, sum + it));
        let mean: f64 = sum / count;
        let squares: f64 = times.map(|it| (it - mean).powi(2)).sum();
        (mean, squares / (count - 1.0) / count)
    };
    let ((one, spread), (other, more)) = (part(0), part(1));
    ((one - other) / (spread + more).sqrt(), one - other)
}

/// Numbers that need not be secret: xorshift64* (Vigna, 2016).
struct Random(u64);

impl Random {
    fn new() -> Outcome<Self> {
        let mut seed = [0; 8];
        OsEntropy.fill(&mut seed)?;
        Ok(Self(u64::from_le_bytes(seed) | 1))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap_or(0) % limit
    }
}
