//! Who is offered what: in the commit in which it becomes possible, in one order over all queues.

use super::*;

#[test]
fn who_is_ready_is_offered_what_starts() {
    let mut c = given();
    c.ready("ann").when(customer("kim"), start("kim", "sales")).then(&[
        "started",
        "queued in sales: Started",
        "offered to ann",
    ]);
}

#[test]
fn who_becomes_ready_is_offered_what_waits_the_first_in_order() {
    let mut c = given();
    c.waiting("kim").after(SECOND);
    c.waiting("lee");
    c.when(backend_for("vip"), start_with("vip", "support", |start| start.priority = 1));
    c.configured("ann", |agent| agent.capacity = Some(2)).signed_in("ann");
    c.when(agent("ann"), go_ready).then(&["ann ready", "offered to ann", "offered to ann"]);
    assert!(c.session("vip").router_offer().is_some(), "priority goes first, over all queues");
    assert!(c.session("kim").router_offer().is_some(), "then who waits longest");
    assert!(c.session("lee").router_offer().is_none(), "and no unit beyond capacity");
}

/// Kim's session has ann and bob, and no more may be in it; cyd is ready.
fn full_session() -> World {
    let mut c = given();
    c.settings(|settings| settings.max_participants = 2);
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.configured("cyd", |_| {}).ready("cyd");
    c
}

#[test]
fn a_full_session_rings_nowhere_until_somebody_leaves() {
    let mut c = full_session();
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    assert!(c.session("kim").router_offer().is_none(), "nobody could accept it");
    c.when(agent("bob"), leave("kim", None)).then_also("offered to cyd");
}

#[test]
fn time_waited_before_counts() {
    let mut c = given();
    c.waiting("kim").after(MINUTE);
    c.ready("ann").when(agent("ann"), accept("kim"));
    c.when(agent("ann"), not_ready("lunch")).after(10 * SECOND);
    c.waiting("lee").after(SECOND);
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Now)).then_also("ann left: Transferred");
    c.configured("bob", |agent| agent.capacity = Some(1)).ready("bob").then_also("offered to bob");
    assert!(c.session("kim").router_offer().is_some(), "a minute unattended beats eleven seconds in the queue");
}

#[test]
fn the_fewest_units_then_the_longest_idle_then_the_id() {
    let mut c = given();
    c.ready("bob").ready("ann").after(SECOND);
    c.ready("cy");
    c.waiting("one").then_also("offered to ann");
    c.waiting("two").then_also("offered to bob");
    c.waiting("three").then_also("offered to cy");
    c.when(agent("bob"), accept_as("two", "bob"));
    c.when(agent("bob"), leave("two", Some(IfLast::End)));
    c.waiting("four").then_also("offered to bob");
    c.after(SECOND).when(agent("ann"), accept_as("one", "ann"));
    c.waiting("five").then_also("offered to bob");
}

#[test]
fn only_who_serves_the_queue_is_asked() {
    let mut c = given();
    c.configured("ann", |agent| agent.queues = [queue_id("support")].into());
    c.ready("ann").waiting("kim").then(&["started", "queued in sales: Started"]);
    c.configured("ann", |agent| agent.queues = [queue_id("sales")].into()).then(&["agent ann put", "offered to ann"]);
}

#[test]
fn nobody_is_offered_what_they_are_in_or_are_invited_to() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(agent("ann"), go_ready).then(&["ann ready"]);
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).then(&["queued in support: Transferred"]);
    c.signed_in("bob").when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("bob"), go_ready).then(&["bob ready"]);
    c.when(agent("bob"), decline_as("kim", "bob")).then(&["offer to bob ended: Declined", "offered to bob"]);
}

#[test]
fn without_a_desk_or_about_to_stop_nobody_is_asked() {
    let mut c = given();
    c.ready("ann").waiting("one").when(agent("ann"), not_ready("lunch")).then(&["ann not ready next: lunch"]);
    c.waiting("two").then(&["started", "queued in sales: Started"]);
    c.when(agent("ann"), go_ready).then(&["ann ready", "offered to ann"]);
    c.when(system(), close_desk("ann", NODE)).waiting("three").then(&["started", "queued in sales: Started"]);
    c.when(system(), open_desk("ann", NODE)).then(&["ann opened a desk", "offered to ann"]);
}

#[test]
fn who_declined_is_skipped_while_anybody_else_is_there_room_or_not() {
    let mut c = given();
    c.settings(|settings| settings.declines_to_not_ready = 0);
    c.ready("ann").waiting("kim").signed_in("bob");
    c.when(agent("ann"), decline_as("kim", "ann")).then(&["offer to ann ended: Declined"]);
    c.when(agent("bob"), sign_out(false)).then(&["bob signed out", "offered to ann"]);
    c.when(agent("ann"), decline_as("kim", "ann")).then(&["offer to ann ended: Declined", "offered to ann"]);
}

#[test]
fn the_listing_ends_after_five_minutes() {
    let mut c = given();
    c.settings(|settings| settings.declines_to_not_ready = 0);
    c.ready("ann").waiting("kim").signed_in("bob").when(agent("ann"), decline_as("kim", "ann"));
    c.after(5 * MINUTE - 1).then(&[]);
    c.after(1).then(&["ann no longer skipped", "offered to ann"]);
}

#[test]
fn who_sent_it_away_is_skipped() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Now)).then(&[
        "queued in support: Transferred",
        "ann left: Transferred",
        "ann not ready: -",
    ]);
    c.when(agent("ann"), go_ready).then(&["ann ready"]);
    c.when(agent("bob"), go_ready).then(&["bob ready", "offered to bob"]);
}

#[test]
fn a_freed_unit_is_offered_in_the_same_commit() {
    let mut c = given();
    c.configured("ann", |agent| agent.capacity = Some(1)).ready("ann").waiting("one").waiting("two");
    c.when(agent("ann"), accept("one")).then(&[
        "offer to ann ended: Accepted",
        "unqueued from sales: Taken",
        "ann joined: Routed",
    ]);
    c.when(customer("one"), end("one")).then(&[
        "ann left: SessionEnded",
        "ended: Customer",
        "closed",
        "offered to ann",
    ]);
}

#[test]
fn a_raised_capacity_is_used_and_a_lowered_one_takes_nothing() {
    let mut c = given();
    c.configured("ann", |agent| agent.capacity = Some(1)).ready("ann").waiting("one").waiting("two");
    c.settings(|settings| settings.capacity = 2).then(&["settings put"]);
    c.configured("ann", |agent| agent.capacity = None).then(&["agent ann put", "offered to ann"]);
    c.settings(|settings| settings.capacity = 1).then(&["settings put"]);
    c.when(agent("ann"), accept_as("one", "ann")).then_also("ann joined: Routed");
    c.when(agent("ann"), accept_as("two", "ann")).then_also("ann joined: Routed");
}

#[test]
fn more_offers_than_one_commit_makes_follow_at_once() {
    let mut c = given();
    c.settings(|settings| settings.capacity = 200);
    for at in 0..70 {
        c.waiting(&format!("c{at}"));
    }
    c.ready("ann");
    assert_eq!(c.events.iter().filter(|event| matches!(event, Event::Session(_))).count(), 64);
    c.after(0).then(&["offered to ann"; 6]);
}

#[test]
fn more_room_in_sessions_is_used_at_once() {
    let mut c = full_session();
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.settings(|settings| settings.max_participants = 3).then_also("offered to cyd");
}

#[test]
fn who_leaves_when_it_is_taken_makes_room_for_who_takes_it() {
    let mut c = full_session();
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken)).then(&[
        "queued in support: Transferred",
        "ann leaves when it is taken",
        "offered to cyd",
    ]);
    c.when(agent("cyd"), accept_as("kim", "cyd")).then_also("ann left: Transferred");
}

#[test]
fn who_is_invited_keeps_their_place_from_the_router() {
    let mut c = given();
    c.settings(|settings| settings.max_participants = 2);
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.configured("cyd", |_| {}).ready("cyd");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    assert!(c.session("kim").router_offer().is_none(), "bob may still accept");
    c.when(agent("bob"), decline_as("kim", "bob")).then_also("offered to cyd");
}

#[test]
fn higher_priority_goes_first_then_the_earlier_then_the_id() {
    let mut c = given();
    for (name, priority) in [("kim", -1), ("lee", 0), ("pat", 2), ("sam", 0)] {
        c.when(backend_for(name), start_with(name, "sales", |start| start.priority = priority));
    }
    let [first, second] = ["lee", "sam"].map(|name| c.session(name).id);
    assert_eq!(c.session("lee").created, c.session("sam").created, "only the ids differ");
    let (first, second) = if first < second { ("lee", "sam") } else { ("sam", "lee") };
    c.configured("ann", |agent| agent.capacity = Some(1)).ready("ann");
    for name in ["pat", first, second, "kim"] {
        c.when(agent("ann"), accept(name)).then_also("ann joined: Routed");
        c.when(customer(name), end(name));
    }
}

#[test]
fn who_missed_it_is_skipped_as_who_declined_is() {
    let mut c = given();
    c.ready("ann").waiting("kim").after(20 * SECOND).then_also("offer to ann ended: NoAnswer");
    c.signed_in("bob").when(agent("ann"), go_ready).then(&["ann ready"]);
    c.when(agent("bob"), sign_out(false)).then_also("offered to ann");
}

#[test]
fn who_is_in_the_session_is_nobody_else_for_it() {
    let mut c = given();
    c.ready("ann").ready("bob").waiting("kim");
    c.when(agent("ann"), accept("kim"));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).then_also("offered to bob");
    // Bob is skipped only while somebody else could be asked; Ann, who is connected, can't be.
    c.when(agent("bob"), decline_as("kim", "bob")).when(agent("bob"), go_ready);
    c.then_also("offered to bob");
}
