//! What a session's stream means.

use std::collections::VecDeque;

use super::{
    WatchEnd, WatchEvent,
    follow::{Continuation, Cut, Follow, Next, Position, Received, Terms, after_goodbye},
};
use crate::{
    Error, Event, EventKind, Reason, Session, SessionState,
    convert::FromWire,
    generated::{Goodbye, GoodbyeReason, WatchOpened, WatchRequest, WatchResponse, watch_response::Kind},
};

pub(crate) struct SessionFollow {
    request: WatchRequest,
    /// `None` until the stream says where it starts.
    position: Option<Position>,
    /// The last event delivered is the last that there is.
    over: bool,
    /// The last snapshot was of a session that had ended, at this revision.
    ended_at: Option<u64>,
    /// The stream ended without a reason to be seen: asks for a snapshot, which has it.
    in_doubt: bool,
    /// Events were left out because they are no longer kept.
    compacted: bool,
}

impl SessionFollow {
    pub(crate) fn new(request: WatchRequest) -> Self {
        let position = request.after_revision.map(Position::after);
        Self { request, position, over: false, ended_at: None, in_doubt: false, compacted: false }
    }

    fn opened(&mut self, opened: WatchOpened, out: &mut VecDeque<WatchEvent>) -> Next {
        let session = opened.session.map(Session::from_wire);
        let ended = |session: &Session| matches!(session.state, SessionState::Ended | SessionState::Closed);
        self.ended_at = session.as_ref().is_some_and(ended).then_some(opened.revision);
        self.position.get_or_insert_with(|| Position::after(opened.revision));
        let continuous = !std::mem::take(&mut self.compacted);
        out.push_back(WatchEvent::Opened { revision: opened.revision, session: session.map(Box::new), continuous });
        Next::Read
    }

    fn deliver(&mut self, event: Event, out: &mut VecDeque<WatchEvent>) -> Next {
        let position = self.position.get_or_insert_default();
        match position.advance(event.revision) {
            Continuation::Repeat => {}
            Continuation::Gap => return position.gap(),
            Continuation::Next => {
                self.in_doubt = false;
                self.over = match event.kind {
                    EventKind::SessionClosed => true,
                    // Staff, who alone see the center's numbers, get the wrap-ups after it.
                    EventKind::SessionEnded { .. } => event.center_seq == 0,
                    _ => false,
                };
                out.push_back(WatchEvent::Event(Box::new(event)));
            }
        }
        Next::Read
    }

    /// The service says that everything up to a revision has been sent.
    fn sent(&mut self, revision: u64) -> Next {
        let position = self.position.get_or_insert_default();
        if revision > position.revision { position.gap() } else { Next::Read }
    }

    fn goodbye(&mut self, goodbye: Goodbye, out: &mut VecDeque<WatchEvent>) -> Next {
        let end = match goodbye.reason() {
            GoodbyeReason::LeftSession => WatchEnd::LeftSession,
            GoodbyeReason::SignedOut => WatchEnd::SignedOut,
            GoodbyeReason::PositionCompacted => {
                self.compact();
                return Next::Reopen(Cut::Broken);
            }
            reason => return Next::Reopen(after_goodbye(reason)),
        };
        let next = self.sent(goodbye.resume_after_revision);
        if matches!(next, Next::Read) { finish(end, out) } else { next }
    }

    fn compact(&mut self) {
        self.position = None;
        self.compacted = true;
    }
}

fn finish(end: WatchEnd, out: &mut VecDeque<WatchEvent>) -> Next {
    out.push_back(WatchEvent::Ended(end));
    Next::Finish
}

impl Follow for SessionFollow {
    type Request = WatchRequest;
    type Response = WatchResponse;
    type Item = WatchEvent;

    fn request(&self) -> WatchRequest {
        let after_revision = self.position.as_ref().map(|position| position.revision);
        let snapshot = self.request.snapshot || self.in_doubt;
        WatchRequest { after_revision, snapshot, ..self.request.clone() }
    }

    fn received(&self) -> Received {
        let revision = self.position.as_ref().map_or(0, |position| position.revision);
        (revision > 0).then(|| (self.request.session_id.clone(), revision)).into_iter().collect()
    }

    fn terms(first: &WatchResponse) -> Option<Terms> {
        match &first.kind {
            Some(Kind::Opened(opened)) => Some(Terms::new(&opened.stream_id, opened.lease, opened.heartbeat_interval)),
            _ => None,
        }
    }

    fn read(&mut self, response: WatchResponse, out: &mut VecDeque<WatchEvent>) -> Next {
        match response.kind {
            Some(Kind::Opened(opened)) => self.opened(opened, out),
            Some(Kind::Events(events)) => {
                for event in events.events {
                    let next = self.deliver(Event::from_wire(event), out);
                    if !matches!(next, Next::Read) {
                        return next;
                    }
                }
                Next::Read
            }
            Some(Kind::CaughtUp(caught_up)) => {
                let next = self.sent(caught_up.revision);
                if matches!(next, Next::Read) {
                    out.push_back(WatchEvent::CaughtUp { revision: caught_up.revision });
                }
                next
            }
            Some(Kind::Heartbeat(heartbeat)) => self.sent(heartbeat.revision),
            Some(Kind::Typing(typing)) => {
                out.push_back(WatchEvent::Typing { participant_id: typing.participant_id });
                Next::Read
            }
            Some(Kind::WaitStatus(wait)) => {
                out.push_back(WatchEvent::Wait(crate::WaitStatus::from_wire(wait)));
                Next::Read
            }
            Some(Kind::Delivered(delivered)) => {
                let (participant_id, revision) = (delivered.participant_id, delivered.received_revision);
                out.push_back(WatchEvent::Delivered { participant_id, revision });
                Next::Read
            }
            Some(Kind::Goodbye(goodbye)) => self.goodbye(goodbye, out),
            // From a newer server: nothing that this version could have asked for.
            None => Next::Read,
        }
    }

    fn closed(&mut self, out: &mut VecDeque<WatchEvent>) -> Next {
        let delivered = self.position.as_ref().map_or(0, |position| position.revision);
        if self.over || self.ended_at.is_some_and(|ended_at| ended_at <= delivered) {
            return finish(WatchEnd::SessionEnded, out);
        }
        self.in_doubt = true;
        Next::Reopen(Cut::Broken)
    }

    fn refused(&mut self, error: Error, _: &mut VecDeque<WatchEvent>) -> Next {
        if error.reason() == Some(&Reason::PositionCompacted) && self.position.is_some() {
            self.compact();
            return Next::Reopen(Cut::Broken);
        }
        Next::Fail(error)
    }
}
