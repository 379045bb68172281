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

#[test]
fn an_answer_tells_nobody_a_revision_past_what_they_may_see() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = HOUR);
    c.attended("kim", "ann").signed_in("bob").signed_in("cy");
    c.when(agent("ann"), invite("kim", "cy", CONFERENCE));
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), leave("kim", None));
    let until = c.session("kim").revision;
    assert_eq!(c.answer().revision, until);
    c.when(agent("bob"), say("kim", "she is gone"));
    c.when(agent("ann"), dispose("kim", "sold"));
    assert_eq!(c.answer().revision, until, "what was said since is none of hers");
    c.when(agent("cy"), decline_as("kim", "cy"));
    assert_eq!((c.answer().revision, c.answer().public), (0, 0), "who never joined sees none");
    c.when(agent("bob"), whisper("kim", "phew"));
    assert_eq!(c.answer().revision, c.session("kim").revision);
}

#[test]
fn who_declined_learns_how_the_offer_ended_and_nothing_else() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("bob"), decline_as("kim", "bob"));
    for _ in 0..2 {
        c.when(agent("bob"), leave("kim", None)).refused(Refusal::SessionNotFound);
        c.when(agent("bob"), say("kim", "hello?")).refused(Refusal::SessionNotFound);
        c.when(agent("bob"), cancel("kim", "bob")).refused(Refusal::SessionNotFound);
        c.when(agent("bob"), accept_as("kim", "bob")).refused(Refusal::OfferClosed(Outcome::Declined));
        c.when(customer("kim"), end("kim"));
    }
}
