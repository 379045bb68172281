//! What a contact centre's operation asks: taking, updating, flags, availability, supervision, administration.

use prost::Message;

use super::Row;
use crate::{
    pb::{self, apply_request::Object, reassign_request::To, revoke_credentials_request::Holder},
    stage::{Stage, object, queue, unused},
    world::{BACKEND, SUE, Who, agent, customer},
};

/// As they should be, but for who may do it.
pub(super) fn good(session: &str) -> Vec<(&'static str, Who, Vec<u8>)> {
    let (ann, c1, s, id) = (agent("ann"), customer("c1"), session, unused);
    let to_bob = Some(To::AgentId("bob".into()));
    vec![
        ("ChatSession/TakeFromQueue", SUE, m!(TakeFromQueueRequest { request_id: id(), session_id: s })),
        ("ChatSession/UpdateSession", ann, m!(UpdateSessionRequest { request_id: id(), session_id: s })),
        ("ChatSession/RaiseFlag", ann, m!(RaiseFlagRequest { request_id: id(), session_id: s })),
        ("ChatSession/ClearFlag", ann, m!(ClearFlagRequest { request_id: id(), session_id: s })),
        ("ChatSession/GetAvailability", c1, m!(GetAvailabilityRequest { queue_id: "sales" })),
        ("Supervision/ListLiveSessions", SUE, m!(ListLiveSessionsRequest {})),
        ("Supervision/Monitor", SUE, m!(MonitorRequest { request_id: id(), session_id: s })),
        ("Supervision/StopMonitoring", SUE, m!(StopMonitoringRequest { request_id: id(), session_id: s })),
        ("Supervision/BargeIn", SUE, m!(BargeInRequest { request_id: id(), session_id: s })),
        ("Supervision/TakeOver", SUE, m!(TakeOverRequest { request_id: id(), session_id: s })),
        (
            "Supervision/RemoveParticipant",
            SUE,
            m!(RemoveParticipantRequest { request_id: id(), session_id: s, agent_id: "ann" }),
        ),
        ("Supervision/Reassign", SUE, m!(ReassignRequest { request_id: id(), session_id: s, to: to_bob })),
        (
            "Supervision/ForceAgentState",
            SUE,
            m!(ForceAgentStateRequest { request_id: id(), agent_id: "ann", status: pb::AgentStatus::Ready }),
        ),
        ("Supervision/ExplainRouting", SUE, m!(ExplainRoutingRequest { session_id: s })),
        ("Supervision/ListQueueStatistics", SUE, m!(ListQueueStatisticsRequest {})),
        ("Supervision/ListAgentStatistics", SUE, m!(ListAgentStatisticsRequest {})),
        ("Administration/PutSettings", BACKEND, {
            m!(PutSettingsRequest { request_id: id(), settings: Some(pb::CenterSettings::default()) })
        }),
        ("Administration/PutQueue", BACKEND, m!(PutQueueRequest { request_id: id(), queue: Some(queue("q")) })),
        ("Administration/PutAgent", BACKEND, {
            let eve = pb::Agent { agent_id: "eve".into(), display_name: "Eve".into(), ..Default::default() };
            m!(PutAgentRequest { request_id: id(), agent: Some(eve) })
        }),
        ("Administration/PutSharedCannedResponse", BACKEND, {
            let canned_response = pb::CannedResponse {
                response_id: "x".into(),
                title: "X".into(),
                text: "x".into(),
                ..Default::default()
            };
            m!(PutSharedCannedResponseRequest { request_id: id(), canned_response: Some(canned_response) })
        }),
        ("Administration/GetSharedCannedResponse", BACKEND, m!(GetSharedCannedResponseRequest { response_id: "x" })),
        ("Administration/ListSharedCannedResponses", BACKEND, m!(ListSharedCannedResponsesRequest {})),
        ("Administration/DeleteSharedCannedResponse", BACKEND, {
            m!(DeleteSharedCannedResponseRequest { request_id: id(), response_id: "x" })
        }),
        ("Administration/RevokeCredentials", BACKEND, {
            m!(RevokeCredentialsRequest { request_id: id(), holder: Some(Holder::AgentId("nobody".into())) })
        }),
        ("Administration/GetSettings", BACKEND, m!(GetSettingsRequest {})),
        ("Administration/GetQueue", BACKEND, m!(GetQueueRequest { queue_id: "sales" })),
        ("Administration/ListQueues", BACKEND, m!(ListQueuesRequest {})),
        ("Administration/DeleteQueue", BACKEND, m!(DeleteQueueRequest { request_id: id(), queue_id: "sales" })),
        ("Administration/GetAgent", BACKEND, m!(GetAgentRequest { agent_id: "ann" })),
        ("Administration/ListAgents", BACKEND, m!(ListAgentsRequest {})),
        ("Administration/DeleteAgent", BACKEND, m!(DeleteAgentRequest { request_id: id(), agent_id: "ann" })),
    ]
}

pub(super) fn cases(stage: &Stage) -> Vec<Row> {
    let mut all = supervision(stage);
    all.extend(administration());
    all.extend(queues());
    all
}

fn supervision(stage: &Stage) -> Vec<Row> {
    let (ann, bob, c1, id) = (agent("ann"), agent("bob"), customer("c1"), unused);
    let (s, waiting, ended) = (&stage.attended, &stage.waiting, &stage.ended);
    let wanted = |level| vec![pb::WantedSkill { skill: "tax".into(), level }];
    let (ready, out) = (pb::AgentStatus::Ready, pb::AgentStatus::SignedOut);
    vec![
        ("ChatSession/StartSession", "skills of a customer's", customer("c6"), {
            m!(StartSessionRequest { request_id: id(), queue_id: "sales", skills: wanted(1), agent_id: "ann" })
        }),
        ("ChatSession/TakeFromQueue", "in no queue", SUE, m!(TakeFromQueueRequest { request_id: id(), session_id: s })),
        ("ChatSession/TakeFromQueue", "signed out", SUE, {
            m!(TakeFromQueueRequest { request_id: id(), session_id: waiting })
        }),
        ("ChatSession/TakeFromQueue", "not permitted", bob, {
            m!(TakeFromQueueRequest { request_id: id(), session_id: waiting })
        }),
        ("ChatSession/UpdateSession", "a customer's priority", c1, {
            m!(UpdateSessionRequest { request_id: id(), session_id: s, priority: Some(1) })
        }),
        ("ChatSession/UpdateSession", "no name and much skill", ann, {
            m!(UpdateSessionRequest {
                request_id: id(),
                session_id: s,
                customer_name: Some(String::new()),
                language: Some("?".to_owned()),
                skills: Some(pb::WantedSkills { skills: wanted(101) }),
            })
        }),
        ("ChatSession/RaiseFlag", "a customer", c1, m!(RaiseFlagRequest { request_id: id(), session_id: s })),
        ("ChatSession/GetAvailability", "not for customers", c1, m!(GetAvailabilityRequest { queue_id: "private" })),
        ("ChatSession/GetAvailability", "no such queue", ann, m!(GetAvailabilityRequest { queue_id: "none" })),
        ("Supervision/ListLiveSessions", "an agent", ann, vec![]),
        ("Supervision/ListLiveSessions", "ended ones", SUE, {
            m!(ListLiveSessionsRequest { state: pb::SessionState::Ended, page_token: "?" })
        }),
        ("Supervision/Monitor", "an agent in it", ann, m!(MonitorRequest { request_id: id(), session_id: s })),
        ("Supervision/BargeIn", "ended", SUE, m!(BargeInRequest { request_id: id(), session_id: ended })),
        ("Supervision/TakeOver", "an agent in it", ann, m!(TakeOverRequest { request_id: id(), session_id: s })),
        ("Supervision/RemoveParticipant", "who isn't in it", SUE, {
            m!(RemoveParticipantRequest { request_id: id(), session_id: s, agent_id: "bob" })
        }),
        ("Supervision/Reassign", "to nobody", SUE, m!(ReassignRequest { request_id: id(), session_id: s })),
        ("Supervision/Reassign", "to who is signed out", SUE, {
            m!(ReassignRequest { request_id: id(), session_id: s, to: Some(To::AgentId("cy".into())) })
        }),
        ("Supervision/ForceAgentState", "signed out", SUE, {
            m!(ForceAgentStateRequest { request_id: id(), agent_id: "cy", status: ready })
        }),
        ("Supervision/ForceAgentState", "a reason to go", SUE, {
            m!(ForceAgentStateRequest { request_id: id(), agent_id: "ann", status: out, reason: "lunch" })
        }),
        ("Supervision/ExplainRouting", "an agent", ann, m!(ExplainRoutingRequest { session_id: s })),
    ]
}

fn administration() -> Vec<Row> {
    let (ann, id) = (agent("ann"), unused);
    vec![
        ("Administration/RevokeCredentials", "an agent", ann, {
            m!(RevokeCredentialsRequest { request_id: id(), holder: Some(Holder::CustomerId("c1".into())) })
        }),
        ("Administration/RevokeCredentials", "no agent's id", BACKEND, {
            m!(RevokeCredentialsRequest { request_id: id(), holder: Some(Holder::AgentId("a b".into())) })
        }),
        ("Administration/GetQueue", "an agent", ann, m!(GetQueueRequest { queue_id: "sales" })),
        ("Administration/GetQueue", "no such queue", BACKEND, m!(GetQueueRequest { queue_id: "none" })),
        ("Administration/ListQueues", "no page of ours", BACKEND, m!(ListQueuesRequest { page_token: "?" })),
        ("Administration/DeleteQueue", "in use", BACKEND, {
            m!(DeleteQueueRequest { request_id: id(), queue_id: "sales" })
        }),
        ("Administration/DeleteAgent", "in use", BACKEND, {
            m!(DeleteAgentRequest { request_id: id(), agent_id: "ann" })
        }),
        ("Administration/DeleteAgent", "an agent", ann, m!(DeleteAgentRequest { request_id: id(), agent_id: "ann" })),
        ("Administration/GetAgent", "no such agent", BACKEND, m!(GetAgentRequest { agent_id: "none" })),
        ("Administration/PutSettings", "none", BACKEND, m!(PutSettingsRequest { request_id: id() })),
        ("Administration/PutQueue", "an agent", ann, m!(PutQueueRequest { request_id: id(), queue: Some(queue("q")) })),
        ("Administration/PutQueue", "overflowing to no queue", BACKEND, {
            let action = pb::MaxWaitAction::Overflow.into();
            let queue = pb::Queue { max_wait_action: action, overflow_queue_id: "none".into(), ..queue("q") };
            m!(PutQueueRequest { request_id: id(), queue: Some(queue) })
        }),
        ("Administration/GetSharedCannedResponse", "no such response", BACKEND, {
            m!(GetSharedCannedResponseRequest { response_id: "none" })
        }),
        ("Administration/DeleteSharedCannedResponse", "no such response", BACKEND, {
            m!(DeleteSharedCannedResponseRequest { request_id: id(), response_id: "none" })
        }),
        ("Supervision/ListQueueStatistics", "an agent", ann, vec![]),
        ("Supervision/ListAgentStatistics", "no page of ours", SUE, m!(ListAgentStatisticsRequest { page_token: "?" })),
    ]
}

/// Queues that can't be.
fn queues() -> Vec<Row> {
    let put = |queue: pb::Queue| object(Object::Queue(queue));
    let opening = |weekday, from: &str, to: &str| pb::OpeningHours { weekday, from: from.into(), to: to.into() };
    let hours = |zone: &str, week| pb::Hours { time_zone: zone.into(), week, holidays: Vec::new() };
    let open = |hours| put(pb::Queue { hours: Some(hours), ..queue("q") });
    let step = |level| pb::Widening { after: None, level };
    let rows = [
        ("hours of nowhere", open(hours("Europe/Atlantis", Vec::new()))),
        ("an eighth day", open(hours("UTC", vec![opening(8, "09:00", "17:00")]))),
        ("hours backwards", open(hours("UTC", vec![opening(1, "17:00", "09:00")]))),
        ("hours past midnight", open(hours("UTC", vec![opening(1, "09:00", "24:01")]))),
        ("hours twice", open(hours("UTC", vec![opening(1, "09:00", "12:00"), opening(1, "11:00", "13:00")]))),
        (
            "a day that isn't",
            open(pb::Hours {
                holidays: vec![pb::Holiday { date: "2026-02-30".into(), hours: Vec::new() }],
                ..hours("UTC", Vec::new())
            }),
        ),
        ("closing to nowhere", put(pb::Queue { closing_action: pb::ClosingAction::Overflow.into(), ..queue("q") })),
        ("full to nowhere", put(pb::Queue { full_overflow_queue_id: "none".into(), ..queue("q") })),
        ("a message without a moment", put(pb::Queue { messages: vec![pb::QueueMessage::default()], ..queue("q") })),
        ("widening backwards", put(pb::Queue { widening: vec![step(50), step(0)], ..queue("q") })),
        ("a promise of nothing", put(pb::Queue { service_level: Some(pb::ServiceLevel::default()), ..queue("q") })),
    ];
    rows.into_iter().map(|(case, body)| ("Administration/Apply", case, BACKEND, body)).collect()
}
