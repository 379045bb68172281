//! What health says: of the whole, of each service, and of each shard (`shard-00`). A shard serves where it is led, and where
//! it is followed to the log's end. A leader with nothing to write writes an empty batch every 10 s, so a log that can be read
//! but not written shows within that time.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinSet};
use tonic_health::{ServingStatus, server::HealthReporter};

use crate::shard::Standing;

const SERVICES: [&str; 4] =
    ["", "chatsession.v1.ChatSession", "chatsession.v1.AgentDesk", "chatsession.v1.Administration"];

/// What health depends on.
#[derive(Clone)]
pub(super) struct Vitals {
    pub(super) shards: Arc<Vec<watch::Receiver<Standing>>>,
    /// Another node may lead.
    pub(super) shared: bool,
    /// The other nodes are heard, where there are any.
    pub(super) connected: watch::Receiver<bool>,
    pub(super) stopping: watch::Receiver<bool>,
}

impl Vitals {
    fn serves(&self, standing: &Standing) -> bool {
        standing.leads || (self.shared && standing.caught_up && standing.leader.is_some())
    }

    /// Resolves once every shard can be asked here.
    pub(super) async fn ready(&self) {
        for shard in self.shards.iter() {
            // Its task may have failed, which is told elsewhere.
            let _ = shard.clone().wait_for(|standing| self.serves(standing)).await;
        }
    }

    /// Reports until nobody is left to say anything.
    pub(super) async fn report(self, reporter: HealthReporter) {
        let (news, mut changed) = watch::channel(());
        let mut watchers = JoinSet::new();
        for shard in self.shards.iter() {
            watchers.spawn(pass_on(shard.clone(), news.clone()));
        }
        watchers.spawn(pass_on(self.connected.clone(), news.clone()));
        watchers.spawn(pass_on(self.stopping.clone(), news));
        loop {
            self.say(&reporter).await;
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    async fn say(&self, reporter: &HealthReporter) {
        let up = *self.connected.borrow() && !*self.stopping.borrow();
        let mut all = up;
        for (number, shard) in self.shards.iter().enumerate() {
            let serves = up && self.serves(&shard.borrow());
            all &= serves;
            if self.shards.len() > 1 {
                reporter.set_service_status(format!("shard-{number:02}"), status(serves)).await;
            }
        }
        for service in SERVICES {
            reporter.set_service_status(service, status(all)).await;
        }
    }
}

fn status(serves: bool) -> ServingStatus {
    if serves { ServingStatus::Serving } else { ServingStatus::NotServing }
}

async fn pass_on<T>(mut from: watch::Receiver<T>, news: watch::Sender<()>) {
    while from.changed().await.is_ok() {
        news.send_replace(());
    }
}
