//! Whole dumps through the program: what comes out, what is told, and what is left when something goes wrong.

#![allow(clippy::format_collect, reason = "test data is small, and reads best as it is written")]
#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "the names are our own")]

mod audit;
mod bad_input;
mod containers;
mod damage;
mod interrupts;
mod lists;
mod names;
mod options;
mod standard_input;
mod support;
mod surveys;
mod threads;
