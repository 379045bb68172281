//! A server in a process of its own: started, measured through /proc, stopped.

use std::{path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::Failure;

/// Clock ticks a second that /proc counts in.
const TICKS: f64 = 100.0;

pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    /// The data folder of ours.
    pub(crate) data: Option<tempfile::TempDir>,
}

/// What a process has used.
#[derive(Clone, Copy)]
pub(crate) struct Used {
    /// User and system time.
    pub(crate) cpu: Duration,
    /// Proportional set size in bytes.
    pub(crate) memory: u64,
}

fn beside(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.exists() { Ok(path) } else { Err(format!("{} isn't built: cargo build --release", path.display()).into()) }
}

impl Server {
    pub(crate) async fn bare() -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").stdout(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?.ok_or("the bare server said nothing")?;
        let address = line.strip_prefix("listening ").ok_or("an address")?.to_owned();
        Ok(Self { child, address, data: None })
    }

    pub(crate) async fn ours(settings: &[&str]) -> Result<Self, Failure> {
        let data = tempfile::TempDir::new_in(std::env::current_dir()?.join("target"))?;
        let mut command = Command::new(beside("chatsession")?);
        command.arg("serve").arg("--data").arg(data.path()).args(["--listen", "127.0.0.1:0"]);
        for setting in settings {
            command.args(["--set", setting]);
        }
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stderr = child.stderr.take().ok_or("no output")?;
        let mut lines = BufReader::new(stderr).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, rest)) = line.split_once("listening address=") {
                let address = rest.split(' ').next().unwrap_or_default().to_owned();
                tokio::spawn(async move {
                    while let Ok(Some(line)) = lines.next_line().await {
                        eprintln!("{line}")
                    }
                });
                return Ok(Self { child, address, data: Some(data) });
            }
            eprintln!("{line}");
        }
        Err("the server ended at once".into())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn used(&self) -> Result<Used, Failure> {
        let pid = self.child.id().ok_or("the server has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
        let smaps = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let pss = smaps.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no Pss")?;
        let kib: u64 = pss.split_whitespace().next().unwrap_or("0").parse()?;
        Ok(Used { cpu: Duration::from_secs_f64(ticks / TICKS), memory: kib * 1024 })
    }

    pub(crate) async fn stop(mut self) -> Result<(), Failure> {
        self.child.kill().await?;
        Ok(())
    }
}
