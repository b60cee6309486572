//! What this process takes of the machine, read from /proc when Prometheus asks. Builds are processes of their own and not in it.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Gauge, IntGauge};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The shortest time that the use of cores is a mean over: two that ask at once are told the same.
const WINDOW_MIN: Duration = Duration::from_secs(1);

/// Memory and cores of this process.
#[derive(Clone)]
pub(super) struct Process {
    memory: IntGauge,
    cores: Gauge,
    last: Arc<Mutex<Sample>>,
}

/// Processor time used until a moment.
struct Sample {
    at: Instant,
    seconds: f64,
}

impl Process {
    pub fn new() -> prometheus::Result<Self> {
        Ok(Self {
            memory: IntGauge::new("worker_memory_usage", "Bytes of memory that this process has resident.")?,
            cores: Gauge::new("worker_cpu_usage", "Cores that this process used, as a mean since the look before, at least a second ago.")?,
            last: Arc::new(Mutex::new(Sample { at: Instant::now(), seconds: processor_seconds().unwrap_or(0.0) })),
        })
    }

    fn look(&self) {
        if let Some(bytes) = resident_bytes() {
            self.memory.set(bytes);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let window = now.duration_since(last.at);
        if let Some(seconds) = processor_seconds().filter(|_| window >= WINDOW_MIN) {
            self.cores.set((seconds - last.seconds).max(0.0) / window.as_secs_f64());
            *last = Sample { at: now, seconds };
        }
    }
}

impl Collector for Process {
    fn desc(&self) -> Vec<&Desc> {
        let mut described = self.memory.desc();
        described.extend(self.cores.desc());
        described
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.look();
        let mut families = self.memory.collect();
        families.extend(self.cores.collect());
        families
    }
}

/// `/proc/self/statm`: the second number is pages in memory.
fn resident_bytes() -> Option<i64> {
    let pages: i64 = std::fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(i64::try_from(rustix::param::page_size()).ok()?))
}

/// `/proc/self/stat`: behind the name, which may hold anything and ends with the last bracket, the 12th and the 13th are
/// ticks in user and in kernel mode.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = text.rsplit_once(") ")?.1.split(' ').skip(11).map(str::parse::<u64>);
    let ticks = fields.next()?.ok()? + fields.next()?.ok()?;
    Some(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_cores_are_those_of_a_process_that_works() {
        let process = Process::new().unwrap();
        process.last.lock().unwrap().at = Instant::now().checked_sub(WINDOW_MIN).unwrap();
        process.last.lock().unwrap().seconds -= 0.5;
        process.look();
        assert!(process.memory.get() > 1 << 20, "{}", process.memory.get());
        assert!(process.cores.get() > 0.0, "{}", process.cores.get());
        let told = process.cores.get();
        process.look();
        assert_eq!(process.cores.get(), told, "a second look at once tells the same");
    }
}
