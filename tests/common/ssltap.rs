//! What NSS's own dissector, `ssltap -hsx`, says went over the connection that it passed on, in the
//! form in which `openssl -trace` is read, so that both are compared alike.

use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use helloscope::names::{Code, ExtensionType};
use helloscope::transcript::Side;

use super::ends::{collect, free_port};
use super::openssl::Folder;
use super::openssl_trace::{Said, Traced, Value};
use super::program::Guard;

/// A running `ssltap`, for one connection.
#[derive(Debug)]
pub struct SslTap {
    process: Guard,
    pub address: String,
    said: JoinHandle<String>,
    /// Where it puts the certificates that it sees.
    _folder: Folder,
}

impl SslTap {
    /// In front of this server.
    pub fn to(server: &str) -> SslTap {
        let (folder, port) = (Folder::new(), free_port());
        let mut command = Command::new("ssltap");
        command.args(["-hsx", "-p", &port, server]).current_dir(folder.file("."));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Guard(command.spawn().unwrap());
        let said = collect(process.0.stdout.take().unwrap());
        // That it listens it says only at its end, and it takes one connection: whoever comes has
        // to try.
        let address = format!("127.0.0.1:{port}");
        SslTap { process, address, said, _folder: folder }
    }

    /// What it saw, once the connection is over.
    pub fn records(mut self) -> Vec<Traced> {
        let _ = self.process.0.wait();
        read(&self.said.join().unwrap())
    }
}

fn read(text: &str) -> Vec<Traced> {
    let mut records: Vec<Traced> = Vec::new();
    let mut from = Side::Client;
    // Between records stand all bytes as they came.
    let mut in_record = false;
    let mut dump: Option<Vec<u8>> = None;
    for line in text.lines() {
        match line {
            "--> [" | "<-- [" => from = if line == "--> [" { Side::Client } else { Side::Server },
            "}" => in_record = false,
            _ if line.starts_with("SSLRecord {") => {
                in_record = true;
                records.push(Traced::from(from));
                continue;
            }
            _ => {}
        }
        let Some(record) = records.last_mut() else { continue };
        if in_record {
            if let Some((offset, bytes)) = dump_line(line) {
                match &mut dump {
                    Some(before) if offset > 0 => before.extend(bytes),
                    _ => {
                        put(record, dump.replace(bytes));
                    }
                }
                continue;
            }
        }
        let text = line.trim();
        // What stands before the type is the header of the record, or of the message.
        match dump.take() {
            Some(_) if text.starts_with("type ") => {}
            other => put(record, other),
        }
        if in_record {
            field(record, text);
        }
    }
    records
}

/// Bytes that belong to the last message.
fn put(record: &mut Traced, dump: Option<Vec<u8>>) {
    if let (Some(message), Some(dump)) = (record.messages.last_mut(), dump) {
        if message.spoilt {
            return;
        }
        message.values.push(Value::Dump(dump));
    }
}

/// `  10: 39 7d 78 d0  ee f2 | 9}x...`: the offset, and the bytes.
fn dump_line(line: &str) -> Option<(usize, Vec<u8>)> {
    let (offset, rest) = line.split_once(": ")?;
    let offset = usize::from_str_radix(offset.trim(), 16).ok()?;
    let digits = rest.split('|').next()?;
    let bytes: Option<_> =
        digits.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    Some((offset, bytes?))
}

fn field(record: &mut Traced, text: &str) {
    let Some(message) = record.messages.last_mut() else {
        return match text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some(("type", value)) if record.content_type == 0 => record.content_type = first(value),
            Some(("version", value)) => record.version = version(value),
            Some(("length", value)) => record.length = first(value),
            Some(("type", value)) => record.messages.push(begun(value)),
            _ => {}
        };
    };
    if let Some((name, value)) = text.split_once(" = ") {
        match name.trim() {
            "type" => record.messages.push(begun(value)),
            "length" if message.length.is_none() => message.length = Some(first(value)),
            _ if message.spoilt => {}
            "client_version" | "server_version" => {
                message.values.push(Value::Number(version(value)));
            }
            "cipher_suite" => message.values.push(suite(value)),
            "compression method" => message.values.push(Value::Number(coded(value))),
            "length" | "chainlength" | "size" => message.values.push(Value::Number(first(value))),
            name => extension(message, name),
        }
    } else if text.starts_with("(0x") {
        message.values.push(suite(text));
    } else if text.starts_with('(') {
        message.values.push(Value::Number(coded(text)));
    } else {
        extension(message, text);
    }
}

/// This it reads as TLS 1.0 has it, and so beyond its end: what it says of it is none of the bytes.
const UNREAD: &str = "certificate_request";

/// `2 (server_hello)`
fn begun(value: &str) -> Said {
    let name = value.split_once('(').unwrap().1.trim_end_matches(')');
    Said { name: name.to_owned(), length: None, values: Vec::new(), spoilt: name == UNREAD }
}

/// The number at the beginning.
fn first(value: &str) -> u64 {
    value.split(' ').next().unwrap().parse().unwrap()
}

/// `{3, 1}` or `{ 3,1 }`
fn version(value: &str) -> u64 {
    let digits = value.split(|letter: char| !letter.is_ascii_digit());
    let numbers = digits.filter_map(|digits| digits.parse::<u64>().ok());
    numbers.fold(0, |all, number| all << 8 | number)
}

/// `(0xc02b) TLS/…` or `(00) NULL`: the number.
fn coded(value: &str) -> u64 {
    let digits = value.trim_start_matches('(').split(')').next().unwrap();
    u64::from_str_radix(digits.trim_start_matches("0x"), 16).unwrap()
}

/// A suite, for which ssltap has a name of its own.
fn suite(value: &str) -> Value {
    Value::Suite(coded(value), "UNKNOWN".to_owned())
}

/// `extension type 23, length [0]`, with its number or its name; `extensions[71]`.
fn extension(message: &mut Said, text: &str) {
    if let Some(rest) = text.strip_prefix("extension type ") {
        let (name, length) = rest.split_once(", length [").unwrap();
        let length = length.split(']').next().unwrap().parse().unwrap();
        message.values.push(Value::Extension(extension_type(name), Some(length)));
    } else if let Some(rest) = text.strip_prefix("extensions[") {
        let length = rest.split(']').next().unwrap();
        message.values.push(Value::Number(length.parse().unwrap()));
    }
}

fn extension_type(name: &str) -> u64 {
    let name = if name == "elliptic_curves" { "supported_groups" } else { name };
    let number = name.parse().ok().or_else(|| {
        let all = ExtensionType::all().iter();
        all.clone().find(|row| row.1 == name).map(|row| u64::from(row.0))
    });
    number.unwrap_or_else(|| panic!("no extension is called {name}"))
}
