//! Bytes that don't count go: those of uploads that broke off, came twice, or were sent with no message.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    center::{CenterId, HOUR, SessionId, Time},
    files::Kept,
    grpc::Edge,
};

/// How often is looked.
const EVERY: Duration = Duration::from_secs(3600);

/// Which days are looked at. Whatever was announced two days ago was sent since, or is dropped; and a server that was down
/// for a week misses nothing.
const DAYS: std::ops::RangeInclusive<u64> = 2..=9;

/// Sweeps now, and then every hour.
pub async fn sweep_files(edge: Arc<Edge>) {
    loop {
        sweep(&edge, super::now()).await;
        tokio::time::sleep(EVERY).await;
    }
}

async fn sweep(edge: &Edge, now: Time) {
    let mut swept = 0;
    for back in DAYS {
        let day = Time(now.0.saturating_sub(back * 24 * HOUR));
        edge.files.store.remove_unfinished(day).await;
        let found = match edge.files.store.of_day(day).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "files can't be swept");
                continue;
            }
        };
        let mut sessions: BTreeMap<(CenterId, SessionId), Vec<Kept>> = BTreeMap::new();
        found.into_iter().for_each(|kept| sessions.entry((kept.center.clone(), kept.session)).or_default().push(kept));
        for ((center, session), files) in sessions {
            swept += sweep_session(edge, &center, session, files).await;
        }
    }
    if swept > 0 {
        tracing::info!(swept, "files that count for nothing were removed");
    }
}

async fn sweep_session(edge: &Edge, center: &CenterId, session: SessionId, files: Vec<Kept>) -> usize {
    let named = files.iter().map(|kept| kept.attachment).collect();
    let known = match edge.attachments_of(center, session, named).await {
        Ok(known) => known.unwrap_or_default(),
        // Who can't be asked is asked again; nothing is removed on a guess.
        Err(_) => return 0,
    };
    let mut swept = 0;
    for (at, kept) in files.iter().enumerate() {
        let counts = known.get(at).and_then(Option::as_ref).is_some_and(|known| known.file == Some(kept.file));
        if counts {
            continue;
        }
        match edge.files.store.remove(kept).await {
            Ok(()) => swept += 1,
            Err(error) => tracing::warn!(%error, "a file can't be removed"),
        }
    }
    swept
}
