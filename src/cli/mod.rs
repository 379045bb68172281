//! What can be typed: each command has a file.

use std::{path::PathBuf, process::ExitCode};

use chatsession::config::{Settings, Sources, load};
use chatsession_sdk::Reason;
use clap::{Args, Parser, Subcommand};

mod apply;
mod center;
#[cfg(feature = "cluster")]
mod cluster;
mod connect;
mod demo;
mod health;
mod out;
mod replay;
mod serve;
mod token;
mod watch;
mod webhooks;

/// A failure that a person reads.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Live chats of a contact centre: conference, transfer, service queues; over gRPC.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// How the server's settings are found: flag, else environment, else file, else default.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SettingsArgs {
    /// A settings file, TOML or YAML; `chatsession config print` shows what can be set.
    #[arg(long, env = "CHATSESSION_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Where to listen, as in 127.0.0.1:7700; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", global = true)]
    listen: Option<String>,
    /// The folder of the log; made when it isn't there.
    #[arg(long, value_name = "FOLDER", global = true)]
    data: Option<PathBuf>,
    /// Where the log is: `embedded`, or NATS servers, as in nats://10.0.0.1:4222,nats://10.0.0.2:4222.
    #[arg(long, value_name = "URLS", global = true)]
    journal: Option<String>,
    /// Any setting, as in --set limits.rates.agent.burst=100; may be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment, global = true)]
    set: Vec<(String, String)>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl SettingsArgs {
    fn load(&self) -> Result<Settings, Failure> {
        let mut overrides = self.set.clone();
        overrides.extend(self.listen.iter().map(|listen| ("listen".to_owned(), listen.clone())));
        overrides.extend(self.journal.iter().map(|journal| ("journal".to_owned(), journal.clone())));
        overrides.extend(self.data.iter().map(|data| ("data".to_owned(), data.display().to_string())));
        Ok(load(&Sources::of_this_process(self.config.clone(), overrides))?)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl-C or SIGTERM; a second signal ends at once.
    Serve(SettingsArgs),
    /// Make a development token, signed with the secret of the data folder.
    Token(token::TokenArgs),
    /// Put a center's settings, queues and agents from a YAML file, live.
    Apply(apply::ApplyArgs),
    /// Print a session's events as they come.
    Watch(watch::WatchArgs),
    /// Post everything that happens in a center to a web address, signed, in order, at least once.
    Webhooks(webhooks::WebhooksArgs),
    /// Start a server with a sample center, play a chat through conference and transfers, and serve on.
    Demo(demo::DemoArgs),
    /// Replay conversations through the whole service, and check that everybody saw every word.
    Replay(replay::ReplayArgs),
    /// Ask the server whether it serves; the exit status says so.
    Health(health::HealthArgs),
    /// Look at a cluster.
    #[cfg(feature = "cluster")]
    Cluster(cluster::ClusterArgs),
    /// Look at the settings.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print the settings in force, as YAML; secrets are left out.
    Print(SettingsArgs),
}

/// Runs what was typed.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Apply(args) => apply::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Webhooks(args) => webhooks::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Health(args) => health::run(&args),
        #[cfg(feature = "cluster")]
        Command::Cluster(args) => cluster::run(&args),
        Command::Config { command: ConfigCommand::Print(args) } => print_settings(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", told(&*failure));
            let error = failure.downcast_ref::<chatsession_sdk::Error>();
            if error.is_some_and(|error| error.reason() == Some(&Reason::CredentialInvalid)) {
                eprintln!("a development token is made with the secret of a data folder: is --data the server's?");
            }
            ExitCode::FAILURE
        }
    }
}

/// What failed, and what it was caused by.
fn told(failure: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(failure.source(), |cause| cause.source());
    causes.fold(failure.to_string(), |told, cause| format!("{told}: {cause}"))
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn print_settings(args: &SettingsArgs) -> Result<(), Failure> {
    print!("{}", chatsession::config::render(&args.load()?)?);
    Ok(())
}

/// A runtime as the settings want it.
fn runtime(settings: &Settings) -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = settings.worker_threads {
        builder.worker_threads(threads.get());
    }
    Ok(builder.enable_all().build()?)
}

/// A runtime for a command that is a client.
fn client_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
