//! Who is there: leases of agents, absence of customers, silence.

use super::*;

#[test]
fn past_the_grace_an_agent_is_signed_out_and_who_was_alone_with_them_waits_again() {
    let mut c = given();
    c.attended("kim", "ann").when(system(), close_desk("ann", NODE)).then(&["ann closed a desk"]);
    c.after(30 * SECOND - 1).then(&[]);
    c.after(1);
    c.then_also("ann signed out").then_also("queued in sales: Returned").then_also("ann left: AgentGone");
    let posted = c.events.iter().filter(|event| {
        matches!(event, Event::Session(SessionEvent { what: Happened::Posted { .. }, public: Some(_), .. }))
    });
    assert_eq!(posted.count(), 1, "one explanatory message");
}

#[test]
fn within_the_grace_nothing_happens_and_any_device_counts() {
    let mut c = given();
    c.attended("kim", "ann").when(system(), close_desk("ann", NODE)).after(29 * SECOND);
    c.when(system(), open_desk("ann", OTHER_NODE)).after(HOUR);
    assert!(c.session("kim").is_attended());
    c.when(system(), open_desk("ann", NODE)).when(system(), close_desk("ann", OTHER_NODE));
    c.when(system(), close_desk("ann", OTHER_NODE)).then(&[]);
    c.after(MINUTE);
    assert!(c.session("kim").is_attended());
}

#[test]
fn a_gone_agents_session_stays_where_it_is_covered() {
    let mut c = given();
    c.attended("queued", "ann").attended("invited", "ann").attended("shared", "ann").signed_in("bob").signed_in("cy");
    c.when(agent("ann"), transfer("queued", "support", TransferLeave::Stay));
    c.when(agent("ann"), invite("invited", "bob", CONFERENCE));
    c.when(agent("ann"), invite("shared", "cy", CONFERENCE)).when(agent("cy"), accept_as("shared", "cy"));
    c.when(system(), close_desk("ann", NODE)).after(30 * SECOND);
    c.then_also("ann signed out");
    assert!(c.events.iter().all(|event| {
        !matches!(event, Event::Session(SessionEvent { what: Happened::Queued { .. } | Happened::Posted { .. }, .. }))
    }));
}

#[test]
fn an_absent_customer_waits_unoffered_then_the_session_ends() {
    let mut c = given();
    c.waiting("kim").when(customer("kim"), say("kim", "hi"));
    c.when(system(), watch("kim", NODE)).then(&[]);
    c.when(system(), unwatch("kim", NODE)).then(&["customer away"]);
    c.after(5 * MINUTE).then(&["customer absent"]);
    let place = c.session("kim").place();
    c.ready("ann").then(&["ann ready"]);
    c.when(system(), watch("kim", NODE)).then(&["customer returned", "offered to ann"]);
    assert_eq!(c.session("kim").place(), place);
    c.when(agent("ann"), decline_as("kim", "ann")).when(system(), unwatch("kim", NODE));
    c.after(20 * MINUTE - 1);
    assert!(c.session("kim").is_open());
    c.after(1).then(&["unqueued from sales: Ended", "ended: CustomerGone", "closed"]);
}

#[test]
fn within_the_customers_grace_it_is_offered() {
    let mut c = given();
    c.waiting("kim").when(system(), watch("kim", NODE)).when(system(), unwatch("kim", NODE));
    c.ready("ann").then(&["ann ready", "offered to ann"]);
}

#[test]
fn another_watch_keeps_the_customer_here() {
    let mut c = given();
    c.waiting("kim").when(system(), watch("kim", NODE)).when(system(), watch("kim", OTHER_NODE));
    c.when(system(), unwatch("kim", NODE)).then(&[]);
    c.when(system(), unwatch("kim", NODE)).then(&[]);
}

#[test]
fn an_attended_session_of_an_absent_customer_goes_on_and_is_offered_when_queued() {
    let mut c = given();
    c.attended("kim", "ann").when(system(), watch("kim", NODE)).when(system(), unwatch("kim", NODE));
    c.after(HOUR).then(&["customer absent"]);
    c.ready("bob");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).then_also("offered to bob");
}

#[test]
fn the_end_counts_from_becoming_waiting_when_that_is_later() {
    let mut c = given();
    c.attended("kim", "ann").when(system(), watch("kim", NODE)).when(system(), unwatch("kim", NODE));
    c.after(10 * MINUTE).when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue)));
    c.after(15 * MINUTE - 1);
    assert!(c.session("kim").is_open());
    c.after(1).then_also("ended: CustomerGone");
}

#[test]
fn silence_is_warned_of_then_ends_the_session() {
    let mut c = given();
    c.attended("kim", "ann").after(HOUR).then(&[]);
    c.when(agent("ann"), say("kim", "are you there?"));
    c.after(5 * MINUTE).then(&["warned: Inactivity"]);
    c.after(5 * MINUTE).then_also("ended: Inactivity");
}

#[test]
fn silence_counts_only_while_the_customer_owes_an_answer_to_an_agent() {
    let mut c = given();
    c.queue("support", |queue| (queue.max_wait, queue.entry_message) = (2 * HOUR, Some("one moment".into())));
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), say("kim", "hello")).when(customer("kim"), say("kim", "hi"));
    c.when(agent("ann"), whisper("kim", "slow today")).after(HOUR).then(&[]);
    c.when(agent("ann"), say("kim", "hello")).when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.after(HOUR).then(&["ann no longer skipped"]);
    c.when(agent("ann"), withdraw("kim")).after(4 * MINUTE).when(agent("ann"), |c| Command::Invite {
        session: c.session("kim").id,
        agent: agent_id("bob"),
        mode: CONFERENCE,
        note: String::new(),
        ring: Some(30 * MINUTE),
        expected: None,
    });
    c.after(30 * MINUTE).then(&["offer to bob ended: NoAnswer"]);
    c.after(5 * MINUTE).then(&["warned: Inactivity"]);
    c.when(customer("kim"), say("kim", "here")).after(HOUR).then(&[]);
}

#[test]
fn a_returned_session_keeps_the_time_that_it_had_waited() {
    for goes in [0, 1] {
        let mut c = given();
        c.waiting("kim").after(MINUTE);
        c.ready("ann").when(agent("ann"), accept("kim")).after(HOUR);
        match goes {
            0 => drop(c.when(agent("ann"), sign_out(true))),
            _ => drop(c.when(system(), close_desk("ann", NODE)).after(30 * SECOND)),
        }
        let entry = c.session("kim").entry.clone().unwrap();
        assert_eq!((entry.queue, entry.waited_before), (queue_id("sales"), MINUTE));
    }
}

#[test]
fn a_router_offer_that_rings_when_the_customer_becomes_absent_may_still_be_taken() {
    let mut c = given();
    c.settings(|settings| settings.router_offer_time = 10 * MINUTE);
    c.waiting("kim").when(system(), watch("kim", NODE)).when(system(), unwatch("kim", NODE));
    c.ready("ann").after(5 * MINUTE).then(&["customer absent"]);
    c.when(agent("ann"), accept("kim")).then_also("ann joined: Routed");
    c.when(agent("ann"), say("kim", "still there?")).after(10 * MINUTE).then_also("ended: Inactivity");
}
