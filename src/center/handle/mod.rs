//! From a command to what it decides. Each family of commands has a file; each function there first checks, reading
//! only, and returns what to do then: that can't refuse any more.

use super::{
    Center,
    command::{Answer, Asked, Caller, Command, Requested},
    commit::Commit,
    event::{CenterChange, Record},
    ids::{Seed, SessionId},
    refusal::Refusal,
    text::Content,
    time::Time,
};

mod admin;
mod attachment;
mod canned;
mod chat;
mod due;
mod end;
mod favourites;
mod flag;
mod invite;
mod leave;
mod message;
mod offers;
mod presence;
mod queue;
mod settle;
mod start;
mod state;
mod supervise;
mod take;
mod update;
mod wrap_up;

/// What a command came to.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What the caller is told, once the record is durable.
    pub answer: Answer,
    /// What happened; none when nothing changed.
    pub record: Option<Record>,
    /// The texts that it refers to, in the order of their items.
    pub texts: Vec<String>,
}

impl Center {
    /// Decides a command at `now`, and applies what it decides. A refusal has changed nothing.
    pub fn handle(&mut self, asked: Asked, now: Time, seed: Seed, content: Content) -> Result<Decided, Refusal> {
        if let Some(answer) = self.answered(&asked, now)? {
            return Ok(Decided { answer, record: None, texts: Vec::new() });
        }
        let Asked { caller, request, command } = asked;
        // A message remembers itself as long as its session, and reading takes effect once by itself.
        let says_so_itself =
            matches!(command, Command::SendMessage { .. } | Command::ReadUpTo { .. } | Command::ReadChatUpTo { .. });
        let remembered = request.clone().filter(|_| !says_so_itself);
        let commit = |center| Commit {
            center,
            now,
            seed,
            content,
            caller: caller.clone(),
            events: Vec::new(),
            offers: 0,
            sessions: Vec::new(),
            agents: Vec::new(),
        };
        macro_rules! decide {
            ($check:expr) => {{
                let act = $check?;
                let mut commit = commit(self);
                let answer = act(&mut commit);
                Ok(commit.finish(answer, &caller, remembered))
            }};
        }
        match command {
            Command::StartSession(start) => decide!(start::start(self, &caller, *start)),
            Command::Invite { session, agent, mode, note, ring, expected } => {
                decide!(invite::invite(self, &caller, session, agent, mode, note, ring, expected))
            }
            Command::CancelInvitation { session, offer } => {
                decide!(invite::cancel(self, &caller, session, offer))
            }
            Command::AcceptOffer { session, offer } => {
                decide!(offers::accept(self, &caller, session, offer))
            }
            Command::DeclineOffer { session, offer } => {
                decide!(offers::decline(self, &caller, session, offer))
            }
            Command::TransferToQueue(transfer) => decide!(queue::transfer(self, &caller, *transfer)),
            Command::WithdrawFromQueue { session, expected } => {
                decide!(queue::withdraw(self, &caller, session, expected))
            }
            Command::Leave { session, if_last, expected } => {
                decide!(leave::leave(self, &caller, session, if_last, expected))
            }
            Command::EndSession { session, end_for_all, expected } => {
                decide!(end::end(self, &caller, session, end_for_all, expected))
            }
            Command::SendMessage { session, text, audience, with } => {
                decide!(message::send(self, &caller, request, session, text, audience, with))
            }
            Command::ReadUpTo { session, revision } => {
                decide!(message::read(self, &caller, session, revision))
            }
            Command::SetDisposition { session, code, notes } => {
                decide!(wrap_up::dispose(self, &caller, session, code, notes))
            }
            Command::CompleteWrapUp { session } => {
                decide!(wrap_up::complete(self, &caller, session))
            }
            Command::SignIn => decide!(state::sign_in(self, &caller)),
            Command::SignOut { hand_back } => decide!(state::sign_out(self, &caller, hand_back)),
            Command::SetState { ready, reason } => {
                decide!(state::set(self, &caller, ready, reason))
            }
            Command::OpenDesk { agent, incarnation } => {
                decide!(presence::open_desk(self, agent, incarnation))
            }
            Command::CloseDesk { agent, incarnation } => {
                decide!(presence::close_desk(self, agent, incarnation))
            }
            Command::OpenCustomer { session, incarnation } => {
                decide!(presence::open_customer(self, session, incarnation))
            }
            Command::CloseCustomer { session, incarnation } => {
                decide!(presence::close_customer(self, session, incarnation))
            }
            Command::Put(object) => decide!(admin::put(self, &caller, object)),
            Command::PutAlone(object) => decide!(admin::put_alone(self, &caller, object)),
            Command::DeleteShared { id } => decide!(admin::delete_shared(self, &caller, id)),
            Command::RevokeCredentials(holder) => decide!(Ok::<_, Refusal>(admin::revoke(&caller, holder))),
            Command::DeleteQueue { queue } => decide!(admin::delete_queue(self, &caller, queue)),
            Command::DeleteAgent { agent } => decide!(admin::delete_agent(self, &caller, agent)),
            Command::TakeFromQueue { session, override_capacity } => {
                decide!(take::take(self, &caller, session, override_capacity))
            }
            Command::UpdateSession { session, update } => {
                decide!(update::update(self, &caller, session, *update))
            }
            Command::RaiseFlag { session, note } => decide!(flag::raise(self, &caller, session, note)),
            Command::ClearFlag { session } => decide!(flag::clear(self, &caller, session)),
            Command::Monitor { session, on } => decide!(supervise::monitor(self, &caller, session, on)),
            Command::BargeIn { session, override_capacity } => {
                decide!(take::barge_in(self, &caller, session, override_capacity))
            }
            Command::TakeOver { session, override_capacity } => {
                decide!(take::take_over(self, &caller, session, override_capacity))
            }
            Command::RemoveParticipant { session, agent } => {
                decide!(supervise::remove(self, &caller, session, agent))
            }
            Command::Reassign { session, to, note } => {
                decide!(supervise::reassign(self, &caller, session, to, note))
            }
            Command::ForceAgentState { agent, state } => {
                decide!(supervise::force(self, &caller, agent, state))
            }
            Command::Due => decide!(due::due()),
            Command::Archive { session } => decide!(admin::archive(self, session)),
            Command::PutCannedResponse(response) => decide!(canned::put(self, &caller, *response)),
            Command::DeleteCannedResponse { id } => decide!(canned::delete(self, &caller, id)),
            Command::CreateAttachment { session, id, name, content_type, size } => {
                decide!(attachment::create(self, &caller, session, id, name, content_type, size))
            }
            Command::FinishUpload { session, id, file } => decide!(attachment::uploaded(self, session, id, file)),
            Command::PutFavourite { target } => decide!(favourites::put(self, &caller, target)),
            Command::DeleteFavourite { target } => decide!(favourites::delete(self, &caller, target)),
            Command::StartChat { members, name } => decide!(chat::start(self, &caller, members, name)),
            Command::SendChatMessage { chat, text } => decide!(chat::send(self, &caller, request, chat, text)),
            Command::AddChatMember { chat, agent } => decide!(chat::add(self, &caller, chat, agent)),
            Command::LeaveChat { chat } => decide!(chat::leave(self, &caller, chat)),
            Command::ReadChatUpTo { chat, revision } => decide!(chat::read(self, &caller, chat, revision)),
        }
    }

    /// The answer that a repeated request got before.
    fn answered(&self, asked: &Asked, now: Time) -> Result<Option<Answer>, Refusal> {
        let Some(request) = &asked.request else {
            return Ok(None);
        };
        match asked.command {
            Command::SendMessage { session, .. } => self.message_answered(&asked.caller, session, request),
            // Reading up to a revision takes effect once by itself.
            Command::ReadUpTo { .. } | Command::ReadChatUpTo { .. } => Ok(None),
            _ => match self.requests.get(&asked.caller, &request.id, now) {
                Some(known) if known.fingerprint == request.fingerprint => Ok(Some(known.answer.clone())),
                Some(_) => Err(Refusal::RequestIdReused),
                None if self.requests.are_too_many(&asked.caller, now) => Err(Refusal::RateLimited),
                None => Ok(None),
            },
        }
    }

    fn message_answered(
        &self,
        caller: &Caller,
        session: SessionId,
        request: &Requested,
    ) -> Result<Option<Answer>, Refusal> {
        let Ok(session) = self.known(&caller.who, session) else {
            return Ok(None);
        };
        match session.messages.get(&(caller.who.agent().cloned(), request.id.clone())) {
            Some(posted) if posted.fingerprint == request.fingerprint => Ok(Some(Answer {
                session: Some(session.id),
                revision: posted.revision,
                public: posted.public,
                time: posted.time,
                ..Answer::default()
            })),
            Some(_) => Err(Refusal::RequestIdReused),
            None => Ok(None),
        }
    }
}

/// What a checked command answers about a session it changed.
type About = Option<SessionId>;

impl Commit<'_> {
    fn finish(mut self, answer: Answer, caller: &Caller, request: Option<Requested>) -> Decided {
        self.settle();
        self.route();
        let answer = self.complete(answer, caller);
        if let Some(request) = request {
            self.center(CenterChange::Remembered {
                caller: caller.clone(),
                request: request.id,
                fingerprint: request.fingerprint,
                answer: answer.clone(),
            });
        }
        self.center.assert_sessions(&self.sessions);
        let record = (!self.events.is_empty()).then(|| {
            self.center.seq += 1;
            Record { center: self.center.id.clone(), seq: self.center.seq, time: self.now, events: self.events }
        });
        Decided { answer, record, texts: self.content.take() }
    }

    /// Tells the revisions as they are at the end, as far as the caller may see, unless the answer is about an earlier one.
    fn complete(&self, mut answer: Answer, caller: &Caller) -> Answer {
        answer.time = self.now;
        let about = answer.session.filter(|_| answer.revision == 0).and_then(|id| self.center.sessions.get(&id));
        if let Some(session) = about {
            answer.revision = match caller.who.agent() {
                Some(agent) if !self.center.is_supervisor(&caller.who) => session.seen_last_by(agent),
                _ => session.revision,
            };
            answer.public = session.public_revision(answer.revision);
        }
        answer
    }
}

/// The answer to a command about a session.
fn about(session: SessionId) -> Answer {
    Answer { session: About::Some(session), ..Answer::default() }
}
