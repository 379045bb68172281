//! What integrators ask of the whole center.

use prost::Message;

use super::Row;
use crate::{
    pb,
    world::{BACKEND, SUE, Who},
};

/// As they should be, but for who may do it.
pub(super) fn good() -> Vec<(&'static str, Who, Vec<u8>)> {
    vec![
        ("EventFeed/ListCommits", BACKEND, m!(ListCommitsRequest {})),
        ("EventFeed/WatchCenter", BACKEND, m!(WatchCenterRequest { after_center_seq: Some(0) })),
    ]
}

pub(super) fn cases() -> Vec<Row> {
    let wanting = |kinds: &[&str], session_ids: &[&str]| {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Some(pb::EventFilter { kinds: owned(kinds), session_ids: owned(session_ids) })
    };
    let long = Some(prost_types::Duration { seconds: 26, nanos: 0 });
    vec![
        ("EventFeed/WatchCenter", "a supervisor", SUE, m!(WatchCenterRequest {})),
        ("EventFeed/WatchCenter", "what is to come", BACKEND, {
            m!(WatchCenterRequest { after_center_seq: Some(1 << 40) })
        }),
        ("EventFeed/WatchCenter", "another history", BACKEND, m!(WatchCenterRequest { history_id: "another" })),
        ("EventFeed/WatchCenter", "no kind of event", BACKEND, {
            m!(WatchCenterRequest { filter: wanting(&["message_posted", "message_sent"], &[]) })
        }),
        ("EventFeed/ListCommits", "a supervisor", SUE, m!(ListCommitsRequest {})),
        ("EventFeed/ListCommits", "no session, too many, too long", BACKEND, {
            m!(ListCommitsRequest { filter: wanting(&[], &["mine"]), page_size: 501, wait: long })
        }),
        ("ChatSession/ListEvents", "too long", BACKEND, m!(ListEventsRequest { wait: long })),
    ]
}
