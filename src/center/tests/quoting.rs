//! Messages that answer others.

use super::*;

const EVERYONE: Audience = Audience::Everyone;
const STAFF: Audience = Audience::Staff;

fn wrong(why: &str) -> Refusal {
    Refusal::FieldInvalid { field: "reply_to_revision".into(), why: why.into() }
}

/// Kim says something (7, or 5 in her numbering), Ann whispers (8) and answers (9, or 6).
fn conversation() -> World {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(customer("kim"), say("kim", "hi")).when(agent("ann"), whisper("kim", "hm"));
    c.when(agent("ann"), say("kim", "hello"));
    c
}

#[test]
fn a_reply_names_its_message_in_everyones_numbering() {
    let mut c = conversation();
    c.when(customer("kim"), reply("kim", 6, EVERYONE)).then(&["customer said: reply, to 9 (6)"]);
    c.when(agent("ann"), reply("kim", 7, EVERYONE)).then(&["ann said: reply, to 7 (5)"]);
    c.when(agent("ann"), reply("kim", 8, STAFF)).then(&["ann whispered: reply, to 8 (5)"]);
    c.when(agent("ann"), reply("kim", 7, STAFF)).then(&["ann whispered: reply, to 7 (5)"]);
}

#[test]
fn what_staff_says_to_staff_is_not_quoted_to_everyone() {
    let mut c = conversation();
    let why = wrong("is a message for staff, and this one is for everyone");
    c.when(agent("ann"), reply("kim", 8, EVERYONE)).refused(why);
}

#[test]
fn only_a_message_is_quoted() {
    let mut c = conversation();
    for revision in [0, 1, 2, 10, u32::MAX] {
        c.when(agent("ann"), reply("kim", revision, EVERYONE)).refused(wrong("is no message's"));
    }
    for public in [0, 1, 4, 7, 8, u32::MAX] {
        c.when(customer("kim"), reply("kim", public, EVERYONE)).refused(wrong("is no message's"));
    }
    c.when(agent("bob"), reply("kim", 7, EVERYONE)).refused(Refusal::SessionNotFound);
}

#[test]
fn automatic_messages_and_notes_of_transfers_can_be_quoted() {
    let mut c = conversation();
    c.queue("support", |queue| queue.entry_message = Some("one moment".into()));
    c.when(agent("ann"), |world| {
        let to_support = TransferToQueue::new(world.session("kim").id, queue_id("support"));
        Command::TransferToQueue(Box::new(TransferToQueue { note: "impatient".into(), ..to_support }))
    });
    c.then(&["queued in support: Transferred", "ann whispered: impatient", "queue support said: one moment"]);
    c.when(customer("kim"), reply("kim", 8, EVERYONE)).then(&["customer said: reply, to 12 (8)"]);
    c.when(agent("ann"), reply("kim", 11, STAFF)).then(&["ann whispered: reply, to 11 (7)"]);
}

#[test]
fn a_reply_that_is_repeated_is_known() {
    let mut c = conversation();
    c.when_asked(customer("kim"), "m1", reply("kim", 6, EVERYONE));
    c.when_asked(customer("kim"), "m1", reply("kim", 6, EVERYONE)).then(&[]);
    c.when_asked(customer("kim"), "m1", reply("kim", 5, EVERYONE)).refused(Refusal::RequestIdReused);
}
