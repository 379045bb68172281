//! Streams over a network that breaks all the time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chatsession::{
    config::{Rate, Settings},
    grpc::auth::Role,
};
use chatsession_sdk::{CenterEvent, Client, DeskEvent, Event, EventKind, FeedEvent, RetryPolicy, WatchEvent};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    proxy::Proxy,
    world::{BOUND, Visitor, World, soon},
};

/// Connections that are broken.
const CUTS: usize = 1_000;
/// After each part of them the server goes away and comes back.
const PARTS: usize = 4;
const CUSTOMERS: usize = 4;
const LAST: &str = "the last word";

/// What a watcher saw, by session.
type Seen = BTreeMap<String, Vec<Event>>;

/// What all the proxies are made of.
struct Network {
    seed: u64,
    cuts: watch::Sender<usize>,
}

/// A watcher at the end: who may see the same by a list, whether they watched from the start, and what they saw.
type Watched = (Client, bool, Seen);

fn settings(settings: &mut Settings) {
    settings.limits.watches.heartbeat = Duration::from_millis(200);
    settings.limits.connections.new_per_second = 10_000;
    let unbounded = Rate { per_second: 100_000, burst: 100_000 };
    settings.limits.rates.customer = unbounded;
    settings.limits.rates.agent = unbounded;
}

/// Somebody who reaches the service only by a network like that.
async fn behind(world: &World, network: &Network, number: u64, role: Role, id: &str) -> (Proxy, Client) {
    let proxy = Proxy::to(world.address(), network.seed ^ number, network.cuts.clone()).await;
    let at_once = RetryPolicy::default().first_delay(Duration::from_millis(1)).longest_delay(Duration::from_millis(20));
    let ping = Duration::from_millis(250);
    let client = Client::builder(proxy.url())
        .token(world.token("here", role, id))
        .retry(at_once)
        .reopen(at_once)
        .timeout(Duration::from_secs(120))
        .attempt_timeout(Duration::from_secs(1))
        .keep_alive(ping, ping)
        .connect()
        .await
        .unwrap();
    (proxy, client)
}

fn is_last(event: &Event) -> bool {
    matches!(&event.kind, EventKind::MessagePosted { text, .. } if text == LAST)
}

/// A session's watch until the last word.
async fn session_seen(client: Client, id: String) -> Seen {
    let mut watch = client.session(&*id).watch().from_start().open().await.unwrap();
    let mut seen = Vec::new();
    while !seen.last().is_some_and(is_last) {
        if let WatchEvent::Event(event) = watch.next().await.unwrap().unwrap() {
            seen.push(*event);
        }
    }
    Seen::from([(id, seen)])
}

/// A desk's watch until the last word of all.
async fn desk_seen(client: Client) -> Seen {
    let mut watch = client.desk().watch().open().await.unwrap();
    let mut seen = Seen::new();
    let mut last_words = 0;
    while last_words < CUSTOMERS {
        if let DeskEvent::SessionEvent { session_id, event, .. } = watch.next().await.unwrap().unwrap() {
            last_words += usize::from(is_last(&event));
            seen.entry(session_id).or_default().push(*event);
        }
    }
    seen
}

/// The whole center's watch until the last word of all.
async fn center_seen(client: Client) -> Seen {
    let mut watch = client.watch_center().after(0).open().await.unwrap();
    let mut seen = Seen::new();
    let mut last_words = 0;
    while last_words < CUSTOMERS {
        let FeedEvent::Commit(commit) = watch.next().await.unwrap().unwrap() else { continue };
        for event in commit.events {
            if let CenterEvent::SessionHappened { session_id, event, .. } = event {
                last_words += usize::from(is_last(&event));
                seen.entry(session_id).or_default().push(*event);
            }
        }
    }
    seen
}

/// A conversation in each chat, whispers among it, by a way that isn't broken; ended by a last word each.
async fn converse(backend: Client, chats: Vec<String>, enough: Arc<AtomicBool>) {
    let chats = chats.iter().enumerate().map(|(number, chat)| {
        let customer = backend.acting_for_customer(format!("mia-{number}"));
        (customer.session(&**chat), backend.acting_for_agent("ann").session(&**chat))
    });
    let chats: Vec<_> = chats.collect();
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    for number in 0.. {
        pace.tick().await;
        if enough.load(Ordering::Relaxed) {
            break;
        }
        for (customer, agent) in &chats {
            customer.say(format!("question {number}")).send().await.unwrap();
            agent.whisper(format!("thought {number}")).send().await.unwrap();
            agent.say(format!("answer {number}")).send().await.unwrap();
        }
    }
    for (_, agent) in &chats {
        agent.say(LAST).send().await.unwrap();
    }
}

/// The seed, which goes to the output only when the test fails.
fn seed() -> u64 {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    eprintln!("the network of SEED={seed}");
    seed
}

/// Ann attends all the customers.
async fn chats(world: &World) -> Vec<String> {
    let mut ann = world.agent("ann", true).await;
    let mut chats = Vec::new();
    for number in 0..CUSTOMERS {
        let Visitor { session, .. } = world.customer(&format!("mia-{number}")).await;
        let offer = ann.rings().await;
        ann.accept(&offer).await;
        chats.push(session.id().to_owned());
    }
    chats
}

/// Everybody who watches, each over a network of their own.
async fn watchers(world: &World, chats: &[String], network: &Network) -> (Vec<Proxy>, JoinSet<Watched>) {
    let backend = world.integrator().await;
    let (mut proxies, mut watchers) = (Vec::new(), JoinSet::new());
    for (number, chat) in chats.iter().enumerate() {
        let customer = format!("mia-{number}");
        let viewers = [backend.acting_for_customer(&*customer), backend.acting_for_agent("ann")];
        for (viewer, (role, id)) in viewers.into_iter().zip([(Role::Customer, &*customer), (Role::Agent, "ann")]) {
            let (proxy, client) = behind(world, network, proxies.len() as u64, role, id).await;
            proxies.push(proxy);
            let seen = session_seen(client, chat.clone());
            watchers.spawn(async move { (viewer, true, seen.await) });
        }
    }
    let (proxy, client) = behind(world, network, proxies.len() as u64, Role::Agent, "ann").await;
    proxies.push(proxy);
    let viewer = backend.acting_for_agent("ann");
    watchers.spawn(async move { (viewer, false, desk_seen(client).await) });
    let (proxy, client) = behind(world, network, proxies.len() as u64, Role::Integrator, "exporter").await;
    proxies.push(proxy);
    watchers.spawn(async move { (backend, true, center_seen(client).await) });
    (proxies, watchers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_thousand_cuts_and_restarts_then_no_watcher_misses_repeats_or_reorders_an_event() {
    let mut world = World::with(settings).await;
    let chats = chats(&world).await;
    let network = Network { seed: seed(), cuts: watch::channel(0).0 };
    let (proxies, mut watchers) = watchers(&world, &chats, &network).await;

    let enough = Arc::new(AtomicBool::default());
    let conversing = tokio::spawn(converse(world.integrator().await, chats, enough.clone()));
    for part in 1..=PARTS {
        let mut cuts = network.cuts.subscribe();
        let enough = cuts.wait_for(|cuts| *cuts >= CUTS * part / PARTS);
        tokio::time::timeout(4 * BOUND, enough).await.expect("it goes on").unwrap();
        world.restart_with(settings).await;
    }
    enough.store(true, Ordering::Relaxed);
    soon(conversing).await.unwrap();
    proxies.iter().for_each(Proxy::calm_down);

    while let Some(watched) = soon(watchers.join_next()).await {
        let (viewer, from_start, seen) = watched.unwrap();
        for (session, mut seen) in seen {
            let mut log: Vec<Event> = viewer.session(session).events().pages().all().await.unwrap();
            // What happens behind it, such as that a watcher went away, not everybody waits for.
            for events in [&mut seen, &mut log] {
                events.truncate(events.iter().position(is_last).unwrap() + 1);
            }
            let missed = log.len() - seen.len();
            assert!(missed == 0 || !from_start, "{viewer:?} missed {missed}");
            assert_eq!(seen, log[missed..], "{viewer:?}");
        }
    }
}
