//! Entrants that take turns, so that the drift of a shared machine meets all of them alike, in
//! another order each round, so that nobody always finds the caches as the same one left them.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;

/// Runs once and says how long that took.
type Lap<'a> = Box<dyn FnMut() -> Outcome<Duration> + 'a>;

/// Entrants; each is compared with the first, round by round.
#[derive(Default)]
pub(crate) struct Race<'a> {
    entrants: Vec<(String, Lap<'a>)>,
    laps: Vec<Vec<Duration>>,
}

impl<'a> Race<'a> {
    /// Adds what times itself.
    pub(crate) fn entrant(
        &mut self,
        name: impl Into<String>,
        lap: impl FnMut() -> Outcome<Duration> + 'a,
    ) {
        self.entrants.push((name.into(), Box::new(lap)));
        self.laps.push(Vec::new());
    }

    /// Adds a program, timed from its start to its end; `command` makes each run's.
    pub(crate) fn program(
        &mut self,
        name: impl Into<String>,
        mut command: impl FnMut() -> Command + 'a,
    ) {
        self.entrant(name, move || whole_process(&mut command(), 0));
    }

    /// As [`Self::program`], for one that ends with that code when all is well.
    pub(crate) fn program_ending(
        &mut self,
        name: impl Into<String>,
        code: i32,
        mut command: impl FnMut() -> Command + 'a,
    ) {
        self.entrant(name, move || whole_process(&mut command(), code));
    }

    /// Lets everybody run `rounds` times, after a few rounds that do not count.
    pub(crate) fn run(&mut self, rounds: usize) -> Outcome {
        for round in 0..rounds + WARM_UP.min(rounds) {
            for n in order(round, self.entrants.len()) {
                let (Some((_, lap)), Some(laps)) = (self.entrants.get_mut(n), self.laps.get_mut(n))
                else {
                    continue;
                };
                let took = lap()?;
                if round >= WARM_UP.min(rounds) {
                    laps.push(took);
                }
            }
        }
        Ok(())
    }

    /// Prints each entrant's time and its ratio to the first.
    pub(crate) fn report(&self, title: &str) {
        println!("\n{title}\n");
        let Some(first) = self.laps.first() else {
            return;
        };
        for ((name, _), laps) in self.entrants.iter().zip(&self.laps) {
            let times = Spread::of(laps.iter().map(|lap| lap.as_secs_f64() * 1e3).collect());
            println!(
                "  {name:44} {} ms   {} of the first",
                times.show(3),
                ratio(laps, first).show(2)
            );
        }
    }

    /// Prints the ratio of one entrant to another.
    pub(crate) fn compare(&self, of: &str, to: &str) {
        let laps = |name| {
            let position = self.entrants.iter().position(|(other, _)| other == name)?;
            self.laps.get(position)
        };
        if let (Some(a), Some(b)) = (laps(of), laps(to)) {
            println!("  {of} / {to}: {}", ratio(a, b).show(2));
        }
    }
}

const WARM_UP: usize = 3;

/// The numbers below `count` in an order that looks like chance and is the same in every run.
fn order(round: usize, count: usize) -> Vec<usize> {
    let place = |n: &usize| {
        let mixed = ((round * count + n + 1) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ (mixed >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    };
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by_key(place);
    order
}

fn ratio(laps: &[Duration], to: &[Duration]) -> Spread {
    Spread::of(
        laps.iter()
            .zip(to)
            .map(|(a, b)| a.as_secs_f64() / b.as_secs_f64())
            .collect(),
    )
}

/// Runs a program that ends with `code` when all is well; says how long that took.
pub(crate) fn whole_process(command: &mut Command, code: i32) -> Outcome<Duration> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.spawn()?.wait()?;
    let took = start.elapsed();
    if status.code() == Some(code) {
        return Ok(took);
    }
    Err(format!("{command:?} ended with {status}").into())
}

/// Runs a program until it has printed `count` of a byte, and says how long that took. It is told
/// that nobody reads any more, and waited for.
pub(crate) fn until_printed(command: &mut Command, byte: u8, count: usize) -> Outcome<Duration> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn()?;
    let mut out = child.stdout.take().ok_or("no standard output")?;
    let (mut left, mut page) = (count, [0; 1 << 12]);
    while left > 0 {
        let read = out.read(&mut page)?;
        let Some(some @ [_, ..]) = page.get(..read) else {
            return Err("it printed less".into());
        };
        left = left.saturating_sub(memchr::memchr_iter(byte, some).count());
    }
    let took = start.elapsed();
    drop(out);
    child.wait()?;
    Ok(took)
}

/// Median, least and most.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |n: usize| values.get(n).copied().unwrap_or(f64::NAN);
        Self {
            median: at(values.len() / 2),
            least: at(0),
            most: at(values.len().saturating_sub(1)),
        }
    }

    fn show(&self, digits: usize) -> String {
        let Self {
            median,
            least,
            most,
        } = self;
        format!("{median:.digits$} ({least:.digits$}–{most:.digits$})")
    }
}
