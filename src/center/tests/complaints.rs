//! What users of other systems complain of, each as what happens here instead.

use super::*;

#[test]
fn two_agents_accept_one_chat() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").signed_in("cy");
    c.when(agent("ann"), invite("kim", "bob", TRANSFER)).when(agent("ann"), invite("kim", "cy", TRANSFER));
    c.when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("cy"), accept_as("kim", "cy")).refused(Refusal::OfferClosed(Outcome::Canceled(CancelCause::Taken)));
    assert_eq!(c.session("kim").attending().count(), 1);
}

#[test]
fn a_limit_of_three_becomes_four() {
    let mut c = given();
    c.configured("ann", |agent| agent.capacity = Some(3)).ready("ann");
    for name in ["one", "two", "three"] {
        c.waiting(name).when(agent("ann"), accept(name));
    }
    c.waiting("four");
    assert!(c.session("four").router_offer().is_none());
    c.attended("five", "bob").when(agent("bob"), invite("five", "ann", TRANSFER)).refused(Refusal::AgentAtCapacity);
    c.configured("ann", |agent| {
        agent.capacity = Some(3);
        agent.permissions.insert(Permission::TakeFromQueue);
    });
    c.when(agent("ann"), take("four", false)).refused(Refusal::AgentAtCapacity);
}

#[test]
fn a_failed_forward_is_treated_as_done() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.after(MINUTE).then_also("offer to bob ended: NoAnswer");
    assert!(c.session("kim").connected_as(&agent_id("ann")).is_some(), "the inviter has kept it");
}

#[test]
fn a_full_queue_says_nothing() {
    let mut c = given();
    c.queue("sales", |queue| queue.max_length = 1).waiting("kim");
    c.when(customer("lee"), start("lee", "sales")).refused(Refusal::QueueFull);
}

#[test]
fn a_timer_fires_after_the_chat_was_queued_again() {
    let mut c = given();
    c.waiting("kim").after(50 * MINUTE);
    c.ready("ann").when(agent("ann"), accept("kim")).when(agent("ann"), say("kim", "hello"));
    c.when(agent("ann"), transfer("kim", "sales", TransferLeave::Now));
    c.after(11 * MINUTE);
    assert!(c.session("kim").entry.is_some(), "the first wait's hour is over, this one's isn't");
}

#[test]
fn a_chat_is_stuck_for_days() {
    let mut c = given();
    c.waiting("kim").after(25 * HOUR);
    assert!(!c.session("kim").is_open());
    c.attended("lee", "ann").after(25 * HOUR);
    assert!(!c.session("lee").is_open());
}

#[test]
fn already_taken_though_nobody_serves_it() {
    let mut c = given();
    c.ready("ann").waiting("kim").ready("bob").when(agent("ann"), decline_as("kim", "ann"));
    c.when(agent("ann"), accept_as("kim", "ann")).refused(Refusal::OfferClosed(Outcome::Declined));
    c.when(agent("bob"), accept_as("kim", "bob")).then_also("bob joined: Routed");
}

#[test]
fn forwarded_without_consent() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    assert!(c.session("kim").connected_as(&agent_id("bob")).is_none(), "invited isn't connected");
    c.when(agent("bob"), decline_as("kim", "bob"));
    assert!(c.session("kim").connected_as(&agent_id("ann")).is_some());
}

#[test]
fn the_invited_agent_sees_nothing() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(customer("kim"), say("kim", "it broke"));
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    let (session, viewer) = (c.session("kim"), Viewer::Agent(agent_id("bob")));
    let access = session.seen_by(&viewer, false).unwrap();
    assert_eq!((access.audience, access.until), (Audience::Staff, None), "the whole history, from its first event");
}

#[test]
fn the_transcript_is_missing_after_a_transfer_back() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.when(agent("bob"), accept_as("kim", "bob")).when(customer("kim"), say("kim", "while ann was away"));
    c.when(agent("bob"), invite("kim", "ann", TRANSFER)).when(agent("ann"), accept_as("kim", "ann"));
    let access = c.session("kim").seen_by(&Viewer::Agent(agent_id("ann")), false).unwrap();
    assert_eq!(access.until, None, "who comes back sees the absence too");
}

#[test]
fn end_is_clicked_while_an_invitation_is_under_way() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    let choices = vec![IfLast::ReturnToQueue, IfLast::AwaitInvitee, IfLast::End];
    c.when(agent("ann"), leave("kim", None)).refused(Refusal::LastAgent(choices));
    c.when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), leave("kim", Some(IfLast::End))).refused(Refusal::NotParticipant);
    assert!(c.session("kim").is_open(), "a stale click ends nothing");
}

#[test]
fn a_janitor_kills_a_chat_in_the_middle_of_a_transfer() {
    let mut c = given();
    c.attended("kim", "ann").when(agent("ann"), say("kim", "one moment"));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::Now)).after(30 * MINUTE);
    assert!(c.session("kim").is_open(), "the customer's silence doesn't count while they wait");
}

#[test]
fn an_older_chat_is_overtaken_by_a_newer_one_when_room_is_made() {
    let mut c = given();
    c.configured("ann", |agent| agent.capacity = Some(1)).ready("ann").waiting("one").when(agent("ann"), accept("one"));
    c.waiting("older").after(SECOND);
    c.waiting("newer").when(agent("ann"), leave("one", Some(IfLast::End)));
    assert!(c.session("older").router_offer().is_some());
    assert!(c.session("newer").router_offer().is_none());
}

#[test]
fn a_chat_is_stuck_on_an_agent_who_is_offline() {
    let mut c = given();
    c.attended("kim", "ann").when(system(), close_desk("ann", NODE));
    c.after(30 * SECOND).then_also("queued in sales: Returned").then_also("ann left: AgentGone");
    c.ready("bob").then_also("offered to bob");
}

#[test]
fn assigned_but_never_answered() {
    let mut c = given();
    c.ready("ann").waiting("kim").after(SECOND);
    c.ready("bob").after(20 * SECOND).then_also("offer to ann ended: NoAnswer").then_also("offered to bob");
    c.queue("sales", |queue| queue.first_response_time = MINUTE);
    c.when(agent("bob"), accept("kim")).after(MINUTE).then_also("bob left: NoResponse");
}

#[test]
fn ownership_flaps() {
    let mut c = given();
    c.attended("kim", "ann").ready("bob").signed_in("cy");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken));
    c.when(agent("ann"), invite("kim", "cy", TRANSFER));
    c.when(agent("bob"), accept_as("kim", "bob")).then_also("offer to cy ended: Canceled(Taken)");
    c.when(agent("cy"), accept_as("kim", "cy")).refused(Refusal::OfferClosed(Outcome::Canceled(CancelCause::Taken)));
    let holders: Vec<_> = c.session("kim").attending().map(|participant| participant.agent.clone()).collect();
    assert_eq!(holders, [agent_id("bob")]);
}

#[test]
fn a_queue_message_comes_after_the_agent() {
    let mut c = given();
    c.queue("sales", |queue| {
        let (moment, language) = (Moment::Waiting, None);
        queue.messages = vec![QueueMessage { moment, language, text: "Please wait".into() }];
        queue.waiting_interval = 10 * SECOND;
    });
    c.ready("ann").waiting("kim").after(5 * SECOND).when(agent("ann"), accept("kim"));
    c.when(agent("ann"), say("kim", "hello")).after(2 * MINUTE).then(&[]);
}

#[test]
fn a_message_is_posted_after_the_end() {
    let mut c = given();
    c.attended("kim", "ann").when(customer("kim"), end("kim"));
    c.when(agent("ann"), say("kim", "one more thing")).refused(Refusal::SessionEnded);
    c.when(supervisor("sue"), whisper("kim", "so it goes")).refused(Refusal::SessionEnded);
}

#[test]
fn a_manual_take_goes_past_the_limit() {
    let mut c = given();
    c.configured("ann", |agent| {
        agent.capacity = Some(1);
        agent.permissions.insert(Permission::TakeFromQueue);
    });
    c.attended("one", "ann").waiting("two");
    c.when(agent("ann"), take("two", true)).refused(Refusal::AgentAtCapacity);
}

#[test]
fn somebody_who_is_not_in_the_chat_sends() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(agent("bob"), say("kim", "hello")).refused(Refusal::SessionNotFound);
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE));
    c.when(agent("bob"), say("kim", "hello")).refused(Refusal::NotParticipant);
    c.when(customer("lee"), say("kim", "hello")).refused(Refusal::SessionNotFound);
}

#[test]
fn the_position_is_lost_on_a_refresh() {
    let mut c = given();
    c.waiting("one").waiting("kim").when(system(), watch("kim", NODE));
    let place = c.center.place_of(c.session("kim").id);
    c.when(system(), unwatch("kim", NODE)).after(MINUTE).when(system(), watch("kim", NODE));
    c.when(customer("kim"), start("kim", "sales"));
    assert!(!c.answer().is_new);
    assert_eq!((place, c.center.place_of(c.session("kim").id)), (Some(2), Some(2)));
}

#[test]
fn an_outcome_is_shown_differently_to_two_agents() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").when(agent("ann"), invite("kim", "bob", TRANSFER));
    c.when(agent("ann"), cancel("kim", "bob"));
    let by_inviter = Refusal::OfferClosed(Outcome::Canceled(CancelCause::ByInviter));
    c.when(agent("bob"), accept_as("kim", "bob")).refused(by_inviter.clone());
    c.when(agent("ann"), cancel("kim", "bob")).refused(by_inviter);
}

#[test]
fn a_notification_is_sent_twice() {
    let mut c = given();
    c.settings(|settings| settings.inactivity_warning = Some("Still there?".into()));
    c.attended("kim", "ann").when(agent("ann"), say("kim", "hello")).after(5 * MINUTE).then_also("warned: Inactivity");
    c.after_a_recovery(SECOND, &[NODE, OTHER_NODE]);
    c.after(4 * MINUTE).then(&[]);
}
