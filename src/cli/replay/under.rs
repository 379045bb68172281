//! What is replayed against: a server that runs already, one of the replay's own, or a cluster of its own.

use std::{
    future::Future,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, atomic::AtomicUsize},
};

use tokio::task::JoinSet;

use super::{ReplayArgs, access::Access, board::Board, server::Child};
#[cfg(feature = "cluster")]
use super::{
    faults::{self, Wake},
    log,
    nodes::Nodes,
};
use crate::cli::Failure;

pub(super) enum Under {
    Elsewhere,
    One(Child),
    #[cfg(feature = "cluster")]
    Many(Arc<tokio::sync::Mutex<Nodes>>, Arc<std::sync::Mutex<Vec<Wake>>>),
}

type Breaking = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Under {
    pub(super) async fn start(args: &ReplayArgs) -> Result<(Self, Access), Failure> {
        if let (Some(url), Some(token)) = (&args.server, &args.token) {
            return Ok((Self::Elsewhere, Access::of_integrator(url.clone(), token.clone())));
        }
        #[cfg(feature = "cluster")]
        if let Some(nodes) = args.nodes {
            let nodes = Nodes::start(nodes.into()).await?;
            let access = nodes.access();
            return Ok((Self::Many(Arc::new(tokio::sync::Mutex::new(nodes)), Arc::default()), access));
        }
        let child = Child::start(args.kill_every).await?;
        let access = child.access();
        Ok((Self::One(child), access))
    }

    pub(super) fn kills(&self) -> Option<Arc<AtomicUsize>> {
        match self {
            Self::One(child) => Some(child.kills()),
            _ => None,
        }
    }

    /// What breaks while the chats go on.
    #[cfg_attr(not(feature = "cluster"), expect(unused_variables, reason = "only a cluster has faults to choose from"))]
    pub(super) fn breaks(&self, args: &ReplayArgs, board: &Arc<Board>) -> Option<Breaking> {
        match self {
            Self::Elsewhere => None,
            Self::One(child) => child.killer().map(|killer| Box::pin(killer) as Breaking),
            #[cfg(feature = "cluster")]
            Self::Many(nodes, wakes) if !args.faults.is_empty() => {
                let (nodes, board, wakes) = (nodes.clone(), board.clone(), wakes.clone());
                Some(Box::pin(faults::play(args.faults.clone(), args.fault_every, nodes, board, wakes)))
            }
            #[cfg(feature = "cluster")]
            Self::Many(..) => None,
        }
    }

    /// Ends the breaking, and waits until everything serves again.
    pub(super) async fn mend(&self, breaking: &mut JoinSet<()>) -> Result<(), Failure> {
        match self {
            Self::Elsewhere => {}
            Self::One(child) => child.mend(breaking).await?,
            #[cfg(feature = "cluster")]
            Self::Many(nodes, _) => {
                // Not in the middle of one: what stopped would stay so.
                let mut nodes = nodes.lock().await;
                breaking.shutdown().await;
                nodes.all_up().await?;
            }
        }
        Ok(())
    }

    /// What a cluster's logs and the faults say.
    #[cfg_attr(not(feature = "cluster"), expect(unused_variables, reason = "only a cluster has faults to report"))]
    pub(super) async fn verdict(&self, args: &ReplayArgs) -> Result<(), Failure> {
        #[cfg(feature = "cluster")]
        if let Self::Many(nodes, wakes) = self {
            faults::report(&args.faults, &wakes.lock().unwrap_or_else(std::sync::PoisonError::into_inner))?;
            log::check(&*nodes.lock().await).await?;
        }
        Ok(())
    }

    /// Ends the servers; tells where their folders are when something went wrong.
    pub(super) async fn stop(self, held: bool) -> Option<PathBuf> {
        match self {
            Self::Elsewhere => None,
            Self::One(child) => child.stop(held).await,
            #[cfg(feature = "cluster")]
            Self::Many(nodes, _) => match Arc::try_unwrap(nodes) {
                Ok(nodes) => nodes.into_inner().stop(held).await,
                Err(_) => None,
            },
        }
    }
}
