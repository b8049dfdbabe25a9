//! Strips the chaff from scraped text by rules that people can read.

pub mod clean;
pub mod pack;
pub mod shard;
pub mod text;
