#![forbid(unsafe_code)]
// Nothing that a peer sends may make us panic. Tests and benches, which are crates of their own, may.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![doc = include_str!("../README.md")]

pub mod capture;
pub mod cli;
pub mod conversation;
pub mod diagnose;
#[doc(hidden)]
pub mod fuzzing;
pub mod hello;
pub mod lab;
pub mod names;
pub mod net;
pub mod probe;
pub mod quirks;
pub mod report;
pub mod transcript;
pub mod wire;
