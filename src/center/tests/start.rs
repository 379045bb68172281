//! A customer, or an integrator for one, starts a session: always into a queue, one open session a customer.

use super::*;

#[test]
fn a_session_starts_waiting_in_its_queue() {
    let mut c = given();
    c.when(customer("kim"), start("kim", "sales")).then(&["started", "queued in sales: Started"]);
    assert!(c.answer().is_new);
    assert_eq!((c.answer().revision, c.answer().public), (2, 2));
    assert_eq!(c.session("kim").state(), State::Waiting);
    assert_eq!(c.session("kim").home, queue_id("sales"));
}

#[test]
fn a_second_start_answers_with_the_first() {
    let mut c = given();
    c.waiting("kim");
    let first = c.answer().session;
    c.when(customer("kim"), start("kim", "support")).then(&[]);
    assert_eq!((c.answer().session, c.answer().is_new), (first, false));
    c.when(backend_for("kim"), start("kim", "sales")).then(&[]);
    assert!(!c.answer().is_new);
}

#[test]
fn after_the_end_a_start_makes_a_new_session() {
    let mut c = given();
    c.waiting("kim").when(customer("kim"), end("kim"));
    c.when(customer("kim"), start("kim", "sales")).then(&["started", "queued in sales: Started"]);
    assert!(c.answer().is_new);
}

#[test]
fn only_the_customer_or_who_acts_for_them_starts() {
    let mut c = given();
    for caller in [agent("ann"), supervisor("sue"), backend(), system(), customer("lee")] {
        c.when(caller, start("kim", "sales")).refused(Refusal::RoleNotAllowed);
    }
    c.when(backend_for("kim"), start("kim", "sales")).then(&["started", "queued in sales: Started"]);
}

#[test]
fn customers_choose_public_queues_only_and_no_priority() {
    let mut c = given();
    c.queue("vip", |queue| queue.open_to_customers = false);
    c.when(customer("kim"), start("kim", "vip")).refused(Refusal::QueueNotFound);
    c.when(customer("kim"), start("kim", "nowhere")).refused(Refusal::QueueNotFound);
    let why = "integrators only".into();
    c.when(customer("kim"), start_with("kim", "sales", |start| start.priority = 5))
        .refused(Refusal::FieldInvalid { field: "priority".into(), why });
    c.when(backend_for("kim"), start_with("kim", "vip", |start| start.priority = 5))
        .then_also("queued in vip: Started");
    assert_eq!(c.session("kim").priority, 5);
}

#[test]
fn what_a_customer_says_is_unverified() {
    let mut c = given();
    let named = |start: &mut StartSession| start.attributes = vec![(Code::parse("plan").unwrap(), "gold".into())];
    c.when(customer("kim"), start_with("kim", "sales", named));
    c.when(backend_for("lee"), start_with("lee", "sales", named));
    assert!(!c.session("kim").attributes[0].verified);
    assert!(c.session("lee").attributes[0].verified);
}

#[test]
fn a_full_queue_takes_no_new_start_but_tells_who_is_inside() {
    let mut c = given();
    c.queue("sales", |queue| queue.max_length = 1).waiting("kim");
    c.when(customer("lee"), start("lee", "sales")).refused(Refusal::QueueFull);
    c.when(customer("kim"), start("kim", "sales")).then(&[]);
}

#[test]
fn a_length_limit_does_not_bind_customers_already_inside() {
    let mut c = given();
    c.queue("support", |queue| queue.max_length = 1);
    c.attended("kim", "ann").when(customer("lee"), start("lee", "support"));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Now)).then_also("queued in support: Transferred");
}

#[test]
fn a_second_start_answers_with_the_first_whatever_became_of_the_queue() {
    let mut c = given();
    c.waiting("kim");
    let first = c.answer().session;
    c.queue("sales", |queue| queue.open_to_customers = false);
    for queue in ["sales", "nowhere"] {
        c.when(customer("kim"), start("kim", queue)).then(&[]);
        assert_eq!((c.answer().session, c.answer().is_new), (first, false));
    }
    c.when(customer("lee"), start("lee", "sales")).refused(Refusal::QueueNotFound);
}

#[test]
fn customers_do_not_choose_their_own_patience() {
    let mut c = given();
    let start = |_: &World| {
        let mut start = StartSession::new(customer_key("kim"), "kim".into(), queue_id("sales"));
        start.channel = Channel::Messenger;
        Command::StartSession(Box::new(start))
    };
    let refusal = Refusal::FieldInvalid { field: "channel".into(), why: "integrators only".into() };
    c.when(customer("kim"), start).refused(refusal);
    c.when(backend_for("kim"), start).then_also("queued in sales: Started");
}

#[test]
fn attributes_have_one_bound_however_they_come() {
    let mut c = given();
    let update = |from: usize, bytes: usize| {
        let attributes = (from..from + 12).map(|at| (Code::parse(&format!("a{at}")).unwrap(), "x".repeat(bytes)));
        let update = UpdateSession { attributes: attributes.collect(), ..UpdateSession::default() };
        move |c: &World| Command::UpdateSession { session: c.session("kim").id, update: Box::new(update) }
    };
    c.waiting("kim").when(customer("kim"), update(0, 4_000)).then_also("updated");
    c.when(customer("kim"), update(12, 4_000)).refused(Refusal::LimitReached { limit: "attributes".into() });
    c.when(customer("kim"), update(0, 4_096)).then_also("updated");
    c.when(customer("kim"), update(0, 0)).when(customer("kim"), update(12, 4_096)).then_also("updated");
}
