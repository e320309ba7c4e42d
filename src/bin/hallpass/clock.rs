//! The real clocks.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hallpass::clock::{BootTime, Clock};
use rustix::time::{ClockId, clock_gettime};

/// The clocks of this machine.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn unix_seconds(&self) -> i64 {
        #[expect(clippy::disallowed_methods, reason = "this is the real clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let seconds = now.map_or(0, |since| since.as_secs());
        i64::try_from(seconds).unwrap_or(i64::MAX)
    }

    fn boot(&self) -> BootTime {
        BootTime {
            boot: boot_id(),
            seconds: clock_gettime(ClockId::Boottime).tv_sec,
        }
    }

    fn since_boot(&self) -> Duration {
        // It is never negative.
        Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
    }
}

/// Returns the id of the current boot; zeros where the kernel does not report it.
fn boot_id() -> [u8; 16] {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    parse_boot_id(&text).unwrap_or_default()
}

fn parse_boot_id(text: &str) -> Option<[u8; 16]> {
    let hex: Vec<u8> = text.trim().bytes().filter(|byte| *byte != b'-').collect();
    data_encoding::HEXLOWER_PERMISSIVE
        .decode(&hex)
        .ok()?
        .try_into()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boot_has_an_id() {
        let id = parse_boot_id("01020304-0506-0708-090a-0b0c0d0e0f10\n").unwrap();
        assert_eq!(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
        assert_eq!(parse_boot_id("x"), None);
    }
}
