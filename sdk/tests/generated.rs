//! The committed client code is what the protos give. `UPDATE=1 cargo test -p chatsession-sdk --test generated` writes it.

use std::{env, error::Error, fs, path::Path};

const FILE: &str = "chatsession.v1.rs";

#[test]
fn the_committed_client_is_what_the_protos_give() -> Result<(), Box<dyn Error>> {
    let fresh = generate()?;
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated").join(FILE);
    if env::var_os("UPDATE").is_some() {
        fs::write(&committed, &fresh)?;
    }
    let stale = fs::read_to_string(&committed)? != fresh;
    assert!(!stale, "{} isn't what the protos give: run this test with UPDATE=1", committed.display());
    Ok(())
}

fn generate() -> Result<String, Box<dyn Error>> {
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let files = ["chat_session", "agent_desk", "administration", "supervision", "event_feed"]
        .map(|name| protos.join("chatsession/v1").join(name).with_extension("proto"));
    let out = tempfile::tempdir()?;
    tonic_prost_build::configure()
        .build_server(false)
        .out_dir(out.path())
        .compile_fds(protox::compile(files, [&protos])?)?;
    Ok(fs::read_to_string(out.path().join(FILE))?)
}
