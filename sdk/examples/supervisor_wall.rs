//! Who waits, who talks to whom, who asks for help: printed anew every few seconds.
//!
//! `CHATSESSION_URL=http://127.0.0.1:7700 CHATSESSION_TOKEN=… cargo run -p chatsession-sdk --example supervisor_wall`, with the
//! token of a supervisor.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use std::{error::Error, time::Duration};

use chatsession_sdk::{Client, SessionState};

const EVERY: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env().await?;
    loop {
        let mut live = client.supervision().live_sessions().pages();
        let (mut waiting, mut attended) = (0, 0);
        println!("{:<12} {:<10} {:<20} with", "customer", "state", "queue");
        while let Some(row) = live.next().await {
            let session = row?.session;
            let is_waiting = session.state == SessionState::Waiting;
            *(if is_waiting { &mut waiting } else { &mut attended }) += 1;
            let customer = session.customer.display_name.as_deref().unwrap_or("?");
            let queue = session.queue_entry.as_ref().map_or("", |entry| entry.queue_id.as_str());
            let with: Vec<&str> = session
                .participants
                .iter()
                .filter(|participant| participant.connected)
                .map(|participant| participant.display_name.as_str())
                .collect();
            let help = if session.flag.is_some() { "  asks for help" } else { "" };
            println!("{customer:<12} {:<10} {queue:<20} {}{help}", format!("{:?}", session.state), with.join(", "));
        }
        println!("{waiting} waiting, {attended} attended\n");
        tokio::time::sleep(EVERY).await;
    }
}
