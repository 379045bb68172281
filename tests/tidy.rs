//! What reviewers would otherwise have to notice: import directions, the core's purity, files that grew too long.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder's entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// Lines of code: comments and what is only for tests left out.
fn code(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).expect("a source file");
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim().to_owned()));
    lines.filter(|(_, line)| !line.starts_with("//")).collect()
}

fn module(name: &str) -> Vec<PathBuf> {
    let mut files = vec![root().join(format!("src/{name}.rs"))];
    files.retain(|file| file.exists());
    let folder = root().join("src").join(name);
    if folder.is_dir() {
        files.extend(rust_files(&folder));
    }
    assert!(!files.is_empty(), "there is no module {name}");
    files
}

/// Places where a module names what it must not.
fn offences(name: &str, forbidden: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in module(name) {
        for (at, line) in code(&file) {
            found.extend(
                forbidden
                    .iter()
                    .filter(|word| line.contains(**word))
                    .map(|word| format!("{}:{at}: {word}", file.display())),
            );
        }
    }
    found
}

#[test]
fn given_the_core_then_it_reaches_for_nothing_outside() {
    let forbidden = [
        "tokio",
        "tonic",
        "prost",
        "async fn",
        "SystemTime",
        "Instant",
        "HashMap",
        "HashSet",
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "rand::",
    ];
    assert_eq!(offences("center", &forbidden), Vec::<String>::new());
}

#[test]
fn given_a_module_then_it_imports_only_what_lies_below_it() {
    let above = |names: &[&str]| names.iter().map(|name| format!("crate::{name}")).collect::<Vec<_>>();
    let rules: [(&str, &[&str]); 7] = [
        ("center", &["journal", "shard", "live", "archive", "cluster", "grpc", "server", "config", "storage"]),
        ("journal", &["center", "shard", "live", "archive", "cluster", "grpc", "server", "config", "storage"]),
        ("shard", &["live", "archive", "cluster", "grpc", "server", "config", "storage"]),
        ("files", &["journal", "shard", "live", "archive", "cluster", "grpc", "server"]),
        ("live", &["archive", "cluster", "grpc", "server", "config", "storage"]),
        ("archive", &["cluster", "grpc", "server", "config", "storage"]),
        ("cluster", &["grpc", "server", "storage"]),
    ];
    for (module, names) in rules {
        let names = above(names);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(offences(module, &names), Vec::<String>::new(), "{module} reaches up");
    }
}

#[test]
fn given_the_edge_then_it_alone_knows_the_wire() {
    for module in ["center", "journal", "shard", "live", "archive", "cluster", "files"] {
        assert_eq!(offences(module, &["tonic", "prost", "pb::"]), Vec::<String>::new(), "{module} knows the wire");
    }
}

#[test]
fn given_any_file_then_it_can_be_read_in_one_go() {
    let folders =
        ["src", "sdk/src", "sdk/tests", "sdk/examples", "tests", "benches/src", "testing/src", "testing/tests"];
    let files = folders.iter().flat_map(|folder| rust_files(&root().join(folder)));
    let files = files.filter(|file| !file.components().any(|part| part.as_os_str() == "generated"));
    let long: Vec<String> = files
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).expect("a source file").lines().count();
            (lines > 500).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn given_the_product_then_nothing_is_left_undone_in_it() {
    let marks = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("TO", "DO"), concat!("FIX", "ME")];
    for module in ["center", "journal", "shard", "live", "archive", "cluster", "grpc", "cli", "server", "config"] {
        assert_eq!(offences(module, &marks), Vec::<String>::new());
    }
}

#[test]
fn given_the_table_of_rules_then_every_test_that_it_names_is_there() {
    let table = fs::read_to_string(root().join("docs/rules.md")).expect("the table of rules");
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| rule ") && !line.starts_with("| ---"));
    let named: Vec<&str> = rows
        .flat_map(|row| {
            let tests: Vec<&str> = row.rsplit(" | ").next().unwrap_or(row).split('`').skip(1).step_by(2).collect();
            assert!(!tests.is_empty(), "a rule without a test: {row}");
            tests
        })
        .collect();
    let folders = ["src", "tests", "sdk/src"];
    let files = folders.iter().flat_map(|folder| rust_files(&root().join(folder)));
    let sources: Vec<String> = files.map(|file| fs::read_to_string(file).expect("a source file")).collect();
    let is_there = |test: &str| sources.iter().any(|source| source.contains(&format!("fn {test}(")));
    let gone: Vec<&str> = named.iter().copied().filter(|test| !is_there(test)).collect();
    assert!(named.len() > 100, "only {} tests are named", named.len());
    assert_eq!(gone, Vec::<&str>::new());
}
