//! `helloscope diagnose --demo`: servers of the lab are started in this process, and diagnosed
//! before the reader's eyes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::cli::diagnose::Search;
use crate::cli::output::Output;
use crate::cli::{Outcome, Usage};
use crate::diagnose::{Diagnosis, Options};
use crate::hello::Facts;
use crate::hello::draw::Draw;
use crate::hello::named::NamedHello;
use crate::hello::vocabulary::{Property, Scalar};
use crate::lab::{Server, Service};
use crate::net::{self, Host};
use crate::quirks::Quirk;
use crate::report::page::{Page, Report};
use crate::report::shell::quote;
use crate::report::style::{DIM, STRONG, paint};
use crate::report::width::wrap;
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
    let mut played = Vec::new();
    // Each scene is shown when it is over, where it can be.
    let mut show = |piece: String| -> Result<(), Usage> {
        if !output.write_at_once(&piece)? {
            text.push_str(&piece);
        }
        Ok(())
    };
    show(intro.as_ref().map(Intro::text).unwrap_or_default())?;
    for scene in scenes {
        let one = play(&scene, output)?;
        show(one.text(output))?;
        played.push(one);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let took = format!("The whole demo took {seconds:.1} s.");
    show(format!("\n{}\n", paint(DIM, &took)))?;
    let page = || {
        let (title, told) = intro.map(|intro| (intro.title, intro.told)).unzip();
        let intro = told.into_iter().flat_map(|told| [told, took.clone()]).collect();
        let reports = played.iter().map(Played::report).collect();
        Page { title, intro, reports, addresses: None }.html()
    };
    let diagnoses = || played.iter().map(Played::json).collect::<Vec<_>>();
    let json = || json!({"schema": "helloscope/demo/1", "diagnoses": diagnoses()});
    output.write_page(page, || text, json)?;
    Ok(Outcome::Done)
}

/// What is told before the scenes.
struct Intro {
    title: String,
    told: String,
}

impl Intro {
    fn text(&self) -> String {
        let lines = wrap(&self.told, 79).join("\n");
        format!("{}\n\n{lines}\n", paint(STRONG, &self.title))
    }
}

/// A service moved from OpenSSL 1.0.1e to 1.0.1g; one of its peers began to fail, and another
/// began to work.
fn story() -> Result<(Option<Intro>, Vec<Scene<'static>>), Usage> {
    let intro = Intro {
        title: "Two peers and an upgrade".to_owned(),
        told:
            "A service moves from OpenSSL 1.0.1e to 1.0.1g. One of its peers begins to fail, and \
               another begins to work. Both peers are played here, in this process, by servers \
               that speak raw TLS records; the hellos are recordings of the real libraries. The \
               servers end with the demo: `helloscope lab --quirk ID` starts one that stays."
                .to_owned(),
    };
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
    Ok((Some(intro), scenes))
}

/// One quirk, and the hello that its file names.
fn one(id: &str) -> Result<(Option<Intro>, Vec<Scene<'static>>), Usage> {
    let subject = || format!("--demo={id}");
    let quirk = Quirk::find(id).map_err(|error| Usage::new(subject(), error))?;
    let fails = &quirk.example.fails;
    let hello = NamedHello::parse(fails).map_err(|error| Usage::new(subject(), error))?;
    let story = format!("A server with the quirk {id}, and a hello: {fails}.");
    Ok((None, vec![Scene { quirk, hello, story }]))
}

/// A scene when it is over.
struct Played {
    story: String,
    found: Diagnosis,
    host: Host,
    /// The host as it is printed.
    place: String,
    reached_with: String,
    asked_for: String,
}

/// Starts a server with a quirk and lets a diagnosis find it.
fn play(scene: &Scene<'_>, output: &Output) -> Result<Played, Usage> {
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let service = Service::healthy().with(scene.quirk);
    let server = Server::start(loopback, service).map_err(|error| Usage::new("--demo", error))?;
    let address = server.address();
    let drawn = scene.hello.drawn(&mut Draw::fresh(), Some(HOST));
    let spec = drawn.map_err(|error| Usage::new("--demo", error))?.spec;
    let options = Options { server_name: Some(HOST.to_owned()), ..Options::default() };
    let name = scene.hello.name.as_str();
    let reach = |address| net::Server::new(address, TIMEOUT);
    let search = Search { name, spec: &spec, options: &options, output };
    let found = search.at_first_reached(&[address], reach);
    let host = Host { name: address.ip().to_string(), port: address.port() };
    // What is printed can be run: with the name, where the hello has one, and no more patience.
    let named = Facts::of(&spec.flight(), &[]).property(Property::ServerName) != Scalar::Null;
    let asked_for = if named { format!(" --server-name {HOST}") } else { String::new() };
    let reached_with = format!(" --timeout {}", TIMEOUT.as_secs_f64());
    let (story, place) = (scene.story.clone(), host.to_string());
    Ok(Played { story, found, host, place, reached_with, asked_for })
}

impl Played {
    /// The command line that was run, as it were.
    fn command(&self) -> String {
        let hello = quote(&self.found.subject.name);
        let (name, with) = (&self.asked_for, &self.reached_with);
        format!("helloscope diagnose {} --hello {hello}{name}{with}", self.place)
    }

    fn options(&self, all_probes: bool) -> diagnosis::Options<'_> {
        let (reached_with, asked_for) = (self.reached_with.clone(), self.asked_for.clone());
        diagnosis::Options { host: &self.place, reached_with, asked_for, all_probes }
    }

    fn text(&self, output: &Output) -> String {
        format!(
            "\n{}\n{} {}\n\n{}",
            paint(STRONG, &self.story),
            paint(DIM, "$"),
            self.command(),
            diagnosis::text(&self.found, &self.options(output.verbose)),
        )
    }

    fn report(&self) -> Report<'_> {
        Report {
            story: Some(self.story.clone()),
            diagnosis: &self.found,
            options: self.options(true),
            asked_with: self.command(),
        }
    }

    fn json(&self) -> Json {
        diagnosis_json::json(&self.found, &self.host.name, self.host.port)
    }
}
