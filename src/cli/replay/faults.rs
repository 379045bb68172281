//! What is broken while the chats go on, one thing after another, and how long nothing was acknowledged then.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use chatsession::center::CenterId;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};

use super::{board::Board, nodes::Nodes, plan::CENTER, proxy::Cut};
use crate::cli::{Failure, out};

/// How long what stops or is cut stays so.
const SUSPENDED: Duration = Duration::from_secs(10);
/// How long servers that were killed stay away.
const AWAY: Duration = Duration::from_secs(3);
/// Faults that fall into the wake of another can't be told apart from it.
const WAKE: Duration = Duration::from_secs(5);

/// Acknowledgements come at least so often when nothing is broken.
const CALM: Duration = Duration::from_millis(500);
const GIVEN_UP: Duration = Duration::from_secs(60);

/// Something that breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The node that leads the chats' shard, SIGKILL; another run starts at once.
    KillNode,
    /// The NATS server that leads that shard's log, SIGKILL.
    KillNats,
    /// The same, SIGSTOP for 10 s.
    PauseNats,
    /// The leading node hears nothing of the NATS servers, and is not heard, for 10 s.
    Cut,
    /// It isn't heard.
    CutOut,
    /// It hears nothing.
    CutIn,
    /// Two of the NATS servers, SIGKILL; they return after 3 s.
    KillTwoNats,
}

const ALL: [(Fault, &str); 7] = [
    (Fault::KillNode, "kill-node"),
    (Fault::KillNats, "kill-nats"),
    (Fault::PauseNats, "pause-nats"),
    (Fault::Cut, "cut"),
    (Fault::CutOut, "cut-out"),
    (Fault::CutIn, "cut-in"),
    (Fault::KillTwoNats, "kill-two-nats"),
];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ALL.iter().find(|(fault, _)| fault == self).map_or("", |(_, name)| name);
        f.pad(name)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = ALL.iter().find(|(_, name)| *name == text).map(|(fault, _)| *fault);
        let names = || ALL.map(|(_, name)| name).join(", ");
        known.ok_or_else(|| format!("expected one of {}", names()))
    }
}

/// What one fault did.
pub(super) struct Wake {
    fault: Fault,
    /// The longest time without an acknowledgement, from it on.
    unavailable: Duration,
}

/// Breaks one thing after another, over and over; ends when something doesn't come back.
pub(super) async fn play(
    faults: Vec<Fault>,
    every: Duration,
    nodes: Arc<Mutex<Nodes>>,
    board: Arc<Board>,
    wakes: Arc<std::sync::Mutex<Vec<Wake>>>,
) {
    for fault in faults.iter().copied().cycle() {
        sleep(every).await;
        let from = Instant::now();
        if let Err(failure) = strike(fault, &nodes).await {
            eprintln!("{fault} couldn't be mended: {failure}");
            return;
        }
        tokio::time::sleep_until(from + WAKE).await;
        // Only what is over can be measured.
        let over = async {
            while board.last_ack().is_none_or(|last| last.elapsed() > CALM) {
                sleep(CALM).await;
            }
        };
        if tokio::time::timeout(GIVEN_UP, over).await.is_err() {
            eprintln!("nothing was acknowledged for {GIVEN_UP:?} after {fault}");
        }
        let until = Instant::now();
        let wake = Wake { fault, unavailable: board.longest_silence(from, until) };
        eprintln!("{fault:<13} nothing was acknowledged for {:.2} s", wake.unavailable.as_secs_f64());
        wakes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(wake);
    }
}

async fn strike(fault: Fault, nodes: &Mutex<Nodes>) -> Result<(), Failure> {
    let mut nodes = nodes.lock().await;
    let shard = shard();
    match fault {
        Fault::KillNode => {
            let leader = nodes.led_by(shard).await?.unwrap_or(0);
            nodes.kill(leader).await?;
        }
        Fault::KillNats => {
            let leader = nodes.leader(shard).await?;
            nodes.nats.kill(leader);
            sleep(AWAY).await;
            nodes.nats.run(leader)?;
        }
        Fault::PauseNats => {
            let leader = nodes.leader(shard).await?;
            nodes.nats.pause(leader);
            sleep(SUSPENDED).await;
            nodes.nats.resume(leader);
        }
        Fault::Cut | Fault::CutOut | Fault::CutIn => {
            let leader = nodes.led_by(shard).await?.unwrap_or(0);
            nodes.cut(leader, Cut { out: fault != Fault::CutIn, back: fault != Fault::CutOut });
            sleep(SUSPENDED).await;
            nodes.cut(leader, Cut::default());
        }
        Fault::KillTwoNats => {
            nodes.nats.kill(0);
            nodes.nats.kill(1);
            sleep(AWAY).await;
            nodes.nats.run(0)?;
            nodes.nats.run(1)?;
        }
    }
    Ok(())
}

/// The shard of the center in which everything is replayed.
fn shard() -> u32 {
    let center = CenterId::parse(CENTER).expect("it is an id");
    chatsession::grpc::shard_of(&center, super::nodes::SHARDS as usize) as u32
}

/// How each kind of fault went; an error when one that was asked for never came.
pub(super) fn report(asked: &[Fault], wakes: &[Wake]) -> Result<(), Failure> {
    for (fault, name) in ALL.iter().filter(|(fault, _)| asked.contains(fault)) {
        let mut silent: Vec<Duration> =
            wakes.iter().filter(|wake| wake.fault == *fault).map(|wake| wake.unavailable).collect();
        silent.sort();
        let (Some(least), Some(most)) = (silent.first(), silent.last()) else {
            return Err(format!("{name} never came: the chats were over before; see --pace").into());
        };
        let half = silent[silent.len() / 2];
        out::line(format!(
            "fault        {name:<13} {} times, nothing acknowledged for {:.2} to {:.2} s, half of them within {:.2} s",
            silent.len(),
            least.as_secs_f64(),
            most.as_secs_f64(),
            half.as_secs_f64()
        ));
    }
    Ok(())
}
