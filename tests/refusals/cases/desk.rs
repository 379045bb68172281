//! The Invite window, and what agents like to see first in it.

use super::*;

fn colleague(id: &str) -> Option<pb::TargetRef> {
    Some(pb::TargetRef { target: Some(pb::target_ref::Target::AgentId(id.into())) })
}

fn queue_(id: &str) -> Option<pb::TargetRef> {
    Some(pb::TargetRef { target: Some(pb::target_ref::Target::QueueId(id.into())) })
}

/// Each call as it should be. What isn't about a session has the same request id each time.
pub(super) fn good() -> Vec<(&'static str, Who, Vec<u8>)> {
    let (ann, bob) = (agent("ann"), || colleague("bob"));
    vec![
        ("AgentDesk/WatchTargets", ann, m!(WatchTargetsRequest {})),
        ("AgentDesk/PutFavourite", ann, m!(PutFavouriteRequest { request_id: "like", target: bob() })),
        ("AgentDesk/DeleteFavourite", ann, m!(DeleteFavouriteRequest { request_id: "unlike", target: bob() })),
    ]
}

pub(super) fn wrong() -> Vec<Row> {
    let (put, ann, id) = ("AgentDesk/PutFavourite", agent("ann"), unused);
    let like = |target: Option<pb::TargetRef>| m!(PutFavouriteRequest { request_id: id(), target: target });
    let unlike = |target: Option<pb::TargetRef>| m!(DeleteFavouriteRequest { request_id: id(), target: target });
    vec![
        (
            "AgentDesk/ListTargets",
            "bad filters",
            ann,
            m!(ListTargetsRequest { kinds: vec![0], team_id: "a b", skill: "?", page_size: -1 }),
        ),
        (
            "AgentDesk/WatchTargets",
            "bad filters",
            ann,
            m!(WatchTargetsRequest { query: "x".repeat(65), kinds: vec![1, 9], team_id: "a b", skill: "?" }),
        ),
        ("AgentDesk/WatchTargets", "a customer", customer("c1"), vec![]),
        ("AgentDesk/WatchTargets", "an unknown agent", agent("nobody"), vec![]),
        (put, "a bad id", ann, like(colleague("a b"))),
        (put, "an unknown agent", ann, like(colleague("nobody"))),
        (put, "an unknown queue", ann, like(queue_("none"))),
        (put, "oneself", ann, like(colleague("ann"))),
        (put, "a customer", customer("c1"), like(colleague("bob"))),
        ("AgentDesk/DeleteFavourite", "a bad id", ann, unlike(queue_("a b"))),
        ("AgentDesk/DeleteFavourite", "an unknown caller", agent("nobody"), unlike(queue_("sales"))),
    ]
}
