//! How commands that are clients find the server and prove who they are.

use std::{path::Path, path::PathBuf, time::Duration};

use chatsession::{
    config::Auth,
    grpc::auth::{Grant, Role, development_secret, mint},
};
use chatsession_sdk::{Client, RetryPolicy};
use clap::Args;

use super::Failure;

/// How long a development token of a command's own is good for.
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// Somebody looks on: a server that isn't there is told of in a moment.
pub(super) fn soon() -> RetryPolicy {
    RetryPolicy::default().most_retries(3)
}

/// Where the server is.
#[derive(Args, Clone, Debug)]
pub(super) struct ServerArgs {
    /// The server.
    #[arg(long, env = "CHATSESSION_URL", value_name = "URL", default_value = "http://127.0.0.1:7700")]
    pub(super) server: String,
}

/// Where the server is, and who calls.
#[derive(Args, Clone, Debug)]
pub(super) struct ConnectArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// The token to call with; without one, a development token is made from the data folder's secret.
    #[arg(long, env = "CHATSESSION_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
    /// The server's data folder, for a development token.
    #[arg(long, env = "CHATSESSION_DATA", value_name = "FOLDER", default_value = "./data")]
    data: PathBuf,
    /// The tenant, for a development token.
    #[arg(long, default_value = "demo")]
    center: String,
}

impl ConnectArgs {
    /// A client that may do what an integrator may.
    pub(super) async fn client(&self) -> Result<Client, Failure> {
        connect(self.server(), self.token()?).await
    }

    pub(super) fn server(&self) -> &str {
        self.server.server.trim_end_matches('/')
    }

    /// The one that was given, or a fresh one.
    pub(super) fn token(&self) -> Result<String, Failure> {
        match &self.token {
            Some(token) => Ok(token.clone()),
            None => development_token(&self.data, &self.center, Role::Integrator, "backend"),
        }
    }
}

/// A client with a token.
pub(super) async fn connect(url: &str, token: String) -> Result<Client, Failure> {
    Ok(Client::builder(url).token(token).connect().await?)
}

/// A token that a development server with that data folder takes.
pub(super) fn development_token(data: &Path, center: &str, role: Role, subject: &str) -> Result<String, Failure> {
    if !data.is_dir() {
        return Err(format!("there is no data folder {}: give --data, or --token", data.display()).into());
    }
    let auth = Auth::default();
    let grant = Grant {
        center: center.to_owned(),
        role,
        subject: subject.to_owned(),
        session: None,
        audience: auth.audience,
        issuer: auth.issuer,
        life: LIFE,
    };
    Ok(mint(&development_secret(data)?, &grant)?)
}
