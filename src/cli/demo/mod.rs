//! `chatsession demo`: a server, a sample center, and a chat through conference, complete transfer and transfer to a
//! queue, before the reader's eyes. Every step waits for the event that shows the one before.

mod cast;
mod more;
mod play;

use std::{io::ErrorKind, net::SocketAddr, path::PathBuf, time::Duration};

use chatsession::{
    config::{Settings, Sources, load},
    server::{Server, ServerError},
};
use clap::Args;

use self::cast::Stage;
use super::{Failure, center::duration, out, runtime, serve::stop_signal};

/// A play that takes longer than that, pauses apart, hangs.
const LONGEST: Duration = Duration::from_secs(60);
/// Pauses in a play, about.
const PAUSES: u32 = 60;

/// How the demo goes.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:7700", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder of the log; made when it isn't there.
    #[arg(long, default_value = "./data/demo", value_name = "FOLDER")]
    data: PathBuf,
    /// The pause after each line, for people to read.
    #[arg(long, default_value = "400ms", value_name = "TIME", value_parser = duration)]
    pace: Duration,
    /// End after the play instead of serving on.
    #[arg(long)]
    exit: bool,
}

pub(super) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let overrides =
        vec![("listen".to_owned(), args.listen.to_string()), ("data".to_owned(), args.data.display().to_string())];
    let settings = load(&Sources { overrides, ..Sources::default() })?;
    runtime(&settings)?.block_on(async {
        let server = start(settings).await?;
        let stage = Stage { url: format!("http://{}", server.address()), data: args.data.clone(), pace: args.pace };
        out::line(format!("The server listens at {}, its log is in {}.", server.address(), args.data.display()));
        let played = tokio::select! {
            played = tokio::time::timeout(LONGEST + args.pace * PAUSES, Box::pin(play::play(&stage))) => {
                played.unwrap_or_else(|_| Err("the play hangs: an event that it waits for didn't come".into()))
            }
            () = stop_signal() => Ok(()),
        };
        if played.is_ok() && !args.exit {
            more::print(&stage)?;
            stop_signal().await;
            out::line("\nDraining.");
        }
        server.stop().await?;
        played
    })
}

/// The server; at a free port when its own is taken.
async fn start(settings: Settings) -> Result<Server, Failure> {
    match Server::start(settings.clone()).await {
        Err(ServerError::Listen { address, error }) if error.kind() == ErrorKind::AddrInUse => {
            out::line(format!("{address} is taken by another program; a free port is used instead (see --listen)."));
            let listen = SocketAddr::new(settings.listen.ip(), 0);
            Ok(Server::start(Settings { listen, ..settings }).await?)
        }
        started => Ok(started?),
    }
}
