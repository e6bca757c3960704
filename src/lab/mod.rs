//! The lab: servers with known quirks, which speak raw records themselves.
//!
//! [`Service`] is what a server does with a hello: one of the catalogue's quirks, or the first
//! flight of a true TLS 1.2 handshake. It is a function of bytes. [`Server`] answers with it over
//! TCP: a demonstration without a network, and a test bed for those who write clients.
//! [`LabTarget`] answers with it by a function call, for tests and for the benchmark.
//!
//! A server of the lab stops behind ServerHelloDone: whether a hello passes is decided by then.

mod choice;
mod first_flight;
mod identity;
mod server;
mod service;
mod target;

pub use server::Server;
pub use service::{Answer, Rule, Service};
pub use target::LabTarget;
