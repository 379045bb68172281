//! The logs themselves, read from their beginning: every invariant held at every commit, and nothing took effect twice.

use std::collections::BTreeSet;

use chatsession::{
    center::{Center, CenterChange, Event, Happened},
    journal::{
        Journal,
        jetstream::{JetStreamJournal, Options, bucket, context},
    },
    lab,
    shard::{Committed, State},
};

use super::nodes::{Nodes, SHARDS};
use crate::cli::{Failure, out};

/// Reads all logs of a cluster.
pub(super) async fn check(nodes: &Nodes) -> Result<(), Failure> {
    let client = async_nats::connect(nodes.nats.urls()).await?;
    let replicas = nodes.nats.len();
    let blobs = bucket(&context(client.clone()), &format!("{}-blobs", lab::CLUSTER), replicas).await?;
    let (mut batches, mut records, mut leaders) = (0, 0, 0);
    for shard in 0..SHARDS {
        let options = Options { name: lab::CLUSTER.into(), shard, replicas };
        let journal = JetStreamJournal::open(client.clone(), options, blobs.clone()).await?;
        let mut read = Read::default();
        loop {
            let stored = journal.read(read.state.position + 1, 256).await?;
            if stored.is_empty() {
                break;
            }
            for stored in &stored {
                let batch = Committed::decode(stored)?;
                read.batch(&batch).map_err(|wrong| format!("shard {shard}, batch {}: {wrong}", batch.position))?;
            }
        }
        batches += read.state.position;
        records += read.records;
        leaders += read.state.epoch;
    }
    out::line(format!("logs         {batches} batches, {records} commits, {leaders} leaders; every invariant held"));
    Ok(())
}

#[derive(Default)]
struct Read {
    state: State,
    records: u64,
    /// What took effect: requests, and messages.
    once: BTreeSet<String>,
}

impl Read {
    fn batch(&mut self, batch: &Committed) -> Result<(), String> {
        for record in &batch.records {
            self.records += 1;
            for event in &record.events {
                let effect = match event {
                    Event::Center(CenterChange::Remembered { caller, request, .. }) => {
                        format!("{} {caller:?} {request}", record.center)
                    }
                    Event::Session(event) => match &event.what {
                        Happened::Posted { message, fingerprint: Some(_), .. } => {
                            format!("{} {:?} {message}", event.session, event.by)
                        }
                        _ => continue,
                    },
                    _ => continue,
                };
                if let Some(twice) = (!self.once.insert(effect.clone())).then_some(effect) {
                    return Err(format!("{twice} took effect twice"));
                }
            }
        }
        self.state.apply(batch);
        let wrong: Vec<String> = self.state.centers.values().flat_map(|center| wrong(center, batch)).collect();
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }
}

fn wrong(center: &Center, batch: &Committed) -> Vec<String> {
    // A batch of another center leaves this one as it was.
    match batch.records.iter().any(|record| record.center == center.id) {
        true => center.violations(batch.time),
        false => Vec::new(),
    }
}
