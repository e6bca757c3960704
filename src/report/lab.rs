//! What a server of the lab says of itself: where it is, and what became of each connection.

use std::net::SocketAddr;

use serde_json::{Map, Value as Json, json};

use crate::hello::Facts;
use crate::hello::vocabulary::{List, Member, Property, Quantity, Scalar};
use crate::lab::{Answer, Rate, Rule, Served};
use crate::names::{Code, ProtocolVersion};
use crate::report::style::{DIM, STRONG, count, paint};
use crate::wire::text::escape;

/// A rule of a server, and what it is called.
#[derive(Clone, Debug)]
pub struct NamedRule {
    /// The quirk whose it is.
    pub quirk: Option<String>,
    /// As it was asked for, where it is not a quirk as the catalogue has it.
    pub words: Option<String>,
    /// When it strikes, and what is done then.
    pub rule: Rule,
    /// How often it strikes, of the times when it holds.
    pub rate: Rate,
}

impl NamedRule {
    fn name(&self) -> String {
        let name = match (&self.quirk, &self.words) {
            (Some(id), None) => id.clone(),
            (_, words) => {
                let condition = escape(words.as_deref().unwrap_or_default().as_bytes());
                format!("{condition}: {}", self.rule.response)
            }
        };
        match self.rate == Rate::ALWAYS {
            true => name,
            false => format!("{name} (rate {})", self.rate),
        }
    }

    fn json(&self) -> Json {
        let mut rule = Map::new();
        if let Some(id) = &self.quirk {
            rule.insert("quirk".to_owned(), json!(id));
        }
        rule.insert("condition".to_owned(), json!(self.rule.condition));
        rule.insert("reaction".to_owned(), json!(self.rule.response));
        if self.rate != Rate::ALWAYS {
            rule.insert("rate".to_owned(), json!(self.rate.share()));
        }
        rule.into()
    }
}

/// What a server says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Listening<'a> {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it speaks.
    pub service: &'a str,
    /// What is wrong with it.
    pub rules: &'a [NamedRule],
    /// The server in front of which it stands.
    pub upstream: Option<&'a str>,
}

impl Listening<'_> {
    /// In a line.
    pub fn text(&self) -> String {
        let names: Vec<_> = self.rules.iter().map(NamedRule::name).collect();
        let with = if names.is_empty() { String::new() } else { format!("  {}", names.join(", ")) };
        let before = self.upstream.map(|host| format!("  in front of {}", escape(host.as_bytes())));
        let before = before.unwrap_or_default();
        format!("{}  {}{with}{before}\n", paint(STRONG, self.address), self.service)
    }

    /// The same as JSON. The rules are listed where a quirk's id does not say all.
    pub fn json(&self) -> Json {
        let quirks: Vec<_> = self.rules.iter().filter_map(|rule| rule.quirk.as_ref()).collect();
        let mut json = json!({
            "schema": "helloscope/lab/1",
            "address": self.address.to_string(),
            "service": self.service,
            "quirks": quirks,
        });
        let plain = |rule: &NamedRule| rule.words.is_none() && rule.rate == Rate::ALWAYS;
        if let Json::Object(json) = &mut json {
            if !self.rules.iter().all(plain) {
                let rules = self.rules.iter().map(NamedRule::json).collect();
                json.insert("rules".to_owned(), Json::Array(rules));
            }
            if let Some(host) = self.upstream {
                json.insert("upstream".to_owned(), json!(host));
            }
        }
        json
    }
}

/// What became of a connection, in a line: whose it was, its hello, and the rule that struck, or
/// what was done without one.
pub fn served(served: &Served<'_>, rules: &[NamedRule]) -> String {
    let client = paint(DIM, served.client);
    let hello = hello(served);
    let struck = served.decision.struck.and_then(|place| rules.get(place));
    let done = match (struck, &served.decision.answer) {
        (Some(rule), _) => paint(STRONG, rule.name()),
        (None, Answer::NeedMore) => "went away".to_owned(),
        (None, Answer::Send(_)) => "answered".to_owned(),
        (None, Answer::SendThenClose(_)) => "refused".to_owned(),
        (None, Answer::Close | Answer::Reset) => "closed".to_owned(),
        (None, Answer::Silence | Answer::SendThenSilence(_)) => "kept".to_owned(),
        (None, Answer::PassOn(_) | Answer::SendThenPassOn(_)) => "no rule struck".to_owned(),
    };
    let upstream = match &served.upstream {
        None => String::new(),
        Some(Ok(address)) => format!(", passed on to {address}"),
        Some(Err(error)) => format!(", not passed on: {error}"),
    };
    format!("{client}  {hello}  {done}{upstream}")
}

/// A hello in a few words.
fn hello(served: &Served<'_>) -> String {
    if served.flight.is_empty() {
        return "said nothing".to_owned();
    }
    let facts = Facts::of(served.flight, served.segments);
    let Some(version) = facts.quantity(Quantity::LegacyVersion) else {
        return format!("no hello in {}", count(served.flight.len(), "byte"));
    };
    let listed = facts.list(List::SupportedVersions).iter().filter_map(|member| match member {
        Member::Number(number @ 0x0300..=0x03ff) => Some(u64::from(*number)),
        _ => None,
    });
    let version = ProtocolVersion(u16::try_from(listed.max().unwrap_or(version)).unwrap_or(0));
    let version = version.name().map_or_else(|| format!("0x{:04x}", version.0), str::to_owned);
    let name = match &facts.property(Property::ServerName) {
        Scalar::Text(name) => format!(", {name}"),
        _ => String::new(),
    };
    format!(
        "ClientHello of {}, {version}, {}, {}{name}",
        count(facts.handshake_length, "byte"),
        count(facts.list(List::CipherSuites).len(), "cipher suite"),
        count(facts.list(List::Extensions).len(), "extension"),
    )
}
