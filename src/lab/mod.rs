//! The lab: servers with known quirks, which speak raw records themselves.
//!
//! [`Service`] is what a server does with a hello: one of the catalogue's quirks, what any
//! condition calls for, or the first flight of a true TLS 1.2 handshake. It is a function of bytes
//! and of a seed: a [`Rate`] leaves some of it to luck. [`Server`] answers with it over
//! TCP: a demonstration without a network, and a test bed for those who write clients. What no rule
//! strikes may go on to a real server. [`LabTarget`] answers with it by a function call, for tests
//! and for the benchmark.
//!
//! A server of the lab stops behind ServerHelloDone: whether a hello passes is decided by then.

mod choice;
mod first_flight;
mod identity;
mod luck;
mod passage;
mod server;
mod service;
mod target;

pub use luck::{BadRate, Rate};
pub use server::{Served, Server};
pub use service::{Answer, Decision, Rule, Service, Visit};
pub use target::LabTarget;
