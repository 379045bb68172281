//! An upgrade of what is underneath breaks nobody: the public surface names none of it.

use std::{fs, io, path::Path};

const UNDERNEATH: [&str; 5] = ["tonic", "prost", "generated", "wire::", "backon"];

#[test]
fn the_public_surface_names_nothing_of_what_is_underneath() -> io::Result<()> {
    let mut leaks = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut leaks)?;
    assert!(leaks.is_empty(), "these leak: {leaks:#?}");
    Ok(())
}

fn visit(dir: &Path, leaks: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("generated") {
                visit(&path, leaks)?;
            }
        } else {
            let signatures = public_signatures(&fs::read_to_string(&path)?);
            let leaking = signatures.into_iter().filter(|one| UNDERNEATH.iter().any(|name| one.contains(name)));
            leaks.extend(leaking.map(|signature| format!("{}: {signature}", path.display())));
        }
    }
    Ok(())
}

/// Each `pub` item up to its body, and each `pub` field; `pub(crate)` isn't public.
fn public_signatures(source: &str) -> Vec<String> {
    let mut signatures = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let mut signature = line.trim().to_owned();
        if !signature.starts_with("pub ") {
            continue;
        }
        while !is_whole(&signature) {
            let Some(line) = lines.next() else { break };
            signature.push_str(line.trim());
        }
        // A tuple struct's private field isn't on the surface.
        signatures.push(signature.split("(pub(crate)").next().unwrap_or_default().to_owned());
    }
    signatures
}

fn is_whole(signature: &str) -> bool {
    let open = signature.matches('(').count() > signature.matches(')').count();
    !open && signature.ends_with(['{', ';', ',', '}'])
}

#[test]
fn a_leak_would_be_noticed() {
    let leak = "    pub fn call(\n        self,\n    ) -> Result<(), tonic::Status> {\n";
    assert!(public_signatures(leak).iter().any(|signature| signature.contains("tonic")));
}
