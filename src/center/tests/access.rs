//! Who may see what of a session.

use super::*;

#[test]
fn customers_see_their_own_and_a_bound_token_one() {
    let mut c = given();
    c.waiting("kim");
    let id = c.session("kim").id;
    let (own, other) = (customer_key("kim"), customer_key("lee"));
    let access = c.center.view(&Viewer::Customer(own, None), id).unwrap().1;
    assert_eq!(access, Access { audience: Audience::Everyone, until: None, ends_on_leaving: false });
    assert!(c.center.view(&Viewer::Customer(own, Some(id)), id).is_ok());
    let unbound = SessionId::from_bytes([0; 16]);
    for viewer in [Viewer::Customer(other, None), Viewer::Customer(own, Some(unbound))] {
        assert_eq!(c.center.view(&viewer, id).unwrap_err(), Refusal::SessionNotFound);
    }
    assert_eq!(c.center.view(&Viewer::All, unbound).unwrap_err(), Refusal::SessionNotFound);
    assert!(c.center.view(&Viewer::All, id).is_ok());
}

#[test]
fn an_agent_sees_the_offer_then_everything_then_up_to_their_leaving() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE);
    c.attended("kim", "ann").signed_in("bob");
    let (id, bob) = (c.session("kim").id, Viewer::Agent(agent_id("bob")));
    assert_eq!(c.center.view(&bob, id).unwrap_err(), Refusal::SessionNotFound);
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
    assert_eq!(c.center.view(&bob, id).unwrap_err(), Refusal::NotParticipant);
    c.when(agent("bob"), decline_as("kim", "bob"));
    assert_eq!(c.center.view(&bob, id).unwrap_err(), Refusal::SessionNotFound);
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    assert_eq!(c.center.view(&bob, id).unwrap().1.until, None);
    c.when(agent("bob"), leave("kim", None)).then(&["bob left: Left", "bob wraps up"]);
    let until = c.session("kim").revision;
    c.when(agent("ann"), say("kim", "between us")).after(MINUTE);
    assert_eq!(c.center.view(&bob, id).unwrap().1.until, Some(until), "up to the commit of their leaving");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
    assert_eq!(c.center.view(&bob, id).unwrap().1.until, Some(until));
    c.when(agent("bob"), accept_as("kim", "bob"));
    assert_eq!(c.center.view(&bob, id).unwrap().1.until, None, "the absence included");
    assert!(c.center.view(&Viewer::Agent(agent_id("sue")), id).is_ok(), "a supervisor sees all");
}
