//! Times of work that is done again and again.
//!
//! Takes work that tells how long it took, gives the median with the fastest and the slowest time. Work that is to be
//! compared is done in turn, round by round, so that what else the machine does meets all of it. Work that waits for
//! nothing is timed by the processor time of its thread, for on a busy machine the wall clock tells what others do.

use std::time::{Duration, Instant};

/// How long something took, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Times {
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// How often it was done.
    pub runs: usize,
}

impl Times {
    /// The times of several runs; none of them is no time.
    #[must_use]
    pub fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_unstable_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (seconds.first(), seconds.last()) else { return Self::default() };
        let (below, above) = (seconds[(seconds.len() - 1) / 2], seconds[seconds.len() / 2]);
        Self { median: f64::midpoint(below, above), low, high, runs: seconds.len() }
    }

    /// How far apart the fastest and the slowest run are, as a share of the median.
    #[must_use]
    pub fn spread(&self) -> f64 {
        if self.median > 0.0 { (self.high - self.low) / self.median } else { 0.0 }
    }
}

/// Does rounds of work, `repeat` of them or as many as can begin `within` that time, but always one. A round tells the seconds
/// of each thing that it did.
pub(super) fn rounds<E>(
    repeat: usize,
    within: Duration,
    mut round: impl FnMut() -> Result<Vec<f64>, E>,
) -> Result<Vec<Times>, E> {
    let begun = Instant::now();
    let mut all: Vec<Vec<f64>> = Vec::new();
    for number in 0..repeat.max(1) {
        if number > 0 && begun.elapsed() > within {
            break;
        }
        let seconds = round()?;
        all.resize(seconds.len(), Vec::new());
        all.iter_mut().zip(seconds).for_each(|(all, one)| all.push(one));
    }
    Ok(all.into_iter().map(Times::of).collect())
}

/// What `work` gives, and the seconds of wall clock that it took.
pub(super) fn wall<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = Instant::now();
    let given = work();
    (given, begun.elapsed().as_secs_f64())
}

/// What `work` gives, and the seconds that a processor was busy with it on this thread.
pub(super) fn busy<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = thread_seconds();
    let given = work();
    (given, thread_seconds() - begun)
}

/// Processor time of this thread, from some point on.
pub(super) fn thread_seconds() -> f64 {
    clock::thread()
}

/// Processor time of all threads of this process, from some point on; none where it is not told.
pub(super) fn process_seconds() -> Option<f64> {
    clock::process()
}

#[cfg(unix)]
mod clock {
    use rustix::time::{ClockId, clock_gettime};

    pub(super) fn thread() -> f64 {
        seconds(ClockId::ThreadCPUTime)
    }

    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it is not told")]
    pub(super) fn process() -> Option<f64> {
        Some(seconds(ClockId::ProcessCPUTime))
    }

    #[expect(clippy::cast_precision_loss, reason = "a process does not live for 2^53 nanoseconds of a second")]
    fn seconds(clock: ClockId) -> f64 {
        let time = clock_gettime(clock);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    }
}

/// Where processor time is not told, the wall clock stands for that of a thread.
#[cfg(not(unix))]
mod clock {
    use std::sync::LazyLock;
    use std::time::Instant;

    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

    pub(super) fn thread() -> f64 {
        BEGUN.elapsed().as_secs_f64()
    }

    pub(super) fn process() -> Option<f64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_median_stands_between_the_fastest_and_the_slowest() {
        let odd = Times::of(vec![3.0, 1.0, 2.0]);
        assert!(about(odd.median, 2.0) && about(odd.low, 1.0) && about(odd.high, 3.0) && odd.runs == 3, "{odd:?}");
        assert!(about(odd.spread(), 1.0));
        assert!(about(Times::of(vec![1.0, 2.0, 4.0, 9.0]).median, 3.0));
        assert_eq!(Times::of(Vec::new()), Times::default());
        assert!(about(Times::default().spread(), 0.0));
    }

    #[test]
    fn rounds_end_with_the_time_but_not_before_the_first() {
        let none = rounds(5, Duration::ZERO, || {
            std::thread::yield_now();
            Ok::<_, ()>(vec![1.0, 2.0])
        });
        assert_eq!(none.unwrap().iter().map(|times| times.runs).collect::<Vec<_>>(), [1, 1]);
        let all = rounds(3, Duration::MAX, || Ok::<_, ()>(vec![1.0]));
        assert_eq!(all.unwrap()[0].runs, 3);
        assert_eq!(rounds(3, Duration::MAX, || Err::<Vec<f64>, _>("no")), Err("no"));
    }
}
