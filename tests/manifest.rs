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
