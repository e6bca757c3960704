//! Makes a preset of a recorded hello, on standard output:
//!
//! ```text
//! cargo run --example preset -- testdata/hellos/openssl-1.0.1g.bin \
//!     "Node.js 0.10.27 https" "OpenSSL 1.0.1g" > data/presets/openssl-1.0.1g.toml
//! ```
//!
//! A fourth argument, `imitation`, says that another client was made to send it. That a client shuffles
//! its extensions one hello does not tell: `extension_order` is added by hand.

use std::error::Error;
use std::path::Path;

use helloscope::hello::facts::Facts;
use helloscope::hello::preset::{Origin, Preset};
use helloscope::hello::spec::{Fresh, HelloSpec};
use helloscope::hello::vocabulary::{Property, Scalar};
use helloscope::wire::extension::ClientExtension;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, client, library, rest @ ..] = arguments.as_slice() else {
        return Err("usage: preset FILE CLIENT LIBRARY [imitation]".into());
    };
    let bytes = std::fs::read(file)?;
    let mut spec = HelloSpec::from_bytes(&bytes)?;
    spec.fresh = fresh(&spec, &bytes);
    let capture = Path::new(file).file_name().ok_or("a file has a name")?;
    let preset = Preset {
        id: "",
        origin: Origin::Client {
            client: client.clone(),
            library: library.clone(),
            capture: capture.to_string_lossy().into_owned(),
            imitation: rest.iter().any(|word| word == "imitation"),
        },
        spec,
    };
    print!("{}", toml::to_string_pretty(&preset)?);
    Ok(())
}

/// What a client of this kind draws anew for each connection.
fn fresh(spec: &HelloSpec, bytes: &[u8]) -> Vec<Fresh> {
    let mut fresh = vec![Fresh::Random];
    if !spec.hello.legacy_session_id.0.is_empty() {
        fresh.push(Fresh::LegacySessionId);
    }
    if Facts::of(bytes, &[]).property(Property::Grease) == Scalar::Bool(true) {
        fresh.push(Fresh::Grease);
    }
    for extension in spec.hello.extensions() {
        fresh.extend(match extension {
            ClientExtension::ServerName(_) => Some(Fresh::ServerName),
            ClientExtension::KeyShare(_) => Some(Fresh::KeyShare),
            ClientExtension::EncryptedClientHello(_) => Some(Fresh::EncryptedClientHello),
            ClientExtension::Padding(_) => Some(Fresh::Padding),
            _ => None,
        });
    }
    fresh
}
