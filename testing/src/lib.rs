#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

use std::{
    fmt,
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use chatsession::{
    config::{Auth, Limits, Rate, Rates, Settings},
    grpc::auth::{Grant, Role, development_secret, mint},
    server::{Clock, Server},
};
use chatsession_sdk::Client;
use tempfile::TempDir;

/// Why the service can't be had.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The center that all of a service's callers belong to.
const CENTER: &str = "test";
/// Tokens outlive any test.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Tests are quicker than people.
const UNBOUNDED: Rate = Rate { per_second: 1_000_000, burst: 1_000_000 };

/// Who calls: what a token says. The id is `[A-Za-z0-9_-]{1,64}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Who<'a> {
    /// A customer.
    Customer(&'a str),
    /// An agent; the center has to know them.
    Agent(&'a str),
    /// A supervisor; the center has to know them as one.
    Supervisor(&'a str),
    /// A backend that acts for others.
    Integrator(&'a str),
    /// The operator.
    Operator(&'a str),
}

/// A service of a test's own, with default settings, but that nobody calls too often. Dropping it ends it and deletes what it
/// stored.
pub struct Service {
    folder: TempDir,
    clock: Clock,
    address: SocketAddr,
    server: Option<Server>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Service {
    /// A service without queues, agents and chats, at a free port of this machine.
    pub async fn start() -> Result<Self, Failure> {
        Self::with_clock(Clock::default()).await
    }

    /// The same, at which it is `time` now: for opening hours.
    pub async fn starting_at(time: SystemTime) -> Result<Self, Failure> {
        Self::with_clock(Clock::starting_at(time)).await
    }

    async fn with_clock(clock: Clock) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut service = Self { folder, clock, address, server: None };
        service.start_again().await?;
        Ok(service)
    }

    /// Where it is called: what your program is given as the service's address. It stays the same over a stop and a start.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A token of somebody's, good for a day.
    pub fn token(&self, who: Who<'_>) -> Result<String, Failure> {
        let (role, subject) = match who {
            Who::Customer(id) => (Role::Customer, id),
            Who::Agent(id) => (Role::Agent, id),
            Who::Supervisor(id) => (Role::Supervisor, id),
            Who::Integrator(id) => (Role::Integrator, id),
            Who::Operator(id) => (Role::Operator, id),
        };
        let Auth { audience, issuer, .. } = Auth::default();
        let (center, subject) = (CENTER.to_owned(), subject.to_owned());
        let grant = Grant { center, role, subject, session: None, audience, issuer, life: TOKEN_LIFE };
        Ok(mint(&development_secret(self.folder.path())?, &grant)?)
    }

    /// The file with the secret that tokens are signed with (HS256), for programs that sign their own; their center is `test`.
    pub fn secret_file(&self) -> PathBuf {
        self.folder.path().join("development.secret")
    }

    /// A client of somebody's.
    pub async fn client(&self, who: Who<'_>) -> Result<Client, Failure> {
        Ok(Client::builder(self.url()).token(self.token(who)?).connect().await?)
    }

    /// What time it is for the service.
    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Lets time pass at once: whatever is due by then, such as the end of an offer that rings, of a wrap-up, or of a wait, happens
    /// now, all of it at the new time. Where one thing starts another's time, such as the next agent's offer, advance step
    /// by step, and wait for what each step brings. Streams stay open, and tokens good: those go by the machine's clock.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Stops it in its orderly way: streams say goodbye, and clients try again until it is back.
    pub async fn stop(&mut self) -> Result<(), Failure> {
        if let Some(server) = self.server.take() {
            server.stop().await?;
        }
        Ok(())
    }

    /// Starts it again after [`stop`](Self::stop), with all that it knew.
    pub async fn start_again(&mut self) -> Result<(), Failure> {
        self.stop().await?;
        let rates = Rates { customer: UNBOUNDED, agent: UNBOUNDED, integrator: UNBOUNDED };
        let settings = Settings {
            listen: self.address,
            data: self.folder.path().to_owned(),
            limits: Limits { rates, ..Limits::default() },
            ..Settings::default()
        };
        let server = Server::start_by(&self.clock, settings).await?;
        self.address = server.address();
        self.server = Some(server);
        Ok(())
    }
}
