//! Writes everything that happens in a center to a file, a line for each event, and goes on where it was.
//!
//! ```sh
//! TOKEN=$(chatsession token --role integrator --subject exporter)
//! CHATSESSION_TOKEN=$TOKEN cargo run -p chatsession-sdk --example event_exporter -- events.txt
//! ```

use std::{
    env,
    error::Error,
    fs::{self, OpenOptions},
    io::Write,
};

use chatsession_sdk::{Client, FeedEvent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: event_exporter FILE")?;
    let client = Client::from_env().await?;
    // Where it was lies beside the lines. It is written after them: what was cut off between comes again, and is known by its
    // number.
    let place = format!("{path}.position");
    let position = fs::read_to_string(&place).unwrap_or_default();
    let mut watch = client.watch_center().after(0);
    if let Some((history, seq)) = position.split_once(' ') {
        watch = client.watch_center().history(history).after(seq.trim().parse()?);
    }
    let mut feed = watch.open().await?;
    let mut lines = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut history = String::new();
    while let Some(event) = feed.next().await {
        let reached = match event? {
            FeedEvent::Opened { history_id, .. } => {
                history = history_id;
                continue;
            }
            FeedEvent::Commit(commit) => {
                for event in &commit.events {
                    writeln!(lines, "{} {event:?}", commit.center_seq)?;
                }
                commit.center_seq
            }
            FeedEvent::Position { center_seq, .. } => center_seq,
            _ => continue,
        };
        lines.sync_data()?;
        fs::write(&place, format!("{history} {reached}"))?;
    }
    Ok(())
}
