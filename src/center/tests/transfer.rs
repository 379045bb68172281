//! Transfers to a queue: the session is queued, the agent stays, goes, or goes when it is taken.

use super::*;

#[test]
fn staying_is_the_seeds_way() {
    let mut c = given();
    c.queue("support", |queue| queue.entry_message = Some("One moment".into())).attended("kim", "ann");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay))
        .then(&["queued in support: Transferred", "queue support said: One moment"]);
    assert_eq!(c.session("kim").state(), State::Attended);
    assert_eq!(c.session("kim").home, queue_id("support"));
    c.when(agent("ann"), leave("kim", None)).then(&["ann left: Left", "ann not ready: -"]);
    assert_eq!(c.session("kim").state(), State::Waiting);
}

#[test]
fn the_note_is_for_staff_and_automatic_ids_tell_customers_nothing() {
    let mut c = given();
    c.queue("support", |queue| queue.entry_message = Some("One moment".into())).attended("kim", "ann");
    c.when(agent("ann"), |c| {
        let to_support = TransferToQueue::new(c.session("kim").id, queue_id("support"));
        Command::TransferToQueue(Box::new(TransferToQueue { note: "angry".into(), priority: Some(7), ..to_support }))
    })
    .then(&["queued in support: Transferred", "ann whispered: angry", "queue support said: One moment"]);
    assert_eq!(c.session("kim").priority, 7);
    let greeting = c.events.iter().find_map(|event| match event {
        Event::Session(SessionEvent { public: Some(public), what: Happened::Posted { message, .. }, .. }) => {
            Some((*public, message.to_string()))
        }
        _ => None,
    });
    assert_eq!(greeting, Some((6, "auto-6".into())));
}

#[test]
fn leaving_when_taken_by_the_router() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken))
        .then(&["queued in support: Transferred", "ann leaves when it is taken"]);
    c.ready("bob").when(agent("bob"), accept_as("kim", "bob")).then(&[
        "offer to bob ended: Accepted",
        "unqueued from support: Taken",
        "bob joined: Routed",
        "ann left: Transferred",
        "ann not ready: -",
    ]);
}

#[test]
fn leaving_when_taken_by_a_transfer_but_not_by_a_conference() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").signed_in("cy");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken));
    c.when(agent("bob"), invite("kim", "cy", CONFERENCE)).when(agent("cy"), accept_as("kim", "cy"));
    assert_eq!(c.session("kim").connected().count(), 3);
    c.signed_in("sue").when(agent("bob"), invite("kim", "sue", TRANSFER)).when(agent("sue"), accept_as("kim", "sue"));
    c.then_also("bob left: Transferred").then_also("ann left: Transferred");
}

#[test]
fn the_intent_dies_with_the_entry() {
    let mut c = given();
    c.attended("kim", "ann");
    let plan = || transfer("kim", "support", TransferLeave::WhenTaken);
    c.when(agent("ann"), plan())
        .when(agent("ann"), withdraw("kim"))
        .then(&["ann stays after all", "unqueued from support: Withdrawn"]);
    c.when(agent("ann"), plan())
        .when(agent("ann"), transfer("kim", "sales", TransferLeave::Stay))
        .then(&["ann stays after all", "queued in sales: Transferred"]);
    c.when(agent("ann"), plan())
        .after(HOUR)
        .then_also("ann stays after all")
        .then_also("unqueued from support: MaxWait");
    assert_eq!(c.session("kim").state(), State::Attended);
}

#[test]
fn moving_and_withdrawing_cancel_a_ringing_offer_with_their_cause() {
    let mut c = given();
    c.attended("kim", "ann").ready("bob");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).then_also("offered to bob");
    c.when(agent("ann"), transfer("kim", "sales", TransferLeave::Stay)).then(&[
        "offer to bob ended: Canceled(Moved)",
        "queued in sales: Transferred",
        "offered to bob",
    ]);
    c.when(agent("ann"), withdraw("kim"))
        .then(&["offer to bob ended: Canceled(Withdrawn)", "unqueued from sales: Withdrawn"]);
    c.when(agent("bob"), accept_as("kim", "bob"))
        .refused(Refusal::OfferClosed(Outcome::Canceled(CancelCause::Withdrawn)));
}

#[test]
fn what_refuses_a_transfer_changes_nothing() {
    let mut c = given();
    c.queue("empty", |queue| queue.refuse_unstaffed = true).attended("kim", "ann");
    c.when(agent("ann"), transfer("kim", "nowhere", TransferLeave::Now)).refused(Refusal::QueueNotFound);
    c.when(agent("ann"), transfer("kim", "empty", TransferLeave::Now)).refused(Refusal::QueueUnstaffed);
    c.when(agent("ann"), withdraw("kim")).refused(Refusal::NotQueued);
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Now)).refused(Refusal::AlreadyQueued);
    c.when(customer("kim"), transfer("kim", "sales", TransferLeave::Now)).refused(Refusal::RoleNotAllowed);
    c.when(agent("bob"), withdraw("kim")).refused(Refusal::SessionNotFound);
    c.when(agent("ann"), leave("kim", None)).when(agent("ann"), withdraw("kim")).refused(Refusal::NotParticipant);
}

#[test]
fn staffed_is_any_who_serves_it_and_is_signed_in() {
    let mut c = given();
    c.queue("deep", |queue| queue.refuse_unstaffed = true).attended("kim", "ann");
    c.configured("bob", |agent| agent.queues = [queue_id("deep")].into()).signed_in("bob");
    c.when(agent("ann"), transfer("kim", "deep", TransferLeave::Now)).then_also("queued in deep: Transferred");
}

#[test]
fn who_transfers_staffs_the_queue_too() {
    let mut c = given();
    c.queue("support", |queue| queue.refuse_unstaffed = true);
    c.attended("kim", "ann").when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.then_also("queued in support: Transferred");
    c.configured("ann", |agent| agent.queues = [queue_id("sales")].into());
    c.when(agent("ann"), withdraw("kim"));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).refused(Refusal::QueueUnstaffed);
}
