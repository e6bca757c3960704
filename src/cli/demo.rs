//! `helloscope diagnose --demo`: servers of the lab are started in this process, and diagnosed
//! before the reader's eyes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::cli::diagnose::at_first_reached;
use crate::cli::output::Output;
use crate::cli::{Outcome, Usage};
use crate::diagnose::Options;
use crate::hello::Facts;
use crate::hello::draw::Draw;
use crate::hello::named::NamedHello;
use crate::hello::vocabulary::{Property, Scalar};
use crate::lab::{Server, Service};
use crate::net::{self, Host};
use crate::quirks::Quirk;
use crate::report::shell::quote;
use crate::report::style::{DIM, STRONG, paint};
use crate::report::{diagnosis, diagnosis_json};

/// How long the lab is waited for: it answers in less than a millisecond, or not at all.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The host for which the hellos ask.
const HOST: &str = "shop.test.example";

/// A part of the demo: which peer, and which hello it rejects.
struct Scene<'s> {
    quirk: &'s Quirk,
    hello: NamedHello,
    story: String,
}

/// Plays the story, or one quirk.
///
/// # Errors
/// Where no quirk has this id, or the lab cannot be started.
pub fn run(quirk: Option<&str>, output: &Output) -> Result<Outcome, Usage> {
    let begun = Instant::now();
    let (intro, scenes) = match quirk {
        None => story()?,
        Some(id) => one(id)?,
    };
    let mut text = String::new();
    let mut objects = Vec::new();
    // Each scene is shown when it is over, where it can be.
    let mut show = |piece: String| -> Result<(), Usage> {
        if !output.write_at_once(&piece)? {
            text.push_str(&piece);
        }
        Ok(())
    };
    show(intro)?;
    for scene in scenes {
        let (shown, object) = play(&scene, output)?;
        show(shown)?;
        objects.push(object);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let took = paint(DIM, format_args!("The whole demo took {seconds:.1} s."));
    show(format!("\n{took}\n"))?;
    output.write(|| text, || json!({"schema": "helloscope/demo/1", "diagnoses": objects}))?;
    Ok(Outcome::Done)
}

/// A service moved from OpenSSL 1.0.1e to 1.0.1g; one of its peers began to fail, and another
/// began to work.
fn story() -> Result<(String, Vec<Scene<'static>>), Usage> {
    let intro = format!(
        "{}\n\nA service moves from OpenSSL 1.0.1e to 1.0.1g. One of its peers begins to fail, and\n\
         another begins to work. Both peers are played here, in this process, by servers\n\
         that speak raw TLS records; the hellos are recordings of the real libraries. The\n\
         servers end with the demo: `helloscope lab --quirk ID` starts one that stays.\n",
        paint(STRONG, "Two peers and an upgrade"),
    );
    let scene = |quirk, preset, story: &str| {
        Ok(Scene {
            quirk: Quirk::find(quirk).map_err(|error| Usage::new("--demo", error))?,
            hello: NamedHello::parse(preset).map_err(|error| Usage::new("--demo", error))?,
            story: story.to_owned(),
        })
    };
    let before = "Before the upgrade, with OpenSSL 1.0.1e: one peer has never answered.";
    let after = "After the upgrade, with OpenSSL 1.0.1g: that peer answers, and another fails.";
    let scenes = vec![
        scene("f5-256-511", "openssl-1.0.1e", before)?,
        scene("padding-intolerance", "openssl-1.0.1g", after)?,
    ];
    Ok((intro, scenes))
}

/// One quirk, and the hello that its file names.
fn one(id: &str) -> Result<(String, Vec<Scene<'static>>), Usage> {
    let subject = || format!("--demo={id}");
    let quirk = Quirk::find(id).map_err(|error| Usage::new(subject(), error))?;
    let fails = &quirk.example.fails;
    let hello = NamedHello::parse(fails).map_err(|error| Usage::new(subject(), error))?;
    let story = format!("A server with the quirk {id}, and a hello: {fails}.");
    Ok((String::new(), vec![Scene { quirk, hello, story }]))
}

/// Starts a server with a quirk and lets a diagnosis find it.
fn play(scene: &Scene<'_>, output: &Output) -> Result<(String, Json), Usage> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let service = Service::healthy().with(scene.quirk);
    let server = Server::start(loopback, service).map_err(|error| Usage::new("--demo", error))?;
    let address = server.address();
    let drawn = scene.hello.drawn(&mut Draw::fresh(), Some(HOST));
    let spec = drawn.map_err(|error| Usage::new("--demo", error))?.spec;
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let name = scene.hello.name.as_str();
    let reach = |address| net::Server::new(address, TIMEOUT);
    let found = at_first_reached(&[address], name, &spec, reach, &options, output);
    let host = Host { name: address.ip().to_string(), port: address.port() };
    // What is printed can be run: with the name, where the hello has one, and no more patience.
    let named = Facts::of(&spec.flight(), &[]).property(Property::ServerName) != Scalar::Null;
    let name_option = if named { format!(" --server-name {HOST}") } else { String::new() };
    let reached_with = format!("{name_option} --timeout {}", TIMEOUT.as_secs_f64());
    let shown = diagnosis::Options {
        host: &host.to_string(),
        reached_with: &reached_with,
        all_probes: output.verbose,
    };
    let text = format!(
        "\n{}\n{} helloscope diagnose {host} --hello {}{reached_with}\n\n{}",
        paint(STRONG, &scene.story),
        paint(DIM, "$"),
        quote(name),
        diagnosis::text(&found, &shown),
    );
    Ok((text, diagnosis_json::json(&found, &host.name, host.port)))
}
