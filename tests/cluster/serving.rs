//! Any node serves any call.

use chatsession::{config::Settings, grpc::auth::Role, server::Server};
use chatsession_sdk::EventKind;

use crate::{
    nodes::{Nodes, settings, soon},
    world::{Colleague, Visitor, client, client_of, commits, furnish},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_goes_on_over_three_nodes_and_their_restarts() {
    // Given three nodes, the customer at one, the agents at the others.
    let mut nodes = Nodes::start(3, 3).await;
    furnish(&nodes).await;
    let mut feed = client(&nodes, 2, Role::Integrator, "backend").await.watch_center().after(0).open().await.unwrap();
    let mut ann = Colleague::new(&nodes, 1, "ann").await;
    let mut mia = Visitor::new(&nodes, 0, "mia").await;
    let chat = ann.accepts().await;
    let mut dan = Colleague::new(&nodes, 2, "dan").await;
    // When they talk, everybody hears everything.
    chat.say("hello").send().await.unwrap();
    mia.hears("hello").await;
    mia.session.say("hi").send().await.unwrap();
    ann.hears("hi").await;
    // When a colleague is invited and joins, at the third node.
    chat.invite("dan").send().await.unwrap();
    let dans = dan.accepts().await;
    dans.say("dan here").send().await.unwrap();
    mia.hears("dan here").await;
    ann.hears("dan here").await;
    // When one node after the other is restarted, nothing is lost, repeated or skipped.
    for at in 0..3 {
        nodes.stop(at).await;
        let words = format!("while {at} is away");
        soon(chat.say(&words).send()).await.unwrap();
        soon(mia.session.say(format!("heard {at}")).send()).await.unwrap();
        mia.hears(&words).await;
        dan.hears(&format!("heard {at}")).await;
        nodes.start_again(at).await;
    }
    mia.session.end().send().await.unwrap();
    mia.until(|event| matches!(event.kind, EventKind::SessionEnded { .. }).then_some(())).await;
    mia.check();
    // And a feed that was open all the time has had everything once, as each node tells it from the beginning.
    let all = commits(&mut feed).await;
    assert!(all.windows(2).all(|pair| pair[0].center_seq < pair[1].center_seq));
    for at in 0..3 {
        let backend = client_of(&nodes, at, Role::Integrator, "backend").await;
        let mut again = backend.watch_center().after(0).open().await.unwrap();
        assert_eq!(commits(&mut again).await, all, "node {at}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_at_any_node_shows_what_was_acknowledged_at_another() {
    let nodes = Nodes::start(1, 3).await;
    furnish(&nodes).await;
    let mia = client(&nodes, 0, Role::Customer, "mia").await;
    let started = mia.start_session("sales").send().await.unwrap();
    let id = started.session.session_id;
    let readers = [0, 1, 2].map(|at| client_of(&nodes, at, Role::Integrator, "backend"));
    let readers = futures_util::future::join_all(readers).await;
    for round in 0..30 {
        let said = mia.session(&id).say(format!("{round}")).send().await.unwrap();
        let seen = readers[round % 3].session(&id).get().send().await.unwrap().revision;
        assert!(seen >= said.revision, "round {round}: {seen} is behind {}", said.revision);
        // With a revision that is known no node has to be asked but the one that is called.
        let at_least = readers[(round + 1) % 3].session(&id).get().min_revision(said.revision).send().await.unwrap();
        assert!(at_least.revision >= said.revision);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_at_two_nodes_takes_effect_once() {
    let nodes = Nodes::start(1, 2).await;
    furnish(&nodes).await;
    let mia = client_of(&nodes, 0, Role::Customer, "mia").await;
    let id = mia.start_session("sales").send().await.unwrap().session.session_id;
    let there = client_of(&nodes, 1, Role::Customer, "mia").await;
    let say = |client: &chatsession_sdk::Client| client.session(&id).say("once").request_id("the-same").send();
    let (first, second) = tokio::join!(say(&mia), say(&there));
    assert_eq!(first.unwrap(), second.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_refused_at_the_start() {
    let nodes = Nodes::start(1, 1).await;
    let refused = async |change: fn(&mut Settings)| {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(&nodes.nats, &folder, 9);
        change(&mut settings);
        match soon(Server::start(settings)).await {
            Ok(_) => panic!("it started"),
            Err(error) => error.to_string(),
        }
    };
    let few = refused(|settings| settings.cluster.allow_few_replicas = false).await;
    assert!(few.contains("cluster.allow_few_replicas=true"), "{few}");
    let shards = refused(|settings| settings.cluster.shards = 8).await;
    assert_eq!(shards, "cluster.shards is 8 here, and the cluster was started with 4");
}
