//! Why a session is, or isn't, offered.

use std::time::SystemTime;

use crate::{
    Client, Error,
    convert::{FromWire, count, list, optional, some, time, wire_enum},
    generated::{self as wire, ExplainRoutingRequest, supervision_client::SupervisionClient},
    request::builder,
};

builder! {
    /// Asks why; from [`Supervision::explain_routing`](crate::Supervision::explain_routing).
    ExplainRouting(ExplainRoutingRequest)
}

/// Why a session is, or isn't, offered to agents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Why nobody is asked; `None` when it is offered to whoever can take it.
    pub hold: Option<RoutingHold>,
    /// At whose desk it rings.
    pub ringing_agent_id: Option<String>,
    /// The session's place in its queue, from 1 up to 1,000; `0` when it isn't in one.
    pub position: u32,
    /// Those asked about, by id.
    pub candidates: Vec<RoutingCandidate>,
    /// The session's last revision.
    pub revision: u64,
}

/// An agent, and everything in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoutingCandidate {
    /// The agent.
    pub agent_id: String,
    /// None: they would be asked next.
    pub obstacles: Vec<RoutingObstacle>,
}

/// One thing in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoutingObstacle {
    /// What.
    pub kind: RoutingObstacleKind,
    /// A reason, a skill, an agent's id, as the kind says.
    pub detail: Option<String>,
    /// Until when, as the kind says.
    pub until_time: Option<SystemTime>,
    /// A level, a turn, as the kind says.
    pub number: u32,
}

wire_enum! {
    /// Why a session isn't offered to anybody.
    RoutingHold {
        /// It isn't in a queue.
        NotQueued,
        /// It rings at a desk.
        Ringing,
        /// Its customer is gone.
        CustomerAbsent,
        /// Its time in the queue is over, or the queue has closed.
        WaitOver,
        /// As many as may be are connected, or asked to join.
        Full,
    }
}

wire_enum! {
    /// What stands between a session and an agent.
    RoutingObstacleKind {
        /// They don't serve the queue.
        NotServing,
        /// They are signed out.
        SignedOut,
        /// They are not ready; `detail` is the reason.
        NotReady,
        /// They will be not ready once their work is done.
        GoingNotReady,
        /// No desk stream of theirs is open.
        NoDesk,
        /// They hold as much as they may.
        AtCapacity,
        /// They became ready just now: the next session comes at `until_time`.
        RampingUp,
        /// They help others and are never routed to.
        Assistant,
        /// They are not good enough at `detail`; `number` is the level wanted.
        Skill,
        /// Until `until_time` the session waits for `detail`.
        AnotherPreferred,
        /// They sent it away, declined or missed it: until `until_time` others come first.
        Skipped,
        /// They are connected to it.
        Connected,
        /// They have an offer of it.
        Offered,
        /// Others come first; `number` is their turn, from 2.
        LaterTurn,
    }
}

impl FromWire<wire::RoutingCandidate> for RoutingCandidate {
    fn from_wire(wire: wire::RoutingCandidate) -> Self {
        Self { agent_id: wire.agent_id, obstacles: list(wire.obstacles) }
    }
}

impl FromWire<wire::RoutingObstacle> for RoutingObstacle {
    fn from_wire(wire: wire::RoutingObstacle) -> Self {
        Self {
            kind: RoutingObstacleKind::from_wire(wire.kind),
            detail: some(wire.detail),
            until_time: wire.until_time.map(time),
            number: count(wire.number),
        }
    }
}

impl ExplainRouting {
    pub(crate) fn of(client: Client, session_id: String) -> Self {
        let acting_for = client.acting();
        Self { client, request: ExplainRoutingRequest { acting_for, session_id, agent_id: String::new() } }
    }

    /// For this agent alone.
    pub fn agent(mut self, agent_id: impl Into<String>) -> Self {
        self.request.agent_id = agent_id.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<Explanation, Error> {
        let call = |channel, request| async move { SupervisionClient::new(channel).explain_routing(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(Explanation {
            hold: optional(answer.hold),
            ringing_agent_id: some(answer.ringing_agent_id),
            position: count(answer.position),
            candidates: list(answer.candidates),
            revision: answer.revision,
        })
    }
}
