//! Messages, audiences, the two numberings, read marks.

use super::*;

fn conversation() -> World {
    let mut c = given();
    c.attended("kim", "ann");
    c
}

#[test]
fn whispers_do_not_count_in_the_customers_numbering() {
    let mut c = conversation();
    c.when(customer("kim"), say("kim", "hi")).then(&["customer said: hi"]);
    assert_eq!((c.answer().revision, c.answer().public), (7, 5));
    c.when(agent("ann"), whisper("kim", "hm")).then(&["ann whispered: hm"]);
    assert_eq!((c.answer().revision, c.answer().public), (8, 5));
    c.when(agent("ann"), say("kim", "hello")).then(&["ann said: hello"]);
    assert_eq!((c.answer().revision, c.answer().public), (9, 6));
    let session = c.session("kim");
    assert_eq!(session.staff_only, [3, 4, 8]);
    assert_eq!((session.public_revision(8), session.public_revision(9)), (5, 6));
    assert_eq!((session.staff_revision(5), session.staff_revision(6)), (7, 9));
}

#[test]
fn who_may_speak_and_to_whom() {
    let mut c = conversation();
    c.when(customer("lee"), say("kim", "x")).refused(Refusal::SessionNotFound);
    c.when(agent("bob"), say("kim", "x")).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), say("kim", "x")).refused(Refusal::NotParticipant);
    c.when(backend(), say("kim", "x")).refused(Refusal::RoleNotAllowed);
    let to_staff = Refusal::FieldInvalid { field: "audience".into(), why: "customers speak to everyone".into() };
    c.when(customer("kim"), whisper("kim", "x")).refused(to_staff.clone());
    c.when(customer("lee"), whisper("kim", "x")).refused(to_staff);
    let no_id = Refusal::FieldInvalid { field: "request_id".into(), why: "is required".into() };
    c.when(system(), say("kim", "x")).refused(no_id);
}

#[test]
fn a_message_is_said_once() {
    let mut c = conversation();
    c.when_asked(customer("kim"), "m1", say("kim", "hi")).then(&["customer said: hi"]);
    let first = c.answer().clone();
    c.when(agent("ann"), say("kim", "hello"));
    c.when_asked(customer("kim"), "m1", say("kim", "hi")).then(&[]);
    assert_eq!(*c.answer(), first);
    c.when_asked(customer("kim"), "m1", say("kim", "other")).refused(Refusal::RequestIdReused);
    c.when_asked(agent("ann"), "m1", say("kim", "hi")).then(&["ann said: hi"]);
    c.after(23 * HOUR).when_asked(customer("kim"), "m1", say("kim", "hi")).then(&[]);
    assert_eq!(*c.answer(), first, "remembered as long as its session");
}

#[test]
fn after_the_end_a_message_said_before_is_still_answered() {
    let mut c = conversation();
    c.when_asked(customer("kim"), "m1", say("kim", "hi"));
    c.when(customer("kim"), end("kim")).when_asked(customer("kim"), "m1", say("kim", "hi")).then(&[]);
}

#[test]
fn the_event_limit_counts_each_audience_apart_and_binds_messages_only() {
    let mut c = conversation();
    c.settings(|settings| settings.max_events = 5);
    c.when(customer("kim"), say("kim", "the fifth")).then(&["customer said: the fifth"]);
    c.when(customer("kim"), say("kim", "the sixth")).refused(Refusal::SessionFull);
    c.when(agent("ann"), say("kim", "the sixth")).refused(Refusal::SessionFull);
    for _ in 0..3 {
        c.when(agent("ann"), whisper("kim", "staff has room"));
    }
    c.when(agent("ann"), whisper("kim", "no more")).refused(Refusal::SessionFull);
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).then(&["queued in support: Transferred"]);
    c.when(customer("kim"), end("kim")).then_also("ended: Customer");
}

#[test]
fn read_marks_are_for_everyone_when_they_advance_what_customers_see() {
    let mut c = conversation();
    c.when(customer("kim"), say("kim", "hi")).when(agent("ann"), whisper("kim", "hm"));
    c.when(agent("ann"), read("kim", 7)).then(&["all see that 1 read up to 7, public 5"]);
    c.when(agent("ann"), read("kim", 8)).then(&["staff sees that 1 read up to 8, public 5"]);
    c.when(agent("ann"), read("kim", 8)).then(&[]);
    c.when(agent("ann"), read("kim", 3)).then(&[]);
    c.when(agent("ann"), read("kim", 10)).then(&[]);
    c.when(agent("ann"), read("kim", 99)).refused(Refusal::PositionInFuture { last: 10 });
    c.when(customer("kim"), read("kim", 6)).then(&["all see that 0 read up to 9, public 6"]);
    c.when(customer("kim"), read("kim", 99)).refused(Refusal::PositionInFuture { last: 7 });
    c.when(agent("bob"), read("kim", 1)).refused(Refusal::SessionNotFound);
}

#[test]
fn marks_that_are_read_are_no_news() {
    let mut c = conversation();
    c.when(customer("kim"), say("kim", "hi"));
    let said = c.session("kim").revision;
    let last = |c: &World| c.session("kim").revision;
    for _ in 0..5 {
        let (all, public) = (last(&c), c.session("kim").public);
        c.when(agent("ann"), read("kim", all)).when(customer("kim"), read("kim", public));
    }
    let quiet = last(&c);
    c.when(agent("ann"), read("kim", quiet)).then(&[]);
    assert_eq!(quiet, said + 2, "one mark each");
}

#[test]
fn what_everyone_hears_of_reading_does_not_depend_on_whispers() {
    let heard = |whispers: bool| {
        let mut c = conversation();
        c.when(customer("kim"), say("kim", "hi"));
        let said = c.session("kim").revision;
        c.when(agent("ann"), read("kim", said)).when(agent("ann"), raise_flag("kim"));
        if whispers {
            c.when(agent("ann"), whisper("kim", "hm"));
        }
        // A mark of staff's alone, if at all; then one that lies before it, with another message to read.
        let last = c.session("kim").revision;
        c.when(agent("ann"), read("kim", last)).when(customer("kim"), say("kim", "and"));
        c.when(agent("ann"), read("kim", said + 1));
        let marks = c.log.iter().filter(|event| match event {
            Event::Session(event) => event.public.is_some() && matches!(event.what, Happened::Read { .. }),
            _ => false,
        });
        marks.count()
    };
    assert_eq!(heard(true), heard(false));
}
