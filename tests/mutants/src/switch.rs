//! The module that is added to the mutated tree: it knows which mutant is switched on.

use std::path::Path;

/// The source of `src/mutants.rs`.
pub(crate) fn source(switch: &Path) -> String {
    SOURCE.replace("SWITCH_FILE", &switch.display().to_string())
}

/// The file `SWITCH_FILE` holds a number (that mutant is on), `record PATH` (mutants that are reached
/// are appended to that file), or nothing.
const SOURCE: &str = r#"//! Which mutant is switched on.
#![allow(missing_docs, clippy::all, clippy::pedantic, clippy::restriction)]

use std::io::Write as _;
use std::ops::{Add, AddAssign, BitAnd, BitOr, Div, Mul, Sub, SubAssign};
use std::sync::{Mutex, OnceLock};

enum Switch {
    On(u32),
    Record(Mutex<(std::fs::File, Vec<bool>)>),
}

fn switch() -> &'static Switch {
    static SWITCH: OnceLock<Switch> = OnceLock::new();
    SWITCH.get_or_init(|| {
        let text = std::fs::read_to_string("SWITCH_FILE").unwrap_or_default();
        match text.trim().strip_prefix("record ") {
            Some(path) => {
                let file = std::fs::OpenOptions::new().append(true).open(path).ok();
                file.map_or(Switch::On(0), |file| Switch::Record(Mutex::new((file, Vec::new()))))
            }
            None => Switch::On(text.trim().parse().unwrap_or(0)),
        }
    })
}

pub fn m(id: u32) -> bool {
    match switch() {
        Switch::On(on) => *on == id,
        Switch::Record(log) => {
            let Ok(mut log) = log.lock() else { return false };
            let (file, seen) = &mut *log;
            let at = id as usize;
            if seen.len() <= at {
                seen.resize(at + 1, false);
            }
            if !seen[at] {
                seen[at] = true;
                let _ = file.write_all(format!("{id}\n").as_bytes());
            }
            false
        }
    }
}

pub fn lt<T: PartialOrd + ?Sized>(id: u32, a: &T, b: &T) -> bool { if m(id) { a <= b } else { a < b } }
pub fn le<T: PartialOrd + ?Sized>(id: u32, a: &T, b: &T) -> bool { if m(id) { a < b } else { a <= b } }
pub fn gt<T: PartialOrd + ?Sized>(id: u32, a: &T, b: &T) -> bool { if m(id) { a >= b } else { a > b } }
pub fn ge<T: PartialOrd + ?Sized>(id: u32, a: &T, b: &T) -> bool { if m(id) { a > b } else { a >= b } }
pub fn add<T: Add<Output = T> + Sub<Output = T>>(id: u32, a: T, b: T) -> T { if m(id) { a - b } else { a + b } }
pub fn sub<T: Add<Output = T> + Sub<Output = T>>(id: u32, a: T, b: T) -> T { if m(id) { a + b } else { a - b } }
pub fn mul<T: Mul<Output = T> + Add<Output = T>>(id: u32, a: T, b: T) -> T { if m(id) { a + b } else { a * b } }
pub fn div<T: Div<Output = T> + Mul<Output = T>>(id: u32, a: T, b: T) -> T { if m(id) { a * b } else { a / b } }
pub fn and<T: BitAnd<Output = T> + BitOr<Output = T>>(id: u32, a: T, b: T) -> T { if m(id) { a | b } else { a & b } }
pub fn or<T: BitAnd<Output = T> + BitOr<Output = T>>(id: u32, a: T, b: T) -> T { if m(id) { a & b } else { a | b } }
pub fn add_assign<T: AddAssign + SubAssign>(id: u32, a: &mut T, b: T) { if m(id) { *a -= b } else { *a += b } }
pub fn sub_assign<T: AddAssign + SubAssign>(id: u32, a: &mut T, b: T) { if m(id) { *a += b } else { *a -= b } }
pub fn min<T: Ord>(id: u32, a: T, b: T) -> T { if m(id) { a.max(b) } else { a.min(b) } }
pub fn max<T: Ord>(id: u32, a: T, b: T) -> T { if m(id) { a.min(b) } else { a.max(b) } }
"#;
