//! The catalogue of refusals and the reference of events are what the protos say.
//! `UPDATE=1 cargo test -p chatsession-sdk --test documents` writes them.

use std::{collections::BTreeMap, env, error::Error, fmt::Write, fs, path::Path};

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet, field_descriptor_proto::Type,
};

const PACKAGE: &str = "chatsession.v1";

/// The contract, and what is said of each part of it.
struct Contract {
    files: FileDescriptorSet,
    /// By the file and the path in its descriptor.
    comments: BTreeMap<(usize, Vec<i32>), String>,
}

impl Contract {
    fn read() -> Result<Self, Box<dyn Error>> {
        let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
        let names = ["chat_session", "agent_desk", "administration", "supervision", "event_feed", "error"];
        let paths = names.map(|name| protos.join("chatsession/v1").join(name).with_extension("proto"));
        let mut compiler = protox::Compiler::new([&protos])?;
        compiler.include_source_info(true).include_imports(true).open_files(paths)?;
        let mut files = compiler.file_descriptor_set();
        files.file.retain(|file| file.package() == PACKAGE);
        let mut comments = BTreeMap::new();
        for (at, file) in files.file.iter().enumerate() {
            for location in file.source_code_info.iter().flat_map(|info| &info.location) {
                let comment = location.leading_comments().split_whitespace().collect::<Vec<_>>().join(" ");
                comments.insert((at, location.path.clone()), comment);
            }
        }
        Ok(Self { files, comments })
    }

    fn comment(&self, file: usize, path: &[i32]) -> &str {
        self.comments.get(&(file, path.to_vec())).map_or("", String::as_str)
    }

    fn message(&self, name: &str) -> (usize, i32, &DescriptorProto) {
        let all = self.files.file.iter().enumerate().flat_map(|(file, it)| {
            it.message_type.iter().enumerate().map(move |(at, message)| (file, at as i32, message))
        });
        all.into_iter().find(|(_, _, message)| message.name() == name).expect("the contract has it")
    }

    fn enumeration(&self, name: &str) -> (usize, i32, &EnumDescriptorProto) {
        let all =
            self.files.file.iter().enumerate().flat_map(|(file, it)| {
                it.enum_type.iter().enumerate().map(move |(at, found)| (file, at as i32, found))
            });
        all.into_iter().find(|(_, _, found)| found.name() == name).expect("the contract has it")
    }

    /// The methods whose comments name a reason.
    fn methods_that_name(&self, reason: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (file, it) in self.files.file.iter().enumerate() {
            for (service_at, service) in it.service.iter().enumerate() {
                for (at, method) in service.method.iter().enumerate() {
                    let said = self.comment(file, &[6, service_at as i32, 2, at as i32]);
                    if said.split(|it: char| !it.is_ascii_uppercase() && it != '_').any(|word| word == reason) {
                        found.push(format!("{}.{}", service.name(), method.name()));
                    }
                }
            }
        }
        found
    }

    fn refusals(&self) -> String {
        let mut out = String::from(
            "# Why a call is refused\n\n\
             Made from `proto/chatsession/v1/error.proto`. Every refusal has a `google.rpc.ErrorInfo` in its details, with the domain\n\
             `chatsession` and one of these reasons. A refused call has changed nothing. *Named by* are the methods that tell of it by\n\
             themselves; what concerns fields, credentials, rates and the server's state can come of any.\n\n\
             | reason | status | what it means, and what to do | named by |\n| --- | --- | --- | --- |\n",
        );
        let (file, at, reasons) = self.enumeration("Reason");
        for (value_at, value) in reasons.value.iter().enumerate().skip(1) {
            let name = value.name().trim_start_matches("REASON_");
            let said = self.comment(file, &[5, at, 2, value_at as i32]);
            let (status, meaning) = said.split_once(". ").unwrap_or(("", said));
            let methods = self.methods_that_name(name).join(", ");
            let _ = writeln!(out, "| `{name}` | {status} | {meaning} | {methods} |");
        }
        out
    }

    fn events(&self) -> String {
        let mut out = String::from(
            "# What happens\n\n\
             Made from `proto/chatsession/v1/event.proto` and `event_feed.proto`. A session's events are numbered 1, 2, 3 … and come by\n\
             `Watch`, `WatchDesk`, `ListEvents` and `WatchCenter`. Their kinds:\n",
        );
        let (file, at, event) = self.message("Event");
        for (field_at, field) in event.field.iter().enumerate() {
            if field.oneof_index.is_some() {
                let said = self.comment(file, &[4, at, 2, field_at as i32]);
                self.kind(&mut out, field, said);
            }
        }
        out.push_str("\n# What else a center's feed tells\n");
        let (file, at, event) = self.message("CenterEvent");
        for (field_at, field) in event.field.iter().enumerate().skip(1) {
            let said = self.comment(file, &[4, at, 2, field_at as i32]);
            self.kind(&mut out, field, said);
        }
        out
    }

    fn kind(&self, out: &mut String, field: &FieldDescriptorProto, said: &str) {
        let _ = write!(out, "\n## {}\n{said}\n", field.name());
        let (file, at, message) = self.message(short(field));
        if message.field.is_empty() {
            return;
        }
        out.push_str("\n| field | type | |\n| --- | --- | --- |\n");
        for (field_at, field) in message.field.iter().enumerate() {
            let said = self.comment(file, &[4, at, 2, field_at as i32]);
            let values = if field.r#type() == Type::Enum { self.values(short(field)) } else { String::new() };
            let _ = writeln!(out, "| `{}` | {} | {said}{values} |", field.name(), type_of(field));
        }
    }

    /// What an enum's values mean.
    fn values(&self, name: &str) -> String {
        let (file, at, found) = self.enumeration(name);
        let values = found.value.iter().enumerate().skip(1);
        let told = values.map(|(value_at, value)| {
            format!("<br>`{}`: {}", value.name(), self.comment(file, &[5, at, 2, value_at as i32]))
        });
        told.collect()
    }
}

/// A type's name without its package.
fn short(field: &FieldDescriptorProto) -> &str {
    field.type_name().rsplit('.').next().unwrap_or_default()
}

fn type_of(field: &FieldDescriptorProto) -> String {
    let name = match field.r#type() {
        Type::Message | Type::Enum => short(field).to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    let many = field.label() == prost_types::field_descriptor_proto::Label::Repeated;
    if many { format!("repeated {name}") } else { name }
}

#[test]
fn the_documents_are_what_the_protos_say() -> Result<(), Box<dyn Error>> {
    let contract = Contract::read()?;
    for (name, fresh) in [("errors.md", contract.refusals()), ("events.md", contract.events())] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
        if env::var_os("UPDATE").is_some() {
            fs::write(&path, &fresh)?;
        }
        let stale = fs::read_to_string(&path).unwrap_or_default() != fresh;
        assert!(!stale, "{} isn't what the protos say: run this test with UPDATE=1", path.display());
    }
    Ok(())
}
