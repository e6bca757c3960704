//! Sockets: names become addresses, a hello goes out over a plain `TcpStream` or by
//! datagrams, and what comes back is handed to a [`Conversation`](crate::conversation::Conversation).

mod address;
mod datagrams;
mod exchange;
mod limited;
pub mod record;
mod server;
mod socket;
pub mod starttls;
mod unacknowledged;

pub use address::{BadHost, Family, Host};
pub use exchange::{Deadlines, connect_failure, exchange};
pub use limited::Limited;
pub use server::Server;
pub use socket::{SocketOptions, Unsettable};
