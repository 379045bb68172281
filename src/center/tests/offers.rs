//! Offers end in exactly one way, and of accepts that exclude each other one succeeds.

use super::*;

const TAKEN: Refusal = Refusal::OfferClosed(Outcome::Canceled(CancelCause::Taken));

#[test]
fn accepting_a_router_offer_joins_and_removes_the_entry() {
    let mut c = given();
    c.ready("ann").waiting("kim").when(agent("ann"), accept("kim")).then(&[
        "offer to ann ended: Accepted",
        "unqueued from sales: Taken",
        "ann joined: Routed",
    ]);
    assert_eq!(c.session("kim").state(), State::Attended);
}

#[test]
fn accepting_twice_tells_the_outcome() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(agent("ann"), accept_as("kim", "ann")).refused(Refusal::OfferClosed(Outcome::Accepted));
    c.when(agent("ann"), decline_as("kim", "ann")).refused(Refusal::OfferClosed(Outcome::Accepted));
}

#[test]
fn an_offer_is_its_agents_alone() {
    let mut c = given();
    c.ready("ann").waiting("kim");
    c.when(agent("bob"), accept("kim")).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), accept("kim")).refused(Refusal::OfferNotFound);
    c.when(customer("kim"), accept("kim")).refused(Refusal::RoleNotAllowed);
    c.when(customer("lee"), accept("kim")).refused(Refusal::SessionNotFound);
    c.when(backend(), accept("kim")).refused(Refusal::RoleNotAllowed);
}

#[test]
fn no_answer_makes_not_ready_and_keeps_the_place() {
    let mut c = given();
    c.ready("ann").waiting("kim");
    let place = c.session("kim").place();
    c.after(20 * SECOND - 1).then(&[]);
    c.after(1).then(&["offer to ann ended: NoAnswer", "ann not ready: no-answer"]);
    assert_eq!(c.session("kim").place(), place);
    c.when(agent("ann"), accept("kim")).refused(Refusal::OfferClosed(Outcome::NoAnswer));
}

#[test]
fn one_decline_makes_not_ready_unless_more_are_allowed() {
    let mut c = given();
    c.ready("ann").waiting("kim");
    c.when(agent("ann"), decline_as("kim", "ann")).then(&["offer to ann ended: Declined", "ann not ready: declined"]);

    let mut c = given();
    c.settings(|settings| settings.declines_to_not_ready = 2).ready("ann").waiting("kim").signed_in("bob");
    c.when(agent("ann"), decline_as("kim", "ann")).then(&["offer to ann ended: Declined"]);
    c.waiting("lee").when(agent("ann"), accept_as("lee", "ann"));
    c.waiting("mia").when(agent("ann"), decline_as("mia", "ann")).then(&["offer to ann ended: Declined"]);
    c.waiting("noa");
    c.when(agent("ann"), decline_as("noa", "ann")).then(&["offer to ann ended: Declined", "ann not ready: declined"]);
}

#[test]
fn an_invitation_changes_no_agents_state() {
    let mut c = given();
    c.attended("kim", "ann").ready("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.when(agent("bob"), decline_as("kim", "bob")).then(&["offer to bob ended: Declined"]);
    c.when(agent("ann"), invite("kim", "bob", TRANSFER)).after(MINUTE).then(&["offer to bob ended: NoAnswer"]);
    assert_eq!(c.center.agents[&agent_id("bob")].status, Status::Ready);
}

/// Ann attends, the session is queued with an offer to cy, bob and sue are invited.
fn contested(bob: InviteMode, sue: InviteMode) -> World {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").signed_in("sue");
    c.when(agent("ann"), invite("kim", "bob", bob));
    c.when(agent("ann"), invite("kim", "sue", sue));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.ready("cy").then_also("offered to cy");
    c
}

#[test]
fn attended_a_router_offer_accepted_cancels_transfers_and_leaves_conferences() {
    let mut c = contested(TRANSFER, CONFERENCE);
    c.when(agent("cy"), accept_as("kim", "cy")).then(&[
        "offer to cy ended: Accepted",
        "offer to bob ended: Canceled(Taken)",
        "unqueued from support: Taken",
        "cy joined: Routed",
    ]);
    c.when(agent("bob"), accept_as("kim", "bob")).refused(TAKEN);
    c.when(agent("sue"), accept_as("kim", "sue")).then(&["offer to sue ended: Accepted", "sue joined: Conference"]);
    assert_eq!(c.session("kim").connected().count(), 3);
}

#[test]
fn attended_a_transfer_accepted_makes_the_inviter_leave_and_takes_the_entry() {
    let mut c = contested(TRANSFER, TRANSFER);
    c.when(agent("bob"), accept_as("kim", "bob")).then(&[
        "offer to bob ended: Accepted",
        "offer to sue ended: Canceled(Taken)",
        "offer to cy ended: Canceled(Taken)",
        "unqueued from support: Taken",
        "bob joined: Transfer",
        "ann left: Transferred",
        "ann not ready: -",
    ]);
    c.when(agent("sue"), accept_as("kim", "sue")).refused(TAKEN);
    c.when(agent("cy"), accept_as("kim", "cy")).refused(TAKEN);
    c.when(agent("cy"), decline_as("kim", "cy")).refused(TAKEN);
}

#[test]
fn attended_a_conference_accepted_leaves_everything_else() {
    let mut c = contested(CONFERENCE, TRANSFER);
    c.when(agent("bob"), accept_as("kim", "bob")).then(&["offer to bob ended: Accepted", "bob joined: Conference"]);
    assert_eq!(c.session("kim").offers.len(), 2);
    assert!(c.session("kim").entry.is_some());
}

#[test]
fn unattended_a_conference_accepted_takes_the_entry() {
    let mut c = contested(CONFERENCE, TRANSFER);
    c.when(agent("ann"), leave("kim", None)).then(&["ann left: Left", "ann not ready: -"]);
    c.when(agent("bob"), accept_as("kim", "bob")).then(&[
        "offer to bob ended: Accepted",
        "offer to cy ended: Canceled(Taken)",
        "unqueued from support: Taken",
        "bob joined: Conference",
    ]);
    c.when(agent("sue"), accept_as("kim", "sue")).then(&["offer to sue ended: Accepted", "sue joined: Transfer"]);
}

#[test]
fn unattended_a_router_offer_accepted_cancels_transfers() {
    let mut c = contested(TRANSFER, CONFERENCE);
    c.when(agent("ann"), leave("kim", None));
    c.when(agent("cy"), accept_as("kim", "cy")).then_also("offer to bob ended: Canceled(Taken)");
    assert_eq!(c.session("kim").offers.len(), 1);
}

#[test]
fn unattended_a_transfer_accepted_cancels_the_router_offer() {
    let mut c = contested(TRANSFER, CONFERENCE);
    c.when(agent("ann"), leave("kim", None));
    c.when(agent("bob"), accept_as("kim", "bob")).then(&[
        "offer to bob ended: Accepted",
        "offer to cy ended: Canceled(Taken)",
        "unqueued from support: Taken",
        "bob joined: Transfer",
    ]);
}

#[test]
fn a_ringing_offer_may_be_answered_by_who_is_no_longer_ready() {
    let mut c = given();
    c.ready("ann").waiting("kim").when(agent("ann"), not_ready("lunch")).then(&["ann not ready next: lunch"]);
    c.when(agent("ann"), accept("kim")).then_also("ann joined: Routed");
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).then_also("ann not ready: lunch");
}

#[test]
fn nobody_joins_beyond_the_limit_of_participants() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").signed_in("cy");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("ann"), invite("kim", "cy", TRANSFER));
    c.settings(|settings| settings.max_participants = 1);
    c.when(agent("bob"), accept_as("kim", "bob")).refused(Refusal::LimitReached { limit: "max_participants".into() });
    c.when(agent("cy"), accept_as("kim", "cy")).then_also("ann left: Transferred");
}

#[test]
fn how_the_last_offers_ended_is_known_and_the_oldest_are_forgotten() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    let mut offers = Vec::new();
    for _ in 0..70 {
        c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
        offers.extend(c.answer().offer);
        c.when(agent("bob"), decline_as("kim", "bob"));
    }
    let session = c.session("kim").id;
    let accept = |offer| move |_: &World| Command::AcceptOffer { session, offer };
    c.when(agent("bob"), accept(offers[69])).refused(Refusal::OfferClosed(Outcome::Declined));
    c.when(agent("bob"), accept(offers[6])).refused(Refusal::OfferClosed(Outcome::Declined));
    c.when(agent("bob"), accept(offers[5])).refused(Refusal::SessionNotFound);
}
