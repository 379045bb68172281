//! A small, hurried center: everything that takes minutes elsewhere takes seconds, and every rule is in use.

use chatsession::center::*;

use crate::people::{AGENTS, HIDDEN, QUEUES, agent_id, queue_id};

fn code(word: &str) -> Code {
    Code::parse(word).unwrap()
}

fn hidden_word() -> Mask {
    Mask { name: "moods".into(), pattern: HIDDEN.into(), replacement: "in a mood".into() }
}

fn settings() -> Settings {
    Settings {
        capacity: 2,
        declines_to_not_ready: 2,
        skip_time: MINUTE,
        customer_grace: 40 * SECOND,
        customer_gone_time: 80 * SECOND,
        inactivity_time: 40 * SECOND,
        messenger_inactivity_time: 60 * SECOND,
        inactivity_warning: Some("Are you there?".into()),
        inactivity_message: Some("Bye".into()),
        max_age: 5 * MINUTE,
        max_events: 20,
        max_participants: 4,
        masking: masking(vec![hidden_word()], true),
        chat_idle_time: Some(30 * SECOND),
        reasons: vec![code("lunch"), code("meeting")],
        ramp_up_time: 3 * SECOND,
        no_answer_return_time: 15 * SECOND,
        misses_to_sign_out: 3,
        last_agent_memory: 5 * MINUTE,
        ..Settings::default()
    }
}

/// Every day the same: open for so many minutes, then closed for some, all through the hours in which runs take place.
fn hours(open: u32, closed: u32) -> Hours {
    let turns = (0..).map(|turn| 13 * 60 + 45 + turn * (open + closed)).take_while(|from| *from < 17 * 60);
    let mut spans = vec![Span { from: 0, to: 13 * 60 + 44 }];
    spans.extend(turns.map(|from| Span { from, to: from + open }));
    Hours { time_zone: "UTC".into(), week: std::array::from_fn(|_| spans.clone()), holidays: Vec::new() }
}

fn words(moment: Moment, text: &str) -> QueueMessage {
    QueueMessage { moment, language: None, text: text.into() }
}

/// A queue as it is at first; `change` makes something else of its hours.
pub fn queue(name: &str, change: u64) -> Queue {
    let id = queue_id(name);
    let queue = Queue {
        max_wait: 90 * SECOND,
        max_wait_message: Some("Sorry".into()),
        first_response_time: 25 * SECOND,
        widening: vec![Widening { after: 8 * SECOND, level: 30 }, Widening { after: 16 * SECOND, level: 0 }],
        ..Queue::new(id, name.into())
    };
    let closing = |action: ClosingAction| if change == 1 { ClosingAction::Keep } else { action };
    match name {
        "sales" => Queue {
            max_wait_action: MaxWaitAction::Overflow(queue_id("support")),
            wrap_up_time: 25 * SECOND,
            max_length: 2,
            full_overflow: Some(queue_id("support")),
            last_agent_wait: 14 * SECOND,
            waiting_interval: 15 * SECOND,
            messages: vec![words(Moment::Entered, "Hello"), words(Moment::Waiting, "{{position}}")],
            ..queue
        },
        "support" => Queue {
            entry_message: Some("One moment, please".into()),
            max_wait_action: MaxWaitAction::Overflow(queue_id("vip")),
            hours: (change != 2).then(|| hours(3, 1)),
            closing_action: closing(ClosingAction::Overflow(queue_id("vip"))),
            service_level: Some(ServiceLevel { within: 20 * SECOND, percent: 80 }),
            messages: vec![words(Moment::Connected, "Here is {{agent.name}}")],
            ..queue
        },
        "vip" => Queue {
            wrap_up_time: 40 * SECOND,
            disposition_required: true,
            dispositions: vec![code("sold"), code("lost")],
            refuse_unstaffed: true,
            open_to_customers: false,
            hours: (change != 2).then(|| hours(5, 1)),
            closing_action: closing(ClosingAction::End),
            priority: 1,
            skills: vec![Wanted { skill: code("vip"), level: 50 }],
            messages: vec![words(Moment::Closed, "Closed")],
            ..queue
        },
        _ => Queue {
            max_wait: 30 * SECOND,
            max_wait_action: MaxWaitAction::Overflow(queue_id("support")),
            hours: (change != 2).then(|| hours(1, 1)),
            ..queue
        },
    }
}

/// An agent as they are at first; `change` makes something else of what they can do.
pub fn agent(name: &str, change: u64) -> AgentConfig {
    let at = AGENTS.iter().position(|known| *known == name).unwrap_or(0);
    let (french, vip) = [(80, 60), (20, 0), (0, 20), (60, 40), (90, 90), (0, 0), (50, 0)][at];
    let (french, vip) = [(french, vip), (0, 0), (100, 100)][change as usize];
    let skills = [("french", french), ("vip", vip)].into_iter().filter(|(_, level)| *level > 0);
    let permissions: &[Permission] = match name {
        "ann" => &[Permission::TakeFromQueue],
        "dee" => &[Permission::TakeFromQueue, Permission::OverrideCapacity],
        "sue" => &[Permission::OverrideCapacity],
        _ => &[],
    };
    AgentConfig {
        queues: QUEUES[..3].iter().skip(at % 2).map(|queue| queue_id(queue)).collect(),
        capacity: [None, Some(1), Some(3)][at % 3],
        supervisor: name == "sue",
        skills: skills.map(|(skill, level)| (code(skill), level)).collect(),
        kind: if name == "ada" { AgentKind::Assistant } else { AgentKind::Human },
        permissions: permissions.iter().copied().collect(),
        ..AgentConfig::new(agent_id(name), name.into())
    }
}

/// All of it.
pub fn configuration() -> Vec<Object> {
    let queues = QUEUES.into_iter().map(|name| Object::Queue(Box::new(queue(name, 0))));
    let agents = AGENTS.into_iter().map(|name| Object::Agent(Box::new(agent(name, 0))));
    std::iter::once(Object::Settings(Box::new(settings()))).chain(queues).chain(agents).collect()
}
