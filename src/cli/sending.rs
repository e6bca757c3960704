//! How a hello is sent: by which sockets, and in which datagrams.

use std::net::{IpAddr, SocketAddr};

use clap::Args;

use crate::cli::Usage;
use crate::hello::HelloSpec;
use crate::hello::edit::Edit;
use crate::hello::edits::Edits;
use crate::hello::framing::{DTLS_OVERHEAD, Framing};
use crate::net::SocketOptions;

/// What is asked of the sockets.
#[derive(Args)]
pub struct SocketArguments {
    /// Send from this address.
    #[arg(long, value_name = "ADDRESS")]
    source: Option<IpAddr>,
    /// How many routers the packets may pass.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..))]
    ttl: Option<u8>,
    /// Bytes of a TCP segment at the most (TCP_MAXSEG), which counts the options of TCP in.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u16).range(1..))]
    mss: Option<u16>,
}

impl SocketArguments {
    /// The options for an address, which were tried.
    ///
    /// # Errors
    /// Where one cannot be had.
    pub fn checked(
        &self,
        addresses: &[SocketAddr],
        framing: Framing,
    ) -> Result<SocketOptions, Usage> {
        let options = self.options();
        for &address in addresses {
            let checked = options.check(address, framing == Framing::Dtls);
            checked.map_err(|unsettable| Usage::new(unsettable.option, unsettable.error))?;
        }
        Ok(options)
    }

    fn options(&self) -> SocketOptions {
        SocketOptions { source: self.source, ttl: self.ttl, mss: self.mss }
    }

    /// The address to send from.
    pub fn source(&self) -> Option<IpAddr> {
        self.source
    }

    /// As they are written behind a command.
    pub fn words(&self) -> String {
        let source = self.source.iter().map(|source| format!(" --source {source}"));
        let ttl = self.ttl.iter().map(|ttl| format!(" --ttl {ttl}"));
        let mss = self.mss.iter().map(|mss| format!(" --mss {mss}"));
        source.chain(ttl).chain(mss).collect()
    }
}

/// What is asked of datagrams.
#[derive(Args)]
pub struct DatagramArguments {
    /// Send the hello by DTLS, over UDP.
    #[arg(long)]
    dtls: bool,
    /// Cut a hello of DTLS into fragments, so that a datagram has so many bytes at the most.
    #[arg(long, value_name = "BYTES")]
    mtu: Option<usize>,
}

impl DatagramArguments {
    /// What they change in a hello: `--dtls` is the edit `dtls`.
    pub fn edits(&self) -> Edits {
        match self.dtls {
            true => Edits::of_option(Edit::Framing(Framing::Dtls), "--dtls"),
            false => Edits::default(),
        }
    }

    /// Cuts a hello as they say.
    ///
    /// # Errors
    /// Where it does not go by datagrams, or these have no room.
    pub fn cut(&self, spec: &mut HelloSpec) -> Result<(), Usage> {
        if let Some(mtu) = self.mtu {
            let bad = |what: String| Usage::new(format_args!("--mtu {mtu}"), what);
            if spec.framing != Framing::Dtls {
                return Err(bad("only DTLS has datagrams (--dtls)".to_owned()));
            }
            if spec.flight.is_some() {
                let what = "every byte is given in `flight`, also of each datagram; `,-flight` \
                            behind the hello's name takes the hello alone";
                return Err(bad(what.to_owned()));
            }
            if !spec.records.is_empty() {
                let what = "the hello has fragments of its own (split_records); -split_records \
                            takes them away";
                return Err(bad(what.to_owned()));
            }
            let fragment = mtu.checked_sub(DTLS_OVERHEAD).filter(|fragment| *fragment > 0);
            let least = DTLS_OVERHEAD + 1;
            let fragment = fragment.ok_or_else(|| bad(format!("at least {least} belong there")))?;
            spec.records = vec![fragment];
        }
        Ok(())
    }
}
