//! What the package is made of, as `Cargo.lock` has it.

mod common;

use std::fs;

#[test]
fn there_is_one_nom_and_it_is_the_one_that_the_parsers_share() {
    // tls-parser, der-parser and x509-parser hand out results of nom 7.
    let lock = fs::read_to_string(common::path("Cargo.lock")).unwrap();
    let lock: toml::Table = lock.parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let noms: Vec<_> = packages
        .iter()
        .filter(|package| package["name"].as_str() == Some("nom"))
        .map(|package| package["version"].as_str().unwrap())
        .collect();
    assert!(matches!(noms[..], [version] if version.starts_with("7.")), "{noms:?}");
}

#[test]
fn no_dependency_asks_for_a_newer_rust_than_we_do() {
    let cargo = std::env::var_os("CARGO").unwrap();
    let mut command = std::process::Command::new(cargo);
    // Only what this machine builds is sure to be there without a network.
    let host = host();
    command.args(["metadata", "--format-version", "1", "--locked", "--offline"]);
    command.args(["--filter-platform", &host]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let version = |text: &str| -> Vec<u32> {
        text.split('.').map(|part| part.parse().unwrap()).chain([0, 0]).take(3).collect()
    };
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    // From the package down, along what is neither for tests nor for builds alone.
    let mut waiting = vec![metadata["resolve"]["root"].as_str().unwrap()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let package = packages.iter().find(|package| package["id"] == id).unwrap();
        if let Some(theirs) = package["rust_version"].as_str() {
            assert!(version(theirs) <= ours, "{} asks for {theirs}", package["name"]);
        }
        let node = nodes.iter().find(|node| node["id"] == id).unwrap();
        for dependency in node["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                waiting.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    assert!(seen.len() > 50, "{seen:?}");
}

/// The platform of the compiler, as in `x86_64-unknown-linux-gnu`.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc).arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

/// A test that reads what the package leaves out would fail for who has only the package.
#[test]
fn no_test_in_the_package_reads_what_is_not_in_it() {
    let manifest: toml::Table =
        fs::read_to_string(common::path("Cargo.toml")).unwrap().parse().unwrap();
    let excluded = manifest["package"]["exclude"].as_array().unwrap();
    let excluded: Vec<&str> =
        excluded.iter().map(|path| path.as_str().unwrap().trim_start_matches('/')).collect();
    let mut read = 0;
    for folder in ["tests", "tests/common", "benches", "examples"] {
        for entry in fs::read_dir(common::path(folder)).unwrap() {
            let file = entry.unwrap();
            let name = format!("{folder}/{}", file.file_name().into_string().unwrap());
            if !name.ends_with(".rs") || excluded.contains(&name.as_str()) {
                continue;
            }
            let source = fs::read_to_string(file.path()).unwrap();
            for path in &excluded {
                assert!(!source.contains(&format!("\"{path}/")), "{name} reads {path}");
            }
            read += 1;
        }
    }
    assert!(read > 30, "{read}");
}
