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
