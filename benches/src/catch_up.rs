//! The workload `catch-up`: a watcher who is far behind.

use std::time::Instant;

use tokio::task::JoinSet;

use crate::{
    Failure,
    center::{Caller, attended, channels, message, request_id},
    pb::{self, chat_session_client::ChatSessionClient, watch_response},
    process::Server,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Events that the watcher is behind.
    #[arg(long, default_value = "10000")]
    events: usize,
}

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let server = Server::ours(&crate::SETTINGS).await?;
    let caller = Caller::of(&server)?;
    let chat = attended(&server, &caller, 1).await?.remove(0);
    let channel = channels(&server.url(), 1).await?.remove(0);
    let mut senders = JoinSet::new();
    for _ in 0..64 {
        let (mut client, caller, chat) = (ChatSessionClient::new(channel.clone()), caller.clone(), chat.clone());
        let count = args.events / 64;
        senders.spawn(async move {
            for _ in 0..count {
                client.send_message(message(&caller, &chat, request_id(), "x".repeat(300))).await?;
            }
            Ok::<_, tonic::Status>(())
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent??;
    }
    for of in ["first", "second", "third"] {
        let before = server.used()?.cpu;
        let started = Instant::now();
        let watch =
            pb::WatchRequest { session_id: chat.session.clone(), after_revision: Some(0), ..Default::default() };
        let mut stream = ChatSessionClient::new(channel.clone()).watch(caller.call(watch)).await?.into_inner();
        let mut events = 0;
        while let Some(response) = stream.message().await? {
            match response.kind {
                Some(watch_response::Kind::Events(more)) => events += more.events.len(),
                Some(watch_response::Kind::CaughtUp(_)) => break,
                _ => {}
            }
        }
        let took = started.elapsed();
        let cpu = (server.used()?.cpu - before).as_secs_f64() * 1e3;
        println!(
            "{of:<7} watcher, {events} events behind: caught up after {:.0} ms, {cpu:.0} ms of processor time",
            took.as_secs_f64() * 1e3
        );
    }
    server.stop().await
}
