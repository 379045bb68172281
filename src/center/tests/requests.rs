//! Once: a repeated request gets the first one's answer, and takes effect once.

use super::*;

#[test]
fn a_repeated_request_gets_the_same_answer_and_changes_nothing() {
    let mut c = given();
    c.when_asked(customer("kim"), "a", start("kim", "sales")).then_also("started");
    let first = c.answer().clone();
    c.when(customer("kim"), end("kim"));
    c.when_asked(customer("kim"), "a", start("kim", "sales")).then(&[]);
    assert_eq!(*c.answer(), first);
    assert!(!c.session("kim").is_open());
}

#[test]
fn with_another_content_it_is_refused() {
    let mut c = given();
    c.when_asked(customer("kim"), "a", start("kim", "sales"));
    c.when_asked(customer("kim"), "a", start("kim", "support")).refused(Refusal::RequestIdReused);
    c.when_asked(customer("lee"), "a", start("lee", "support")).then_also("started");
    c.when_asked(backend_for("kim"), "a", end("kim")).then_also("ended: Integrator");
}

#[test]
fn one_that_changed_nothing_is_remembered_and_a_refused_one_is_not() {
    let mut c = given();
    c.signed_in("ann").when_asked(agent("ann"), "again", |_| Command::SignIn).then(&[]);
    c.when_asked(agent("ann"), "again", go_ready).refused(Refusal::RequestIdReused);
    c.when_asked(agent("bob"), "b", go_ready).refused(Refusal::NotSignedIn);
    c.signed_in("bob").when_asked(agent("bob"), "b", go_ready).then(&["bob ready"]);
}

#[test]
fn reading_is_remembered_by_its_mark_alone() {
    let mut c = given();
    c.attended("kim", "ann").when(customer("kim"), say("kim", "hi"));
    c.when_asked(agent("ann"), "r", read("kim", 3)).then_also("all see that 1 read up to 3, public 2");
    c.when_asked(agent("ann"), "r", read("kim", 2)).then(&[]);
    assert!(!c.events.iter().any(|event| matches!(event, Event::Center(_))), "nothing changed, nothing is logged");
}

#[test]
fn after_a_day_it_is_forgotten() {
    let mut c = given();
    c.when_asked(customer("kim"), "a", start("kim", "sales")).when(customer("kim"), end("kim"));
    c.after(24 * HOUR).when_asked(customer("kim"), "a", start("kim", "sales")).then(&[]);
    c.after(1).when_asked(customer("kim"), "a", start("kim", "sales")).then_also("started");
    c.when_asked(customer("kim"), "a", start("kim", "sales")).then(&[]);
    assert!(c.answer().is_new, "it is remembered anew");
}

#[test]
fn at_a_callers_cap_new_ones_are_refused() {
    let mut c = given();
    c.when_asked(agent("ann"), "first", |_| Command::SignIn);
    let known = c.center.requests.answers[&agent("ann")].values().next().unwrap().clone();
    let all = c.center.requests.answers.get_mut(&agent("ann")).unwrap();
    for at in 1..REQUESTS_PER_CALLER {
        all.insert(RequestId::parse(&format!("n{at}")).unwrap(), known.clone());
    }
    c.when_asked(agent("ann"), "new", |_| Command::SignIn).refused(Refusal::RateLimited);
    let mut later = c.center.clone();
    let asked = Asked {
        caller: agent("ann"),
        request: Some(Requested { id: RequestId::parse("new").unwrap(), fingerprint: 0 }),
        command: Command::SignIn,
    };
    let decided = later.handle(asked, c.now + 25 * HOUR, Seed::new([0; 32]), Content::default());
    assert!(decided.is_ok(), "what is a day old counts no more");
}
