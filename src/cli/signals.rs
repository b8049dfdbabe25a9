//! Ctrl-C and friends: nothing half-written is left, whatever the run is doing.

use dechaff::run::Unfinished;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// From now on a signal to stop takes away what `unfinished` names and ends the process with 128 and the signal's
/// number. A run may be waiting for a terminal or a pipe, which nothing but the end of the process can interrupt.
pub(super) fn watch(unfinished: &Unfinished) -> std::io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let unfinished = unfinished.clone();
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _nothing_is_published_any_more = unfinished.abandon();
            super::say("dechaff: interrupted: finished files stay, unfinished ones are gone");
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}
