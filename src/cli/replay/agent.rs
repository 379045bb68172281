//! An agent at a desk: takes offers, says the agents' turns, transfers, invites and leaves, as the stream shows that it
//! is their turn to.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chatsession_sdk::{AgentState, AgentStatus, Client, DeskEvent, DeskWatch, Event, EventKind, Reason, WatchEnd};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{
    board::Board,
    chat::{Act, Chat},
    fold::Fold,
    plan::Plan,
};
use crate::cli::Failure;

/// Before an agent tries to become ready again.
const READY_AGAIN: Duration = Duration::from_millis(200);
/// Nothing is due: something will happen.
const IDLE: Duration = Duration::from_secs(3600);

/// What a desk showed of each session.
pub(super) struct Seen {
    pub(super) agent: String,
    pub(super) sessions: BTreeMap<String, Vec<Event>>,
}

/// An agent at a desk.
pub(super) struct Desk {
    pub(super) id: String,
    serves: bool,
    pub(super) client: Client,
    pub(super) plan: Arc<Plan>,
    pub(super) board: Arc<Board>,
    pub(super) chats: BTreeMap<String, Chat>,
    seen: BTreeMap<String, Vec<Event>>,
    /// Offers answered, or left to expire.
    pub(super) answered: HashSet<String>,
    /// Offers of each conversation so far.
    pub(super) offers: BTreeMap<String, usize>,
    /// When to become ready, unless the agent is.
    ready_at: Option<Instant>,
}

impl Desk {
    pub(super) fn new(id: String, serves: bool, client: Client, plan: Arc<Plan>, board: Arc<Board>) -> Self {
        Self {
            id,
            serves,
            client,
            plan,
            board,
            chats: BTreeMap::new(),
            seen: BTreeMap::new(),
            answered: HashSet::new(),
            offers: BTreeMap::new(),
            ready_at: None,
        }
    }

    pub(super) async fn run(mut self, stopped: watch::Receiver<bool>) -> Result<Seen, Failure> {
        let id = self.id.clone();
        self.work(stopped).await.map_err(|error| format!("{id}: {error}"))?;
        Ok(Seen { agent: self.id, sessions: self.seen })
    }

    async fn work(&mut self, mut stopped: watch::Receiver<bool>) -> Result<(), Failure> {
        let mut watch = self.open().await?;
        self.board.desk_opened(&self.id);
        loop {
            let wake = self.act().await?;
            if *stopped.borrow_and_update() && self.chats.is_empty() {
                break;
            }
            tokio::select! {
                event = watch.next() => match event {
                    Some(Ok(DeskEvent::Ended(WatchEnd::SignedOut))) | None => {
                        self.board.signed_out();
                        self.chats.clear();
                        watch = self.open().await?;
                    }
                    Some(event) => self.hear(event?).await?,
                },
                () = sleep_until(wake) => {}
                _ = stopped.changed() => {}
            }
        }
        self.board.desk_closed(&self.id);
        Ok(())
    }

    async fn open(&mut self) -> Result<DeskWatch, Failure> {
        let desk = self.client.desk();
        desk.sign_in().send().await?;
        self.ready_at = self.serves.then(Instant::now);
        Ok(desk.watch().open().await?)
    }

    async fn hear(&mut self, event: DeskEvent) -> Result<(), Failure> {
        match event {
            DeskEvent::Opened(desk) => {
                self.state(&desk.state);
                for offer in desk.offers {
                    self.offered(offer).await?;
                }
            }
            DeskEvent::State(state) => self.state(&state),
            DeskEvent::Offer(offer) => self.offered(*offer).await?,
            DeskEvent::SessionEvent { session_id, event, .. } => self.happened(session_id, *event).await?,
            _ => {}
        }
        Ok(())
    }

    /// The service makes agents not ready who don't answer, or decline too often.
    fn state(&mut self, state: &AgentState) {
        match state.status {
            AgentStatus::Ready => self.ready_at = None,
            _ if self.serves => self.ready_at = self.ready_at.or_else(|| Some(Instant::now())),
            _ => {}
        }
    }

    async fn happened(&mut self, session_id: String, event: Event) -> Result<(), Failure> {
        if let Some(chat) = self.chats.get_mut(&session_id) {
            chat.see(&event);
        } else if self.is_mine(&event, true) {
            // What was said before is in the history; what comes on the stream and is in it too, counts once.
            let history = self.client.session(session_id.clone()).events().page_size(500).pages().all().await?;
            let mut fold = Fold::default();
            history.iter().for_each(|event| fold.apply(event));
            let connected = fold.connected.iter().any(|(_, agent)| agent.as_deref() == Some(&self.id));
            // Not connected: the stream is about to say so.
            if let Some(chat) = Chat::new(fold).filter(|_| connected) {
                self.board.attended(chat.conversation(), &session_id, &self.id);
                self.chats.insert(session_id.clone(), chat);
            }
        }
        if self.is_mine(&event, false) {
            self.chats.remove(&session_id);
        }
        self.seen.entry(session_id).or_default().push(event);
        Ok(())
    }

    /// This agent joined, or left.
    fn is_mine(&self, event: &Event, joined: bool) -> bool {
        let participant = match &event.kind {
            EventKind::ParticipantJoined { participant, .. } if joined => participant,
            EventKind::ParticipantLeft { participant, .. } if !joined => participant,
            _ => return false,
        };
        participant.agent_id.as_deref() == Some(&self.id)
    }

    /// Does all that is due; answers when the next thing is.
    async fn act(&mut self) -> Result<Instant, Failure> {
        let now = Instant::now();
        let mut wake = now + IDLE;
        if let Some(at) = self.ready_at {
            if at <= now {
                self.become_ready().await?;
            }
            wake = wake.min(self.ready_at.unwrap_or(wake));
        }
        let sessions: Vec<String> = self.chats.keys().cloned().collect();
        for session in sessions {
            // What was done may call for something else, as a refused leave does.
            while let Some(chat) = self.chats.get_mut(&session) {
                match chat.next(&self.id, &self.plan, Instant::now()) {
                    Act::Wait(until) => {
                        wake = wake.min(until.unwrap_or(wake));
                        break;
                    }
                    act => self.perform(&session, act).await?,
                }
            }
        }
        Ok(wake)
    }

    async fn become_ready(&mut self) -> Result<(), Failure> {
        self.ready_at = None;
        match self.client.desk().set_ready().send().await {
            Ok(_) => Ok(()),
            // After a restart the desk's stream is the first to be back, or the agent is told on it.
            Err(error) if matches!(error.reason(), Some(Reason::DeskRequired | Reason::NotSignedIn)) => {
                self.ready_at = Some(Instant::now() + READY_AGAIN);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
