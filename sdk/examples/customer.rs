//! A customer's chat: starts one, or gets back the open one, prints it and says what stdin says.
//!
//! `CHATSESSION_URL=http://127.0.0.1:7700 CHATSESSION_TOKEN=… cargo run -p chatsession-sdk --example customer -- sales Ada`

use std::{env, error::Error};

use chatsession_sdk::{Client, EventKind, SessionHandle, SessionWatch, WatchEvent};
use tokio::{
    io::{self, AsyncBufReadExt, AsyncWriteExt, BufReader},
    task::JoinSet,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let queue = args.next().unwrap_or_else(|| "sales".to_owned());
    let name = args.next().unwrap_or_else(|| "Ada".to_owned());

    let client = Client::from_env().await?;
    let started = client.start_session(queue).customer_name(name).send().await?;
    let session = client.session(started.session.session_id);
    let watch = session.watch().from_start().open().await?;

    // Saying goes on beside the printing, which ends with the session.
    let mut saying = JoinSet::new();
    saying.spawn(say_what_stdin_says(session));
    print_conversation(watch).await
}

async fn print_conversation(mut watch: SessionWatch) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout();
    while let Some(event) = watch.next().await {
        let line = match event? {
            WatchEvent::Event(event) => match event.kind {
                EventKind::MessagePosted { text, .. } => {
                    let sender = event.actor.display_name.unwrap_or_else(|| "you".to_owned());
                    format!("{sender}: {text}")
                }
                EventKind::SessionQueued { queue_id, .. } => format!("* waiting in {queue_id}"),
                EventKind::ParticipantJoined { participant, .. } => format!("* {} joined", participant.display_name),
                EventKind::ParticipantLeft { participant, .. } => format!("* {} left", participant.display_name),
                EventKind::SessionEnded { reason, .. } => format!("* ended: {reason:?}"),
                _ => continue,
            },
            _ => continue,
        };
        out.write_all(line.as_bytes()).await?;
        out.write_all(b"\n").await?;
        out.flush().await?;
    }
    Ok(())
}

async fn say_what_stdin_says(session: SessionHandle) {
    let mut lines = BufReader::new(io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.is_empty() {
            continue;
        }
        if let Err(error) = session.say(line).send().await {
            eprintln!("not said: {error}");
        }
    }
}
