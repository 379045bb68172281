//! `chatsession apply`.

use std::path::PathBuf;

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
    let objects = CenterFile::parse(&text).map_err(|error| named(&error))?.objects();
    client_runtime()?.block_on(async {
        let count = objects.len();
        let applied = args.connect.client().await?.with_retry(soon()).administration().apply(objects).await?;
        out::line(format!("{count} objects applied, {} changed, center_seq {}", applied.changed, applied.center_seq));
        Ok(())
    })
}
