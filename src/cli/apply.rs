//! `chatsession apply`.

use std::path::PathBuf;

use chatsession_sdk::Error;
use clap::Args;

use super::{
    Failure,
    center::CenterFile,
    client_runtime,
    connect::{ConnectArgs, soon},
    out,
};

/// Which file goes where.
#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// The center's file; examples/center.yaml shows what can be set.
    file: PathBuf,
    #[command(flatten)]
    connect: ConnectArgs,
}

pub(super) fn run(args: &ApplyArgs) -> Result<(), Failure> {
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", args.file.display());
    let text = std::fs::read_to_string(&args.file).map_err(|error| named(&error))?;
    let file = CenterFile::parse(&text).map_err(|error| named(&error))?;
    let (names, objects) = (file.names(), file.objects());
    client_runtime()?.block_on(async {
        let count = objects.len();
        let applied = args.connect.client().await?.with_retry(soon()).administration().apply(objects).await;
        let applied = applied.map_err(|error| match at_fault(&names, &error) {
            wrong if wrong.is_empty() => Failure::from(error),
            wrong => named(&wrong).into(),
        })?;
        out::line(format!("{count} objects applied, {} changed, center_seq {}", applied.changed, applied.center_seq));
        Ok(())
    })
}

/// The fields that were refused, by the names that their objects have in the file.
fn at_fault(names: &[String], error: &Error) -> String {
    let wrong = error.field_violations().iter().filter_map(|wrong| {
        let (at, field) = wrong.field.strip_prefix("objects[")?.split_once("].")?;
        let (_, field) = field.split_once('.')?;
        Some(format!("{}: {field} {}", names.get(at.parse::<usize>().ok()?)?, wrong.description))
    });
    wrong.collect::<Vec<_>>().join("; ")
}
