//! How much memory is free.

use std::fs;

/// Returns `MemAvailable` of `/proc/meminfo`, in KiB; `None` where the kernel does not report it.
pub(crate) fn available_kib() -> Option<u64> {
    parse(&fs::read_to_string("/proc/meminfo").ok()?)
}

fn parse(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_read() {
        assert_eq!(
            parse("MemTotal: 9 kB\nMemAvailable:   1234 kB\n"),
            Some(1234)
        );
        assert_eq!(parse("MemTotal: 9 kB\n"), None);
    }
}
