//! ClientHellos as data, and what can be said about them.
//!
//! - [`spec`]: a hello and its framing, to and from bytes, TOML and JSON
//! - [`draw`]: what is drawn anew for each connection
//! - [`preset`]: hellos of real clients
//! - [`edit`]: a change to a hello, in one word
//! - [`carrier`]: ways to make a hello longer and change nothing else
//! - [`difference`]: the edits that make one hello into another
//! - [`named`]: how a person names a hello on the command line
//! - [`facts`]: what is true of a hello as it is sent
//! - [`condition`]: statements about a hello that are true or false

pub mod carrier;
pub mod condition;
pub mod difference;
pub mod draw;
pub mod edit;
pub mod facts;
pub mod named;
pub mod preset;
pub mod spec;

pub use condition::Condition;
pub use facts::Facts;
pub use spec::HelloSpec;
