//! The operation of a contact centre: who waits is told, supervisors see and act, queues keep their hours, and all of it is
//! configured live.

use std::time::Duration;

use chatsession::grpc::auth::Role;
use chatsession_sdk::{
    Agent, AgentPermission, AgentStatus, CannedResponse, CenterSettings, EventKind, Hours, Queue, QueueMoment, Reason,
    RoutingHold, RoutingObstacleKind, SessionState, WaitStatus, WatchEvent,
};

use crate::world::{Visitor, World, ended, joined, left, said, soon};

#[tokio::test]
async fn who_is_no_supervisor_any_more_sees_no_more_of_what_they_watch() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let admin = world.integrator().await.administration();
    admin.put(Agent::new("bob", "Bob").supervisor()).send().await.unwrap();
    let bob = world.client(Role::Agent, "bob").await;
    let mut watch = bob.session(mia.session.id()).watch().open().await.unwrap();
    admin.put(Agent::new("bob", "Bob")).send().await.unwrap();
    // It is told to open again, which it does, and finds nothing.
    let refused = soon(async {
        loop {
            if let Err(error) = watch.next().await.expect("it ends with an error") {
                break error;
            }
        }
    });
    assert_eq!(refused.await.reason(), Some(&Reason::SessionNotFound));
}

#[tokio::test]
async fn one_apply_has_the_settings_once_and_so_many_bytes() {
    let mut world = World::new().await;
    let admin = world.integrator().await.administration();
    let twice = admin.apply([CenterSettings::new().capacity(3).into(), CenterSettings::new().capacity(4).into()]).await;
    assert_eq!(twice.unwrap_err().reason(), Some(&Reason::FieldInvalid));
    world.restart_with(|settings| settings.limits.messages.apply_bytes = 100).await;
    let agents = (0..10).map(|number| Agent::new(format!("a-{number}"), "Somebody").into());
    let refused = admin.apply(agents).await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::LimitReached));
    admin.put(Agent::new("a-1", "One")).send().await.unwrap();
}

/// Waits until the customer is told how they stand.
async fn stands(visitor: &mut Visitor) -> WaitStatus {
    let told = async {
        loop {
            if let WatchEvent::Wait(wait) = visitor.watch.next().await.expect("the stream ended").unwrap() {
                return wait;
            }
        }
    };
    soon(told).await
}

#[tokio::test]
async fn who_waits_is_told_their_place_and_again_after_a_refresh() {
    let world = World::new().await;
    let mut mia = world.customer("mia").await;
    assert_eq!(stands(&mut mia).await.position, 1);
    let mut zoe = world.customer("zoe").await;
    assert_eq!(stands(&mut zoe).await.position, 2);
    let mut again = world.customer("zoe").await;
    let told = stands(&mut again).await;
    assert_eq!((told.queue_id.as_str(), told.position, told.change), ("sales", 2, None));
    mia.session.end().send().await.unwrap();
    assert_eq!(stands(&mut again).await.position, 1);
}

#[tokio::test]
async fn a_supervisor_finds_who_needs_help_and_takes_over() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    ann.on(&mia.session).raise_flag().note("he shouts").send().await.unwrap();
    let carla = world.agent("carla", false).await;
    let flagged = carla.client.supervision().live_sessions().flagged().pages().all().await.unwrap();
    assert_eq!(flagged.len(), 1);
    assert_eq!(flagged[0].session.flag.as_ref().unwrap().agent_id, "ann");
    assert_eq!(flagged[0].session.customer.display_name.as_deref(), Some("Mia"));
    let session = carla.on(&mia.session);
    session.monitor().send().await.unwrap();
    let live = carla.client.supervision().live_sessions().agent("ann").pages().all().await.unwrap();
    assert_eq!(live[0].monitor_agent_ids, ["carla"]);
    session.whisper("I am listening").send().await.unwrap();
    ann.sees(said("I am listening")).await;
    let taken = session.take_over().send().await.unwrap();
    assert_eq!(taken.session.state, SessionState::Attended);
    ann.sees(left("Ann")).await;
    mia.sees(joined("Carla")).await;
    mia.sees(left("Ann")).await;
    session.say("Carla here").send().await.unwrap();
    mia.sees(said("Carla here")).await;
    session.end().send().await.unwrap();
    mia.sees(ended).await;
    mia.check();
    let refused = ann.client.supervision().live_sessions().pages().all().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::RoleNotAllowed));
}

#[tokio::test]
async fn a_supervisor_reassigns_and_sets_states() {
    let world = World::new().await;
    let (mut mia, _ann) = world.attended().await;
    let carla = world.client(Role::Supervisor, "carla").await;
    let mut dan = world.agent("dan", false).await;
    let reassigned = carla.session(mia.session.id()).reassign_to_agent("dan").note("yours").send().await.unwrap();
    let offer = dan.rings().await;
    assert_eq!(Some(&offer.offer.offer_id), reassigned.offer_id.as_ref());
    dan.accept(&offer).await;
    mia.sees(joined("Dan")).await;
    mia.sees(left("Ann")).await;
    let state = carla.supervision().force_state("ann", AgentStatus::NotReady).reason("talk").send().await.unwrap();
    assert_eq!((state.status, state.reason.as_deref()), (AgentStatus::NotReady, Some("talk")));
}

#[tokio::test]
async fn routing_explains_itself_and_who_may_takes_what_waits() {
    let world = World::new().await;
    let admin = world.integrator().await;
    let dan = Agent::new("dan", "Dan").queue("sales").permission(AgentPermission::TakeFromQueue).skill("french", 60);
    admin.administration().apply([dan.into()]).await.unwrap();
    let backend = admin.acting_for_customer("mia");
    let started = backend.start_session("sales").skill("french", 70).send().await.unwrap();
    let _ann = world.agent("ann", true).await;
    let dan = world.agent("dan", true).await;
    let carla = world.client(Role::Supervisor, "carla").await;
    let id = started.session.session_id.as_str();
    let explained = carla.supervision().explain_routing(id).agent("dan").send().await.unwrap();
    assert_eq!((explained.hold, explained.position), (None, 1));
    let obstacle = &explained.candidates[0].obstacles[0];
    assert_eq!((obstacle.kind, obstacle.detail.as_deref()), (RoutingObstacleKind::Skill, Some("french")));
    let taken = dan.client.session(id).take_from_queue().send().await.unwrap();
    assert_eq!(taken.session.state, SessionState::Attended);
    let explained = carla.supervision().explain_routing(id).send().await.unwrap();
    assert_eq!(explained.hold, Some(RoutingHold::NotQueued));
}

#[tokio::test]
async fn a_queue_keeps_its_hours_and_says_when_it_opens() {
    let world = World::new().await;
    let never = Queue::new("night", "Night")
        .hours(Hours::new("UTC"))
        .message(QueueMoment::Closed, "We are closed")
        .message_in("de", QueueMoment::Closed, "Wir haben geschlossen");
    world.integrator().await.administration().apply([never.into()]).await.unwrap();
    let mia = world.client(Role::Customer, "mia").await;
    let refused = mia.start_session("night").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::QueueClosed));
    let closed = mia.availability("night").language("de-AT").send().await.unwrap();
    assert_eq!((closed.open, closed.accepting, closed.next_open_time), (false, false, None));
    assert_eq!(closed.closed_message.as_deref(), Some("Wir haben geschlossen"));
    let open = mia.availability("sales").send().await.unwrap();
    assert_eq!((open.open, open.accepting, open.waiting, open.signed_in_agents), (true, true, 0, 0));
}

#[tokio::test]
async fn what_is_known_of_a_session_changes_for_those_who_may_see_it() {
    let world = World::new().await;
    let (mut mia, ann) = world.attended().await;
    mia.session.update().customer_name("Mia Maria").language("it").send().await.unwrap();
    mia.sees(|event| match &event.kind {
        EventKind::SessionUpdated { customer_name, .. } => customer_name.clone(),
        _ => None,
    })
    .await;
    ann.on(&mia.session).update().attribute("mood", "glad").priority(3).send().await.unwrap();
    let seen = ann.on(&mia.session).get().send().await.unwrap();
    assert_eq!(seen.customer.display_name.as_deref(), Some("Mia Maria"));
    assert_eq!((seen.language.as_deref(), seen.priority), (Some("it"), 3));
    assert_eq!((seen.attributes[0].name.as_str(), seen.attributes[0].value.as_str()), ("mood", "glad"));
    let own = mia.session.get().send().await.unwrap();
    assert_eq!((own.attributes.len(), own.priority, own.revision + 1), (0, 0, seen.revision - 2));
}

#[tokio::test]
async fn what_is_configured_is_read_listed_and_deleted_when_nothing_needs_it() {
    let world = World::new().await;
    let admin = world.integrator().await.administration();
    let night = Queue::new("night", "Night").max_wait(Duration::from_secs(90)).skill("tax", 30).priority(4);
    admin.apply([night.into()]).await.unwrap();
    let read = admin.queue("night").await.unwrap();
    assert_eq!(admin.apply([read.into()]).await.unwrap().changed, 0, "what was read is what is set");
    let settings = admin.settings().await.unwrap();
    assert_eq!(admin.apply([settings.into()]).await.unwrap().changed, 0);
    let agents = admin.agents().all().await.unwrap();
    assert_eq!(agents.iter().map(Agent::id).collect::<Vec<_>>(), ["ann", "bob", "carla", "dan"]);
    assert_eq!(admin.apply(agents.into_iter().map(Into::into)).await.unwrap().changed, 0);
    assert_eq!(admin.queues().all().await.unwrap().len(), 3);
    let refused = admin.delete_queue("sales").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::QueueInUse));
    admin.delete_queue("night").send().await.unwrap();
    admin.delete_agent("dan").send().await.unwrap();
    assert_eq!(admin.agent("dan").await.unwrap_err().reason(), Some(&Reason::AgentNotFound));
}

#[tokio::test]
async fn a_supervisor_reads_the_figures_of_queues_and_agents() {
    let world = World::new().await;
    let (mia, mut ann) = world.attended().await;
    mia.session.end().send().await.unwrap();
    ann.sees(ended).await;
    let carla = world.client(Role::Supervisor, "carla").await;
    let queues = carla.supervision().queue_statistics().all().await.unwrap();
    let sales = queues.iter().find(|queue| queue.queue_id == "sales").unwrap();
    assert_eq!((sales.entered, sales.answered, sales.waiting), (1, 1, 0));
    let agents = carla.supervision().agent_statistics().all().await.unwrap();
    let ann = agents.iter().find(|agent| agent.agent_id == "ann").unwrap();
    assert_eq!((ann.offered, ann.accepted, ann.joined), (1, 1, 1));
    assert!(ann.busy_time >= ann.connected_time, "{ann:?}");
    mia.check();
}

#[tokio::test]
async fn one_object_is_put_read_and_deleted() {
    let world = World::new().await;
    let admin = world.integrator().await.administration();
    admin.put(Queue::new("vip", "VIP")).request_id("put-vip").send().await.unwrap();
    assert_eq!(admin.queue("vip").await.unwrap().id(), "vip");
    let reused = admin.put(Queue::new("vip", "Very important")).request_id("put-vip").send().await.unwrap_err();
    assert_eq!(reused.reason(), Some(&Reason::RequestIdReused));
    admin.put(CannedResponse::new("hello", "Hello", "Good day")).send().await.unwrap();
    assert_eq!(admin.canned_response("hello").await.unwrap().text, "Good day");
    assert!(admin.canned_responses().all().await.unwrap().iter().any(|response| response.response_id == "hello"));
    admin.delete_canned_response("hello").send().await.unwrap();
    let gone = admin.canned_response("hello").await.unwrap_err();
    assert_eq!(gone.reason(), Some(&Reason::CannedResponseNotFound));
    let unknown = admin.put(Agent::new("eve", "Eve").queue("nowhere")).send().await.unwrap_err();
    assert_eq!(unknown.field_violations()[0].field, "agent.queue_ids[0]");
}
