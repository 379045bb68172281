//! Leaving is not ending: the last agent says what becomes of the customer.

use super::*;

#[test]
fn the_last_agent_must_choose() {
    let mut c = given();
    c.attended("kim", "ann");
    let without = Refusal::LastAgent(vec![IfLast::ReturnToQueue, IfLast::End]);
    c.when(agent("ann"), leave("kim", None)).refused(without.clone());
    c.when(agent("ann"), leave("kim", Some(IfLast::AwaitInvitee))).refused(without);
    c.signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    let with = Refusal::LastAgent(vec![IfLast::ReturnToQueue, IfLast::AwaitInvitee, IfLast::End]);
    c.when(agent("ann"), leave("kim", None)).refused(with);
}

#[test]
fn back_to_the_queue() {
    let mut c = given();
    c.attended("kim", "ann").when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue))).then(&[
        "queued in sales: Returned",
        "ann left: Left",
        "ann not ready: -",
    ]);
}

#[test]
fn awaiting_the_invitee_keeps_only_the_invitation() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.when(agent("ann"), leave("kim", Some(IfLast::AwaitInvitee))).then(&["ann left: Left", "ann not ready: -"]);
    assert_eq!((c.session("kim").state(), c.session("kim").entry.is_none()), (State::Waiting, true));
    c.after(MINUTE).then(&["offer to bob ended: NoAnswer", "queued in sales: Returned"]);
}

#[test]
fn ending_with_the_last_leave() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).then(&[
        "offer to bob ended: Canceled(SessionEnded)",
        "ann left: SessionEnded",
        "ended: Agent",
        "closed",
        "ann not ready: -",
    ]);
    c.when(agent("bob"), accept_as("kim", "bob"))
        .refused(Refusal::OfferClosed(Outcome::Canceled(CancelCause::SessionEnded)));
}

#[test]
fn a_stale_click_cannot_end_a_conference_or_a_queued_chat() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).then(&["ann left: Left", "ann not ready: -"]);
    c.when(agent("bob"), transfer("kim", "support", TransferLeave::Stay));
    c.when(agent("bob"), leave("kim", Some(IfLast::End))).then(&["bob left: Left"]);
    assert_eq!(c.session("kim").state(), State::Waiting);
}

#[test]
fn only_who_is_connected_leaves() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(customer("kim"), leave("kim", None)).refused(Refusal::RoleNotAllowed);
    c.when(agent("bob"), leave("kim", None)).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), leave("kim", None)).refused(Refusal::NotParticipant);
    c.when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue)));
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).refused(Refusal::NotParticipant);
    c.when(customer("kim"), end("kim"));
    c.when(agent("ann"), leave("kim", None)).refused(Refusal::SessionEnded);
}

#[test]
fn coming_back_is_a_new_membership_over_the_same_log() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), leave("kim", None));
    c.when(agent("bob"), invite("kim", "ann", CONFERENCE)).when(agent("ann"), accept_as("kim", "ann"));
    let again = c.session("kim").participant(&agent_id("ann")).unwrap().clone();
    assert_eq!((again.number, again.left, again.sees_until), (3, None, None));
}
