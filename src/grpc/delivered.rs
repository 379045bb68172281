//! What has been received: shown to who watches now, at most once a second for each participant, and forgotten.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{edge::Call, frames, shards::Shards};
use crate::{
    center::{Audience, CenterId, ReadMark, SessionId, Who},
    live::{Eyes, Signal},
};

/// How long a participant who receives nothing more is remembered. Who is forgotten is told of once more at most.
const REMEMBERED: Duration = Duration::from_secs(600);

/// How far each participant's frontends at this node have got.
#[derive(Default)]
pub(super) struct Delivered {
    marks: Mutex<HashMap<(CenterId, SessionId, u32), Mark>>,
}

struct Mark {
    from: Eyes,
    received: ReadMark,
    told: ReadMark,
    since: Instant,
}

impl Delivered {
    fn note(&self, center: &CenterId, session: SessionId, participant: u32, from: Eyes, received: ReadMark) {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Mark { from, received: ReadMark::default(), told: ReadMark::default(), since: Instant::now() };
        let mark = marks.entry((center.clone(), session, participant)).or_insert_with(new);
        if received.revision > mark.received.revision {
            (mark.received, mark.since) = (received, Instant::now());
        }
    }

    /// Tells what is new, once a second.
    pub(super) fn tell(&self, shards: &Shards) {
        let now = Instant::now();
        let mut news = Vec::new();
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.retain(|(center, session, participant), mark| {
            if mark.received.revision > mark.told.revision {
                news.push((center.clone(), *session, signal(*session, *participant, mark)));
                mark.told = mark.received;
            }
            now.duration_since(mark.since) < REMEMBERED
        });
        drop(marks);
        for (center, session, signal) in news {
            shards.of(&center).feed.signal(session, signal);
        }
    }
}

/// In each one's numbering. Where only staff's advances, customers hear nothing: they mustn't learn that staff speaks.
fn signal(session: SessionId, participant: u32, mark: &Mark) -> Signal {
    let frame = |revision| Vec::from(frames::delivered(session.to_string(), participant, revision).0);
    let for_everyone = mark.received.public > mark.told.public;
    Signal {
        from: mark.from.clone(),
        audience: if for_everyone { Audience::Everyone } else { Audience::Staff },
        bytes: frame(mark.received.revision),
        public: for_everyone.then(|| frame(mark.received.public).into()),
    }
}

async fn note(call: &Call, who: Who, positions: Vec<(SessionId, u32)>) {
    let from = match &who {
        Who::Customer(_) => Eyes::Customer,
        Who::Agent(agent) | Who::Supervisor(agent) => Eyes::Agent(agent.clone()),
        Who::Service(_) | Who::System => return,
    };
    let read = call.shard.handle.read_here(&call.center, move |center, _| {
        let received = positions.into_iter().map(|(session, revision)| {
            let (participant, received) = center.received(&who, session, revision)?;
            Some((session, participant, received))
        });
        received.flatten().collect::<Vec<_>>()
    });
    // What can't be said now is said with the next.
    for (session, participant, received) in read.await.unwrap_or_default() {
        call.edge.delivered.note(&call.center, session, participant, from.clone(), received);
    }
}

/// A watch has received everything up to a revision.
pub(super) async fn by_watch(call: &Call, stream: &str, revision: u32) {
    if revision == 0 {
        return;
    }
    if let Some((who, Some(session))) = call.edge.streams.watcher(&call.identity, stream) {
        note(call, who, vec![(session, revision)]).await;
    }
}

/// A desk has.
pub(super) async fn by_desk(call: &Call, stream: &str, positions: Vec<(SessionId, u32)>) {
    if positions.is_empty() {
        return;
    }
    if let Some((who, None)) = call.edge.streams.watcher(&call.identity, stream) {
        note(call, who, positions).await;
    }
}
