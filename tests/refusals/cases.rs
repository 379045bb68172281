//! What is sent.

use prost::Message;

use crate::{
    pb::{self, acting_for, apply_request::Object},
    stage::{Stage, canned, long, object, queue, unused},
    world::{BACKEND, SUE, Who, agent, customer},
};

/// A call's name, what is wrong, who calls, what is sent.
pub type Case = (&'static str, String, Who, Vec<Vec<u8>>);

/// A good request: `m!(InviteRequest { session_id: … })`, the rest as by default, with a request id of its own.
macro_rules! m {
    ($type:ident { $($field:ident : $value:expr),* $(,)? }) => {{
        #[allow(unused_mut, clippy::needless_update)]
        let message = pb::$type { $($field: $value.into(),)* ..Default::default() };
        message.encode_to_vec()
    }};
}

mod desk;
mod feed;
mod messages;
mod operation;
mod states;

use states::{objects, states};

/// Each call as it should be, but for who may do it.
pub fn good(stage: &Stage, session: &str) -> Vec<(&'static str, Who, Vec<u8>)> {
    let (ann, c1, s, id) = (agent("ann"), customer("c1"), session, unused);
    let (offer, conference) = (&stage.taken_offer, pb::InviteMode::Conference);
    let mut all = vec![
        ("ChatSession/StartSession", c1, m!(StartSessionRequest { request_id: "start", queue_id: "sales" })),
        ("ChatSession/GetSession", ann, m!(GetSessionRequest { session_id: s })),
        ("ChatSession/ListSessions", ann, m!(ListSessionsRequest {})),
        (
            "ChatSession/Invite",
            ann,
            m!(InviteRequest { request_id: id(), session_id: s, agent_id: "bob", mode: conference }),
        ),
        (
            "ChatSession/CancelInvitation",
            ann,
            m!(CancelInvitationRequest { request_id: id(), session_id: s, offer_id: offer }),
        ),
        ("ChatSession/AcceptOffer", ann, m!(AcceptOfferRequest { request_id: id(), session_id: s, offer_id: offer })),
        ("ChatSession/DeclineOffer", ann, m!(DeclineOfferRequest { request_id: id(), session_id: s, offer_id: offer })),
        (
            "ChatSession/TransferToQueue",
            ann,
            m!(TransferToQueueRequest { request_id: id(), session_id: s, queue_id: "support" }),
        ),
        ("ChatSession/WithdrawFromQueue", ann, m!(WithdrawFromQueueRequest { request_id: id(), session_id: s })),
        ("ChatSession/Leave", ann, m!(LeaveRequest { request_id: id(), session_id: s })),
        ("ChatSession/EndSession", ann, m!(EndSessionRequest { request_id: id(), session_id: s })),
        ("ChatSession/SendMessage", ann, m!(SendMessageRequest { request_id: id(), session_id: s, text: "hello" })),
        ("ChatSession/SendTyping", ann, m!(SendTypingRequest { session_id: s })),
        ("ChatSession/ReadUpTo", ann, m!(ReadUpToRequest { request_id: id(), session_id: s, read_revision: 1u64 })),
        ("ChatSession/Watch", ann, m!(WatchRequest { session_id: s })),
        ("ChatSession/Renew", ann, m!(RenewRequest { stream_id: "none" })),
        ("ChatSession/ListEvents", ann, m!(ListEventsRequest { session_id: s })),
        ("ChatSession/SetDisposition", ann, m!(SetDispositionRequest { request_id: id(), session_id: s, code: "ok" })),
        ("ChatSession/CompleteWrapUp", ann, m!(CompleteWrapUpRequest { request_id: id(), session_id: s })),
        ("AgentDesk/SignIn", ann, m!(SignInRequest { request_id: "in" })),
        ("AgentDesk/SignOut", ann, m!(SignOutRequest { request_id: "out" })),
        ("AgentDesk/SetState", ann, m!(SetStateRequest { request_id: "state", status: pb::AgentStatus::Ready })),
        ("AgentDesk/WatchDesk", ann, m!(WatchDeskRequest {})),
        ("AgentDesk/Renew", ann, m!(AgentDeskRenewRequest { stream_id: "none" })),
        ("AgentDesk/ListTargets", ann, m!(ListTargetsRequest {})),
        (
            "ChatSession/CreateAttachment",
            ann,
            m!(CreateAttachmentRequest {
                request_id: "file",
                session_id: s,
                file_name: "a.png",
                content_type: "image/png",
                size: 10u64
            }),
        ),
        ("ChatSession/GetAttachment", ann, m!(GetAttachmentRequest { session_id: s, attachment_id: "none" })),
        (
            "AgentDesk/PutCannedResponse",
            ann,
            m!(PutCannedResponseRequest { request_id: "canned", response: canned("hello") }),
        ),
        (
            "AgentDesk/DeleteCannedResponse",
            ann,
            m!(DeleteCannedResponseRequest { request_id: id(), response_id: "none" }),
        ),
        ("AgentDesk/ListCannedResponses", ann, m!(ListCannedResponsesRequest {})),
        ("AgentDesk/ListDispositions", ann, m!(ListDispositionsRequest { session_id: s })),
        ("Administration/Apply", BACKEND, object(Object::Queue(queue("new")))),
    ];
    all.extend(operation::good(s));
    all.extend(desk::good());
    all.extend(feed::good());
    all
}

/// Everything with its own reason.
pub fn cases(stage: &Stage) -> Vec<Case> {
    let mut all = fields(stage);
    all.extend(states(stage));
    all.extend(operation::cases(stage));
    all.extend(messages::messages(stage));
    all.extend(desk::wrong());
    all.extend(feed::cases());
    all.extend(objects());
    all.into_iter().map(|(rpc, case, who, body)| (rpc, case.to_owned(), who, vec![body])).collect()
}

type Row = (&'static str, &'static str, Who, Vec<u8>);

fn fields(stage: &Stage) -> Vec<Row> {
    let (ann, c6, s, id) = (agent("ann"), customer("c6"), &stage.attended, unused);
    let mut rows = Vec::new();
    // An empty request of every call, by an agent and by a backend that acts for nobody.
    for (rpc, who, _) in good(stage, s) {
        let empty_is_good = [
            "Sessions",
            "Renew",
            "Desk",
            "Targets",
            "Settings",
            "Queues",
            "Agents",
            "ListChats",
            "CannedResponses",
            "Commits",
            "Center",
        ]
        .iter()
        .any(|end| rpc.ends_with(end));
        if !empty_is_good {
            rows.push((rpc, "nothing", who, vec![]));
        }
    }
    for (rpc, _, body) in good(stage, s) {
        let reads = ["GetSession", "ListSessions", "Watch", "Renew", "ListEvents", "GetAvailability", "GetAttachment"];
        if !reads.iter().any(|end| rpc.ends_with(end))
            && !rpc.starts_with("Administration/")
            && !rpc.starts_with("EventFeed/")
        {
            rows.push((rpc, "a backend for nobody", BACKEND, body));
        }
    }
    let acting = |id: &str| Some(pb::ActingFor { who: Some(acting_for::Who::AgentId(id.into())) });
    let attributes = |count, length: usize| -> Vec<pb::Attribute> {
        let one = |at| pb::Attribute { name: format!("a{at}"), value: "v".repeat(length), verified: false };
        (0..count).map(one).collect()
    };
    let start = "ChatSession/StartSession";
    let (q, x) = ("sales", "x".repeat(17 << 10));
    rows.extend([
        (start, "a bad queue id", c6, m!(StartSessionRequest { request_id: id(), queue_id: "a b" })),
        (start, "a bad request id", c6, m!(StartSessionRequest { request_id: "ü", queue_id: q })),
        (
            start,
            "a long name",
            c6,
            m!(StartSessionRequest { request_id: id(), queue_id: q, customer_name: x.as_str() }),
        ),
        (start, "a bad language", c6, m!(StartSessionRequest { request_id: id(), queue_id: q, language: "d" })),
        (start, "a priority", c6, m!(StartSessionRequest { request_id: id(), queue_id: q, priority: 1 })),
        (
            start,
            "65 attributes",
            c6,
            m!(StartSessionRequest { request_id: id(), queue_id: q, attributes: attributes(65, 1) }),
        ),
        (
            start,
            "a long attribute",
            c6,
            m!(StartSessionRequest { request_id: id(), queue_id: q, attributes: attributes(1, 5000) }),
        ),
        (
            start,
            "long attributes",
            c6,
            m!(StartSessionRequest { request_id: id(), queue_id: q, attributes: attributes(20, 4000) }),
        ),
        (start, "acting_for", c6, m!(StartSessionRequest { request_id: id(), queue_id: q, acting_for: acting("ann") })),
        (
            start,
            "for an agent",
            BACKEND,
            m!(StartSessionRequest { request_id: id(), queue_id: q, acting_for: acting("ann") }),
        ),
        ("ChatSession/GetSession", "a bad id", ann, m!(GetSessionRequest { session_id: "a b" })),
        (
            "ChatSession/ListSessions",
            "a large page",
            ann,
            m!(ListSessionsRequest { page_size: 101, page_token: "?", state: 9, queue_id: "?", customer_id: "c1" }),
        ),
        (
            "ChatSession/ListEvents",
            "a large page",
            ann,
            m!(ListEventsRequest { session_id: s, page_size: -1, page_token: "?" }),
        ),
        (
            "ChatSession/Invite",
            "all wrong",
            ann,
            m!(InviteRequest {
                request_id: "?",
                session_id: "?",
                agent_id: "?",
                mode: 9,
                note: x.as_str(),
                ring_time: long(601)
            }),
        ),
        (
            "ChatSession/TransferToQueue",
            "all wrong",
            ann,
            m!(TransferToQueueRequest {
                request_id: "?",
                session_id: "?",
                queue_id: "?",
                leave: 9,
                note: x.as_str(),
                priority: 101
            }),
        ),
        ("ChatSession/Leave", "a bad choice", ann, m!(LeaveRequest { request_id: id(), session_id: s, if_last: 9 })),
        (
            "ChatSession/SendMessage",
            "a long text",
            ann,
            m!(SendMessageRequest { request_id: id(), session_id: s, text: x.as_str(), audience: 9 }),
        ),
        (
            "ChatSession/SendMessage",
            "a customer to staff",
            customer("c1"),
            m!(SendMessageRequest { request_id: id(), session_id: s, text: "t", audience: pb::Audience::Staff }),
        ),
        ("ChatSession/SendTyping", "a bad audience", ann, m!(SendTypingRequest { session_id: s, audience: 9 })),
        (
            "ChatSession/SetDisposition",
            "all wrong",
            ann,
            m!(SetDispositionRequest { request_id: id(), session_id: s, code: "a b", notes: x.as_str() }),
        ),
        (
            "AgentDesk/SetState",
            "signed out",
            ann,
            m!(SetStateRequest { request_id: id(), status: pb::AgentStatus::SignedOut, reason: "a b" }),
        ),
        (
            "AgentDesk/SetState",
            "ready with a reason",
            ann,
            m!(SetStateRequest { request_id: id(), status: pb::AgentStatus::Ready, reason: "lunch" }),
        ),
        (
            "AgentDesk/ListTargets",
            "all wrong",
            ann,
            m!(ListTargetsRequest { query: x.as_str(), page_size: 101, page_token: "?" }),
        ),
    ]);
    rows
}
