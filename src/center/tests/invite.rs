//! A colleague is invited. Invited is not connected: until one accepts the inviter keeps the session.

use super::*;

#[test]
fn ready_or_not_a_colleague_may_be_invited() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").ready("cy");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).then(&["ann invited bob: Conference"]);
    c.when(agent("ann"), invite("kim", "cy", TRANSFER)).then(&["ann invited cy: Transfer"]);
    assert_eq!(c.answer().expire, c.now + MINUTE);
    assert_eq!(c.session("kim").connected().count(), 1);
}

#[test]
fn who_cannot_come_cannot_be_invited() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("cy");
    c.when(agent("ann"), invite("kim", "nobody", CONFERENCE)).refused(Refusal::AgentNotFound);
    c.when(agent("ann"), invite("kim", "ann", CONFERENCE)).refused(Refusal::AlreadyParticipant);
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).refused(Refusal::AgentSignedOut);
    c.when(agent("ann"), invite("kim", "cy", CONFERENCE));
    c.when(agent("ann"), invite("kim", "cy", TRANSFER)).refused(Refusal::AlreadyOffered);
    c.configured("bob", |agent| agent.capacity = Some(0)).signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).refused(Refusal::AgentAtCapacity);
    c.settings(|settings| settings.max_participants = 2).signed_in("sue");
    c.when(agent("ann"), invite("kim", "sue", CONFERENCE))
        .refused(Refusal::LimitReached { limit: "max_participants".into() });
}

#[test]
fn only_who_is_connected_invites() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(customer("kim"), invite("kim", "bob", CONFERENCE)).refused(Refusal::RoleNotAllowed);
    c.when(customer("lee"), invite("kim", "bob", CONFERENCE)).refused(Refusal::SessionNotFound);
    c.when(agent("cy"), invite("kim", "bob", CONFERENCE)).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), invite("kim", "bob", CONFERENCE)).refused(Refusal::NotParticipant);
    c.when(customer("kim"), end("kim"));
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).refused(Refusal::SessionEnded);
}

#[test]
fn a_stale_or_impossible_view_is_refused() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    let current = c.session("kim").structure;
    let seen = |expected| {
        move |c: &World| Command::Invite {
            session: c.session("kim").id,
            agent: agent_id("bob"),
            mode: CONFERENCE,
            note: "please".into(),
            ring: Some(5 * SECOND),
            expected: Some(expected),
        }
    };
    c.when(agent("ann"), seen(current - 1)).refused(Refusal::RevisionStale { current });
    c.when(agent("ann"), seen(current + 1)).refused(Refusal::PositionInFuture { last: current });
    c.when(customer("kim"), say("kim", "a message is no change of structure"));
    c.when(agent("ann"), seen(current)).then(&["ann invited bob: Conference"]);
    c.after(5 * SECOND).then(&["offer to bob ended: NoAnswer"]);
}

#[test]
fn the_inviter_anyone_connected_and_supervisors_call_off() {
    for caller in [agent("ann"), agent("cy"), supervisor("sue"), agent("sue")] {
        let mut c = given();
        c.attended("kim", "ann").signed_in("bob").signed_in("cy");
        c.when(agent("ann"), invite("kim", "cy", CONFERENCE)).when(agent("cy"), accept("kim"));
        c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
        c.when(agent("ann"), leave("kim", None));
        c.when(caller, cancel("kim", "bob")).then(&["offer to bob ended: Canceled(ByInviter)"]);
        let closed = Refusal::OfferClosed(Outcome::Canceled(CancelCause::ByInviter));
        c.when(agent("ann"), cancel("kim", "bob")).refused(closed.clone());
        c.when(agent("bob"), accept_as("kim", "bob")).refused(closed);
    }
}

#[test]
fn nobody_else_calls_off() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").ready("cy");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("bob"), cancel("kim", "bob")).refused(Refusal::NotParticipant);
    c.when(agent("cy"), cancel("kim", "bob")).refused(Refusal::SessionNotFound);
    c.when(customer("kim"), cancel("kim", "bob")).refused(Refusal::RoleNotAllowed);
    c.when(agent("ann"), |c| Command::CancelInvitation {
        session: c.session("kim").id,
        offer: OfferId::from_bytes([9; 16]),
    })
    .refused(Refusal::OfferNotFound);
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay)).then_also("offered to cy");
    c.when(agent("ann"), cancel("kim", "cy")).refused(Refusal::OfferNotFound);
}

#[test]
fn a_failed_invitation_moves_the_session_only_when_nothing_else_is_left() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").signed_in("cy");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("ann"), invite("kim", "cy", CONFERENCE));
    c.when(agent("ann"), leave("kim", Some(IfLast::AwaitInvitee)));
    c.when(agent("bob"), decline_as("kim", "bob")).then(&["offer to bob ended: Declined"]);
    c.when(agent("ann"), cancel("kim", "cy"))
        .then(&["offer to cy ended: Canceled(ByInviter)", "queued in sales: Returned"]);
}

#[test]
fn the_note_is_with_the_offer() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), |c| Command::Invite {
        session: c.session("kim").id,
        agent: agent_id("bob"),
        mode: CONFERENCE,
        note: "a refund".into(),
        ring: None,
        expected: None,
    });
    let session = c.session("kim");
    assert_eq!(session.offers[0].note.map(|note| note.len), Some(8));
    assert_eq!((session.revision, session.public), (7, 4), "customers see no invitation");
}
