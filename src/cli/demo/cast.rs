//! Who plays: agents at their desks and the customer, each with a stream that they wait on.

use std::{path::PathBuf, time::Duration, time::SystemTime};

use chatsession::grpc::auth::Role;
use chatsession_sdk::{
    Client, DeskEvent, DeskOffer, DeskWatch, Event, EventKind, SessionHandle, SessionWatch, WatchEvent,
};

use crate::cli::{
    Failure,
    connect::{connect, development_token},
    out,
    watch::clock,
};

pub(super) const CENTER: &str = "demo";

/// Where it plays, and how fast.
pub(super) struct Stage {
    pub(super) url: String,
    pub(super) data: PathBuf,
    pub(super) pace: Duration,
}

impl Stage {
    pub(super) fn token(&self, role: Role, id: &str) -> Result<String, Failure> {
        development_token(&self.data, CENTER, role, id)
    }

    pub(super) async fn client(&self, role: Role, id: &str) -> Result<Client, Failure> {
        connect(&self.url, self.token(role, id)?).await
    }

    /// A line of the play. The pause is for the reader.
    pub(super) async fn tell(&self, who: &str, what: impl AsRef<str>) {
        out::line(format!("{}  {who:<9}  {}", clock(SystemTime::now()), what.as_ref()));
        tokio::time::sleep(self.pace).await;
    }
}

/// An agent at a desk.
pub(super) struct Colleague {
    name: &'static str,
    client: Client,
    watch: DeskWatch,
}

impl Colleague {
    /// Signs in and opens the desk. What an earlier demo left there is put away.
    pub(super) async fn sign_in(
        stage: &Stage,
        role: Role,
        id: &str,
        name: &'static str,
        is_ready: bool,
    ) -> Result<Self, Failure> {
        let client = stage.client(role, id).await?;
        let desk = client.desk();
        desk.sign_out().hand_back().send().await.ok();
        desk.sign_in().send().await?;
        let mut colleague = Self { name, watch: desk.watch().open().await?, client };
        if is_ready {
            desk.set_ready().send().await?;
            stage.tell(name, "signs in and is ready").await;
        } else {
            let opened = |event: &DeskEvent| matches!(event, DeskEvent::CaughtUp).then_some(());
            colleague.until(opened).await?;
            stage.tell(name, "signs in, not ready: takes invitations only").await;
        }
        Ok(colleague)
    }

    /// Reads on until the desk shows what is waited for.
    pub(super) async fn until<T>(&mut self, wanted: impl Fn(&DeskEvent) -> Option<T>) -> Result<T, Failure> {
        while let Some(event) = self.watch.next().await {
            if let Some(found) = wanted(&event?) {
                return Ok(found);
            }
        }
        Err(format!("{}'s desk closed", self.name).into())
    }

    /// Until something happens in a session.
    pub(super) async fn sees<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> Result<T, Failure> {
        self.until(|event| match event {
            DeskEvent::SessionEvent { event, .. } => wanted(event),
            _ => None,
        })
        .await
    }

    /// Until the desk rings for that session.
    pub(super) async fn rings(&mut self, stage: &Stage, session_id: &str) -> Result<DeskOffer, Failure> {
        let offer = self
            .until(|event| match event {
                DeskEvent::Offer(offer) if offer.session_id == session_id => Some((**offer).clone()),
                _ => None,
            })
            .await?;
        let customer = offer.customer_name.as_deref().unwrap_or("a customer");
        let what = match (&offer.inviter_name, &offer.note) {
            (Some(inviter), Some(note)) => format!("the desk rings: {inviter} invites, “{note}”"),
            (Some(inviter), None) => format!("the desk rings: {inviter} invites"),
            _ => format!("the desk rings: {customer} waits in {}", offer.offer.queue_id),
        };
        stage.tell(self.name, what).await;
        Ok(offer)
    }

    /// Takes an offer.
    pub(super) async fn accepts(&self, stage: &Stage, offer: DeskOffer) -> Result<(), Failure> {
        self.client.session(offer.session_id).accept(offer.offer.offer_id).send().await?;
        stage.tell(self.name, "accepts, and is connected").await;
        Ok(())
    }

    pub(super) fn session(&self, session_id: &str) -> SessionHandle {
        self.client.session(session_id)
    }

    pub(super) async fn set_ready(&self) -> Result<(), Failure> {
        self.client.desk().set_ready().send().await?;
        Ok(())
    }

    pub(super) async fn signs_out(self) -> Result<(), Failure> {
        self.client.desk().sign_out().hand_back().send().await?;
        Ok(())
    }
}

/// The customer, watching.
pub(super) struct Visitor {
    pub(super) session: SessionHandle,
    pub(super) watch: SessionWatch,
}

impl Visitor {
    /// Reads on until the stream shows what is waited for.
    pub(super) async fn sees<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> Result<T, Failure> {
        while let Some(event) = self.watch.next().await {
            if let WatchEvent::Event(event) = event?
                && let Some(found) = wanted(&event)
            {
                return Ok(found);
            }
        }
        Err("the customer's stream ended".into())
    }
}

/// Somebody of that name is connected.
pub(super) fn joined(name: &'static str) -> impl Fn(&Event) -> Option<()> {
    move |event| match &event.kind {
        EventKind::ParticipantJoined { participant, .. } if participant.display_name == name => Some(()),
        _ => None,
    }
}

/// Somebody of that name has left.
pub(super) fn left(name: &'static str) -> impl Fn(&Event) -> Option<()> {
    move |event| match &event.kind {
        EventKind::ParticipantLeft { participant, .. } if participant.display_name == name => Some(()),
        _ => None,
    }
}

/// That was said, by whom it may be.
pub(super) fn said(words: &'static str) -> impl Fn(&Event) -> Option<()> {
    move |event| match &event.kind {
        EventKind::MessagePosted { text, .. } if text == words => Some(()),
        _ => None,
    }
}
