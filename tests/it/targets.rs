//! The Invite window: whom and what one could pick.

use chatsession_sdk::{Reason, Target, TargetId};

use crate::world::World;

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
