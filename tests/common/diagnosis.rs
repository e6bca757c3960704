//! What `diagnose` says of a real server, to be held against how that server was configured.

use serde_json::{Value as Json, json};

use super::program::run;

/// What was said of one hello to a server, which may be gone by now.
#[derive(Debug)]
pub struct Found {
    pub json: Json,
    /// What became of the remedy's bytes, sent once more by themselves.
    remedy: Option<Json>,
}

/// Asks why the server at an address rejects a hello that asks for no host by name.
pub fn diagnose(address: &str, hello: &str) -> Found {
    ask(&[address], address, hello)
}

/// Asks the same of a host that is at this address: its name is known, whether the hello asks for
/// it or not.
pub fn diagnose_host(host: &str, address: &str, hello: &str) -> Found {
    ask(&[host, "--connect-to", address], address, hello)
}

/// Asks with these words for the target. What it took is printed, for `--no-capture`.
pub fn ask(target: &[&str], address: &str, hello: &str) -> Found {
    let fixed = ["--hello", hello, "--seed", "test", "--timeout", "2", "--format", "json"];
    let json = run(&[&["diagnose"], target, &fixed].concat()).json();
    let (cost, verdict) = (&json["cost"], &json["verdict"]);
    eprintln!("{hello}: {verdict}, {} connections, {} s", cost["connections"], cost["seconds"]);
    let remedy = json["remedy"]["hex"].as_str().map(|hex| {
        let hello = format!("hex:{hex}");
        let sent = run(&["connect", address, "--hello", &hello, "--format", "json"]).json();
        sent["summary"]["outcome"].clone()
    });
    Found { json, remedy }
}

impl Found {
    /// Nothing is wrong with the hello: the server answered it in this version, at once.
    pub fn accepted(&self, version: &str) {
        assert_eq!(self.json["verdict"], "accepted", "{self:?}");
        assert_eq!(self.json["reaction"]["version"], version, "{self:?}");
        assert_eq!(self.json["cost"]["connections"], 1, "{self:?}");
    }

    /// The verdict and the cause; both were confirmed from both sides, and the remedy passes.
    pub fn told(&self, verdict: &str, cause: &Json) -> &Found {
        let found = &self.json;
        assert_eq!(found["cause"], *cause, "{self:?}");
        assert_eq!(found["verdict"], verdict, "{self:?}");
        // Twice each, and oftener where chance may have made what was seen.
        let often = 2..=4;
        for times in ["cause_fails", "remedy_passes"] {
            let times = found["confirmed"][times].as_u64();
            assert!(times.is_some_and(|times| often.contains(&times)), "{self:?}");
        }
        self.passes()
    }

    /// The verdict, whose remedy passes.
    pub fn verdict(&self, verdict: &str) -> &Found {
        assert_eq!(self.json["verdict"], verdict, "{self:?}");
        self.passes()
    }

    /// The cause, or a part of it, is that a list has none of these.
    pub fn lacks_all(&self, field: &str, members: &[u64]) -> &Found {
        let cause = &self.json["cause"];
        let parts = cause["all"].as_array().cloned().unwrap_or_else(|| vec![cause.clone()]);
        let part = parts.iter().find(|part| part["field"] == field && part["lacks_all"].is_array());
        let part = part.unwrap_or_else(|| panic!("{self:?}"));
        let mut lacks: Vec<u64> =
            part["lacks_all"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).collect();
        lacks.sort_unstable();
        assert_eq!(lacks, members, "{self:?}");
        self
    }

    /// The remedy is these edits.
    pub fn helped_by(&self, edits: &[&str]) -> &Found {
        assert_eq!(self.json["remedy"]["edits"], json!(edits), "{self:?}");
        self
    }

    /// Each edit of the remedy begins so. For where many would do as well, so that which of them
    /// is found tells nothing.
    pub fn helped_by_some(&self, beginnings: &[&str]) -> &Found {
        self.passes();
        let edits = self.json["remedy"]["edits"].as_array().unwrap();
        let fits = edits.len() == beginnings.len()
            && edits.iter().zip(beginnings).all(|(edit, beginning)| {
                edit.as_str().is_some_and(|edit| edit.starts_with(beginning))
            });
        assert!(fits, "{edits:?}");
        self
    }

    /// With the remedy the server speaks this version.
    pub fn then_speaks(&self, version: &str) -> &Found {
        assert_eq!(self.json["remedy"]["reaction"]["version"], version, "{self:?}");
        self
    }

    fn passes(&self) -> &Found {
        let outcome = self.remedy.as_ref().unwrap_or_else(|| panic!("no remedy: {self:?}"));
        assert_eq!(outcome["kind"], "accepted", "{self:?}");
        self
    }
}

/// That a hello asks for a name, and for another than this.
pub fn other_name_than(host: &str) -> Json {
    json!({"all": [
        {"field": "server_name", "is_not": null},
        {"field": "server_name", "is_not": host},
    ]})
}

/// A server that knows `shop.test` alone, and whose certificate is good for it, refuses a hello that
/// asks for no host by the alert that says so; the name helps.
pub fn told_by_the_name(address: &str) {
    let host = "shop.test";
    let found = diagnose_host(host, address, "tls12-only,-extensions.server_name");
    assert_eq!(found.json["reaction"]["name"], "unrecognized_name");
    found.told("cause", &json!({"field": "server_name", "is": null}));
    found.helped_by(&["server_name=shop.test"]);
    assert_eq!(found.json["known_as"], json!(["sni-required"]));
}

/// A hello to the same server, where nobody knows its name: all are rejected, and what would tell
/// more is said.
pub fn rejected_without_a_name(address: &str, hello: &str) {
    let found = diagnose(address, hello).json;
    assert_eq!(found["verdict"], "rejects-everything");
    assert_eq!(found["reaction"]["name"], "unrecognized_name");
    let notes = found["notes"].as_array().unwrap();
    let says = |note: &Json| note.as_str().unwrap().contains("--server-name");
    assert!(notes.iter().any(says), "{notes:?}");
}

/// A hello to the same server that asks for a name that it does not know: all are rejected, and it is
/// said what the alert means and that there may be another name.
pub fn rejected_by_another_name(address: &str, hello: &str) {
    let found = diagnose_host("other.test", address, hello).json;
    assert_eq!(found["verdict"], "rejects-everything", "{found}");
    assert_eq!(found["reaction"]["name"], "unrecognized_name");
    let notes = found["notes"].as_array().unwrap();
    let said = "the alert unrecognized_name says: The server serves no host by the name in \
                server_name. --server-name asks for another";
    let says = |note: &Json| note.as_str().unwrap().starts_with(said);
    assert_eq!(notes.iter().filter(|note| says(note)).count(), 1, "{notes:?}");
}
