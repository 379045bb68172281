//! The running of a contact centre: hours, skills, supervisors, those who take what waits, who answers and who doesn't.

use chatsession::center::*;

use super::{Script, agent, agent_id, by, code, customer, queue_id, system};

fn sue() -> Caller {
    by(Who::Supervisor(agent_id("sue")))
}

fn for_customer(number: u8) -> Caller {
    Caller { via: Some(ServiceId::parse("crm").unwrap()), ..customer(number) }
}

fn wanted(level: u32) -> Vec<Wanted> {
    vec![Wanted { skill: code("tax"), level }]
}

fn words(moment: Moment, language: Option<&str>, text: &str) -> QueueMessage {
    QueueMessage { moment, language: language.map(Into::into), text: text.into() }
}

/// Closed for the last ten minutes of every hour.
fn hours() -> Hours {
    let day: Vec<Span> = (0..24).map(|hour| Span { from: hour * 60, to: hour * 60 + 50 }).collect();
    let holidays = vec![Holiday { year: 2023, month: 12, day: 25, spans: Vec::new() }];
    Hours { time_zone: "Europe/Zurich".into(), week: std::array::from_fn(|_| day.clone()), holidays }
}

fn tax(name: &str, closing_action: ClosingAction) -> Queue {
    Queue {
        max_wait: 3 * HOUR,
        hours: Some(hours()),
        closing_action,
        max_length: 10,
        full_overflow: Some(queue_id("second")),
        priority: 2,
        service_level: Some(ServiceLevel { within: 30 * SECOND, percent: 80 }),
        messages: vec![
            words(Moment::Entered, Some("de"), "Grüezi, Sie sind Nummer {{position}}."),
            words(Moment::Waiting, None, "Still number {{position}}."),
            words(Moment::Connected, None, "{{agent.name}} is here."),
            words(Moment::Closed, None, "We are closed."),
        ],
        waiting_interval: 2 * MINUTE,
        skills: wanted(50),
        widening: vec![Widening { after: MINUTE, level: 10 }, Widening { after: 3 * MINUTE, level: 0 }],
        last_agent_wait: 30 * SECOND,
        first_response_time: MINUTE,
        dispositions: vec![code("done")],
        ..Queue::new(queue_id(name), name.into())
    }
}

fn put(day: &mut Script, object: Object) {
    day.ask(by(Who::Service(ServiceId::parse("crm").unwrap())), Command::Put(object));
}

fn configured(day: &mut Script) {
    let settings = Settings {
        capacity: 2,
        reasons: vec![code("lunch")],
        ramp_up_time: 10 * SECOND,
        no_answer_return_time: 5 * MINUTE,
        misses_to_sign_out: 2,
        messenger_inactivity_time: 2 * HOUR,
        inactivity_warning: Some("Are you there?".into()),
        inactivity_message: Some("Goodbye.".into()),
        last_agent_memory: 24 * HOUR,
        lease_grace: 24 * HOUR,
        ..Settings::default()
    };
    put(day, Object::Settings(Box::new(settings)));
    let closing = ClosingAction::Overflow(queue_id("second"));
    for queue in [tax("tax", closing), tax("fees", ClosingAction::End), Queue::new(queue_id("fair"), "Fair".into())] {
        put(day, Object::Queue(Box::new(queue)));
    }
    for (name, level, kind) in [
        ("ann", 80, AgentKind::Human),
        ("bob", 20, AgentKind::Bot),
        ("sue", 90, AgentKind::Human),
        ("ada", 0, AgentKind::Assistant),
    ] {
        let config = AgentConfig {
            queues: [queue_id("tax"), queue_id("fees")].into(),
            capacity: (name == "sue").then_some(1),
            supervisor: name == "sue",
            skills: [(code("tax"), level)].into_iter().filter(|(_, level)| *level > 0).collect(),
            kind,
            permissions: [Permission::TakeFromQueue, Permission::OverrideCapacity].into(),
            ..AgentConfig::new(agent_id(name), name.into())
        };
        put(day, Object::Agent(Box::new(config)));
        day.ask(agent(name), Command::SignIn);
        day.ask(system(), Command::OpenDesk { agent: agent_id(name), incarnation: super::NODE });
    }
}

fn start(day: &mut Script, number: u8, agent: Option<&str>) -> SessionId {
    let Who::Customer(key) = customer(number).who else { unreachable!() };
    let start = StartSession {
        language: Some("de-CH".into()),
        skills: wanted(60),
        channel: Channel::Messenger,
        agent: agent.map(agent_id),
        attributes: vec![(code("order"), "4711".into())],
        ..StartSession::new(key, format!("c{number}"), queue_id("tax"))
    };
    day.ask(for_customer(number), Command::StartSession(Box::new(start))).session.unwrap()
}

/// The first minutes of an hour: queues with hours are open.
fn until_open(day: &mut Script) {
    let into = day.now.0 % HOUR;
    day.pass(HOUR - into + MINUTE);
}

/// What is known of a session is corrected, somebody asks for help, a supervisor looks in, whispers, and takes part.
fn supervised(day: &mut Script) {
    let session = start(day, 11, Some("ann"));
    day.ready("ann");
    day.accept("ann", session);
    let name = UpdateSession { name: Some("Zoé".into()), language: Some("fr".into()), ..UpdateSession::default() };
    let more = UpdateSession {
        priority: Some(3),
        skills: Some(wanted(10)),
        attributes: vec![(code("order"), String::new()), (code("plan"), "gold".into())],
        ..UpdateSession::default()
    };
    day.ask(customer(11), Command::UpdateSession { session, update: Box::new(name) });
    day.ask(for_customer(11), Command::UpdateSession { session, update: Box::new(more) });
    day.ask(agent("ann"), Command::RaiseFlag { session, note: "a difficult one".into() });
    day.ask(sue(), Command::Monitor { session, on: true });
    day.ask(sue(), Command::ClearFlag { session });
    day.ask(sue(), Command::Monitor { session, on: false });
    let (text, audience) = ("offer a discount".into(), Audience::Staff);
    day.ask(sue(), Command::SendMessage { session, text, audience, with: None });
    let (mode, note) = (InviteMode::Conference, String::new());
    day.ask(agent("ann"), Command::Invite { session, agent: agent_id("ada"), mode, note, ring: None, expected: None });
    day.accept("ada", session);
    day.ask(sue(), Command::BargeIn { session, override_capacity: false });
    day.ask(sue(), Command::RemoveParticipant { session, agent: agent_id("ann") });
    let other = start(day, 12, None);
    day.ask(sue(), Command::TakeFromQueue { session: other, override_capacity: true });
    day.ask(sue(), Command::EndSession { session: other, end_for_all: true, expected: None });
    day.ask(sue(), Command::Reassign { session, to: Successor::Agent(agent_id("bob")), note: "yours".into() });
    day.accept("bob", session);
    day.ask(sue(), Command::Reassign { session, to: Successor::Queue(queue_id("second")), note: String::new() });
    day.ask(sue(), Command::TakeOver { session, override_capacity: false });
    day.ask(sue(), Command::EndSession { session, end_for_all: true, expected: None });
    let forced = |state| Command::ForceAgentState { agent: agent_id("bob"), state };
    day.ask(sue(), forced(ForcedState::Ready));
    day.ask(sue(), forced(ForcedState::NotReady(Some(code("lunch")))));
}

/// A customer waits for their last agent, then for somebody who is good enough, and then for a first word.
fn waited(day: &mut Script) {
    day.ask(agent("ann"), Command::SetState { ready: false, reason: Some(code("lunch")) });
    let session = start(day, 11, None);
    day.pass(4 * MINUTE);
    day.ready("ann");
    day.accept("ann", session);
    day.pass(2 * MINUTE);
    let _missed = start(day, 12, None);
    day.ready("ann");
    day.pass(12 * MINUTE);
}

/// Queues close on those who wait: one sends them on, one tells them, and one is only left.
fn closed(day: &mut Script) {
    until_open(day);
    day.pass(40 * MINUTE);
    for name in ["ann", "bob"] {
        day.ask(agent(name), Command::SignIn);
        day.ask(sue(), Command::ForceAgentState { agent: agent_id(name), state: ForcedState::NotReady(None) });
    }
    start(day, 13, None);
    let Who::Customer(key) = customer(14).who else { unreachable!() };
    let told = StartSession::new(key, "c14".into(), queue_id("fees"));
    day.ask(customer(14), Command::StartSession(Box::new(told)));
    let Who::Customer(key) = customer(15).who else { unreachable!() };
    let left = StartSession::new(key, "c15".into(), queue_id("fees"));
    let left = day.ask(customer(15), Command::StartSession(Box::new(left))).session.unwrap();
    day.ask(sue(), Command::TakeFromQueue { session: left, override_capacity: false });
    day.ask(
        sue(),
        Command::TransferToQueue(Box::new(TransferToQueue {
            skills: Some(wanted(100)),
            language: Some("it".into()),
            ..TransferToQueue::new(left, queue_id("fees"))
        })),
    );
    day.pass(15 * MINUTE);
}

/// All of it.
pub fn run(day: &mut Script) {
    configured(day);
    until_open(day);
    supervised(day);
    waited(day);
    closed(day);
    day.ask(sue(), Command::ForceAgentState { agent: agent_id("cy"), state: ForcedState::SignedOut });
    day.ask(system(), Command::DeleteAgent { agent: agent_id("cy") });
    day.ask(system(), Command::DeleteQueue { queue: queue_id("fair") });
}
