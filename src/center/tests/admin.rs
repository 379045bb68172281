//! What is configured, and housekeeping.

use super::*;

#[test]
fn what_differs_is_put_and_what_does_not_is_not() {
    let mut c = given();
    c.queue("sales", |_| {}).then(&[]);
    c.queue("sales", |queue| queue.max_wait = MINUTE).then(&["queue sales put"]);
    c.settings(|_| {}).then(&[]);
    c.configured("ann", |_| {}).then(&[]);
}

#[test]
fn objects_are_checked_together() {
    let c = given();
    let queue = |name: &str, overflow: &str| {
        let mut queue = c.center.queues[&queue_id("sales")].clone();
        queue.id = queue_id(name);
        queue.max_wait_action = MaxWaitAction::Overflow(queue_id(overflow));
        Object::Queue(Box::new(queue))
    };
    let config = |name: &str| {
        let mut config = c.center.agents[&agent_id("ann")].config.clone();
        config.queues = [queue_id(name)].into();
        Object::Agent(Box::new(config))
    };
    let unknown = |field: &str| {
        let why = "no such queue, neither here nor among these objects".into();
        Err(Refusal::FieldInvalid { field: field.into(), why })
    };
    assert_eq!(c.center.check_objects(&[queue("a", "b"), queue("b", "a"), config("a")]), Ok(()));
    assert_eq!(c.center.check_objects(&[queue("a", "b")]), unknown("objects[0].queue.overflow_queue_id"));
    assert_eq!(c.center.check_objects(&[queue("a", "a")]), unknown("objects[0].queue.overflow_queue_id"));
    assert_eq!(c.center.check_objects(&[queue("a", "sales"), config("b")]), unknown("objects[1].agent.queue_ids[0]"));
    assert_eq!(c.center.check_objects(&[Object::Settings(Box::default())]), Ok(()));
}

#[test]
fn only_a_closed_session_is_archived() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE).attended("kim", "ann");
    c.when(system(), archive("kim")).refused(Refusal::SessionNotFound);
    c.when(customer("kim"), end("kim")).when(system(), archive("kim")).refused(Refusal::SessionNotFound);
    c.after(MINUTE).when(system(), archive("kim")).then(&["archived"]);
    assert!(c.center.sessions.is_empty());
    assert_eq!(c.center.next_deadline(), None);
}

#[test]
fn an_agent_at_work_is_not_deleted() {
    let mut c = given();
    let delete = |_: &World| Command::DeleteAgent { agent: agent_id("ann") };
    c.queue("sales", |queue| queue.wrap_up_time = HOUR).attended("kim", "ann");
    c.when(backend(), delete).refused(Refusal::AgentInUse { by: "signed_in".into() });
    c.when(customer("kim"), end("kim")).when(agent("ann"), sign_out(false));
    c.when(backend(), delete).refused(Refusal::AgentInUse { by: "work".into() });
    c.after(HOUR).when(backend(), delete).then(&["agent ann deleted"]);
    c.when(agent("ann"), |_| Command::SignIn).refused(Refusal::AgentNotFound);
    c.when(backend(), delete).refused(Refusal::AgentNotFound);
}

#[test]
fn an_object_put_alone_is_checked_against_what_is_there() {
    let mut c = given();
    let queue = |overflow: &str| {
        let (id, action) = (queue_id("vip"), MaxWaitAction::Overflow(queue_id(overflow)));
        let queue = Queue { max_wait_action: action, ..Queue::new(id, "VIP".into()) };
        move |_: &World| Command::PutAlone(Object::Queue(Box::new(queue)))
    };
    c.when(backend(), queue("sales")).then(&["queue vip put"]);
    c.when(backend(), queue("sales")).then(&[]);
    for unknown in ["nowhere", "vip"] {
        let why = "no such queue, neither here nor among these objects".into();
        let refusal = Refusal::FieldInvalid { field: "queue.overflow_queue_id".into(), why };
        c.when(backend(), queue(unknown)).refused(refusal);
    }
}

#[test]
fn who_gets_a_deleted_agents_id_gets_nothing_of_theirs() {
    let mut c = given();
    let response = CannedResponse {
        id: ResponseId::parse("own").unwrap(),
        title: "Own".into(),
        text: "Own".into(),
        shortcut: "".into(),
        language: None,
        queues: Default::default(),
    };
    c.when(agent("ann"), |_| Command::PutCannedResponse(Box::new(response)));
    c.when(agent("ann"), |_| Command::PutFavourite { target: Target::Agent(agent_id("bob")) });
    let members = |names: &[&str]| names.iter().map(|name| agent_id(name)).collect::<std::collections::BTreeSet<_>>();
    let (pair, group) = (members(&["bob"]), members(&["bob", "cy"]));
    c.when(agent("ann"), |_| Command::StartChat { members: pair, name: String::new() });
    let pair = ChatId::from_bytes(c.answer().session.unwrap().bytes());
    c.after(CHAT_IDLE_TIME);
    c.when(agent("ann"), |_| Command::StartChat { members: group, name: String::new() });
    c.when(backend(), |_| Command::DeleteAgent { agent: agent_id("ann") });
    c.configured("ann", |_| {});
    let write = |_: &World| Command::SendChatMessage { chat: pair, text: "Hello?".into() };
    c.when(agent("bob"), write).refused(Refusal::ChatClosed);
    assert_eq!(c.center.canned_for(&agent_id("ann")).count(), 0);
    assert_eq!(c.center.favourites(&agent_id("ann")), None);
    assert_eq!(c.center.chats_of(&agent_id("ann")).count(), 0);
    let bobs: Vec<bool> = c.center.chats_of(&agent_id("bob")).map(|(chat, _)| chat.is_open()).collect();
    assert_eq!(bobs.iter().filter(|open| **open).count(), 1, "the group goes on, and the pair is none: {bobs:?}");
}
