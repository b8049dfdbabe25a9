//! Ctrl-C and friends: nothing half-written is left, whatever the run is doing.

use dechaff::run::Unfinished;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// From now on a signal to stop takes away what `unfinished` names and ends the process with 128 and the signal's
/// number. A run may be waiting for a terminal or a pipe, which nothing but the end of the process can interrupt.
pub(super) fn watch(unfinished: &Unfinished) -> std::io::Result<()> {
    watch_then(unfinished, "dechaff: interrupted: finished files stay, unfinished ones are gone", || ())
}

/// The same, with something else that is done before the process ends, and what is told then.
pub(super) fn watch_then(
    unfinished: &Unfinished,
    told: &'static str,
    last: impl FnOnce() + Send + 'static,
) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let unfinished = unfinished.clone();
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _nothing_is_published_any_more = unfinished.abandon();
            last();
            super::say(told);
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}
