//! The server's own downtime counts for nobody.

use super::*;

#[test]
fn what_waits_for_a_person_moves_by_the_downtime_and_an_offer_says_so() {
    let mut c = given();
    c.ready("ann").waiting("kim").after(5 * SECOND);
    c.after_a_recovery(HOUR, &[NODE]).then(&["deadlines moved by 3600000", "offer to ann extended"]);
    c.after(15 * SECOND - 1).then(&[]);
    c.after(1).then(&["offer to ann ended: NoAnswer", "ann not ready: no-answer"]);
}

#[test]
fn nothing_is_due_sooner_than_the_hold() {
    let mut c = given();
    c.ready("ann").waiting("kim").after(19 * SECOND);
    c.after_a_recovery(SECOND, &[NODE]);
    c.after(15 * SECOND - 1).then(&[]);
    c.after(1).then_also("offer to ann ended: NoAnswer");
}

#[test]
fn downtimes_add_up_until_they_are_paid() {
    let mut c = given();
    c.waiting("kim").after(59 * MINUTE);
    let started =
        |now| LeaderStarted { epoch: 2, incarnation: NODE, now, down_for: HOUR, living: [NODE].into(), format: None };
    c.now = c.now + HOUR;
    let first = started(c.now);
    c.leader_started(&first);
    c.after_a_recovery(HOUR, &[NODE]).then(&["deadlines moved by 7200000"]);
    c.after(MINUTE - 1).then(&[]);
    c.after(1).then_also("ended: MaxWait");
}

#[test]
fn streams_of_dead_runs_are_gone_and_the_grace_begins_then() {
    let mut c = given();
    c.attended("kim", "ann").when(system(), watch("kim", NODE));
    c.after_a_recovery(MINUTE, &[OTHER_NODE]);
    c.then(&["deadlines moved by 60000", "ann closed a desk", "customer away"]);
    c.when(system(), watch("kim", OTHER_NODE)).then(&["customer returned"]);
    c.after(30 * SECOND).then_also("ann left: AgentGone");
}

#[test]
fn who_reconnects_within_the_grace_keeps_everything() {
    let mut c = given();
    c.attended("kim", "ann").after_a_recovery(MINUTE, &[OTHER_NODE]);
    c.after(29 * SECOND).when(system(), open_desk("ann", OTHER_NODE)).after(HOUR);
    assert!(c.session("kim").is_attended());
}

#[test]
fn wrap_ups_silence_and_absence_move_as_well() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE);
    c.attended("kim", "ann").when(customer("kim"), end("kim"));
    c.attended("lee", "ann").when(agent("ann"), say("lee", "well?")).after(59 * SECOND);
    c.after_a_recovery(HOUR, &[NODE]).then(&["deadlines moved by 3600000"]);
    c.after(15 * SECOND - 1).then(&[]);
    c.after(1).then(&["ann wrapped up: TimedOut, -", "closed"]);
    c.after(4 * MINUTE - 14 * SECOND).then(&["warned: Inactivity"]);
}

#[test]
fn graces_that_begin_with_a_recovery_last_at_least_the_hold() {
    let mut c = given();
    c.settings(|settings| settings.recovery_hold = 2 * MINUTE).attended("kim", "ann");
    c.after_a_recovery(SECOND, &[OTHER_NODE]).then_also("ann closed a desk");
    c.after(2 * MINUTE - 1).then(&[]);
    c.after(1).then_also("ann left: AgentGone");
}

#[test]
fn absence_and_a_lease_already_running_move_as_well() {
    let mut c = given();
    c.attended("kim", "ann").waiting("lee");
    c.when(system(), watch("lee", NODE)).when(system(), unwatch("lee", NODE));
    c.when(system(), close_desk("ann", NODE)).after(20 * SECOND);
    c.after_a_recovery(HOUR, &[NODE]).then_also("deadlines moved by 3600000");
    c.after(15 * SECOND - 1).then(&[]);
    c.after(1).then_also("ann signed out");
    c.after(5 * MINUTE - 35 * SECOND).then_also("customer absent");
}
