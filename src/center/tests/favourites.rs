//! What agents like to see first.

use super::*;

fn like(target: Target) -> impl FnOnce(&World) -> Command {
    move |_| Command::PutFavourite { target }
}

fn unlike(target: Target) -> impl FnOnce(&World) -> Command {
    move |_| Command::DeleteFavourite { target }
}

fn bob() -> Target {
    Target::Agent(agent_id("bob"))
}

fn sales() -> Target {
    Target::Queue(queue_id("sales"))
}

#[test]
fn an_agent_has_favourites_of_their_own_and_each_once() {
    let mut c = given();
    c.when(agent("ann"), like(bob())).then(&["ann likes bob"]);
    c.when(agent("ann"), like(bob())).then(&[]);
    c.when(agent("ann"), like(sales())).then(&["ann likes queue sales"]);
    let own = |c: &World, name: &str| c.center.favourites(&agent_id(name)).cloned();
    assert_eq!(own(&c, "ann"), Some([bob(), sales()].into()));
    assert_eq!(own(&c, "bob"), None);
    c.when(agent("ann"), unlike(bob())).then(&["ann no longer likes bob"]);
    c.when(agent("ann"), unlike(bob())).then(&[]);
    c.when(agent("ann"), unlike(sales())).then(&["ann no longer likes queue sales"]);
    assert_eq!(own(&c, "ann"), None, "who has none takes no room");
}

#[test]
fn only_what_there_is_can_be_one_and_nobody_is_their_own() {
    let mut c = given();
    c.when(agent("ann"), like(Target::Agent(agent_id("nobody")))).refused(Refusal::AgentNotFound);
    c.when(agent("ann"), like(Target::Queue(queue_id("none")))).refused(Refusal::QueueNotFound);
    let own = Refusal::FieldInvalid { field: "target.agent_id".into(), why: "is the caller's own".into() };
    c.when(agent("bob"), like(bob())).refused(own);
    c.when(customer("kim"), like(bob())).refused(Refusal::RoleNotAllowed);
    c.when(agent("nobody"), unlike(bob())).refused(Refusal::AgentNotFound);
}

#[test]
fn there_are_so_many_and_no_more() {
    let mut c = given();
    for at in 0..=MAX_FAVOURITES {
        c.queue(&format!("q-{at}"), |_| {});
    }
    let queue = |at: usize| Target::Queue(queue_id(&format!("q-{at}")));
    for at in 0..MAX_FAVOURITES {
        c.when(agent("ann"), like(queue(at)));
    }
    c.when(agent("ann"), like(queue(MAX_FAVOURITES))).refused(Refusal::LimitReached { limit: "favourites".into() });
    c.when(agent("ann"), like(queue(0))).then(&[]);
    c.when(agent("ann"), unlike(queue(0))).when(agent("ann"), like(queue(MAX_FAVOURITES)));
    c.then(&["ann likes queue q-100"]);
    c.when(backend(), |_| Command::DeleteQueue { queue: queue_id("q-7") });
    c.when(agent("ann"), like(bob())).then(&["ann no longer likes queue q-7", "ann likes bob"]);
}
