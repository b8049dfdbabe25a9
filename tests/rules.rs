//! Every example of every shipped rule, as a test of its own.

use std::sync::Arc;

use dechaff::clean::proof::{Example, Prover, examples};
use dechaff::pack::shipped;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    // Tests live as long as the program.
    let packs: &'static [dechaff::pack::Pack] = Box::leak(shipped().into_boxed_slice());
    let prover = Arc::new(Prover::new(packs).unwrap_or_else(|e| panic!("{e}")));
    let trials = examples(packs)
        .map(|example: Example<'static>| {
            let prover = Arc::clone(&prover);
            Trial::test(example.name(), move || prover.prove(&example).map_err(Failed::from))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}
