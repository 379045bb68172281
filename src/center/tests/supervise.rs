//! Supervisors look in, join, take over, remove, reassign, set states; agents ask for help, and take what waits.

use super::*;

#[test]
fn who_looks_in_leaves_no_trace_in_the_session() {
    let mut c = given();
    c.attended("kim", "ann");
    let before = c.session("kim").revision;
    c.when(supervisor("sue"), monitor("kim", true)).then(&["audit: monitoring"]);
    assert_eq!(c.session("kim").revision, before);
    assert!(c.center.monitors.contains(&(c.session("kim").id, agent_id("sue"))));
    c.when(supervisor("sue"), monitor("kim", true)).then(&[]);
    c.when(supervisor("sue"), monitor("kim", false)).then(&["audit: monitoring no more"]);
    c.when(agent("ann"), monitor("kim", true)).refused(Refusal::RoleNotAllowed);
    c.when(agent("bob"), monitor("kim", true)).refused(Refusal::SessionNotFound);
}

#[test]
fn a_supervisor_whispers_without_joining_and_says_nothing_aloud() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(supervisor("sue"), whisper("kim", "offer a discount")).then(&["sue whispered: offer a discount"]);
    c.when(supervisor("sue"), say("kim", "hello")).refused(Refusal::NotParticipant);
}

#[test]
fn who_barges_in_is_a_connected_agent_in_every_respect() {
    let mut c = given();
    c.attended("kim", "ann").when(supervisor("sue"), barge_in("kim", false)).refused(Refusal::NotSignedIn);
    c.signed_in("sue").when(supervisor("sue"), barge_in("kim", false)).then(&["sue joined: BargedIn"]);
    c.when(supervisor("sue"), barge_in("kim", false)).refused(Refusal::AlreadyParticipant);
    c.when(agent("ann"), leave("kim", None)).then_also("ann left: Left");
    c.when(agent("ann"), barge_in("kim", false)).refused(Refusal::RoleNotAllowed);
    c.waiting("lee")
        .when(supervisor("sue"), barge_in("lee", false))
        .then(&["unqueued from sales: Taken", "sue joined: BargedIn"]);
}

#[test]
fn beyond_capacity_only_by_permission_and_it_is_logged() {
    let mut c = given();
    c.configured("sue", |agent| (agent.supervisor, agent.capacity) = (true, Some(1)));
    c.attended("kim", "sue").waiting("lee");
    c.when(supervisor("sue"), barge_in("lee", false)).refused(Refusal::AgentAtCapacity);
    c.when(supervisor("sue"), barge_in("lee", true)).refused(Refusal::AgentAtCapacity);
    let mut sue = c.center.agents[&agent_id("sue")].config.clone();
    sue.permissions.insert(Permission::OverrideCapacity);
    c.when(system(), |_| Command::Put(Object::Agent(Box::new(sue))));
    c.when(supervisor("sue"), barge_in("lee", true)).then_also("sue has 2 of 1");
}

#[test]
fn who_comes_back_into_their_wrap_up_needs_no_second_unit() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE);
    c.configured("sue", |agent| (agent.supervisor, agent.capacity) = (true, Some(1)));
    c.attended("kim", "sue").when(agent("sue"), leave("kim", Some(IfLast::ReturnToQueue)));
    assert_eq!(c.center.agents[&agent_id("sue")].work.wrap_ups.len(), 1);
    c.when(supervisor("sue"), take("kim", false)).then_also("sue joined: TakenFromQueue");
    assert_eq!(c.center.agents[&agent_id("sue")].work.units(), 1);
}

#[test]
fn who_takes_over_is_alone_with_the_customer() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob").signed_in("sue");
    c.when(agent("ann"), invite("kim", "bob", CONFERENCE)).when(agent("bob"), accept_as("kim", "bob"));
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken));
    c.when(supervisor("sue"), take_over("kim")).then(&[
        "unqueued from support: Taken",
        "sue joined: TookOver",
        "ann left: TakenOver",
        "bob left: TakenOver",
        "ann not ready: -",
    ]);
    assert_eq!(c.session("kim").attending().count(), 1);
}

#[test]
fn who_takes_over_stays_whatever_they_planned() {
    let mut c = given();
    c.attended("kim", "sue").when(agent("sue"), transfer("kim", "support", TransferLeave::WhenTaken));
    c.when(supervisor("sue"), take_over("kim")).then(&["sue stays after all", "unqueued from support: Taken"]);
    assert!(c.session("kim").connected_as(&agent_id("sue")).is_some());
    assert!(c.session("kim").leaving.is_empty());
}

#[test]
fn a_helper_who_planned_to_leave_leaves_when_a_supervisor_takes_it() {
    for by_taking_over in [true, false] {
        let mut c = given();
        c.configured("helper", |agent| agent.kind = AgentKind::Assistant).signed_in("helper").signed_in("sue");
        c.attended("kim", "ann").when(agent("ann"), invite("kim", "helper", CONFERENCE));
        c.when(agent("helper"), accept_as("kim", "helper"))
            .when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue)));
        c.when(agent("helper"), transfer("kim", "support", TransferLeave::WhenTaken));
        match by_taking_over {
            true => c.when(supervisor("sue"), take_over("kim")),
            false => c.when(supervisor("sue"), barge_in("kim", false)),
        };
        c.then_also("helper left: Transferred");
        assert!(c.session("kim").leaving.is_empty());
    }
}

#[test]
fn who_is_removed_leaves_nobody_alone() {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(supervisor("sue"), remove("kim", "bob")).refused(Refusal::AgentNotFound);
    c.when(supervisor("sue"), remove("kim", "ann"))
        .then_also("queued in sales: Returned")
        .then_also("ann left: Removed");
    assert!(c.session("kim").skipped.contains_key(&agent_id("ann")));
}

#[test]
fn reassigning_to_an_agent_is_an_offer_that_replaces_everybody() {
    let mut c = given();
    c.attended("kim", "ann").signed_in("bob");
    c.when(supervisor("sue"), reassign_to("kim", "cy")).refused(Refusal::AgentSignedOut);
    c.when(supervisor("sue"), reassign_to("kim", "bob")).then(&["sue invited bob: Reassign"]);
    assert!(c.session("kim").is_attended(), "until it is taken");
    c.when(agent("bob"), decline_as("kim", "bob")).then_also("offer to bob ended: Declined");
    c.when(supervisor("sue"), reassign_to("kim", "bob")).when(agent("bob"), accept_as("kim", "bob")).then(&[
        "offer to bob ended: Accepted",
        "bob joined: Reassigned",
        "ann left: TakenOver",
        "ann not ready: -",
    ]);
}

#[test]
fn an_assistant_is_no_successor_and_takes_nothing() {
    let mut c = given();
    c.configured("helper", |agent| (agent.kind, agent.supervisor) = (AgentKind::Assistant, true)).signed_in("helper");
    c.attended("kim", "ann")
        .when(supervisor("sue"), reassign_to("kim", "helper"))
        .refused(Refusal::FieldInvalid { field: "agent_id".into(), why: "an assistant can only join".into() });
    c.when(supervisor("helper"), take_over("kim")).refused(Refusal::RoleNotAllowed);
    c.waiting("lee").when(agent("helper"), take("lee", false)).refused(Refusal::RoleNotAllowed);
}

#[test]
fn reassigning_to_a_queue_keeps_the_agent_until_it_is_taken() {
    let mut c = given();
    c.attended("kim", "ann")
        .when(supervisor("sue"), reassign_to_queue("kim", "support"))
        .then(&["queued in support: Reassigned", "ann leaves when it is taken"]);
    c.when(supervisor("sue"), reassign_to_queue("kim", "support")).refused(Refusal::AlreadyQueued);
    c.ready("bob").when(agent("bob"), accept_as("kim", "bob")).then_also("ann left: Transferred");
}

#[test]
fn a_session_stuck_with_a_lost_cause_can_always_be_resolved() {
    let mut c = given();
    c.attended("kim", "ann").when(supervisor("sue"), end_for_all("kim")).then_also("ended: Supervisor");
    c.waiting("lee").when(supervisor("sue"), end("lee")).then_also("ended: Supervisor");
}

#[test]
fn a_state_is_forced_at_once_whatever_the_agent_does() {
    let mut c = given();
    c.attended("kim", "ann").when(agent("ann"), go_ready);
    let lunch = Code::parse("lunch");
    c.when(supervisor("sue"), force("ann", ForcedState::NotReady(lunch)))
        .then(&["ann not ready: lunch", "audit: ann forced"]);
    c.when(supervisor("sue"), force("ann", ForcedState::Ready)).then_also("ann ready");
    c.when(supervisor("sue"), force("bob", ForcedState::Ready)).refused(Refusal::AgentSignedOut);
    c.when(agent("bob"), force("ann", ForcedState::Ready)).refused(Refusal::RoleNotAllowed);
    c.when(supervisor("sue"), force("ann", ForcedState::SignedOut)).then_also("queued in sales: Returned");
}

#[test]
fn a_flag_is_up_until_somebody_takes_it_down() {
    let mut c = given();
    c.attended("kim", "ann").when(agent("bob"), raise_flag("kim")).refused(Refusal::SessionNotFound);
    c.when(agent("ann"), raise_flag("kim")).then(&["ann asks for help"]);
    assert_eq!(c.session("kim").flag.as_ref().map(|flag| &flag.agent), Some(&agent_id("ann")));
    c.when(supervisor("sue"), clear_flag("kim")).then(&["help isn't needed"]);
    c.when(agent("ann"), clear_flag("kim")).then(&[]);
    c.when(agent("ann"), raise_flag("kim")).when(customer("kim"), end("kim"));
    assert_eq!(c.session("kim").flag, None);
}

#[test]
fn who_is_permitted_takes_what_waits_out_of_order() {
    let mut c = given();
    c.waiting("kim").after(SECOND);
    c.waiting("lee").signed_in("ann").when(agent("ann"), take("lee", false)).refused(Refusal::SessionNotFound);
    c.configured("ann", |agent| {
        agent.permissions.insert(Permission::TakeFromQueue);
    });
    c.when(agent("ann"), take("lee", false)).then(&["unqueued from sales: Taken", "ann joined: TakenFromQueue"]);
    c.when(agent("ann"), take("lee", false)).refused(Refusal::NotQueued);
    c.when(agent("bob"), take("kim", false)).refused(Refusal::SessionNotFound);
}

#[test]
fn taking_ends_what_rings_elsewhere_and_lets_go_who_planned_to_leave() {
    let mut c = given();
    c.attended("kim", "ann").ready("bob").signed_in("sue");
    c.when(agent("ann"), transfer("kim", "support", TransferLeave::WhenTaken)).then_also("offered to bob");
    c.when(supervisor("sue"), take("kim", false)).then(&[
        "offer to bob ended: Canceled(Taken)",
        "unqueued from support: Taken",
        "sue joined: TakenFromQueue",
        "ann left: Transferred",
        "ann not ready: -",
    ]);
}

#[test]
fn what_is_known_is_corrected_by_those_who_may() {
    let mut c = given();
    let plan = Code::parse("plan").unwrap();
    c.when(backend_for("kim"), start_with("kim", "sales", |it| it.attributes = vec![(plan.clone(), "gold".into())]));
    let claim = UpdateSession { attributes: vec![(plan.clone(), "platinum".into())], ..UpdateSession::default() };
    c.when(customer("kim"), update("kim", claim.clone()))
        .refused(Refusal::FieldInvalid { field: "attributes[0].name".into(), why: "is given by the center".into() });
    let urgent = UpdateSession { priority: Some(9), ..UpdateSession::default() };
    c.when(customer("kim"), update("kim", urgent.clone()))
        .refused(Refusal::FieldInvalid { field: "priority".into(), why: "is not for customers".into() });
    let name = UpdateSession { name: Some("Kim".into()), ..UpdateSession::default() };
    let public = c.session("kim").public;
    c.when(customer("kim"), update("kim", name)).then(&["updated"]);
    assert_eq!(c.session("kim").public, public + 1, "a name is for everyone");
    c.when(backend_for("kim"), update("kim", claim)).then(&["updated"]);
    assert_eq!(c.session("kim").public, public + 1, "an attribute is for staff");
    c.when(backend_for("kim"), update("kim", urgent));
    assert_eq!(c.session("kim").priority, 9);
    c.when(agent("ann"), update("kim", UpdateSession::default())).refused(Refusal::SessionNotFound);
}

#[test]
fn a_full_session_is_taken_over_and_given_away_all_the_same() {
    let full = || {
        let mut c = given();
        c.settings(|settings| settings.max_participants = 2).attended("kim", "ann").signed_in("bob").signed_in("sue");
        c.when(agent("ann"), invite("kim", "bob", InviteMode::Conference)).when(agent("bob"), accept_as("kim", "bob"));
        c
    };
    let limit = || Refusal::LimitReached { limit: "max_participants".into() };
    let mut c = full();
    c.when(supervisor("sue"), barge_in("kim", false)).refused(limit());
    c.when(supervisor("sue"), take_over("kim")).then_also("sue joined: TookOver");
    let mut c = full();
    c.signed_in("cy").when(agent("ann"), invite("kim", "cy", InviteMode::Conference)).refused(limit());
    c.when(agent("ann"), invite("kim", "cy", InviteMode::Transfer)).when(agent("cy"), accept_as("kim", "cy"));
    c.then_also("ann left: Transferred");
    let mut c = full();
    c.signed_in("cy").when(supervisor("sue"), reassign_to("kim", "cy"));
    c.when(agent("cy"), accept_as("kim", "cy")).then_also("bob left: TakenOver");
}

#[test]
fn no_permission_lets_anybody_hold_more_than_one_record_can_tell() {
    let mut c = given();
    c.configured("sue", |agent| {
        agent.supervisor = true;
        agent.permissions = [Permission::OverrideCapacity].into();
    });
    c.signed_in("sue");
    let names: Vec<String> = (0..=200).map(|number| format!("c{number}")).collect();
    for name in &names {
        let name: &'static str = name.clone().leak();
        c.when(customer(name), start(name, "sales"));
        c.when(supervisor("sue"), move |c: &World| Command::TakeFromQueue {
            session: c.session(name).id,
            override_capacity: true,
        });
    }
    c.refused(Refusal::LimitReached { limit: "units_of_an_agent".into() });
    c.when(system(), close_desk("sue", NODE)).after(MINUTE).then_also("sue signed out");
    assert!(c.center.sessions.values().all(|session| session.entry.is_some()), "and all of them wait again");
}

#[test]
fn a_reason_forced_is_one_of_the_centers_and_none_of_the_services() {
    let mut c = given();
    c.settings(|settings| settings.reasons = vec![Code::parse("lunch").unwrap()]).ready("ann");
    let force = |reason: &str| {
        let state = ForcedState::NotReady(Code::parse(reason));
        move |_: &World| Command::ForceAgentState { agent: agent_id("ann"), state }
    };
    let wrong = |why: &str| Refusal::FieldInvalid { field: "reason".into(), why: why.into() };
    c.when(supervisor("sue"), force("nap")).refused(wrong("is none of the center's reasons"));
    c.when(agent("ann"), not_ready("no-answer")).refused(wrong("is the service's own"));
    c.when(supervisor("sue"), force("lunch")).then_also("ann not ready: lunch");
}

#[test]
fn an_assistant_who_is_asked_covers_nobody_and_wraps_nothing_up() {
    let mut c = given();
    c.queue("sales", |queue| queue.wrap_up_time = MINUTE);
    c.configured("bob", |agent| agent.kind = AgentKind::Assistant).attended("kim", "ann").signed_in("bob");
    c.when(agent("ann"), invite("kim", "bob", InviteMode::Conference));
    let choices = vec![IfLast::ReturnToQueue, IfLast::End];
    c.when(agent("ann"), leave("kim", Some(IfLast::AwaitInvitee))).refused(Refusal::LastAgent(choices));
    c.when(agent("bob"), accept_as("kim", "bob")).when(customer("kim"), end("kim")).then_also("bob left: SessionEnded");
    assert!(c.session("kim").wrap_ups.keys().all(|agent| *agent == agent_id("ann")));
    c.attended("lee", "cy").when(agent("cy"), invite("lee", "bob", InviteMode::Conference));
    c.when(system(), close_desk("cy", NODE)).after(MINUTE).then_also("queued in sales: Returned");
}

#[test]
fn a_supervisor_does_not_reassign_to_a_queue_that_nobody_serves_now() {
    let mut c = given();
    c.queue("support", |queue| queue.refuse_unstaffed = true).waiting("kim");
    let to_support = |c: &World| Command::Reassign {
        session: c.session("kim").id,
        to: Successor::Queue(queue_id("support")),
        note: String::new(),
    };
    c.when(supervisor("sue"), to_support).refused(Refusal::QueueUnstaffed);
}
