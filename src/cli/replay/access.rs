//! Who calls, with what token: each their own connection.

use std::{path::PathBuf, time::Duration};

use chatsession::grpc::auth::Role;
use chatsession_sdk::Client;

use crate::cli::{Failure, connect::development_token};

/// A call may meet several restarts.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Somebody who calls.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    Integrator,
    Agent(&'a str),
    Customer(&'a str),
}

/// Where everybody calls.
pub(super) struct Access {
    url: String,
    credential: Credential,
}

enum Credential {
    /// Everybody has their own token.
    Development { data: PathBuf },
    /// One who acts for all.
    Integrator { token: String },
}

impl Access {
    pub(super) fn of_integrator(url: String, token: String) -> Self {
        Self { url, credential: Credential::Integrator { token } }
    }

    pub(super) fn of_child(url: String, data: PathBuf) -> Self {
        Self { url, credential: Credential::Development { data } }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) async fn client(&self, who: Who<'_>) -> Result<Client, Failure> {
        let connect = |token| Client::builder(&self.url).token(token).timeout(TIMEOUT).connect();
        match &self.credential {
            Credential::Development { data } => {
                let (role, subject) = match who {
                    Who::Integrator => (Role::Integrator, "replay"),
                    Who::Agent(id) => (Role::Agent, id),
                    Who::Customer(id) => (Role::Customer, id),
                };
                Ok(connect(development_token(data, "replay", role, subject)?).await?)
            }
            Credential::Integrator { token } => {
                let client = connect(token.clone()).await?;
                Ok(match who {
                    Who::Integrator => client,
                    Who::Agent(id) => client.acting_for_agent(id),
                    Who::Customer(id) => client.acting_for_customer(id),
                })
            }
        }
    }
}
