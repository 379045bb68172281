//! `chatsession token`.

use std::time::Duration;

use chatsession::grpc::auth::{Grant, Role, development_secret, mint};
use clap::{Args, ValueEnum};

use super::{Failure, SettingsArgs};

/// For whom a token is.
#[derive(Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// The tenant.
    #[arg(long, default_value = "demo")]
    center: String,
    /// What the holder is to it.
    #[arg(long, value_enum, default_value = "integrator")]
    role: RoleArg,
    /// The holder's id: an agent's, a customer's, a service's.
    #[arg(long, value_name = "ID", default_value = "backend")]
    subject: String,
    /// For a customer: the only session that the token opens.
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
    /// How many hours it is good for.
    #[arg(long, default_value = "24")]
    hours: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArg {
    Customer,
    Agent,
    Supervisor,
    Integrator,
    Operator,
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
pub(super) fn run(args: &TokenArgs) -> Result<(), Failure> {
    let settings = args.settings.load()?;
    std::fs::create_dir_all(&settings.data)?;
    let secret = match &settings.auth.hs256_secret {
        Some(secret) => secret.clone(),
        None => {
            if !settings.data.join("development.secret").exists() {
                eprintln!("note: {} is new; only a server on it takes this token", settings.data.display());
            }
            development_secret(&settings.data)?
        }
    };
    let grant = Grant {
        center: args.center.clone(),
        role: match args.role {
            RoleArg::Customer => Role::Customer,
            RoleArg::Agent => Role::Agent,
            RoleArg::Supervisor => Role::Supervisor,
            RoleArg::Integrator => Role::Integrator,
            RoleArg::Operator => Role::Operator,
        },
        subject: args.subject.clone(),
        session: args.session.clone(),
        audience: settings.auth.audience.clone(),
        issuer: settings.auth.issuer.clone(),
        life: Duration::from_secs(args.hours * 3600),
    };
    println!("{}", mint(&secret, &grant)?);
    Ok(())
}
