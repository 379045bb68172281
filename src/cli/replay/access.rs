//! Who calls, with what token: each their own connection.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use chatsession::grpc::auth::Role;
use chatsession_sdk::Client;

use super::plan::CENTER;
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
    urls: Vec<String>,
    /// Everybody begins at another of them.
    next: AtomicUsize,
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
        Self { urls: vec![url], next: AtomicUsize::new(0), credential: Credential::Integrator { token } }
    }

    pub(super) fn of_child(urls: Vec<String>, data: PathBuf) -> Self {
        Self { urls, next: AtomicUsize::new(0), credential: Credential::Development { data } }
    }

    pub(super) fn urls(&self) -> String {
        self.urls.join(", ")
    }

    pub(super) async fn client(&self, who: Who<'_>) -> Result<Client, Failure> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let connect = |token| {
            let mut urls = self.urls.iter().cycle().skip(first % self.urls.len()).take(self.urls.len());
            let builder = Client::builder(urls.next().map_or("", String::as_str)).token(token).timeout(TIMEOUT);
            urls.fold(builder, |builder, url| builder.address(url)).connect()
        };
        match &self.credential {
            Credential::Development { data } => {
                let (role, subject) = match who {
                    Who::Integrator => (Role::Integrator, "replay"),
                    Who::Agent(id) => (Role::Agent, id),
                    Who::Customer(id) => (Role::Customer, id),
                };
                Ok(connect(development_token(data, CENTER, role, subject)?).await?)
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
