//! What reports are made of.

use super::*;

fn queue_figures(c: &World, queue: &str) -> [u64; 6] {
    let it = c.center.waits.get(&queue_id(queue)).cloned().unwrap_or_default();
    [it.entered, it.taken, it.abandoned, it.turned_away, it.overflowed, it.withdrawn]
}

#[test]
fn everybody_who_waits_comes_to_one_thing() {
    let mut c = given();
    c.queue("sales", |queue| {
        (queue.max_wait, queue.max_wait_action) = (MINUTE, MaxWaitAction::Overflow(queue_id("support")));
    });
    c.queue("support", |queue| queue.max_wait = MINUTE);
    c.waiting("over").after(MINUTE);
    assert_eq!(queue_figures(&c, "sales"), [1, 0, 0, 0, 1, 0]);
    c.after(MINUTE).then_also("ended: MaxWait");
    assert_eq!(queue_figures(&c, "support"), [1, 0, 0, 1, 0, 0]);
    c.attended("taken", "ann");
    c.when(agent("ann"), transfer("taken", "sales", TransferLeave::Stay)).when(agent("ann"), withdraw("taken"));
    c.waiting("gone").after(10 * SECOND).when(customer("gone"), end("gone"));
    c.waiting("gone at once").after(2 * SECOND).when(customer("gone at once"), end("gone at once"));
    assert_eq!(queue_figures(&c, "sales"), [5, 1, 2, 0, 1, 1]);
    assert_eq!(c.center.waits[&queue_id("sales")].short, 1, "who hardly waited is counted apart");
}

#[test]
fn an_agents_time_is_all_accounted_for() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = HOUR);
    c.after(HOUR).signed_in("ann").after(MINUTE).when(agent("ann"), not_ready("lunch")).after(2 * MINUTE);
    c.when(agent("ann"), go_ready).after(3 * MINUTE).waiting("kim").after(5 * SECOND);
    c.when(agent("ann"), accept("kim")).after(4 * MINUTE).waiting("lee").when(agent("ann"), accept("lee"));
    c.after(MINUTE).when(customer("kim"), end("kim")).when(customer("lee"), end("lee")).after(6 * MINUTE);
    c.when(agent("ann"), complete("kim")).when(agent("ann"), complete("lee"));
    let it = c.center.agents[&agent_id("ann")].figures_at(c.now + 7 * MINUTE);
    let reason = |reason: &str| it.not_ready[&Code::parse(reason)];
    assert_eq!((reason("signed-in"), reason("lunch")), (MINUTE, 2 * MINUTE));
    assert_eq!((it.ready, it.busy, it.after_chat), (10 * MINUTE, 5 * MINUTE + 5 * SECOND, 6 * MINUTE));
    assert_eq!((it.connected, it.wrapping_up), (6 * MINUTE, 12 * MINUTE), "of each session");
    assert_eq!((it.offered, it.accepted, it.declined, it.missed, it.joined), (2, 2, 0, 0, 2));
}

#[test]
fn what_becomes_of_offers_is_counted_and_invented_reasons_have_an_end() {
    let mut c = given();
    c.settings(|settings| settings.declines_to_not_ready = 0).ready("ann").waiting("kim");
    c.when(agent("ann"), decline_as("kim", "ann")).then_also("offered to ann");
    c.after(20 * SECOND).then_also("offer to ann ended: NoAnswer");
    for reason in 0..80 {
        let reason = Code::parse(&format!("reason-{reason}"));
        c.when(agent("ann"), |_| Command::SetState { ready: false, reason }).after(SECOND);
    }
    let it = c.center.agents[&agent_id("ann")].figures_at(c.now);
    assert_eq!((it.offered, it.declined, it.missed), (2, 1, 1));
    assert!(it.not_ready.len() <= 51, "{}", it.not_ready.len());
    assert!(it.not_ready[&None] > 20 * SECOND, "the others count together");
}
