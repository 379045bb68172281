//! What a desk's stream means.

use std::collections::{BTreeMap, VecDeque};

use super::{
    DeskEvent, WatchEnd,
    chats_follow::ChatsFollow,
    follow::{Continuation, Cut, Follow, Next, Position, Received, Terms, after_goodbye},
};
use crate::{
    AgentState, Desk, DeskOffer, Error, Event, EventKind, OfferOutcome, Reason, WrapUp,
    convert::{FromWire, list, optional},
    generated::{
        ActingFor, DeskOpened, Goodbye, GoodbyeReason, SessionEvents, SessionPosition, WatchDeskRequest,
        WatchDeskResponse, watch_desk_response::Kind,
    },
};

/// The contract's limit; an agent holds half as many at most.
const POSITIONS: usize = 200;

pub(crate) struct DeskFollow {
    acting_for: Option<ActingFor>,
    agent_id: String,
    /// Where each session has got to that the agent is in, as far as was delivered.
    sessions: BTreeMap<String, Followed>,
    /// The same of chats.
    chats: ChatsFollow,
}

struct Followed {
    position: Position,
    /// The stream that is open has shown it.
    current: bool,
}

impl DeskFollow {
    pub(crate) fn new(acting_for: Option<ActingFor>, positions: Vec<(String, u64)>, chats: Vec<(String, u64)>) -> Self {
        let followed = |revision| Followed { position: Position::after(revision), current: false };
        let sessions = positions.into_iter().map(|(id, revision)| (id, followed(revision))).collect();
        Self { acting_for, agent_id: String::new(), sessions, chats: ChatsFollow::new(chats) }
    }

    fn opened(&mut self, opened: DeskOpened, out: &mut VecDeque<DeskEvent>) -> Next {
        let desk = Desk::from_wire(opened.desk.unwrap_or_default());
        self.agent_id.clone_from(&desk.state.agent_id);
        for (id, followed) in &mut self.sessions {
            followed.current = desk.sessions.iter().any(|session| session.session_id == *id);
        }
        self.chats.opened(&desk);
        out.push_back(DeskEvent::Opened(desk));
        Next::Read
    }

    fn events(&mut self, events: SessionEvents, out: &mut VecDeque<DeskEvent>) -> Next {
        let session_id = events.session_id;
        let events: Vec<Event> = list(events.events);
        let joined: Vec<u64> = events.iter().filter(|event| self.joins(event)).map(|event| event.center_seq).collect();
        let mut connected = true;
        for event in events {
            // The first event of a session, and the commit of the agent's joining, say themselves where they start.
            let before = || Followed { position: Position::after(event.revision.saturating_sub(1)), current: true };
            let followed = self.sessions.entry(session_id.clone()).or_insert_with(before);
            followed.current = true;
            let mut continuation = followed.position.advance(event.revision);
            if continuation == Continuation::Gap && joined.contains(&event.center_seq) {
                *followed = before();
                continuation = followed.position.advance(event.revision);
            }
            match continuation {
                Continuation::Repeat => continue,
                Continuation::Gap => return followed.position.gap(),
                Continuation::Next => {}
            }
            connected = (connected || self.joins(&event)) && !self.leaves(&event);
            out.push_back(DeskEvent::SessionEvent { session_id: session_id.clone(), event: Box::new(event) });
        }
        // Not before the end of the message: a commit comes whole, and more of it may follow the leaving.
        if !connected {
            self.sessions.remove(&session_id);
        }
        Next::Read
    }

    fn joins(&self, event: &Event) -> bool {
        match &event.kind {
            EventKind::ParticipantJoined { participant, .. } => self.is_me(participant.agent_id.as_deref()),
            _ => false,
        }
    }

    fn leaves(&self, event: &Event) -> bool {
        match &event.kind {
            EventKind::ParticipantLeft { participant, .. } => self.is_me(participant.agent_id.as_deref()),
            _ => false,
        }
    }

    fn is_me(&self, agent_id: Option<&str>) -> bool {
        agent_id == Some(self.agent_id.as_str())
    }

    fn goodbye(goodbye: Goodbye, out: &mut VecDeque<DeskEvent>) -> Next {
        match goodbye.reason() {
            GoodbyeReason::SignedOut => finish(out),
            reason => Next::Reopen(after_goodbye(reason)),
        }
    }
}

fn finish(out: &mut VecDeque<DeskEvent>) -> Next {
    out.push_back(DeskEvent::Ended(WatchEnd::SignedOut));
    Next::Finish
}

impl Follow for DeskFollow {
    type Request = WatchDeskRequest;
    type Response = WatchDeskResponse;
    type Item = DeskEvent;

    fn request(&self) -> WatchDeskRequest {
        let position = |(id, followed): (&String, &Followed)| SessionPosition {
            session_id: id.clone(),
            after_revision: followed.position.revision,
        };
        let positions = self.sessions.iter().take(POSITIONS).map(position).collect();
        WatchDeskRequest { acting_for: self.acting_for.clone(), positions, chat_positions: self.chats.positions() }
    }

    fn received(&self) -> Received {
        let followed = self.sessions.iter().filter(|(_, followed)| followed.current && followed.position.revision > 0);
        followed.take(POSITIONS).map(|(id, followed)| (id.clone(), followed.position.revision)).collect()
    }

    fn terms(first: &WatchDeskResponse) -> Option<Terms> {
        match &first.kind {
            Some(Kind::Opened(opened)) => Some(Terms::new(&opened.stream_id, opened.lease, opened.heartbeat_interval)),
            _ => None,
        }
    }

    fn read(&mut self, response: WatchDeskResponse, out: &mut VecDeque<DeskEvent>) -> Next {
        match response.kind {
            Some(Kind::Opened(opened)) => return self.opened(opened, out),
            Some(Kind::Events(events)) => return self.events(events, out),
            Some(Kind::ChatEvents(events)) => return self.chats.events(events, &self.agent_id, out),
            Some(Kind::Goodbye(goodbye)) => return Self::goodbye(goodbye, out),
            Some(Kind::CaughtUp(_)) => {
                // All was delivered: what the desk doesn't have any more, and nothing came of, isn't the agent's now.
                self.sessions.retain(|_, followed| followed.current);
                self.chats.caught_up();
                out.push_back(DeskEvent::CaughtUp);
            }
            Some(Kind::Typing(typing)) => {
                let (session_id, participant_id) = (typing.session_id, typing.participant_id);
                out.push_back(DeskEvent::Typing { session_id, participant_id });
            }
            Some(Kind::Delivered(delivered)) => out.push_back(DeskEvent::Delivered {
                session_id: delivered.session_id,
                participant_id: delivered.participant_id,
                revision: delivered.received_revision,
            }),
            Some(Kind::State(state)) => out.push_back(DeskEvent::State(AgentState::from_wire(state))),
            Some(Kind::Offer(offer)) => out.push_back(DeskEvent::Offer(Box::new(DeskOffer::from_wire(offer)))),
            Some(Kind::OfferEnded(ended)) => out.push_back(DeskEvent::OfferEnded {
                outcome: OfferOutcome::from_wire(ended.outcome),
                cause: optional(ended.cause),
                offer_id: ended.offer_id,
                session_id: ended.session_id,
            }),
            Some(Kind::WrapUp(wrap_up)) => out.push_back(DeskEvent::WrapUp(WrapUp::from_wire(wrap_up))),
            Some(Kind::WrapUpEnded(ended)) => {
                out.push_back(DeskEvent::WrapUpEnded { session_id: ended.session_id });
            }
            // A heartbeat says by coming; what a newer server adds, this version couldn't have asked for.
            Some(Kind::Heartbeat(_)) | None => {}
        }
        Next::Read
    }

    fn closed(&mut self, _: &mut VecDeque<DeskEvent>) -> Next {
        Next::Reopen(Cut::Broken)
    }

    fn refused(&mut self, error: Error, out: &mut VecDeque<DeskEvent>) -> Next {
        match error.reason() {
            Some(Reason::NotSignedIn) => finish(out),
            _ => Next::Fail(error),
        }
    }
}
