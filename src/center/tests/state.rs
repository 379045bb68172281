//! Agents come, go, and say whether they take router offers.

use super::*;

#[test]
fn signing_in_starts_not_ready_and_needs_a_desk_in_time() {
    let mut c = given();
    c.when(agent("ann"), |_| Command::SignIn).then(&["ann signed in"]);
    c.when(agent("ann"), |_| Command::SignIn).then(&[]);
    c.when(agent("ann"), go_ready).refused(Refusal::DeskRequired);
    c.after(30 * SECOND).then(&["ann signed out"]);
}

#[test]
fn ready_needs_to_be_signed_in() {
    let mut c = given();
    c.when(agent("ann"), go_ready).refused(Refusal::NotSignedIn);
    c.when(customer("kim"), go_ready).refused(Refusal::RoleNotAllowed);
    c.when(agent("nobody"), go_ready).refused(Refusal::AgentNotFound);
    c.when(agent("nobody"), |_| Command::SignIn).refused(Refusal::AgentNotFound);
    c.when(system(), open_desk("ann", NODE)).refused(Refusal::NotSignedIn);
    c.when(system(), open_desk("nobody", NODE)).refused(Refusal::AgentNotFound);
}

#[test]
fn a_reason_may_be_required() {
    let mut c = given();
    c.settings(|settings| settings.reason_required = true).ready("ann");
    c.when(agent("ann"), |_| Command::SetState { ready: false, reason: None }).refused(Refusal::StateReasonRequired);
    c.when(agent("ann"), not_ready("lunch")).then(&["ann not ready: lunch"]);
    c.when(agent("ann"), not_ready("lunch")).then(&[]);
    c.when(agent("ann"), not_ready("meeting")).then(&["ann not ready: meeting"]);
}

#[test]
fn busy_a_state_waits_for_the_work_in_hand() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE).ready("ann").waiting("kim");
    c.when(agent("ann"), not_ready("lunch")).then(&["ann not ready next: lunch"]);
    c.when(agent("ann"), accept("kim")).then_also("ann joined: Routed");
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).then_also("ann wraps up");
    c.when(agent("ann"), complete("kim")).then_also("ann not ready: lunch");
}

#[test]
fn ready_again_drops_the_state_that_waits() {
    let mut c = given();
    c.ready("ann").waiting("kim").when(agent("ann"), not_ready("lunch"));
    c.when(agent("ann"), go_ready).then(&["ann ready"]);
    c.when(agent("ann"), go_ready).then(&[]);
    c.when(agent("ann"), accept("kim"));
    c.when(agent("ann"), leave("kim", Some(IfLast::End)));
    assert_eq!(c.center.agents[&agent_id("ann")].status, Status::Ready);
}

#[test]
fn signing_out_with_sessions_hands_them_back_or_is_refused() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE).attended("kim", "ann");
    c.when(agent("ann"), sign_out(false)).refused(Refusal::AgentHasSessions);
    c.when(agent("ann"), sign_out(true));
    c.then_also("ann signed out").then_also("queued in sales: Returned").then_also("ann left: SignedOut");
    c.then_also("ann wraps up");
    c.when(agent("ann"), sign_out(true)).then(&[]);
    c.after(MINUTE).then(&["ann wrapped up: TimedOut, -"]);
}

#[test]
fn signing_out_ends_what_rings() {
    let mut c = given();
    c.ready("ann").ready("bob").waiting("kim").then_also("offered to ann");
    c.when(agent("ann"), sign_out(false)).then(&["ann signed out", "offer to ann ended: AgentGone", "offered to bob"]);
    c.when(agent("ann"), accept_as("kim", "ann")).refused(Refusal::OfferClosed(Outcome::AgentGone));
}

#[test]
fn who_missed_an_offer_rests_and_comes_back_by_themselves() {
    let mut c = given();
    c.settings(|settings| settings.no_answer_return_time = 30 * SECOND);
    c.ready("ann").waiting("kim").after(20 * SECOND).then_also("ann not ready: no-answer");
    c.after(29 * SECOND).then(&[]);
    c.after(SECOND).then(&["ann ready", "offered to ann"]);
    c.when(agent("ann"), not_ready("lunch")).after(HOUR);
    assert_eq!(c.center.agents[&agent_id("ann")].status, Status::NotReady(Code::parse("lunch")), "a break lasts");
}

#[test]
fn who_misses_several_in_a_row_is_signed_out_and_their_customers_wait_again() {
    let mut c = given();
    c.settings(|settings| (settings.misses_to_sign_out, settings.inactivity_time) = (2, 24 * HOUR));
    c.attended("kim", "ann").when(agent("ann"), go_ready).waiting("lee").after(20 * SECOND);
    c.when(agent("ann"), go_ready).then_also("offered to ann");
    c.after(20 * SECOND).then_also("ann signed out").then_also("queued in sales: Returned");
}

#[test]
fn a_miss_counts_only_in_a_row() {
    let mut c = given();
    c.settings(|settings| settings.misses_to_sign_out = 2);
    c.ready("ann").waiting("kim").after(20 * SECOND);
    c.when(agent("ann"), go_ready).when(agent("ann"), accept("kim")).waiting("lee").after(20 * SECOND);
    assert!(c.center.agents[&agent_id("ann")].is_signed_in());
}

#[test]
fn where_the_center_has_its_reasons_no_other_is_taken() {
    let mut c = given();
    c.settings(|settings| settings.reasons = vec![Code::parse("lunch").unwrap()]);
    c.ready("ann")
        .when(agent("ann"), not_ready("golf"))
        .refused(Refusal::FieldInvalid { field: "reason".into(), why: "is none of the center's reasons".into() });
    c.when(agent("ann"), not_ready("lunch")).then(&["ann not ready: lunch"]);
}
