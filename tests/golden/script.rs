//! A few days of a center, as commands.

mod messages;
mod operation;

use chatsession::{
    center::*,
    journal::Batch,
    shard::{Engine, EngineLimits, Role, State, leader_started},
};

/// What must happen in it.
pub const KINDS: [&str; 90] = [
    "Started(",
    "Queued {",
    "Unqueued {",
    "OfferMade(",
    "OfferEnded {",
    "OfferExtended {",
    "Joined {",
    "Left {",
    "Posted {",
    "Read {",
    "CustomerAway {",
    "CustomerReturned",
    "Warned {",
    "Ended {",
    "WrapUpStarted {",
    "WrapUpCompleted {",
    "DispositionSet {",
    "Closed",
    "LeavePlanned {",
    "LeavePlanDropped {",
    "SignedIn {",
    "SignedOut",
    "Ready",
    "NotReady {",
    "NotReadyNext {",
    "DeskOpened {",
    "DeskClosed {",
    "SettingsPut(",
    "QueuePut(",
    "AgentPut(",
    "Remembered {",
    "DeadlinesMoved {",
    "CustomerWatching {",
    "CustomerAbsent {",
    "SkipEnded {",
    "Archived {",
    "Overflow",
    "CannedPut(",
    "CannedDeleted(",
    "OwnCannedPut {",
    "OwnCannedDeleted {",
    "AttachmentCreated {",
    "AttachmentUploaded {",
    "AttachmentDropped {",
    "Quoted {",
    "PostedAttachment {",
    "FavouritePut {",
    "FavouriteDeleted {",
    "Chat(ChatEvent {",
    "Started(ChatStarted {",
    "reason: Quiet",
    "reason: Emptied",
    "ChatRead {",
    "ChatForgotten {",
    "teams: {north",
    "QueueHours {",
    "Widened {",
    "WaitingTold {",
    "PreferenceEnded {",
    "what: MonitoringStarted(",
    "what: MonitoringStopped(",
    "what: AgentForced(",
    "what: SettingsPut",
    "what: QueuePut(",
    "what: AgentPut(",
    "what: CannedPut(",
    "what: QueueDeleted(",
    "what: AgentDeleted(",
    "Center(QueueDeleted(",
    "Center(AgentDeleted(",
    "RampedUp",
    "Updated(Updated {",
    "FlagRaised {",
    "FlagCleared",
    "CapacityOverridden {",
    "cause: Reassigned",
    "cause: TakenFromQueue",
    "cause: BargedIn",
    "cause: TookOver",
    "reason: NoResponse",
    "reason: Removed",
    "reason: TakenOver",
    "reason: QueueClosed",
    "reason: Supervisor",
    "cause: Overflowed",
    "mode: Reassign",
    "assistant: Some(true)",
    "first_response: Some(",
    "preferred: Some(",
    "named: Some(",
];

struct Script {
    engine: Engine<Answer>,
    batches: Vec<Batch>,
    now: Time,
    steps: u32,
}

const NODE: Incarnation = Incarnation::from_bytes([1; 16]);

fn center() -> CenterId {
    CenterId::parse("acme").unwrap()
}

fn agent_id(name: &str) -> AgentId {
    AgentId::parse(name).unwrap()
}

fn queue_id(name: &str) -> QueueId {
    QueueId::parse(name).unwrap()
}

fn by(who: Who) -> Caller {
    Caller { who, via: None }
}

fn agent(name: &str) -> Caller {
    by(Who::Agent(agent_id(name)))
}

fn customer(number: u8) -> Caller {
    by(Who::Customer(CustomerKey::from_bytes([number; 16])))
}

fn system() -> Caller {
    by(Who::System)
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn lead(state: State, now: Time, batches: &mut Vec<Batch>) -> Engine<Answer> {
    let mut state = state;
    let (sealed, committed) = leader_started(&state, NODE, &Role::alone(NODE), now, || [7; 16]);
    state.apply(&committed);
    batches.push(sealed.batch);
    Engine::new(state, EngineLimits::default())
}

impl Script {
    fn ask(&mut self, caller: Caller, command: Command) -> Answer {
        self.steps += 1;
        self.now = self.now + 1000;
        let seed = [self.steps as u8; 32];
        self.engine.fire_due(self.now, || seed);
        let id = RequestId::parse(&format!("r-{}", self.steps)).unwrap();
        let fingerprint = u64::from(self.steps);
        let request = (!matches!(caller.who, Who::System)).then_some(Requested { id, fingerprint });
        let (mut answer, what) = (None, format!("{command:?}"));
        let asked = Asked { caller, request, command };
        let decided = |decided: Result<Answer, Refusal>| {
            let told = decided.unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
            answer = Some(told.clone());
            told
        };
        self.engine.command(&center(), asked, self.now, seed, decided);
        self.seal();
        answer.unwrap()
    }

    fn seal(&mut self) {
        if let Some(sealed) = self.engine.seal(self.now, false, || [9; 16]) {
            self.batches.push(sealed.batch);
            self.engine.durable(sealed.expected + 1);
        }
    }

    fn pass(&mut self, time: Millis) {
        let until = self.now + time;
        while let Some(due) = self.engine.next_deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.steps += 1;
            let seed = [self.steps as u8; 32];
            self.engine.fire_due(self.now, || seed);
            self.seal();
        }
        self.now = until;
    }

    fn center(&self) -> &Center {
        &self.engine.state().centers[&center()]
    }

    fn offer(&self, session: SessionId) -> OfferId {
        self.center().sessions[&session].offers[0].id
    }

    fn restart(self, down: Millis) -> Self {
        let Self { engine, mut batches, now, steps } = self;
        let now = now + down;
        let engine = lead(engine.into_state(), now, &mut batches);
        Self { engine, batches, now, steps }
    }

    fn queue(&mut self, name: &str, action: MaxWaitAction) {
        let queue = Queue {
            entry_message: Some("One moment.".into()),
            max_wait_action: action,
            max_wait_message: Some("Nobody came.".into()),
            wrap_up_time: 10 * MINUTE,
            max_length: 100,
            ..Queue::new(queue_id(name), name.into())
        };
        self.ask(system(), Command::Put(Object::Queue(Box::new(queue))));
    }

    fn start(&mut self, number: u8, queue: &str) -> SessionId {
        let Who::Customer(key) = customer(number).who else { unreachable!() };
        let start = StartSession {
            name: "Zoë".into(),
            language: Some("de-CH".into()),
            attributes: vec![(code("order"), "4711".into())],
            ..StartSession::new(key, format!("c{number}"), queue_id(queue))
        };
        self.ask(customer(number), Command::StartSession(Box::new(start))).session.unwrap()
    }

    fn ready(&mut self, name: &str) {
        self.ask(agent(name), Command::SetState { ready: true, reason: None });
    }

    fn accept(&mut self, name: &str, session: SessionId) {
        let offer = self.offer(session);
        self.ask(agent(name), Command::AcceptOffer { session, offer });
    }
}

/// Queues, agents, and who is there.
fn opening(day: &mut Script) {
    day.ask(system(), Command::Put(Object::Settings(Box::new(Settings { capacity: 5, ..Settings::default() }))));
    day.queue("second", MaxWaitAction::End);
    day.queue("first", MaxWaitAction::Overflow(queue_id("second")));
    for name in ["ann", "bob"] {
        let (queues, name) = ([queue_id("first")].into(), name);
        let agent = AgentConfig { queues, ..AgentConfig::new(agent_id(name), name.into()) };
        day.ask(system(), Command::Put(Object::Agent(Box::new(agent))));
    }
    for name in ["ann", "bob"] {
        day.ask(agent(name), Command::SignIn);
        day.ask(system(), Command::OpenDesk { agent: agent_id(name), incarnation: NODE });
    }
}

/// A chat that is routed, spoken in, conferenced, transferred and wrapped up.
fn attended(day: &mut Script) -> SessionId {
    let session = day.start(1, "first");
    day.ask(system(), Command::OpenCustomer { session, incarnation: NODE });
    day.ready("ann");
    day.accept("ann", session);
    let text = "Grüezi, wie kann ich helfen?".to_owned();
    let said = day.ask(agent("ann"), Command::SendMessage { session, text, audience: Audience::Everyone, with: None });
    day.ask(customer(1), Command::ReadUpTo { session, revision: said.public });
    messages::beyond_text(day, session, said.public);
    day.ask(system(), Command::CloseCustomer { session, incarnation: NODE });
    day.ask(system(), Command::OpenCustomer { session, incarnation: NODE });
    day.ask(agent("ann"), Command::SetState { ready: false, reason: Some(code("lunch")) });
    let (note, mode) = ("please".to_owned(), InviteMode::Conference);
    let invite = Command::Invite { session, agent: agent_id("bob"), mode, note, ring: None, expected: None };
    day.ask(agent("ann"), invite);
    day.accept("bob", session);
    for leave in [TransferLeave::WhenTaken, TransferLeave::Stay] {
        let transfer = TransferToQueue {
            leave,
            note: "angry".to_owned(),
            priority: Some(5),
            ..TransferToQueue::new(session, queue_id("second"))
        };
        day.ask(agent("bob"), Command::TransferToQueue(Box::new(transfer)));
        day.ask(agent("bob"), Command::WithdrawFromQueue { session, expected: None });
    }
    day.ask(agent("bob"), Command::SetDisposition { session, code: None, notes: "calls back".into() });
    day.ask(agent("bob"), Command::SetDisposition { session, code: Some(code("sold")), notes: "well done".into() });
    day.pass(6 * MINUTE);
    day.ask(agent("bob"), Command::Leave { session, if_last: None, expected: None });
    day.ask(agent("ann"), Command::EndSession { session, end_for_all: true, expected: None });
    day.ask(agent("bob"), Command::CompleteWrapUp { session });
    day.pass(11 * MINUTE);
    session
}

fn chat(answer: &Answer) -> ChatId {
    ChatId::from_bytes(answer.session.unwrap().bytes())
}

/// Colleagues like some rows of the Invite window, and chat as a group and as a pair, which goes quiet.
fn colleagues(day: &mut Script) {
    let (queues, teams) = ([queue_id("first")].into(), [TeamId::parse("north").unwrap()].into());
    let (id, name, capacity, supervisor) = (agent_id("cy"), "Cy".into(), Some(2), false);
    let cy = AgentConfig { queues, capacity, supervisor, teams, ..AgentConfig::new(id, name) };
    day.ask(system(), Command::Put(Object::Agent(Box::new(cy))));
    let settings = Settings { capacity: 5, chat_idle_time: Some(2 * HOUR), ..Settings::default() };
    day.ask(system(), Command::Put(Object::Settings(Box::new(settings))));
    let (bob, first) = (Target::Agent(agent_id("bob")), Target::Queue(queue_id("first")));
    day.ask(agent("ann"), Command::PutFavourite { target: bob.clone() });
    day.ask(agent("ann"), Command::PutFavourite { target: first });
    day.ask(agent("ann"), Command::DeleteFavourite { target: bob });
    let others = [agent_id("bob"), agent_id("cy")].into();
    let group = chat(&day.ask(agent("ann"), Command::StartChat { members: others, name: "Znüni".into() }));
    day.ask(agent("ann"), Command::SendChatMessage { chat: group, text: "Who comes?".into() });
    day.ask(agent("cy"), Command::ReadChatUpTo { chat: group, revision: 2 });
    day.ask(agent("cy"), Command::LeaveChat { chat: group });
    day.ask(agent("bob"), Command::AddChatMember { chat: group, agent: agent_id("cy") });
    for name in ["ann", "bob", "cy"] {
        day.ask(agent(name), Command::LeaveChat { chat: group });
    }
    let members = [agent_id("bob")].into();
    let pair = chat(&day.ask(agent("ann"), Command::StartChat { members, name: String::new() }));
    day.ask(agent("ann"), Command::SendChatMessage { chat: pair, text: "Are you free?".into() });
    day.pass(3 * HOUR);
    day.ask(agent("bob"), Command::ReadChatUpTo { chat: pair, revision: 2 });
    day.ask(agent("bob"), Command::SendChatMessage { chat: pair, text: "I was away.".into() });
}

/// All of it, the same bytes every time.
pub fn batches() -> Vec<Batch> {
    let mut batches = Vec::new();
    let now = Time(1_700_000_000_000);
    let engine = lead(State::default(), now, &mut batches);
    let mut day = Script { engine, batches, now, steps: 0 };
    opening(&mut day);
    let session = attended(&mut day);
    day.ready("ann");
    let ringing = day.start(2, "first");
    let offer = day.offer(ringing);
    day.ask(agent("ann"), Command::DeclineOffer { session: ringing, offer });
    day.ready("bob");
    let mut day = day.restart(30 * SECOND);
    day.pass(5 * SECOND);
    day.ask(system(), Command::Archive { session });
    for name in ["ann", "bob"] {
        day.ask(system(), Command::OpenDesk { agent: agent_id(name), incarnation: NODE });
        day.ask(system(), Command::CloseDesk { agent: agent_id(name), incarnation: NODE });
    }
    let alone = day.start(3, "first");
    day.ask(system(), Command::OpenCustomer { session: alone, incarnation: NODE });
    day.ask(system(), Command::CloseCustomer { session: alone, incarnation: NODE });
    day.start(4, "first");
    messages::unsent(&mut day);
    day.pass(26 * HOUR);
    colleagues(&mut day);
    day.pass(8 * 24 * HOUR);
    operation::run(&mut day);
    day.batches
}
