//! Customers who chat, so many at once: what a service takes, and how long it takes for it.
//!
//! `CHATSESSION_URL=http://127.0.0.1:7700 CHATSESSION_TOKEN=… cargo run --release -p chatsession-sdk --example load_generator --
//! support 50 20`, with the token of an integrator: fifty customers in the queue `support`, each of whom says something, waits
//! until it comes back on their own stream, and says the next thing, for twenty seconds.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use std::{
    env,
    error::Error,
    time::{Duration, Instant},
};

use chatsession_sdk::{Client, EventKind, WatchEvent};
use tokio::task::JoinSet;

/// How long a message took: until it was acknowledged, and until it was seen.
type Took = (Duration, Duration);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut args = env::args().skip(1);
    let queue = args.next().ok_or("usage: load_generator QUEUE [CUSTOMERS] [SECONDS]")?;
    let customers: u32 = args.next().map_or(Ok(10), |text| text.parse())?;
    let seconds: u64 = args.next().map_or(Ok(10), |text| text.parse())?;
    let client = Client::from_env().await?;

    let until = Instant::now() + Duration::from_secs(seconds);
    let run = std::process::id();
    let mut chats: JoinSet<Result<Vec<Took>, chatsession_sdk::Error>> = JoinSet::new();
    for number in 0..customers {
        let customer = client.acting_for_customer(format!("load-{run}-{number}"));
        chats.spawn(chat(customer, queue.clone(), until));
    }
    let mut took = Vec::new();
    while let Some(chat) = chats.join_next().await {
        took.extend(chat??);
    }

    println!("{} messages, {:.0} a second", took.len(), took.len() as f64 / seconds as f64);
    let (mut acknowledged, mut seen): (Vec<_>, Vec<_>) = took.into_iter().unzip();
    println!("acknowledged after {}", quantiles(&mut acknowledged));
    println!("seen after         {}", quantiles(&mut seen));
    Ok(())
}

/// One customer's chat, from its start to its end.
async fn chat(client: Client, queue: String, until: Instant) -> Result<Vec<Took>, chatsession_sdk::Error> {
    let session = client.session(client.start_session(queue).send().await?.session.session_id);
    let mut watch = session.watch().from_start().open().await?;
    let mut took = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        let posted = session.say(format!("Message {}.", took.len())).send().await?;
        let acknowledged = began.elapsed();
        while let Some(event) = watch.next().await {
            if let WatchEvent::Event(event) = event?
                && event.revision == posted.revision
                && matches!(event.kind, EventKind::MessagePosted { .. })
            {
                break;
            }
        }
        took.push((acknowledged, began.elapsed()));
    }
    session.end().send().await?;
    Ok(took)
}

fn quantiles(times: &mut [Duration]) -> String {
    times.sort();
    let at =
        |share: f64| times.get((times.len() as f64 * share) as usize).or(times.last()).copied().unwrap_or_default();
    format!("p50 {:?}, p99 {:?}, at most {:?}", at(0.5), at(0.99), at(1.0))
}
