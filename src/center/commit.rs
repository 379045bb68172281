//! A commit in the making: events are applied as they are emitted, so that what follows sees what came before.

use crate::bugs::bug;

use super::{
    Center,
    command::{Caller, Who},
    event::{
        AgentChange, Audience, By, CenterChange, ChatEvent, ChatHappened, Event, Happened, PostedMore, SessionEvent,
    },
    ids::{AgentId, ChatId, QueueId, RequestId, Seed, ServiceId, SessionId},
    session::Session,
    text::{Content, Text},
    time::Time,
};

/// What a command decides. Nothing here can fail.
pub(super) struct Commit<'a> {
    pub(super) center: &'a mut Center,
    pub(super) now: Time,
    pub(super) seed: Seed,
    pub(super) content: Content,
    pub(super) caller: Caller,
    pub(super) events: Vec<Event>,
    /// Router offers made; bounded, so that a record is.
    pub(super) offers: usize,
    /// Sessions touched, for the rules that hold at the end of every commit.
    pub(super) sessions: Vec<SessionId>,
    /// Agents touched, likewise.
    pub(super) agents: Vec<AgentId>,
}

impl Commit<'_> {
    fn emit(&mut self, event: Event) {
        self.center.evolve(self.now, &event);
        self.events.push(event);
    }

    /// Something of the session's caller.
    pub(super) fn session(&mut self, session: SessionId, what: Happened) {
        let by = self.caller_by();
        self.tell(session, by, Audience::Everyone, what);
    }

    /// Something that follows by the rules.
    pub(super) fn system(&mut self, session: SessionId, what: Happened) {
        self.tell(session, By::System, Audience::Everyone, what);
    }

    /// Something in a session, numbered.
    pub(super) fn tell(&mut self, id: SessionId, by: By, asked: Audience, what: Happened) {
        let (revision, public) =
            self.center.sessions.get(&id).map_or((0, 0), |session| (session.revision, session.public));
        let public = (what.audience(asked) == Audience::Everyone).then_some(public + 1);
        let via = self.via(&by);
        let hole = u32::from(bug!(NumberingHole) && matches!(what, Happened::Posted { .. }));
        if !self.sessions.contains(&id) {
            self.sessions.push(id);
        }
        match &what {
            Happened::OfferEnded { agent, .. }
            | Happened::Left { agent, .. }
            | Happened::WrapUpCompleted { agent, .. } => {
                self.touch(agent.clone());
            }
            _ => {}
        }
        self.emit(Event::Session(SessionEvent { session: id, revision: revision + 1 + hole, public, by, via, what }));
    }

    fn via(&self, by: &By) -> Option<ServiceId> {
        match by {
            By::Customer | By::Agent { .. } => self.caller.via.clone(),
            By::System | By::Queue { .. } => None,
        }
    }

    fn touch(&mut self, agent: AgentId) {
        if !self.agents.contains(&agent) {
            self.agents.push(agent);
        }
    }

    /// Something of an agent's.
    pub(super) fn agent(&mut self, agent: &AgentId, change: AgentChange) {
        self.touch(agent.clone());
        self.emit(Event::Agent { agent: agent.clone(), change });
    }

    /// Something of the center's.
    pub(super) fn center(&mut self, change: CenterChange) {
        self.emit(Event::Center(change));
    }

    /// Something in a chat of colleagues, numbered.
    pub(super) fn chat(&mut self, chat: ChatId, by: By, what: ChatHappened) {
        let revision = self.center.chats.get(&chat).map_or(0, |chat| chat.revision) + 1;
        let via = self.via(&by);
        self.emit(Event::Chat(ChatEvent { chat, revision, by, via, what }));
    }

    /// The one who asked.
    pub(super) fn caller_by(&self) -> By {
        match &self.caller.who {
            Who::Customer(_) => By::Customer,
            Who::Agent(id) | Who::Supervisor(id) => By::Agent {
                id: id.clone(),
                name: self.center.agents.get(id).map_or_else(|| id.as_str().into(), |agent| agent.config.name.clone()),
                supervisor: self.center.is_supervisor(&self.caller.who),
            },
            Who::Service(_) | Who::System => By::System,
        }
    }

    /// A queue, as a sender.
    pub(super) fn queue_by(&self, queue: &QueueId) -> By {
        let name = self.center.queues.get(queue).map_or_else(|| queue.as_str().into(), |queue| queue.name.clone());
        By::Queue { id: queue.clone(), name }
    }

    /// Puts a note of the caller's, unless it is empty.
    pub(super) fn note(&mut self, text: String) -> Option<Text> {
        let text = self.masked(text);
        self.text(text)
    }

    /// Puts what is known of a customer, unless it is empty; what they say themselves is masked.
    pub(super) fn known(&mut self, text: String, by_customer: bool) -> Option<Text> {
        if by_customer { self.note(text) } else { self.text(text) }
    }

    /// Puts a text, unless it is empty.
    pub(super) fn text(&mut self, text: String) -> Option<Text> {
        (!text.is_empty()).then(|| self.content.put(text))
    }

    /// Says something that nobody asked for by a request of its own.
    pub(super) fn say(&mut self, session: SessionId, by: By, audience: Audience, text: &str) {
        let text = self.content.put(text.to_owned());
        let message = self.automatic_message_id(session, audience);
        let more = Some(Box::new(PostedMore { automatic: true, ..PostedMore::default() }));
        self.tell(session, by, audience, Happened::Posted { message, fingerprint: None, text, quoted: None, more });
    }

    /// In the numbering of who sees it: customers must not learn how much staff says.
    fn automatic_message_id(&self, session: SessionId, audience: Audience) -> RequestId {
        let session = self.get(session);
        let id = match audience {
            Audience::Everyone => format!("auto-{}", session.public + 1),
            Audience::Staff => format!("auto-staff-{}", session.revision + 1),
        };
        RequestId::parse(&id).expect("a name of letters and digits")
    }

    /// A session that is known to exist.
    pub(super) fn get(&self, session: SessionId) -> &Session {
        self.center.sessions.get(&session).expect("a commit is about sessions that exist")
    }
}
