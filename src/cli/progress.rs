//! How far a run is: a bar on a terminal, a line every 30 seconds elsewhere.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use dechaff::run::bench::Watch;
use dechaff::run::{Plan, Progress};
use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};

const BAR_EVERY: Duration = Duration::from_millis(150);
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Does `work` while its progress is shown, unless `quiet`.
pub(super) fn shown<T>(plan: &Plan, progress: &Progress, quiet: bool, work: impl FnOnce() -> T) -> T {
    let total: Option<u64> = plan.shards.iter().map(|shard| shard.size).sum();
    let files = plan.shards.len();
    let on_bar = |bar: &ProgressBar| {
        bar.set_position(progress.raw_bytes());
        bar.set_message(counts(progress, files));
    };
    watched(quiet, || bar(total), on_bar, |elapsed| line(progress, files, total, elapsed), work)
}

/// Does `work`, which times a dump, while its steps are shown, unless `quiet`.
pub(super) fn steps<T>(watch: &Watch, quiet: bool, work: impl FnOnce() -> T) -> T {
    let on_bar = |bar: &ProgressBar| {
        let (done, all) = watch.steps();
        bar.set_length(all.max(done));
        bar.set_position(done);
        bar.set_message(watch.doing());
    };
    let line = |_| {
        let (done, all) = watch.steps();
        format!("step {done} of about {}: {}", all.max(done), watch.doing())
    };
    watched(quiet, || styled(ProgressBar::new(1), "{bar:25} {percent} % {msg}"), on_bar, line, work)
}

/// Does `work` while another thread shows how far it is: on a bar, or in lines where there is no terminal.
fn watched<T>(
    quiet: bool,
    bar: impl FnOnce() -> ProgressBar + Send,
    on_bar: impl Fn(&ProgressBar) + Send,
    line: impl Fn(Duration) -> String + Send,
    work: impl FnOnce() -> T,
) -> T {
    if quiet {
        return work();
    }
    std::thread::scope(|scope| {
        let (done, ended) = channel::<()>();
        scope.spawn(move || {
            let started = Instant::now();
            let bar = std::io::stderr().is_terminal().then(bar);
            let every = if bar.is_some() { BAR_EVERY } else { LINE_EVERY };
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(every) {
                match &bar {
                    Some(bar) => on_bar(bar),
                    None => super::say(&line(started.elapsed())),
                }
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        });
        let result = work();
        drop(done);
        result
    })
}

fn bar(total: Option<u64>) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let template = if total.is_some() {
        "{bar:25} {bytes}/{total_bytes} {decimal_bytes_per_sec} {msg}, {eta} left"
    } else {
        "{spinner} {bytes} {decimal_bytes_per_sec} {msg}"
    };
    styled(bar, template)
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    // A wrong template would be a mistake of ours; a plain bar does no harm.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

fn counts(progress: &Progress, files: usize) -> String {
    let (text, cut) = progress.text_and_cut_bytes();
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let share = 100.0 * cut as f64 / text.max(1) as f64;
    format!("{}/{files} files, {} documents, {share:.1} % removed", progress.files(), HumanCount(progress.documents()))
}

fn line(progress: &Progress, files: usize, total: Option<u64>, elapsed: Duration) -> String {
    let raw = progress.raw_bytes();
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let rate = raw as f64 / 1e6 / elapsed.as_secs_f64().max(0.001);
    let of = total.map(|total| format!(" of {}", HumanBytes(total))).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let left = total.filter(|_| rate > 0.0).map(|total| {
        let seconds = total.saturating_sub(raw) as f64 / 1e6 / rate;
        format!(", {} left", HumanDuration(Duration::from_secs_f64(seconds.min(1e9))))
    });
    format!("{}{of}, {rate:.1} MB/s, {}{}", HumanBytes(raw), counts(progress, files), left.unwrap_or_default())
}
