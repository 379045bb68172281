//! Who is good enough, who is waited for, who is asked first, and how fast.

use super::*;

fn start_wanting(name: &'static str, skill: &'static str, level: u32) -> impl FnOnce(&World) -> Command {
    start_with(name, "sales", move |start| start.skills = vec![wanted(skill, level)])
}

#[test]
fn only_who_is_good_enough_is_asked() {
    let mut c = given();
    c.skilled("ann", &[("french", 40)]).skilled("bob", &[("french", 80)]).ready("ann").ready("bob").ready("cy");
    c.when(backend_for("kim"), start_wanting("kim", "french", 50)).then_also("offered to bob");
    c.when(backend_for("lee"), start_wanting("lee", "french", 90));
    assert!(c.session("lee").router_offer().is_none());
    // A skill that is learned is a change like any other.
    c.skilled("ann", &[("french", 95)]).then_also("offered to ann");
}

#[test]
fn a_queue_wants_skills_of_its_own_and_gives_way_with_time() {
    let mut c = given();
    c.queue("sales", |queue| {
        queue.skills = vec![wanted("wine", 80)];
        queue.widening = vec![Widening { after: 30 * SECOND, level: 1 }, Widening { after: MINUTE, level: 0 }];
    });
    c.skilled("ann", &[("wine", 10)]).ready("ann").ready("bob");
    c.configured("ann", |agent| {
        (agent.capacity, agent.skills) = (Some(1), [(Code::parse("wine").unwrap(), 10)].into());
    });
    c.waiting("kim").after(SECOND).waiting("lee");
    assert!(c.session("kim").router_offer().is_none(), "for half a minute only the best");
    c.after(29 * SECOND).then_also("offered to ann");
    assert!(c.session("lee").router_offer().is_none());
    c.after(30 * SECOND).then_also("offered to bob");
}

#[test]
fn skills_change_with_a_transfer_and_by_an_update() {
    let mut c = given();
    c.skilled("bob", &[("tax", 70)]).attended("kim", "ann").ready("cy").ready("bob");
    c.when(agent("ann"), |c| {
        let transfer = TransferToQueue::new(c.session("kim").id, queue_id("support"));
        Command::TransferToQueue(Box::new(TransferToQueue { skills: Some(vec![wanted("tax", 50)]), ..transfer }))
    })
    .then_also("offered to bob");
    c.when(agent("bob"), decline_as("kim", "bob"));
    let anybody = UpdateSession { skills: Some(Vec::new()), ..UpdateSession::default() };
    c.when(agent("ann"), update("kim", anybody)).then(&["updated", "offered to cy"]);
}

#[test]
fn the_last_agent_is_waited_for_while_they_are_at_work() {
    let mut c = given();
    c.settings(|settings| settings.last_agent_memory = 24 * HOUR);
    c.queue("sales", |queue| queue.last_agent_wait = MINUTE);
    c.attended("kim", "ann").when(customer("kim"), end("kim"));
    c.ready("bob").waiting("kim");
    assert!(c.session("kim").router_offer().is_none(), "ann is at work, though not ready");
    c.after(MINUTE).then(&["preference ended", "offered to bob"]);
    c.when(customer("kim"), end("kim")).waiting("kim");
    assert!(c.session("kim").router_offer().is_none());
    c.when(agent("ann"), sign_out(false)).then_also("offered to bob");
    c.when(customer("kim"), end("kim")).waiting("kim").then_also("offered to bob");
}

#[test]
fn the_last_agent_who_is_ready_gets_it_at_once() {
    let mut c = given();
    c.settings(|settings| settings.last_agent_memory = HOUR);
    c.queue("sales", |queue| queue.last_agent_wait = MINUTE);
    c.attended("kim", "bob").when(customer("kim"), end("kim"));
    c.ready("ann").when(agent("bob"), go_ready).after(2 * HOUR);
    c.waiting("kim").then_also("offered to ann");
    c.when(agent("ann"), accept("kim")).when(customer("kim"), end("kim")).waiting("kim").then_also("offered to ann");
}

#[test]
fn a_named_agent_is_asked_first_and_nobody_waits_for_them() {
    let mut c = given();
    c.ready("ann").after(SECOND);
    c.ready("bob");
    let for_bob = |name: &'static str| start_with(name, "sales", |start| start.agent = Some(agent_id("bob")));
    c.when(backend_for("kim"), for_bob("kim")).then_also("offered to bob");
    c.when(agent("bob"), decline_as("kim", "bob")).then_also("offered to ann");
    c.when(backend_for("lee"), for_bob("lee")).then_also("offered to ann");
    c.when(customer("zoe"), for_bob("zoe"))
        .refused(Refusal::FieldInvalid { field: "agent_id".into(), why: "integrators only".into() });
    let nobody = start_with("zoe", "sales", |start| start.agent = Some(agent_id("nobody")));
    c.when(backend_for("zoe"), nobody).refused(Refusal::AgentNotFound);
}

#[test]
fn who_has_just_become_ready_gets_sessions_one_after_another() {
    let mut c = given();
    c.settings(|settings| settings.ramp_up_time = 10 * SECOND);
    c.configured("ann", |agent| agent.capacity = Some(3));
    for name in ["one", "two", "three", "four"] {
        c.waiting(name).after(SECOND);
    }
    c.ready("ann").then(&["ann ready", "offered to ann"]);
    c.when(agent("ann"), accept("one")).then_also("ann joined: Routed");
    c.after(9 * SECOND).then(&[]);
    c.after(SECOND).then(&["ann takes the next", "offered to ann"]);
    c.when(agent("ann"), accept("two")).after(10 * SECOND).then_also("offered to ann");
    c.when(agent("ann"), accept("three"));
    // Full once, they take whatever fits.
    c.when(agent("ann"), leave("one", Some(IfLast::End))).then_also("offered to ann");
}

#[test]
fn an_assistant_helps_and_attends_nobody() {
    let mut c = given();
    c.configured("helper", |agent| agent.kind = AgentKind::Assistant).ready("helper").waiting("kim");
    assert!(c.session("kim").router_offer().is_none(), "nothing is routed to a helper");
    c.signed_in("ann").when(agent("ann"), go_ready).when(agent("ann"), accept("kim"));
    c.when(agent("ann"), invite("kim", "helper", TRANSFER))
        .refused(Refusal::FieldInvalid { field: "mode".into(), why: "an assistant can only join".into() });
    c.when(agent("ann"), invite("kim", "helper", CONFERENCE)).when(agent("helper"), accept_as("kim", "helper"));
    c.when(agent("ann"), leave("kim", None)).refused(Refusal::LastAgent(vec![IfLast::ReturnToQueue, IfLast::End]));
    c.when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue))).then_also("queued in sales: Returned");
    assert_eq!(c.session("kim").state(), State::Waiting, "the customer isn't attended by a helper");
    assert!(c.session("kim").connected_as(&agent_id("helper")).is_some());
}

#[test]
fn routing_explains_itself() {
    let mut c = given();
    c.skilled("ann", &[("french", 40)]).ready("ann").ready("cy").signed_in("bob");
    c.when(backend_for("kim"), start_wanting("kim", "french", 50));
    let id = c.session("kim").id;
    let explained = c.center.explain(id, None, c.now).unwrap();
    assert_eq!((explained.hold, explained.place), (None, Some(1)));
    let lacks = Obstacle::Skill(Code::parse("french").unwrap(), 50);
    let signed_in = Obstacle::NotReady(Code::parse("signed-in"));
    assert_eq!(
        explained.agents,
        [
            (agent_id("ann"), vec![lacks.clone()]),
            (agent_id("bob"), vec![signed_in, lacks.clone()]),
            (agent_id("cy"), vec![lacks.clone()]),
            (agent_id("sue"), vec![Obstacle::SignedOut, lacks]),
        ]
    );
    c.skilled("ann", &[("french", 60)]);
    let explained = c.center.explain(id, Some(&agent_id("ann")), c.now).unwrap();
    assert_eq!(explained.hold, Some(Hold::Ringing(agent_id("ann"))));
    assert_eq!(explained.agents[0].1, [Obstacle::Offered]);
}

#[test]
fn what_routing_explains_is_what_it_does() {
    let mut c = given();
    c.ready("ann").after(SECOND);
    c.ready("bob").configured("cy", |agent| agent.queues.clear()).ready("cy");
    for (name, next) in [("kim", "ann"), ("zoe", "bob")] {
        c.waiting(name).then_also(&format!("offered to {next}"));
    }
    let of =
        |c: &World, name: &str| c.center.explain(c.session("kim").id, Some(&agent_id(name)), c.now).unwrap().agents;
    assert_eq!(of(&c, "cy")[0].1, [Obstacle::NotServing]);
    assert_eq!(of(&c, "bob")[0].1, [], "it rings at ann's desk; then he is next");
    c.ready("sue");
    assert_eq!(of(&c, "bob")[0].1, [Obstacle::LaterTurn(2)], "now sue is, who has nothing in hand");
}

fn who_met_ann(c: &mut World) {
    c.settings(|settings| settings.last_agent_memory = 24 * HOUR);
    c.queue("sales", |queue| queue.last_agent_wait = HOUR);
    c.attended("kim", "ann").when(customer("kim"), end("kim"));
    c.when(agent("ann"), not_ready("lunch")).after(SECOND);
}

#[test]
fn a_last_agent_who_missed_it_or_serves_the_queue_no_more_is_waited_for_no_longer() {
    let mut c = given();
    who_met_ann(&mut c);
    c.when(agent("ann"), go_ready).waiting("kim").then_also("offered to ann").after(20 * SECOND);
    assert_eq!(c.session("kim").entry.as_ref().unwrap().preferred, None, "she had her turn");
    // Ten minutes later she is skipped no more.
    c.after(10 * MINUTE).ready("bob").then_also("offered to bob");
    let mut c = given();
    who_met_ann(&mut c);
    c.waiting("kim").ready("bob").then(&["bob ready"]);
    c.configured("ann", |agent| agent.queues = [queue_id("support")].into()).then_also("offered to bob");
}

#[test]
fn a_named_agent_goes_before_the_last_one() {
    let mut c = given();
    who_met_ann(&mut c);
    c.ready("bob").when(backend_for("kim"), |_| {
        let mut start = StartSession::new(customer_key("kim"), "kim".into(), queue_id("sales"));
        start.agent = Some(agent_id("bob"));
        Command::StartSession(Box::new(start))
    });
    c.then_also("offered to bob");
}

#[test]
fn whose_turn_it_is_is_explained_by_those_who_can_be_asked() {
    let mut c = given();
    c.settings(|settings| settings.max_participants = 5).attended("kim", "ann").when(agent("ann"), go_ready);
    c.configured("bob", |agent| agent.capacity = Some(1)).ready("bob").waiting("lee").when(agent("bob"), accept("lee"));
    c.when(agent("ann"), transfer("kim", "sales", TransferLeave::Stay));
    let explained = c.center.explain(c.session("kim").id, None, c.now).unwrap();
    let of = |name: &str| &explained.agents.iter().find(|(agent, _)| *agent == agent_id(name)).unwrap().1;
    assert_eq!(of("ann")[0], Obstacle::Connected);
    assert_eq!(of("bob"), &[Obstacle::AtCapacity]);
    c.configured("bob", |agent| agent.capacity = Some(1));
    c.when(customer("lee"), end("lee")).then_also("offered to bob");
}
