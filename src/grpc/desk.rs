//! An agent's desk, as a stream of frames: what it shows is read whenever its bell rings, and what differs is sent; its
//! sessions are cursors, each the same as a watch's.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};
use tonic::{Request, Status};

use super::{
    codec::Frame,
    edge::{Call, Edge},
    frames,
    from_pb::{Violation, revision},
    outlet::{Ended, Outlet},
    pb::{self, GoodbyeReason},
    presence::Present,
    status,
    watch::wire,
};
use crate::{
    center::{Access, AgentId, Audience, ChatId, Refusal, SessionId},
    live::{Bell, Cursor, Eyes, Over, Start, Step},
};

mod chats;
mod view;

use view::DeskView;

/// Frames that wait for the connection; the rest waits in the log.
const FRAMES: usize = 16;

/// Sessions that a desk may name when it resumes.
const POSITIONS: usize = 200;

/// A desk's frames.
pub(super) type DeskStream = Pin<Box<dyn tokio_stream::Stream<Item = Result<Frame, Status>> + Send>>;

/// An agent's desk while its stream is open.
struct Desk {
    call: Call,
    agent: AgentId,
    bell: Arc<Bell>,
    heard: u64,
    outlet: Outlet,
    shown: DeskView,
    cursors: BTreeMap<SessionId, Cursor>,
    /// Where the desk has got to in sessions that no cursor follows.
    reached: BTreeMap<SessionId, u32>,
    /// Sessions that the agent had left when the desk opened, and where what they may see of them ends.
    left: BTreeMap<SessionId, u32>,
    /// Where the desk was in chats that it names.
    chats: BTreeMap<ChatId, chats::Known>,
    caught_up: bool,
    /// When the desk is read again, after the shard couldn't be asked.
    again: Option<Instant>,
}

/// What a desk wakes up for.
enum Woken {
    Rung(u64),
    Step(SessionId, Step),
    End(Ended),
    Beat,
}

/// How long the shard is left alone after it couldn't be asked: an offer rings for 20 s.
const AGAIN: Duration = Duration::from_millis(200);

/// Opens an agent's desk.
pub(super) async fn open(edge: &Arc<Edge>, request: Request<pb::WatchDeskRequest>) -> Result<DeskStream, Status> {
    let call = edge.enter(&request)?;
    let request = request.into_inner();
    let reached = positions(&call, request.positions)?;
    let chat_positions = chats::positions(request.chat_positions)?;
    let caller = call.caller(request.acting_for)?;
    let (who, agent) = (caller.who.clone(), caller.who.agent().cloned().ok_or_else(status::role_not_allowed)?);
    // Only who is known gets a bell: a made-up id leaves nothing behind.
    view::read(&call, &agent).await?;
    let bell = call.shard.feed.bell(&call.center, &agent);
    let heard = bell.rings();
    let shown = view::read(&call, &agent).await?;
    if !shown.signed_in {
        return Err(status::of(Refusal::NotSignedIn));
    }
    let stream = call.open_stream(true)?;
    let reached = known_positions(&call, &agent, &shown, reached).await?;
    stream.watched_by(who, None);
    let chats = chats::known(&call, &agent, chat_positions).await?;
    stream.hold(edge.presence.enter(&call.center, Present::Agent(agent.clone())));
    let (outlet, frames) = Outlet::new(stream, &edge.limits.watches, FRAMES);
    let desk = Desk {
        agent,
        bell,
        heard,
        outlet,
        shown,
        cursors: BTreeMap::new(),
        reached: reached.after,
        left: reached.left,
        chats,
        caught_up: false,
        again: None,
        call,
    };
    tokio::spawn(desk.run());
    Ok(Box::pin(frames))
}

fn positions(call: &Call, named: Vec<pb::SessionPosition>) -> Result<BTreeMap<SessionId, u32>, Status> {
    named_in("positions", call, named)
}

/// What a desk says that it has received.
pub(super) fn received(call: &Call, named: Vec<pb::SessionPosition>) -> Result<Vec<(SessionId, u32)>, Status> {
    named_in("received", call, named)
}

fn named_in<P: FromIterator<(SessionId, u32)>>(
    field: &str,
    call: &Call,
    positions: Vec<pb::SessionPosition>,
) -> Result<P, Status> {
    if positions.len() > POSITIONS {
        return Err(status::of(Refusal::FieldInvalid {
            field: field.into(),
            why: format!("are more than {POSITIONS}"),
        }));
    }
    let parsed = positions.into_iter().enumerate().map(|(at, position)| {
        let session = call.session(&position.session_id);
        let session = session.map_err(|wrong| Violation { field: format!("{field}[{at}].{}", wrong.field), ..wrong });
        Ok((session?, revision(position.after_revision)))
    });
    parsed.collect::<Result<_, _>>().map_err(|wrong| status::invalid(vec![wrong]))
}

/// Where a desk that resumes was in its agent's sessions.
struct Reached {
    after: BTreeMap<SessionId, u32>,
    left: BTreeMap<SessionId, u32>,
}

/// Drops what isn't the agent's, and refuses what hasn't happened.
async fn known_positions(
    call: &Call,
    agent: &AgentId,
    shown: &DeskView,
    mut after: BTreeMap<SessionId, u32>,
) -> Result<Reached, Status> {
    let left: BTreeMap<SessionId, u32> = view::ended_for(call, agent, after.keys().copied().collect()).await?;
    after.retain(|session, _| shown.sessions.contains_key(session) || left.contains_key(session));
    for (session, after) in &after {
        let connected = shown.sessions.get(session).map(|shown| shown.last);
        let last = connected.or(left.get(session).copied()).unwrap_or(0);
        if *after > last {
            return Err(status::of(Refusal::PositionInFuture { last }));
        }
    }
    Ok(Reached { after, left })
}

impl Desk {
    async fn run(mut self) {
        if let Err(ended) = self.serve().await {
            self.outlet.close(ended, |reason| frames::goodbye(reason, 0)).await;
        }
    }

    async fn serve(&mut self) -> Result<(), Ended> {
        self.open_frames().await?;
        loop {
            match self.woken().await {
                Woken::Rung(rings) => {
                    self.heard = rings;
                    self.refresh().await?;
                }
                Woken::Step(session, step) => self.step(session, step).await?,
                Woken::Beat => {
                    self.outlet.send(frames::heartbeat(0)).await?;
                }
                Woken::End(ended) => return Err(ended),
            }
            self.tell_caught_up().await?;
        }
    }

    /// Once: when all has been sent, and the agent counts as being there. Whoever leads the shard may be elsewhere, and hear of a
    /// READY before it hears of the stream.
    async fn tell_caught_up(&mut self) -> Result<(), Ended> {
        if self.caught_up || !self.shown.present || !self.cursors.values().all(Cursor::is_caught_up) {
            return Ok(());
        }
        self.caught_up = true;
        self.outlet.send(frames::caught_up(0)).await
    }

    async fn open_frames(&mut self) -> Result<(), Ended> {
        let mut desk = self.shown.desk(&self.call).await.map_err(Ended::Failed)?;
        desk.chats = chats::shown(&self.call, &self.agent).await.map_err(Ended::Failed)?;
        let limits = &self.call.edge.limits.watches;
        let opened = pb::DeskOpened {
            stream_id: self.outlet.stream.id.to_string(),
            desk: Some(desk),
            lease: Some(wire(limits.lease)),
            heartbeat_interval: Some(wire(limits.heartbeat)),
        };
        self.outlet.send(frames::desk_opened(opened)).await?;
        for (session, until) in std::mem::take(&mut self.left) {
            if let Some(after) = self.reached.get(&session).copied().filter(|after| *after < until) {
                self.follow(session, Start { after, last: until, over: false }, Some(until));
            }
        }
        self.follow_named_chats();
        self.follow_new();
        self.tell_caught_up().await
    }

    fn follow(&mut self, session: SessionId, start: Start, until: Option<u32>) {
        let eyes = Eyes::Agent(self.agent.clone());
        let access = Access { audience: Audience::Staff, until, ends_on_leaving: true };
        let cursor = self.call.shard.feed.cursor(session, access, start, eyes);
        self.cursors.insert(session, cursor);
    }

    /// Follows the sessions that the agent has joined, from their joining or from where the desk was.
    fn follow_new(&mut self) {
        let shown = self.shown.sessions.iter();
        let joined: Vec<(SessionId, u32, u32)> =
            shown.map(|(id, session)| (*id, session.joined_at, session.last)).collect();
        for (session, joined_at, last) in joined {
            if !self.cursors.contains_key(&session) {
                let after = self.reached.get(&session).copied().unwrap_or(joined_at - 1);
                self.follow(session, Start { after, last, over: false }, None);
            }
        }
        self.follow_new_chats();
    }

    /// Reads the desk, and sends what differs.
    async fn refresh(&mut self) -> Result<(), Ended> {
        let ringing = self.shown.offers.iter().map(|(offer, shown)| (*offer, shown.session)).collect();
        let Ok(now) = view::read_again(&self.call, &self.agent, ringing).await else {
            // The shard is busy or recovers: what rang isn't forgotten.
            self.again = Some(Instant::now() + AGAIN);
            return Ok(());
        };
        self.again = None;
        let before = std::mem::replace(&mut self.shown, now);
        for frame in self.shown.difference(&before, &self.call).await.map_err(Ended::Failed)? {
            self.outlet.send(frame).await?;
        }
        self.follow_new();
        match self.shown.signed_in {
            true => Ok(()),
            false => Err(Ended::Goodbye(GoodbyeReason::SignedOut)),
        }
    }

    async fn step(&mut self, session: SessionId, step: Step) -> Result<(), Ended> {
        match step {
            Step::Events(bytes, last) => {
                self.reached.insert(session, last);
                self.outlet.send(Frame(bytes)).await
            }
            Step::Signal(bytes) => self.outlet.send(Frame(bytes)).await,
            Step::CaughtUp(_) | Step::Beat(_) => Ok(()),
            Step::Over(Over::Draining) => Err(Ended::Goodbye(GoodbyeReason::Draining)),
            Step::Over(Over::Left) => {
                self.cursors.remove(&session);
                // They may have come back meanwhile. What was read before the leaving doesn't tell: followed by it, the
                // session would go on after it.
                self.refresh().await
            }
            Step::Over(Over::Session) => {
                self.cursors.remove(&session);
                // A closed chat with something unread is on the desk all the same.
                if !self.shown.has_chat(session) {
                    self.reached.remove(&session);
                }
                Ok(())
            }
            Step::Failed(error) => Err(Ended::Failed(status::unreadable(&error))),
        }
    }

    async fn woken(&mut self) -> Woken {
        let (again, rings) = (self.again, self.heard);
        let (outlet, bell, heard, cursors) = (&self.outlet, &self.bell, self.heard, &mut self.cursors);
        let draining = &self.call.shard.feed;
        let woken = poll_fn(|context: &mut Context<'_>| {
            if let Poll::Ready(ended) = outlet.poll_ended(context) {
                return Poll::Ready(Woken::End(ended));
            }
            if draining.is_draining() {
                return Poll::Ready(Woken::End(Ended::Goodbye(GoodbyeReason::Draining)));
            }
            for (session, cursor) in cursors.iter_mut() {
                if let Poll::Ready(step) = cursor.poll_step(context) {
                    return Poll::Ready(Woken::Step(*session, step));
                }
            }
            bell.poll(heard, context).map(Woken::Rung)
        });
        tokio::select! {
            biased;
            woken = woken => woken,
            () = outlet.gone() => Woken::End(Ended::Quietly),
            () = sleep_until(again.unwrap_or_else(Instant::now)), if again.is_some() => Woken::Rung(rings),
            () = outlet.beat() => Woken::Beat,
        }
    }
}
