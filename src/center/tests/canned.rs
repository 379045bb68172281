//! Canned responses.

use super::*;

fn response(id: &str, text: &str) -> CannedResponse {
    CannedResponse {
        id: ResponseId::parse(id).unwrap(),
        title: id.into(),
        text: text.into(),
        shortcut: "".into(),
        language: None,
        queues: Default::default(),
    }
}

fn shared(response: CannedResponse) -> Command {
    Command::Put(Object::CannedResponse(Box::new(response)))
}

fn own(response: CannedResponse) -> Command {
    Command::PutCannedResponse(Box::new(response))
}

fn delete(id: &str) -> Command {
    Command::DeleteCannedResponse { id: ResponseId::parse(id).unwrap() }
}

fn known(c: &World, name: &str) -> Vec<String> {
    let agent = agent_id(name);
    let all = c.center.canned_for(&agent);
    all.map(|(personal, it)| format!("{}{}", if personal { "own " } else { "" }, it.id)).collect()
}

#[test]
fn an_agent_has_their_own_beside_the_centers() {
    let mut c = given();
    c.when(system(), |_| shared(response("hello", "Hello"))).then(&["canned hello put"]);
    c.when(system(), |_| shared(response("hello", "Hello"))).then(&[]);
    c.when(agent("ann"), |_| own(response("bye", "Bye"))).then(&["ann put canned bye"]);
    c.when(agent("ann"), |_| own(response("bye", "Bye"))).then(&[]);
    c.when(agent("ann"), |_| own(response("hello", "Hi"))).then(&["ann put canned hello"]);
    assert_eq!(known(&c, "ann"), ["own bye", "own hello", "hello"]);
    assert_eq!(known(&c, "bob"), ["hello"]);
    c.when(agent("ann"), |_| delete("bye")).then(&["ann deleted canned bye"]);
    c.when(agent("ann"), |_| delete("bye")).refused(Refusal::CannedResponseNotFound);
    c.when(agent("bob"), |_| delete("hello")).refused(Refusal::CannedResponseNotFound);
    assert_eq!(known(&c, "ann"), ["own hello", "hello"]);
}

#[test]
fn only_agents_have_their_own_and_only_for_queues_that_are_there() {
    let mut c = given();
    c.when(customer("kim"), |_| own(response("x", "x"))).refused(Refusal::RoleNotAllowed);
    c.when(backend(), |_| delete("x")).refused(Refusal::RoleNotAllowed);
    c.when(agent("nobody"), |_| own(response("x", "x"))).refused(Refusal::AgentNotFound);
    let queues = [queue_id("sales"), queue_id("unknown")].into();
    let why = Refusal::FieldInvalid { field: "response.queue_ids[1]".into(), why: "no such queue".into() };
    c.when(agent("ann"), |_| own(CannedResponse { queues, ..response("x", "x") })).refused(why);
}

#[test]
fn an_agent_has_so_many_and_may_change_one_of_them() {
    let mut c = given();
    for at in 0..MAX_PERSONAL {
        c.when(agent("ann"), |_| own(response(&format!("r{at}"), "x")));
    }
    let full = Refusal::LimitReached { limit: "personal_canned_responses".into() };
    c.when(agent("ann"), |_| own(response("more", "x"))).refused(full);
    c.when(agent("ann"), |_| own(response("r0", "changed"))).then(&["ann put canned r0"]);
    c.when(agent("bob"), |_| own(response("more", "x"))).then(&["bob put canned more"]);
}

#[test]
fn a_center_shares_so_many() {
    let c = given();
    let some = |count: usize| -> Vec<Object> {
        (0..count).map(|at| Object::CannedResponse(Box::new(response(&format!("r{at}"), "x")))).collect()
    };
    assert_eq!(c.center.check_objects(&some(MAX_SHARED)), Ok(()));
    let full = Refusal::LimitReached { limit: "canned_responses".into() };
    assert_eq!(c.center.check_objects(&some(MAX_SHARED + 1)), Err(full));
    let unknown =
        Object::CannedResponse(Box::new(CannedResponse { queues: [queue_id("unknown")].into(), ..response("x", "x") }));
    let field = c.center.check_objects(&[unknown]).unwrap_err();
    assert!(matches!(field, Refusal::FieldInvalid { field, .. } if field == "objects[0].canned_response.queue_ids[0]"));
}

#[test]
fn what_is_looked_for_is_found_in_title_shortcut_and_text_and_by_queue() {
    let sales = [queue_id("sales")].into();
    let it = CannedResponse { shortcut: "/HI".into(), queues: sales, ..response("greeting", "Good Morning") };
    let search = |query: &str, queue: Option<&str>| CannedSearch { query: query.into(), queue: queue.map(queue_id) };
    for query in ["", "GREET", "/hi", "morning"] {
        assert!(search(query, None).finds(&it), "{query}");
        assert!(search(query, Some("sales")).finds(&it), "{query}");
        assert!(!search(query, Some("support")).finds(&it), "{query}");
    }
    assert!(!search("evening", None).finds(&it));
    assert!(search("", Some("support")).finds(&response("any", "x")), "for all queues");
}

#[test]
fn variables_are_filled_and_what_is_not_known_stays() {
    let variables = Variables {
        customer_name: "Mia {{agent.name}}".into(),
        agent_name: "Ann".into(),
        queue_name: String::new(),
        attributes: vec![("plan".into(), "gold".into()), ("empty".into(), String::new())],
    };
    for (text, filled) in [
        ("Hi {{customer.name}}, {{ agent.name }} here", "Hi Mia {{agent.name}}, Ann here"),
        ("{{attribute.plan}}{{attribute.plan}}", "goldgold"),
        (
            "{{attribute.none}} {{attribute.empty}} {{queue.name}}",
            "{{attribute.none}} {{attribute.empty}} {{queue.name}}",
        ),
        ("{{weather}} {{ {{agent.name}} }} {{", "{{weather}} {{ Ann }} {{"),
        ("no variables", "no variables"),
    ] {
        assert_eq!(variables.fill(text), filled);
    }
    let long = Variables { customer_name: "é".repeat(4_000), ..variables };
    assert_eq!(long.fill(&"{{customer.name}}".repeat(9)).len(), 16 * 1024);
}

#[test]
fn a_shared_response_is_deleted() {
    let mut c = given();
    let delete = |_: &World| Command::DeleteShared { id: ResponseId::parse("hello").unwrap() };
    c.when(backend(), delete).refused(Refusal::CannedResponseNotFound);
    c.when(system(), |_| shared(response("hello", "Hello")));
    c.when(backend(), delete).then(&["canned hello deleted"]);
    assert_eq!(c.center.shared_responses().count(), 0);
}
