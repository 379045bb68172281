//! Waiting ends: `max_wait`, overflow, the age limit.

use super::*;

fn overflowing() -> World {
    let mut c = given();
    c.queue("sales", |queue| queue.max_wait_action = MaxWaitAction::Overflow(queue_id("support")));
    c.queue("support", |queue| {
        queue.max_wait_action = MaxWaitAction::Overflow(queue_id("sales"));
        queue.max_wait_message = Some("Sorry".into());
    });
    c
}

#[test]
fn overflow_visits_no_queue_twice_then_ends_with_a_message() {
    let mut c = overflowing();
    c.waiting("kim").after(HOUR).then(&["queued in support: Overflowed"]);
    c.after(HOUR).then(&["queue support said: Sorry", "unqueued from support: Ended", "ended: MaxWait", "closed"]);
}

#[test]
fn overflow_keeps_the_place_in_the_order() {
    let mut c = overflowing();
    c.waiting("kim");
    let place = c.session("kim").place();
    c.after(HOUR).then(&["queued in support: Overflowed"]);
    assert_eq!(c.session("kim").place(), place);
}

#[test]
fn an_agent_who_joins_opens_all_queues_again() {
    let mut c = overflowing();
    c.waiting("kim").after(HOUR);
    c.ready("ann").when(agent("ann"), accept("kim")).when(agent("ann"), not_ready("lunch"));
    c.when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue))).after(HOUR);
    c.then_also("queued in sales: Overflowed");
}

#[test]
fn max_wait_waits_for_a_ringing_offer() {
    let mut c = given();
    c.waiting("kim").after(HOUR - SECOND);
    c.ready("ann").then_also("offered to ann");
    c.after(10 * SECOND).then(&[]);
    c.when(agent("ann"), decline_as("kim", "ann"));
    c.after(0).then(&[
        "queue sales said: We are sorry: nobody could take your chat in time. Please try again later.",
        "unqueued from sales: Ended",
        "ended: MaxWait",
        "closed",
    ]);

    let mut c = given();
    c.waiting("kim").after(HOUR - SECOND);
    c.ready("ann").after(10 * SECOND).when(agent("ann"), accept("kim")).then_also("ann joined: Routed");
}

#[test]
fn attended_the_wait_just_ends() {
    let mut c = given();
    c.attended("kim", "ann").when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.after(HOUR).then(&["ann no longer skipped", "unqueued from support: MaxWait"]);
    assert_eq!(c.session("kim").state(), State::Attended);
}

#[test]
fn the_age_limit_is_announced_with_its_time() {
    let mut c = given();
    c.attended("kim", "ann");
    let end = c.session("kim").created + 24 * HOUR;
    c.after(24 * HOUR - 144 * MINUTE).then(&["warned: AgeLimit"]);
    assert!(matches!(
        c.events[0],
        Event::Session(SessionEvent { what: Happened::Warned { end: announced, .. }, .. }) if announced == end
    ));
    c.after(144 * MINUTE).then_also("ended: AgeLimit");
}

#[test]
fn what_is_due_in_one_commit_finds_no_session_that_is_nobodys() {
    let mut c = given();
    c.settings(|settings| settings.max_age = 2 * MINUTE).attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("ann"), leave("kim", Some(IfLast::AwaitInvitee)));
    c.when(agent("bob"), sign_out(false));
    c.then(&["bob signed out", "offer to bob ended: AgentGone", "queued in sales: Returned"]);
    // The clock of a machine that slept: everything is due at one time.
    c.now = c.now + HOUR;
    c.after(0).then_also("ended: AgeLimit");
}

#[test]
fn the_queue_that_it_was_taken_from_is_open_to_overflow_again() {
    let mut c = overflowing();
    c.attended("kim", "ann").when(agent("ann"), transfer("kim", "support", TransferLeave::Now));
    c.after(HOUR).then_also("queued in sales: Overflowed");
}

#[test]
fn an_agent_who_took_a_session_owes_its_customer_a_word() {
    let mut c = given();
    c.queue("sales", |queue| queue.first_response_time = 30 * SECOND);
    c.ready("bob").waiting("kim").when(agent("bob"), accept("kim"));
    c.when(agent("bob"), whisper("kim", "who is it?")).after(29 * SECOND).then(&[]);
    c.after(SECOND).then(&[
        "queued in sales: Returned",
        "system said: Your agent had to leave. You are back in the queue and keep your place; the next agent is on the way.",
        "bob left: NoResponse",
        "bob not ready: no-response",
    ]);
    c.attended("lee", "ann").when(agent("ann"), say("lee", "hello")).after(HOUR);
    assert!(c.log.iter().all(|event| !matches!(event, Event::Session(SessionEvent {
        session, what: Happened::Left { reason: LeaveReason::NoResponse, .. }, ..
    }) if *session == c.session("lee").id)));
}

#[test]
fn who_joins_a_colleague_owes_nothing() {
    let mut c = given();
    c.queue("sales", |queue| queue.first_response_time = 30 * SECOND);
    c.attended("kim", "ann").when(agent("ann"), say("kim", "hello")).signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.after(MINUTE).then(&[]);
}

#[test]
fn silence_is_measured_by_the_channel_and_said_in_the_centers_words() {
    let mut c = given();
    c.settings(|settings| {
        settings.messenger_inactivity_time = HOUR;
        settings.inactivity_warning = Some("Still there?".into());
        settings.inactivity_message = Some("Goodbye".into());
    });
    c.attended("kim", "ann").when(agent("ann"), say("kim", "hello"));
    c.after(5 * MINUTE).then(&["warned: Inactivity", "system said: Still there?"]);
    c.after(5 * MINUTE).then_also("system said: Goodbye").then_also("ended: Inactivity");
    let messenger = start_with("lee", "sales", |start| start.channel = Channel::Messenger);
    c.when(agent("ann"), go_ready).when(backend_for("lee"), messenger).when(agent("ann"), accept("lee"));
    c.when(agent("ann"), say("lee", "hello")).after(29 * MINUTE).then(&[]);
    c.after(MINUTE).then_also("warned: Inactivity");
}

#[test]
fn the_first_word_is_owed_by_whoever_is_alone_once_the_others_have_left() {
    let mut c = given();
    c.queue("sales", |queue| queue.first_response_time = MINUTE);
    c.attended("kim", "ann").when(agent("ann"), say("kim", "one moment"));
    c.when(agent("ann"), transfer("kim", "sales", TransferLeave::WhenTaken)).ready("bob");
    c.when(agent("bob"), accept_as("kim", "bob")).then_also("ann left: Transferred");
    c.after(MINUTE).then_also("bob left: NoResponse");
    // Who asked for a break gets it, by their own word.
    c.ready("cy").when(agent("cy"), accept_as("kim", "cy")).when(agent("cy"), not_ready("lunch"));
    c.after(MINUTE).then_also("cy not ready: lunch");
}
