//! The end is absorbing.

use super::*;

#[test]
fn the_customer_ends_it_for_all() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE).attended("kim", "ann").ready("bob");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken));
    c.when(customer("kim"), end("kim")).then(&[
        "offer to bob ended: Canceled(SessionEnded)",
        "ann stays after all",
        "unqueued from support: Ended",
        "ann left: SessionEnded",
        "ann wraps up",
        "ended: Customer",
    ]);
    assert_eq!(c.session("kim").state(), State::Ended);
    c.when(customer("kim"), end("kim")).refused(Refusal::SessionEnded);
    c.when(agent("ann"), end_for_all("kim")).refused(Refusal::SessionEnded);
    c.when(customer("kim"), say("kim", "hello?")).refused(Refusal::SessionEnded);
    c.when(customer("kim"), read("kim", 1)).refused(Refusal::SessionEnded);
    c.after(MINUTE).then(&["ann wrapped up: TimedOut, -", "closed", "ann not ready: -"]);
    c.after(48 * HOUR).then(&["bob left: AgentGone"; 0]);
}

#[test]
fn an_agent_alone_ends_it_and_with_others_says_so() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), end("kim")).refused(Refusal::OthersConnected);
    c.when(agent("ann"), end_for_all("kim")).then_also("ended: Agent").then_also("bob left: SessionEnded");

    let mut c = given();
    c.attended("kim", "ann").when(agent("ann"), end("kim")).then_also("ended: Agent");
}

#[test]
fn who_ended_it_is_told() {
    let mut c = given();
    c.waiting("kim").when(backend_for("kim"), end("kim")).then_also("ended: Integrator");
    c.attended("lee", "sue").when(agent("sue"), end("lee")).then_also("ended: Supervisor");
}

#[test]
fn nobody_else_ends_it() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(customer("lee"), end("kim")).refused(Refusal::SessionNotFound);
    c.when(agent("bob"), end("kim")).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), end("kim")).refused(Refusal::OthersConnected);
    c.when(backend(), end("kim")).refused(Refusal::RoleNotAllowed);
    c.when(customer("kim"), end("kim"));
    c.when(backend(), end("kim")).refused(Refusal::RoleNotAllowed);
}
