//! What can be learnt of a dump: what two sets of rules make of it, which lines no rule takes, how well it is cleaned.
//!
//! Each is a [`Survey`](crate::run::Survey): it takes documents as a run shows them, gives values that add up, and
//! holds no more of a dump than it has room for, whatever the dump's size. Never reads a file, never prints.

pub mod diff;
pub mod frequent;
pub mod lines;
pub mod score;

mod page;
mod sites;
mod tokens;

pub use sites::Sites;
