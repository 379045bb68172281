//! After-chat work: a unit until it is completed or timed out.

use super::*;

fn with_wrap_up() -> World {
    let mut c = given();
    c.queue("sales", |queue| (queue.wrap_up_time, queue.disposition_required) = (MINUTE, true));
    c
}

#[test]
fn it_takes_a_unit_until_it_is_done() {
    let mut c = with_wrap_up();
    c.configured("ann", |agent| agent.capacity = Some(1)).ready("ann").waiting("kim").waiting("lee");
    c.when(agent("ann"), accept("kim"));
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).then(&[
        "ann left: SessionEnded",
        "ann wraps up",
        "ended: Agent",
    ]);
    c.when(agent("ann"), complete("kim")).refused(Refusal::DispositionRequired);
    c.when(agent("ann"), dispose("kim", "sold")).then(&["ann disposed: sold"]);
    c.when(agent("ann"), complete("kim")).then(&["ann wrapped up: Completed, sold", "closed", "offered to ann"]);
    c.when(agent("ann"), complete("kim")).refused(Refusal::WrapUpClosed);
    c.when(agent("ann"), dispose("kim", "late")).refused(Refusal::WrapUpClosed);
    assert_eq!(c.session("kim").state(), State::Closed);
}

#[test]
fn timed_out_none_is_given_unless_it_was_during_the_chat() {
    let mut c = with_wrap_up();
    c.attended("kim", "ann").when(customer("kim"), end("kim")).after(MINUTE);
    c.then(&["ann wrapped up: TimedOut, -", "closed", "ann not ready: -"]);
    c.attended("lee", "ann").when(agent("ann"), dispose("lee", "sold")).when(customer("lee"), end("lee"));
    c.after(MINUTE).then_also("ann wrapped up: TimedOut, sold");
}

#[test]
fn after_a_transfer_each_has_their_own_by_the_queue_they_took_it_from() {
    let mut c = with_wrap_up();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.when(agent("bob"), accept_as("kim", "bob")).then_also("ann wraps up");
    c.when(agent("bob"), transfer("kim", "support", TransferLeave::Now)).then_also("bob wraps up");
    c.ready("cy").when(agent("cy"), accept_as("kim", "cy"));
    c.when(agent("cy"), end("kim"));
    c.then(&["cy left: SessionEnded", "ended: Agent"]);
    assert_eq!(c.session("kim").wrap_ups.len(), 2);
}

#[test]
fn joining_again_ends_it() {
    let mut c = with_wrap_up();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", TRANSFER)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("bob"), invite("kim", "ann", CONFERENCE));
    c.when(agent("ann"), accept_as("kim", "ann")).then(&[
        "offer to ann ended: Accepted",
        "ann wrapped up: Rejoined, -",
        "ann joined: Conference",
    ]);
}

#[test]
fn it_is_for_agents_who_took_part() {
    let mut c = with_wrap_up();
    c.attended("kim", "ann").when(customer("kim"), end("kim"));
    c.when(customer("kim"), complete("kim")).refused(Refusal::RoleNotAllowed);
    c.when(agent("bob"), complete("kim")).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), dispose("kim", "x")).refused(Refusal::NotParticipant);
}

#[test]
fn it_counts_against_an_invitation_too() {
    let mut c = with_wrap_up();
    c.configured("ann", |agent| agent.capacity = Some(1)).attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", TRANSFER)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("bob"), invite("kim", "ann", CONFERENCE)).refused(Refusal::AgentAtCapacity);
}

#[test]
fn a_queue_has_its_own_dispositions() {
    let mut c = given();
    c.queue("sales", |queue| {
        (queue.dispositions, queue.wrap_up_time) = (vec![Code::parse("sold").unwrap()], MINUTE);
    });
    c.attended("kim", "ann")
        .when(agent("ann"), dispose("kim", "lost"))
        .refused(Refusal::FieldInvalid { field: "code".into(), why: "is none of the queue's dispositions".into() });
    c.when(agent("ann"), dispose("kim", "sold")).then(&["ann disposed: sold"]);
}

#[test]
fn an_agent_is_told_what_they_may_choose_from_and_whether_they_must() {
    let mut c = given();
    let sold = Code::parse("sold").unwrap();
    let set = |c: &mut World, wrap_up_time, required| {
        let dispositions = vec![sold.clone()];
        c.queue("sales", |queue| {
            (queue.dispositions, queue.wrap_up_time, queue.disposition_required) =
                (dispositions, wrap_up_time, required);
        });
    };
    let choices = |c: &World, who: &str| {
        let choices = c.center.dispositions(&agent(who).who, c.session("kim").id);
        choices.map(|(codes, required)| (codes.to_vec(), required))
    };
    set(&mut c, 0, true);
    c.attended("kim", "ann").signed_in("bob");
    // Without after-chat work there is nothing to complete.
    assert_eq!(choices(&c, "ann"), Ok((vec![sold.clone()], false)));
    set(&mut c, MINUTE, true);
    assert_eq!(choices(&c, "ann"), Ok((vec![sold.clone()], true)));
    assert_eq!(choices(&c, "bob"), Err(Refusal::SessionNotFound));
    // What after-chat work began with stays.
    c.when(customer("kim"), end("kim"));
    set(&mut c, MINUTE, false);
    assert_eq!(choices(&c, "ann"), Ok((vec![sold.clone()], true)));
}

#[test]
fn notes_can_be_written_without_a_disposition() {
    let mut c = with_wrap_up();
    let notes = |session| {
        move |c: &World| Command::SetDisposition {
            session: c.session(session).id,
            code: None,
            notes: "called twice".into(),
        }
    };
    c.attended("kim", "ann").when(agent("ann"), notes("kim")).then(&["ann disposed: -"]);
    c.when(customer("kim"), end("kim")).when(agent("ann"), complete("kim")).refused(Refusal::DispositionRequired);
    c.when(agent("ann"), dispose("kim", "sold")).when(agent("ann"), notes("kim")).then(&["ann disposed: sold"]);
    c.when(agent("ann"), complete("kim")).then_also("ann wrapped up: Completed, sold");
}
