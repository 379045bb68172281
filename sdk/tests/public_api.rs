//! The client's public surface, line by line in `public-api.txt`: what changes of it shows in a review, and nothing that a release
//! had goes away without a version that says so.
//!
//! `UPDATE=1 cargo test -p chatsession-sdk --test public_api` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test that fails by an unwrap has failed as it should")]

use std::{collections::BTreeSet, env, fs, path::PathBuf, process::Command};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The public surface as rustdoc has it.
fn surface() -> String {
    let target = root().join("../target/surface");
    let rustdoc = Command::new(env!("CARGO"))
        .current_dir(root())
        // Rustdoc's JSON isn't stable yet.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTFLAGS")
        .args(["rustdoc", "--locked", "--lib", "--target-dir"])
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .output()
        .unwrap();
    assert!(rustdoc.status.success(), "{}", String::from_utf8_lossy(&rustdoc.stderr));
    let api = public_api::Builder::from_rustdoc_json(target.join("doc/chatsession_sdk.json"))
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .expect("the crate public-api reads what this toolchain's rustdoc writes; is there a newer one?");
    api.to_string()
}

/// What a release had that isn't there any more.
fn gone(before: &str, now: &str) -> Vec<String> {
    let now: BTreeSet<&str> = now.lines().collect();
    before.lines().filter(|line| !now.contains(line)).map(str::to_owned).collect()
}

/// Versions that promise to be compatible: the same major one, or before the first the same minor one.
fn are_compatible(one: &str, other: &str) -> bool {
    let promise = |version: &str| {
        let mut numbers = version.trim_start_matches('v').split('.').map(str::to_owned);
        let major = numbers.next();
        let minor = numbers.next().filter(|_| major.as_deref() == Some("0"));
        (major, minor)
    };
    promise(one) == promise(other)
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(root()).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

#[test]
fn given_the_public_surface_then_it_is_the_committed_one_and_keeps_what_was_released() {
    let (path, now) = (root().join("public-api.txt"), surface());
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let (missing, new) = (gone(&committed, &now), gone(&now, &committed));
    assert!(
        missing.is_empty() && new.is_empty(),
        "public-api.txt is another; gone: {missing:#?}, new: {new:#?}\nUPDATE=1 cargo test -p chatsession-sdk --test public_api"
    );

    // Nothing is promised before the first release.
    let Some(release) = git(&["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]) else { return };
    let released = git(&["show", &format!("{release}:sdk/public-api.txt")]).unwrap_or_default();
    let broken = gone(&released, &now);
    assert!(
        broken.is_empty() || !are_compatible(&release, env!("CARGO_PKG_VERSION")),
        "{release} had what {} hasn't, and the versions promise that it has: {broken:#?}",
        env!("CARGO_PKG_VERSION")
    );
}

/// Upgrades of what is underneath would break who uses it.
const UNDERNEATH: [&str; 6] = ["tonic", "prost", "http::", "hyper", "backon", "chatsession_sdk::generated"];

/// Lines that name something of what is underneath.
fn leaks(surface: &str) -> Vec<&str> {
    surface.lines().filter(|line| UNDERNEATH.iter().any(|name| line.contains(name))).collect()
}

#[test]
fn given_the_public_surface_then_it_names_nothing_of_what_is_underneath() {
    // It is compared with what there is by the test above.
    assert_eq!(leaks(&fs::read_to_string(root().join("public-api.txt")).unwrap()), Vec::<&str>::new());
    let leak = "impl core::convert::From<tonic::status::Status> for chatsession_sdk::Error";
    assert_eq!(leaks(leak), [leak]);
}

#[test]
fn given_two_versions_then_they_are_compatible_as_cargo_has_it() {
    assert!(are_compatible("v0.1.0", "0.1.7"));
    assert!(!are_compatible("v0.1.9", "0.2.0"));
    assert!(are_compatible("v1.2.0", "1.9.0"));
    assert!(!are_compatible("v1.9.0", "2.0.0"));
}

#[test]
fn given_a_changed_signature_then_the_old_one_is_gone() {
    let (before, now) = ("pub fn a()\npub fn b(u8)", "pub fn a()\npub fn b(u16)\npub fn c()");
    assert_eq!(gone(before, now), ["pub fn b(u8)"]);
}
