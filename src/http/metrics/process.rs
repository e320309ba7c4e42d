//! What the system knows of this process, by the names that Prometheus gives it.

use std::fs;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::gauge::gauge;

/// Reads the figures of this process at each scrape. What the system does not tell is left out.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        if let Ok(used) = Duration::try_from(used) {
            let counter = ConstCounter::new(used.as_secs_f64());
            let name = "process_cpu";
            let help = "Processor time used by the process.";
            let kind = counter.metric_type();
            let described = encoder.encode_descriptor(name, help, Some(&Unit::Seconds), kind)?;
            counter.encode(described)?;
        }
        let memory = Memory::read();
        let values = [
            (
                "process_resident_memory_bytes",
                "Memory of the process that is in RAM.",
                memory.as_ref().and_then(|memory| memory.resident),
            ),
            (
                "process_virtual_memory_bytes",
                "Memory that the process has mapped.",
                memory.as_ref().and_then(|memory| memory.mapped),
            ),
            (
                "process_open_fds",
                "Descriptors that the process has open.",
                open_descriptors(),
            ),
            (
                "process_max_fds",
                "Descriptors that the process may have open.",
                getrlimit(Resource::Nofile).current,
            ),
        ];
        for (name, help, value) in values {
            gauge(&mut encoder, name, help, value.map(ConstGauge::new))?;
        }
        gauge(
            &mut encoder,
            "process_start_time_seconds",
            "Start of the process, in seconds since 1970.",
            started().map(ConstGauge::new),
        )
    }
}

/// The memory of this process, in bytes.
struct Memory {
    resident: Option<u64>,
    mapped: Option<u64>,
}

impl Memory {
    fn read() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        Some(Self {
            resident: kib(&status, "VmRSS:"),
            mapped: kib(&status, "VmSize:"),
        })
    }
}

/// A line of `/proc/self/status` that is in KiB, in bytes.
fn kib(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let count: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    count.checked_mul(1024)
}

fn open_descriptors() -> Option<u64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    // The folder that is read is open itself.
    u64::try_from(open.saturating_sub(1)).ok()
}

/// The start of this process, in seconds since 1970.
fn started() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let system = fs::read_to_string("/proc/stat").ok()?;
    let after_boot = since_boot(&stat)?.as_secs_f64();
    let boot = system
        .lines()
        .find_map(|line| line.strip_prefix("btime "))?;
    let boot: u32 = boot.trim().parse().ok()?;
    Some(f64::from(boot) + after_boot)
}

/// From boot to the start of a process, by its `/proc/PID/stat`.
fn since_boot(stat: &str) -> Option<Duration> {
    // The name of the program is in parentheses, and may contain both of them and spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    // proc_pid_stat(5): field 22; the first after the name is field 3.
    let ticks: u64 = fields.split_ascii_whitespace().nth(19)?.parse().ok()?;
    // The kernel reports to programs in hundredths of a second on every architecture (USER_HZ).
    Some(Duration::from_millis(ticks.checked_mul(10)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_the_twenty_second_field_whatever_the_program_is_called() {
        let zeros = "0 ".repeat(18);
        let stat = format!("7 (a) b (c)) S {zeros}1234 5 6");
        assert_eq!(since_boot(&stat), Some(Duration::from_millis(12_340)));
        assert_eq!(since_boot("7 (x) S 1"), None);
    }

    #[test]
    fn memory_is_in_bytes() {
        let status = "Name:\tx\nVmSize:\t  2048 kB\nVmRSS:\t 1024 kB\n";
        assert_eq!(kib(status, "VmRSS:"), Some(1024 * 1024));
        assert_eq!(kib(status, "VmSize:"), Some(2048 * 1024));
        assert_eq!(kib(status, "VmSwap:"), None);
    }

    #[test]
    fn this_process_was_started_in_this_century_and_has_descriptors() {
        assert!(started().is_some_and(|seconds| seconds > 1_600_000_000.0));
        assert!(open_descriptors().is_some_and(|count| count >= 3));
        let memory = Memory::read().unwrap();
        assert!(memory.resident <= memory.mapped);
    }
}
