//! The server as a child process, killed and started again as often as asked.

use std::{
    fs::{File, OpenOptions},
    future::Future,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    process::{self, Command},
    sync::Mutex,
    task::JoinSet,
    time::{Instant, sleep},
};
use tonic_health::pb::health_check_response::ServingStatus;

use super::access::Access;
use crate::cli::{Failure, health};

/// Below the ports that systems give to outgoing connections: while the server is down, one of those could take its port.
const PORTS: std::ops::Range<u16> = 20_000..30_000;
const START: Duration = Duration::from_secs(30);
const PROBE_EVERY: Duration = Duration::from_millis(20);

/// What a crowd on one machine needs beyond the defaults.
pub(super) const SETTINGS: [&str; 10] = [
    "limits.rates.customer.per_second=10000",
    "limits.rates.customer.burst=10000",
    "limits.rates.agent.per_second=10000",
    "limits.rates.agent.burst=10000",
    "limits.rates.integrator.per_second=100000",
    "limits.rates.integrator.burst=100000",
    "limits.connections.unauthenticated_per_address=100000",
    "limits.connections.new_per_second=100000",
    "limits.streams.service=10000",
    "log.filter=warn",
];

/// A server of the replay's own.
pub(super) struct Child {
    folder: PathBuf,
    url: String,
    kill_every: Option<Duration>,
    kills: Arc<AtomicUsize>,
    running: Arc<Mutex<process::Child>>,
}

impl Child {
    pub(super) async fn start(kill_every: Option<Duration>) -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("chatsession-replay-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder)?;
        let url = format!("http://127.0.0.1:{}", free_port()?);
        let running = Arc::new(Mutex::new(spawn(&folder, &url)?));
        let child = Self { folder, url, kill_every, kills: Arc::default(), running };
        up(&mut *child.running.lock().await, &child.url).await?;
        Ok(child)
    }

    pub(super) fn access(&self) -> Access {
        Access::of_child(vec![self.url.clone()], self.folder.join("data"))
    }

    pub(super) fn kills(&self) -> Arc<AtomicUsize> {
        self.kills.clone()
    }

    /// Lets the killer go, and waits for the server.
    pub(super) async fn mend(&self, killer: &mut JoinSet<()>) -> Result<(), Failure> {
        // Not in the middle of a restart: what was killed would stay so.
        let mut running = self.running.lock().await;
        killer.shutdown().await;
        up(&mut running, &self.url).await
    }

    /// Kills the server again and again. Ends only when the server doesn't start.
    pub(super) fn killer(&self) -> Option<impl Future<Output = ()> + Send + use<>> {
        let every = self.kill_every?;
        let (running, folder, url, kills) =
            (self.running.clone(), self.folder.clone(), self.url.clone(), self.kills.clone());
        Some(async move {
            loop {
                sleep(every).await;
                if let Err(failure) = restart(&running, &folder, &url).await {
                    eprintln!("the server doesn't start again: {failure}");
                    return;
                }
                kills.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    /// Ends the server. Its folder is kept when something went wrong.
    pub(super) async fn stop(self, held: bool) -> Option<PathBuf> {
        let mut running = self.running.lock().await;
        let _ = running.kill().await;
        if !held {
            return Some(self.folder);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
        None
    }
}

async fn restart(running: &Mutex<process::Child>, folder: &Path, url: &str) -> Result<(), Failure> {
    let mut running = running.lock().await;
    // SIGKILL: nothing is said, nothing is flushed.
    running.kill().await?;
    *running = spawn(folder, url)?;
    up(&mut running, url).await
}

pub(super) async fn up(running: &mut process::Child, url: &str) -> Result<(), Failure> {
    let deadline = Instant::now() + START;
    loop {
        if let Ok(ServingStatus::Serving) = health::check(url, "").await {
            return Ok(());
        }
        if let Some(status) = running.try_wait()? {
            return Err(format!("the server ended: {status}").into());
        }
        if Instant::now() > deadline {
            return Err(format!("the server doesn't serve within {START:?}").into());
        }
        sleep(PROBE_EVERY).await;
    }
}

fn spawn(folder: &Path, url: &str) -> Result<process::Child, Failure> {
    let log: File = OpenOptions::new().create(true).append(true).open(folder.join("server.log"))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").arg("--listen").arg(url.trim_start_matches("http://"));
    command.arg("--data").arg(folder.join("data"));
    for setting in SETTINGS {
        command.arg("--set").arg(setting);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true);
    Ok(command.spawn()?)
}

pub(super) fn free_port() -> Result<u16, Failure> {
    for _ in 0..100 {
        let port = rand::RngExt::random_range(&mut rand::rng(), PORTS);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("there is no free port from 20000 to 29999".into())
}
