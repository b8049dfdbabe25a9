//! Strips the chaff from scraped text by rules that people can read.

pub mod pack;
pub mod text;
