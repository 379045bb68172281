//! The Invite window, and what agents like to see first in it.

use super::*;

fn colleague(id: &str) -> Option<pb::TargetRef> {
    Some(pb::TargetRef { target: Some(pb::target_ref::Target::AgentId(id.into())) })
}

fn queue_(id: &str) -> Option<pb::TargetRef> {
    Some(pb::TargetRef { target: Some(pb::target_ref::Target::QueueId(id.into())) })
}

fn names(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// Each call as it should be. What isn't about a session has the same request id each time.
pub(super) fn good() -> Vec<(&'static str, Who, Vec<u8>)> {
    let (ann, bob) = (agent("ann"), || colleague("bob"));
    vec![
        ("AgentDesk/WatchTargets", ann, m!(WatchTargetsRequest {})),
        ("AgentDesk/PutFavourite", ann, m!(PutFavouriteRequest { request_id: "like", target: bob() })),
        ("AgentDesk/DeleteFavourite", ann, m!(DeleteFavouriteRequest { request_id: "unlike", target: bob() })),
        ("AgentDesk/StartChat", ann, m!(StartChatRequest { request_id: "chat", member_agent_ids: names(&["bob"]) })),
        (
            "AgentDesk/SendChatMessage",
            ann,
            m!(SendChatMessageRequest { request_id: "say", chat_id: "none", text: "t" }),
        ),
        (
            "AgentDesk/AddChatMember",
            ann,
            m!(AddChatMemberRequest { request_id: "add", chat_id: "none", agent_id: "cy" }),
        ),
        ("AgentDesk/LeaveChat", ann, m!(LeaveChatRequest { request_id: "go", chat_id: "none" })),
        ("AgentDesk/ReadChatUpTo", ann, m!(ReadChatUpToRequest { request_id: "read", chat_id: "none" })),
        ("AgentDesk/ListChats", ann, m!(ListChatsRequest {})),
        ("AgentDesk/ListChatEvents", ann, m!(ListChatEventsRequest { chat_id: "none" })),
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
        (
            "AgentDesk/StartChat",
            "all wrong",
            ann,
            m!(StartChatRequest { request_id: "?", member_agent_ids: names(&["bob", "a b"]), name: "x".repeat(257) }),
        ),
        ("AgentDesk/StartChat", "nobody", ann, m!(StartChatRequest { request_id: id() })),
        (
            "AgentDesk/StartChat",
            "an unknown agent",
            ann,
            m!(StartChatRequest { request_id: id(), member_agent_ids: names(&["x"]) }),
        ),
        (
            "AgentDesk/StartChat",
            "a pair with a name",
            ann,
            m!(StartChatRequest { request_id: id(), member_agent_ids: names(&["bob"]), name: "us" }),
        ),
        (
            "AgentDesk/StartChat",
            "very many",
            ann,
            m!(StartChatRequest { request_id: id(), member_agent_ids: vec!["bob".to_owned(); 101] }),
        ),
        (
            "AgentDesk/StartChat",
            "a customer",
            customer("c1"),
            m!(StartChatRequest { request_id: id(), member_agent_ids: names(&["bob"]) }),
        ),
        (
            "AgentDesk/SendChatMessage",
            "all wrong",
            ann,
            m!(SendChatMessageRequest { request_id: "?", chat_id: "a b", text: "" }),
        ),
        (
            "AgentDesk/SendChatMessage",
            "no such chat",
            ann,
            m!(SendChatMessageRequest { request_id: id(), chat_id: "none", text: "t" }),
        ),
        (
            "AgentDesk/AddChatMember",
            "all wrong",
            ann,
            m!(AddChatMemberRequest { request_id: "?", chat_id: "?", agent_id: "?" }),
        ),
        ("AgentDesk/LeaveChat", "no such chat", ann, m!(LeaveChatRequest { request_id: id(), chat_id: "none" })),
        ("AgentDesk/ReadChatUpTo", "no such chat", ann, m!(ReadChatUpToRequest { request_id: id(), chat_id: "none" })),
        ("AgentDesk/ListChats", "a large page", ann, m!(ListChatsRequest { page_size: 101, page_token: "?" })),
        ("AgentDesk/ListChats", "a customer", customer("c1"), vec![]),
        (
            "AgentDesk/ListChats",
            "a large page, by a customer",
            customer("c1"),
            m!(ListChatsRequest { page_size: 101, page_token: "?" }),
        ),
        ("AgentDesk/ListChatEvents", "no such chat", ann, m!(ListChatEventsRequest { chat_id: "none" })),
        (
            "AgentDesk/ListChatEvents",
            "a large page",
            ann,
            m!(ListChatEventsRequest { chat_id: "?", page_size: 501, page_token: "?" }),
        ),
        (
            "AgentDesk/WatchDesk",
            "a bad chat position",
            ann,
            m!(WatchDeskRequest { chat_positions: [pb::ChatPosition { chat_id: "?".into(), after_revision: 1 }] }),
        ),
    ]
}
