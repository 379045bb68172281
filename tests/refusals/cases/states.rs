//! What a state stands in the way of, and objects that can't be.

use super::*;

pub(super) fn states(stage: &Stage) -> Vec<Row> {
    let (ann, bob, c6, id) = (agent("ann"), agent("bob"), customer("c6"), unused);
    let (s, ended, waiting, offer) = (&stage.attended, &stage.ended, &stage.waiting, &stage.taken_offer);
    let conference = pb::InviteMode::Conference;
    let invite = |whom: &str| m!(InviteRequest { request_id: id(), session_id: s, agent_id: whom, mode: conference });
    let to = |queue: &str| m!(TransferToQueueRequest { request_id: id(), session_id: s, queue_id: queue });
    let start = |queue: &str| m!(StartSessionRequest { request_id: id(), queue_id: queue });
    let (say, c3) = ("ChatSession/SendMessage", customer("c3"));
    vec![
        ("ChatSession/StartSession", "an unknown queue", c6, start("none")),
        ("ChatSession/StartSession", "a private queue", c6, start("private")),
        ("ChatSession/StartSession", "a full queue", c6, start("full")),
        (
            "ChatSession/GetSession",
            "a future revision",
            ann,
            m!(GetSessionRequest { session_id: s, min_revision: 999u64 }),
        ),
        ("ChatSession/Invite", "an unknown agent", ann, invite("nobody")),
        ("ChatSession/Invite", "a signed-out agent", ann, invite("cy")),
        ("ChatSession/Invite", "oneself", ann, invite("ann")),
        (
            "ChatSession/Invite",
            "a stale revision",
            ann,
            m!(InviteRequest {
                request_id: id(),
                session_id: s,
                agent_id: "bob",
                mode: conference,
                expected_revision: 1u64
            }),
        ),
        ("ChatSession/Invite", "a supervisor outside", SUE, invite("bob")),
        (
            "ChatSession/AcceptOffer",
            "taken before",
            ann,
            m!(AcceptOfferRequest { request_id: id(), session_id: s, offer_id: offer }),
        ),
        (
            "ChatSession/DeclineOffer",
            "an unknown offer",
            ann,
            m!(DeclineOfferRequest { request_id: id(), session_id: s, offer_id: "none" }),
        ),
        (
            "ChatSession/CancelInvitation",
            "a router's offer",
            ann,
            m!(CancelInvitationRequest { request_id: id(), session_id: s, offer_id: offer }),
        ),
        ("ChatSession/TransferToQueue", "an unknown queue", ann, to("none")),
        ("ChatSession/TransferToQueue", "an unstaffed queue", ann, to("unstaffed")),
        (
            "ChatSession/WithdrawFromQueue",
            "not queued",
            ann,
            m!(WithdrawFromQueueRequest { request_id: id(), session_id: s }),
        ),
        ("ChatSession/Leave", "the last agent", ann, m!(LeaveRequest { request_id: id(), session_id: s })),
        (
            "ChatSession/Leave",
            "await nobody",
            ann,
            m!(LeaveRequest { request_id: id(), session_id: s, if_last: pb::IfLast::AwaitInvitee }),
        ),
        ("ChatSession/Leave", "another agent's", bob, m!(LeaveRequest { request_id: id(), session_id: waiting })),
        ("ChatSession/EndSession", "it has ended", c3, m!(EndSessionRequest { request_id: id(), session_id: ended })),
        (say, "it has ended", c3, m!(SendMessageRequest { request_id: id(), session_id: ended, text: "t" })),
        (say, "a supervisor outside", SUE, m!(SendMessageRequest { request_id: id(), session_id: waiting, text: "t" })),
        ("ChatSession/SendTyping", "it has ended", c3, m!(SendTypingRequest { session_id: ended })),
        (
            "ChatSession/ReadUpTo",
            "the future",
            ann,
            m!(ReadUpToRequest { request_id: id(), session_id: s, read_revision: 999u64 }),
        ),
        ("ChatSession/Watch", "the future", ann, m!(WatchRequest { session_id: s, after_revision: 999u64 })),
        ("ChatSession/ListEvents", "the future", ann, m!(ListEventsRequest { session_id: s, after_revision: 999u64 })),
        (
            "ChatSession/SetDisposition",
            "a customer",
            c3,
            m!(SetDispositionRequest { request_id: id(), session_id: ended, code: "ok" }),
        ),
        ("ChatSession/CompleteWrapUp", "no work", ann, m!(CompleteWrapUpRequest { request_id: id(), session_id: s })),
        (
            "ChatSession/CompleteWrapUp",
            "no disposition",
            ann,
            m!(CompleteWrapUpRequest { request_id: id(), session_id: &stage.wrapping }),
        ),
        ("AgentDesk/SignIn", "a customer", c6, m!(SignInRequest { request_id: id() })),
        ("AgentDesk/SignIn", "an unknown agent", agent("nobody"), m!(SignInRequest { request_id: id() })),
        ("AgentDesk/SignOut", "with sessions", ann, m!(SignOutRequest { request_id: id() })),
        (
            "AgentDesk/SetState",
            "without a desk",
            bob,
            m!(SetStateRequest { request_id: id(), status: pb::AgentStatus::Ready }),
        ),
        (
            "AgentDesk/SetState",
            "without a reason",
            ann,
            m!(SetStateRequest { request_id: id(), status: pb::AgentStatus::NotReady }),
        ),
        (
            "AgentDesk/SetState",
            "signed out",
            agent("cy"),
            m!(SetStateRequest { request_id: id(), status: pb::AgentStatus::Ready }),
        ),
        ("AgentDesk/WatchDesk", "signed out", agent("cy"), vec![]),
        ("AgentDesk/WatchDesk", "a customer", c6, vec![]),
        (
            "AgentDesk/WatchDesk",
            "a bad position",
            ann,
            m!(WatchDeskRequest { positions: [pb::SessionPosition { session_id: "?".into(), after_revision: 1 }] }),
        ),
        ("AgentDesk/ListTargets", "a customer", c6, vec![]),
    ]
}

pub(super) fn objects() -> Vec<Row> {
    let bad = |object_: Object| object(object_);
    let agent_ = |queues: &[&str], capacity| pb::Agent {
        agent_id: "x".into(),
        display_name: "x".into(),
        queue_ids: queues.iter().map(|id| (*id).to_owned()).collect(),
        capacity,
        supervisor: false,
        team_ids: Vec::new(),
    };
    let overflow = pb::MaxWaitAction::Overflow.into();
    let rows = [
        ("a queue without an id", bad(Object::Queue(pb::Queue::default()))),
        ("a queue that overflows nowhere", bad(Object::Queue(pb::Queue { max_wait_action: overflow, ..queue("q") }))),
        ("a long wait", bad(Object::Queue(pb::Queue { max_wait: long(8 * 24 * 3600), ..queue("q") }))),
        ("an agent of no queue", bad(Object::Agent(agent_(&["none"], 1)))),
        ("much capacity", bad(Object::Agent(agent_(&["sales"], 101)))),
        ("no capacity", bad(Object::Settings(pb::CenterSettings { capacity: Some(0), ..Default::default() }))),
    ];
    let mut all: Vec<Row> =
        rows.into_iter().map(|(case, body)| ("Administration/Apply", case, BACKEND, body)).collect();
    let good = object(Object::Queue(queue("new")));
    all.push(("Administration/Apply", "an agent", agent("ann"), good.clone()));
    all.push(("Administration/Apply", "a customer", customer("c1"), good));
    all
}
