//! The Invite window: whom and what one could pick.

use chatsession_sdk::{Agent, AgentStatus, Client, Reason, Target, TargetFilter, TargetId, TargetsEvent, TargetsWatch};

use crate::world::{World, soon};

fn bob() -> TargetId {
    TargetId::Agent("bob".into())
}

fn support() -> TargetId {
    TargetId::Queue("support".into())
}

fn is_favourite(target: &Target) -> bool {
    match target {
        Target::Agent(agent) => agent.favourite,
        Target::Queue(queue) => queue.favourite,
        _ => false,
    }
}

#[tokio::test]
async fn favourites_are_an_agents_own_and_outlive_a_restart() {
    let mut world = World::new().await;
    let ann = world.agent("ann", false).await;
    for target in [bob(), support()] {
        ann.client.desk().put_favourite(target).send().await.unwrap();
    }
    let refused = ann.client.desk().put_favourite(TargetId::Queue("nowhere".into())).send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::QueueNotFound));
    world.stop().await;
    world.start().await;
    let favourites = async |client: &chatsession_sdk::Client| -> Vec<TargetId> {
        let all = client.desk().list_targets("").pages().all().await.unwrap();
        all.iter().filter(|target| is_favourite(target)).map(Target::id).collect()
    };
    assert_eq!(favourites(&ann.client).await, [bob(), support()]);
    ann.client.desk().delete_favourite(support()).send().await.unwrap();
    assert_eq!(favourites(&ann.client).await, [bob()]);
    let dan = world.agent("dan", false).await;
    assert_eq!(favourites(&dan.client).await, []);
}

/// Waits until the window tells something.
async fn tells<T>(window: &mut TargetsWatch, wanted: impl Fn(&TargetsEvent) -> Option<T>) -> T {
    let found = async {
        loop {
            let event = window.next().await.expect("the window closed").unwrap();
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    };
    soon(found).await
}

async fn opened(client: &Client, filter: TargetFilter) -> (TargetsWatch, Vec<TargetId>) {
    let mut window = client.desk().watch_targets(filter).open().await.unwrap();
    let rows = tells(&mut window, |event| match event {
        TargetsEvent::Opened { targets, .. } => Some(targets.iter().map(Target::id).collect()),
        _ => None,
    });
    let rows = rows.await;
    (window, rows)
}

/// A row that a window puts.
fn row(event: &TargetsEvent, id: &TargetId) -> Option<Target> {
    let (TargetsEvent::Opened { targets, .. } | TargetsEvent::Changed { put: targets, .. }) = event else {
        return None;
    };
    targets.iter().find(|target| target.id() == *id).cloned()
}

#[tokio::test]
async fn an_open_window_follows_colleagues_and_queues() {
    let world = World::new().await;
    let ann = world.agent("ann", false).await;
    let (mut window, rows) = opened(&ann.client, TargetFilter::new()).await;
    let ids = ["bob", "carla", "dan"].map(|id| TargetId::Agent(id.into())).into_iter();
    assert_eq!(rows, ids.chain(["sales", "support"].map(|id| TargetId::Queue(id.into()))).collect::<Vec<_>>());
    let bob_ = world.agent("bob", true).await;
    let room = tells(&mut window, |event| match row(event, &bob())? {
        Target::Agent(agent) if agent.state.status == AgentStatus::Ready => Some(agent.room),
        _ => None,
    });
    assert_eq!(room.await, 4);
    let mia = world.client(chatsession::grpc::auth::Role::Customer, "mia").await;
    mia.start_session("sales").send().await.unwrap();
    let sales = TargetId::Queue("sales".into());
    let since = tells(&mut window, |event| match row(event, &sales)? {
        Target::Queue(queue) if queue.waiting == 1 => Some(queue.waiting_since),
        _ => None,
    });
    assert!(since.await.is_some());
    let staff = tells(&mut window, |event| match row(event, &support())? {
        Target::Queue(queue) => (queue.signed_in_agents == 0).then_some(()),
        _ => None,
    });
    bob_.client.desk().sign_out().send().await.unwrap();
    staff.await;
}

#[tokio::test]
async fn a_window_shows_what_passes_its_filter_and_follows_favourites() {
    let world = World::new().await;
    let teams = [Agent::new("dan", "Dan").queue("sales").team("north"), Agent::new("bob", "Bob").team("south")];
    world.integrator().await.administration().apply(teams.map(Into::into)).await.unwrap();
    let ann = world.agent("ann", false).await;
    let dan = TargetId::Agent("dan".into());
    assert_eq!(opened(&ann.client, TargetFilter::new().team("north")).await.1, std::slice::from_ref(&dan));
    let (mut window, rows) = opened(&ann.client, TargetFilter::new().favourites()).await;
    assert_eq!(rows, []);
    ann.client.desk().put_favourite(dan.clone()).send().await.unwrap();
    tells(&mut window, |event| row(event, &dan)).await;
    ann.client.desk().delete_favourite(dan.clone()).send().await.unwrap();
    let gone = tells(&mut window, |event| match event {
        TargetsEvent::Changed { removed, .. } => removed.contains(&dan).then_some(()),
        _ => None,
    });
    gone.await;
    let (mut free, rows) = opened(&ann.client, TargetFilter::new().agents().available()).await;
    assert_eq!(rows, []);
    let _dan = world.agent("dan", false).await;
    tells(&mut free, |event| row(event, &dan)).await;
}

#[tokio::test]
async fn a_window_is_there_again_after_a_restart() {
    let mut world = World::new().await;
    let ann = world.agent("ann", false).await;
    let (mut window, _) = opened(&ann.client, TargetFilter::from("bo")).await;
    world.stop().await;
    world.start().await;
    let again = tells(&mut window, |event| matches!(event, TargetsEvent::Opened { .. }).then(|| row(event, &bob())));
    assert!(again.await.is_some());
}
