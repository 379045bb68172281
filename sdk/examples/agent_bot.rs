//! An agent that is a program: takes offers, greets, and hands over to a human by a queue.
//!
//! `CHATSESSION_URL=http://127.0.0.1:7700 CHATSESSION_TOKEN=… cargo run -p chatsession-sdk --example agent_bot -- support`

use std::{env, error::Error};

use chatsession_sdk::{Client, DeskEvent, DeskOffer, EventKind};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let humans = env::args().nth(1).unwrap_or_else(|| "support".to_owned());
    let client = Client::from_env().await?;

    let desk = client.desk();
    desk.sign_in().send().await?;
    let mut watch = desk.watch().open().await?;
    desk.set_ready().send().await?;
    let stop = tokio::signal::ctrl_c();
    tokio::pin!(stop);
    loop {
        let event = tokio::select! {
            _ = &mut stop => break,
            event = watch.next() => match event {
                Some(event) => event?,
                None => return Ok(()),
            },
        };
        if let Err(error) = answer(&client, &humans, event).await {
            // One chat's trouble, such as a customer who ended it meanwhile, isn't the next one's.
            eprintln!("{error}");
        }
    }
    desk.sign_out().hand_back().send().await?;
    Ok(())
}

async fn answer(client: &Client, humans: &str, event: DeskEvent) -> Result<(), chatsession_sdk::Error> {
    match event {
        // Those that rang before the stream opened come with the desk.
        DeskEvent::Opened(desk) => {
            for offer in desk.offers {
                greet(client, offer).await?;
            }
        }
        DeskEvent::Offer(offer) => greet(client, *offer).await?,
        DeskEvent::SessionEvent { session_id, event, .. } => {
            if let EventKind::MessagePosted { text, .. } = event.kind
                && event.actor.kind == chatsession_sdk::ActorKind::Customer
            {
                let session = client.session(session_id);
                session.say("Thank you. A colleague will be with you.").send().await?;
                let note = format!("The customer asks: {text}");
                session.transfer_to_queue(humans).note(note).leave_now().send().await?;
            }
        }
        _ => {}
    }
    Ok(())
}

async fn greet(client: &Client, offer: DeskOffer) -> Result<(), chatsession_sdk::Error> {
    let session = client.session(offer.session_id);
    session.accept(offer.offer.offer_id).send().await?;
    let name = offer.customer_name.unwrap_or_else(|| "there".to_owned());
    session.say(format!("Hello {name}, what is it about?")).send().await?;
    Ok(())
}
