//! NATS servers on this machine, for tests and for `replay --nodes`: started, killed, stopped and continued.
//!
//! They run with `deploy/cluster/nats.conf`, the configuration that is shipped. The program is the one that `NATS_SERVER`
//! names, or that of `target/nats`, where `./check` puts it, or that of the path.

use std::{
    fs::{self, OpenOptions},
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rand::RngExt;
use tokio::time::{Instant, sleep};

/// The name of the clusters that are started here: the default.
pub const CLUSTER: &str = "chatsession";

/// The shipped configuration.
pub const CONFIGURATION: &str = include_str!("../deploy/cluster/nats.conf");

/// Below the ports that systems give to outgoing connections.
const PORTS: std::ops::Range<u16> = 10_000..20_000;

/// How long servers may take until they store what they are sent.
const START: Duration = Duration::from_secs(60);

/// Some servers of one cluster, with a folder that goes with them.
pub struct Nats {
    folder: PathBuf,
    servers: Vec<NatsServer>,
    keep: bool,
}

struct NatsServer {
    name: String,
    port: u16,
    cluster_port: u16,
    child: Option<Child>,
}

/// A port of this machine that nobody listens at.
///
/// # Errors
/// There is none.
pub fn free_port() -> io::Result<u16> {
    for _ in 0..200 {
        let port = rand::rng().random_range(PORTS);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::Error::other("there is no free port from 10000 to 19999"))
}

/// Where the server's program is.
///
/// # Errors
/// It isn't anywhere; the error says how to get it.
pub fn program() -> io::Result<PathBuf> {
    if let Some(named) = std::env::var_os("NATS_SERVER") {
        return Ok(named.into());
    }
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/nats/bin/nats-server");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("nats-server"));
    let found = std::iter::once(installed).chain(on_path).find(|program| program.is_file());
    found.ok_or_else(|| {
        let how =
            "nats-server is missing: run ./check once, which installs it to target/nats, or set NATS_SERVER to it";
        io::Error::new(io::ErrorKind::NotFound, how)
    })
}

impl Nats {
    /// Starts so many servers, and waits until they store what they are sent.
    ///
    /// # Errors
    /// The program is missing, or doesn't start.
    pub async fn start(servers: usize) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("chatsession-nats-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("nats.conf"), CONFIGURATION)?;
        let mut nats = Self { folder, servers: Vec::new(), keep: false };
        for number in 1..=servers {
            let (port, cluster_port) = (free_port()?, free_port()?);
            nats.servers.push(NatsServer { name: format!("nats-{number}"), port, cluster_port, child: None });
        }
        for at in 0..servers {
            nats.run(at)?;
        }
        nats.ready().await?;
        Ok(nats)
    }

    /// Starts a server that doesn't run.
    ///
    /// # Errors
    /// The program doesn't start.
    pub fn run(&mut self, at: usize) -> io::Result<()> {
        let others = self.servers.iter().enumerate().filter(|(other, _)| *other != at);
        let routes: Vec<String> =
            others.map(|(_, server)| format!("nats://127.0.0.1:{}", server.cluster_port)).collect();
        let server = &self.servers[at];
        let log =
            OpenOptions::new().create(true).append(true).open(self.folder.join(format!("{}.log", server.name)))?;
        let mut command = Command::new(program()?);
        command.arg("-c").arg(self.configuration(routes.is_empty())?);
        command.env("NATS_NAME", &server.name).env("NATS_LISTEN", format!("127.0.0.1:{}", server.port));
        command.env("NATS_CLUSTER", format!("127.0.0.1:{}", server.cluster_port));
        command.env("NATS_ROUTES", format!("[{}]", routes.join(", ")));
        command.env("NATS_STORE", self.folder.join(&server.name));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::from(log));
        self.servers[at].child = Some(command.spawn()?);
        Ok(())
    }

    /// A server by itself has no cluster.
    fn configuration(&self, alone: bool) -> io::Result<PathBuf> {
        let whole = self.folder.join("nats.conf");
        if !alone {
            return Ok(whole);
        }
        let single = self.folder.join("single.conf");
        let cluster = CONFIGURATION.find("\ncluster {").unwrap_or(CONFIGURATION.len());
        fs::write(&single, &CONFIGURATION[..cluster])?;
        Ok(single)
    }

    /// Waits until the servers have a leader and store.
    async fn ready(&self) -> io::Result<()> {
        let deadline = Instant::now() + START;
        loop {
            let client = async_nats::ConnectOptions::new().connect(self.urls()).await;
            if let Ok(client) = client
                && async_nats::jetstream::new(client).query_account().await.is_ok()
            {
                return Ok(());
            }
            if Instant::now() > deadline {
                let log = self.folder.join("nats-1.log");
                return Err(io::Error::other(format!("no NATS server stores within {START:?}; see {}", log.display())));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.servers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Where clients reach one of them.
    pub fn address(&self, at: usize) -> String {
        format!("127.0.0.1:{}", self.servers[at].port)
    }

    /// All their addresses, as a client takes them.
    pub fn urls(&self) -> Vec<String> {
        (0..self.len()).map(|at| format!("nats://{}", self.address(at))).collect()
    }

    /// Which server has this name.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| server.name == name)
    }

    /// SIGKILL.
    pub fn kill(&mut self, at: usize) {
        if let Some(mut child) = self.servers[at].child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGSTOP: it does nothing, and its connections stay.
    pub fn pause(&self, at: usize) {
        self.signal(at, rustix::process::Signal::STOP);
    }

    /// SIGCONT.
    pub fn resume(&self, at: usize) {
        self.signal(at, rustix::process::Signal::CONT);
    }

    fn signal(&self, at: usize, signal: rustix::process::Signal) {
        let id = self.servers[at].child.as_ref().and_then(|child| i32::try_from(child.id()).ok());
        if let Some(process) = id.and_then(rustix::process::Pid::from_raw) {
            // It may be gone.
            let _ = rustix::process::kill_process(process, signal);
        }
    }

    /// Where their logs and stores are, which are kept from now on.
    pub fn keep(&mut self) -> &Path {
        self.keep = true;
        &self.folder
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        for at in 0..self.len() {
            self.resume(at);
            self.kill(at);
        }
        if !self.keep {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
