//! Commands as they are asked for in a test, and events as they read in one.

use super::world::{World, agent_id, customer_key, queue_id};
use crate::center::*;

pub(super) fn start(name: &str, queue: &str) -> impl FnOnce(&World) -> Command + use<> {
    start_with(name, queue, |_| {})
}

pub(super) fn start_with<F: FnOnce(&mut StartSession)>(
    name: &str,
    queue: &str,
    set: F,
) -> impl FnOnce(&World) -> Command + use<F> {
    let mut start = StartSession::new(customer_key(name), name.into(), queue_id(queue));
    move |_| {
        set(&mut start);
        Command::StartSession(Box::new(start))
    }
}

/// The offer for a customer's session that was made to an agent last, open or not.
fn offer(world: &World, name: &str, agent: Option<&str>) -> OfferId {
    let session = world.session(name);
    let of = |whose: &AgentId| agent.is_none_or(|agent| *whose == agent_id(agent));
    let open = session.offers.iter().rev().find(|offer| of(&offer.agent)).map(|offer| offer.id);
    let ended = session.ended_offers.iter().rev().find(|offer| of(&offer.agent)).map(|offer| offer.id);
    open.or(ended).unwrap()
}

macro_rules! command {
    ($name:ident($($arg:ident: $type:ty),*) => |$world:ident, $session:ident| $command:expr) => {
        pub(super) fn $name(name: &'static str, $($arg: $type),*) -> impl FnOnce(&World) -> Command {
            move |$world: &World| {
                let $session = $world.session(name).id;
                $command
            }
        }
    };
}

/// Takes the offer that was made last.
pub(super) fn accept(name: &str) -> impl FnOnce(&World) -> Command + use<> {
    let name = name.to_owned();
    move |world| {
        let (session, offer) = (world.session(&name).id, offer(world, &name, None));
        Command::AcceptOffer { session, offer }
    }
}

pub(super) fn accept_as(name: &'static str, agent: &'static str) -> impl FnOnce(&World) -> Command {
    move |world| Command::AcceptOffer { session: world.session(name).id, offer: offer(world, name, Some(agent)) }
}

pub(super) fn decline_as(name: &'static str, agent: &'static str) -> impl FnOnce(&World) -> Command {
    move |world| Command::DeclineOffer { session: world.session(name).id, offer: offer(world, name, Some(agent)) }
}

pub(super) fn cancel(name: &'static str, agent: &'static str) -> impl FnOnce(&World) -> Command {
    move |world| Command::CancelInvitation { session: world.session(name).id, offer: offer(world, name, Some(agent)) }
}

pub(super) const CONFERENCE: InviteMode = InviteMode::Conference;
pub(super) const TRANSFER: InviteMode = InviteMode::Transfer;

command!(invite(whom: &'static str, mode: InviteMode) => |_world, session| Command::Invite {
    session, agent: agent_id(whom), mode, note: String::new(), ring: None, expected: None
});
command!(transfer(queue: &'static str, leave: TransferLeave) => |_world, session| Command::TransferToQueue(Box::new(
    TransferToQueue { leave, ..TransferToQueue::new(session, queue_id(queue)) }
)));
command!(withdraw() => |_world, session| Command::WithdrawFromQueue { session, expected: None });
command!(leave(if_last: Option<IfLast>) => |_world, session| Command::Leave { session, if_last, expected: None });
command!(end() => |_world, session| Command::EndSession { session, end_for_all: false, expected: None });
command!(end_for_all() => |_world, session| Command::EndSession { session, end_for_all: true, expected: None });
command!(say(text: &'static str) => |_world, session| Command::SendMessage {
    session, text: text.into(), audience: Audience::Everyone, with: None
});
command!(whisper(text: &'static str) => |_world, session| Command::SendMessage {
    session, text: text.into(), audience: Audience::Staff, with: None
});
command!(reply(revision: u32, audience: Audience) => |_world, session| Command::SendMessage {
    session, text: "reply".into(), audience,
    with: Some(Box::new(MessageParts { reply_to: Some(revision), ..MessageParts::default() }))
});
command!(read(revision: u32) => |_world, session| Command::ReadUpTo { session, revision });
command!(dispose(code: &'static str) => |_world, session| Command::SetDisposition {
    session, code: Some(Code::parse(code).unwrap()), notes: String::new()
});
command!(complete() => |_world, session| Command::CompleteWrapUp { session });
command!(watch(incarnation: Incarnation) => |_world, session| Command::OpenCustomer { session, incarnation });
command!(unwatch(incarnation: Incarnation) => |_world, session| Command::CloseCustomer { session, incarnation });
command!(archive() => |_world, session| Command::Archive { session });

pub(super) fn go_ready(_: &World) -> Command {
    Command::SetState { ready: true, reason: None }
}

pub(super) fn not_ready(reason: &str) -> impl FnOnce(&World) -> Command + use<> {
    let reason = Code::parse(reason);
    move |_| Command::SetState { ready: false, reason }
}

pub(super) fn sign_out(hand_back: bool) -> impl FnOnce(&World) -> Command {
    move |_| Command::SignOut { hand_back }
}

pub(super) fn close_desk(name: &str, incarnation: Incarnation) -> impl FnOnce(&World) -> Command + use<> {
    let agent = agent_id(name);
    move |_| Command::CloseDesk { agent, incarnation }
}

pub(super) fn open_desk(name: &str, incarnation: Incarnation) -> impl FnOnce(&World) -> Command + use<> {
    let agent = agent_id(name);
    move |_| Command::OpenDesk { agent, incarnation }
}

command!(take(override_capacity: bool) => |_world, session| Command::TakeFromQueue { session, override_capacity });
command!(barge_in(override_capacity: bool) => |_world, session| Command::BargeIn { session, override_capacity });
command!(take_over() => |_world, session| Command::TakeOver { session, override_capacity: false });
command!(remove(agent: &'static str) => |_world, session| Command::RemoveParticipant {
    session, agent: agent_id(agent)
});
command!(reassign_to(agent: &'static str) => |_world, session| Command::Reassign {
    session, to: Successor::Agent(agent_id(agent)), note: String::new()
});
command!(reassign_to_queue(queue: &'static str) => |_world, session| Command::Reassign {
    session, to: Successor::Queue(queue_id(queue)), note: String::new()
});
command!(monitor(on: bool) => |_world, session| Command::Monitor { session, on });
command!(raise_flag() => |_world, session| Command::RaiseFlag { session, note: "please".into() });
command!(clear_flag() => |_world, session| Command::ClearFlag { session });
command!(update(update: UpdateSession) => |_world, session| Command::UpdateSession {
    session, update: Box::new(update)
});

pub(super) fn force(agent: &str, state: ForcedState) -> impl FnOnce(&World) -> Command + use<> {
    let agent = agent_id(agent);
    move |_| Command::ForceAgentState { agent, state }
}

/// A skill that is wanted, at a level.
pub(super) fn wanted(skill: &str, level: u32) -> Wanted {
    Wanted { skill: Code::parse(skill).unwrap(), level }
}

/// An event as a test reads it; none for what is only remembered.
pub(super) fn described(event: &Event, texts: &[String]) -> Option<String> {
    match event {
        Event::Session(event) => Some(session_event(event, texts)),
        Event::Agent { agent, change } => Some(match change {
            AgentChange::SignedIn { .. } => format!("{agent} signed in"),
            AgentChange::SignedOut => format!("{agent} signed out"),
            AgentChange::Ready => format!("{agent} ready"),
            AgentChange::NotReady { reason } => format!("{agent} not ready: {}", word(reason.as_ref())),
            AgentChange::NotReadyNext { reason } => format!("{agent} not ready next: {}", word(reason.as_ref())),
            AgentChange::DeskOpened { .. } => format!("{agent} opened a desk"),
            AgentChange::DeskClosed { .. } => format!("{agent} closed a desk"),
            AgentChange::RampedUp => format!("{agent} takes the next"),
        }),
        Event::Chat(event) => Some(chat_event(event, texts)),
        Event::Center(change) => match change {
            CenterChange::SettingsPut(_) => Some("settings put".into()),
            CenterChange::QueuePut(queue) => Some(format!("queue {} put", queue.id)),
            CenterChange::AgentPut(agent) => Some(format!("agent {} put", agent.id)),
            CenterChange::Remembered { .. } | CenterChange::CustomerWatching { .. } => None,
            CenterChange::DeadlinesMoved { by, .. } => Some(format!("deadlines moved by {by}")),
            CenterChange::CustomerAbsent { .. } => Some("customer absent".into()),
            CenterChange::SkipEnded { agent, .. } => Some(format!("{agent} no longer skipped")),
            CenterChange::Archived { .. } => Some("archived".into()),
            CenterChange::QueueHours { queue, openness } => {
                Some(format!("{queue} {}", if openness.open { "opened" } else { "closed" }))
            }
            CenterChange::Widened { .. } => Some("widened".into()),
            CenterChange::WaitingTold { .. } => None,
            CenterChange::PreferenceEnded { .. } => Some("preference ended".into()),
            CenterChange::Audited { what, .. } => match what {
                Audit::MonitoringStarted(_) => Some("audit: monitoring".into()),
                Audit::MonitoringStopped(_) => Some("audit: monitoring no more".into()),
                Audit::AgentForced(agent) => Some(format!("audit: {agent} forced")),
                _ => None,
            },
            CenterChange::QueueDeleted(queue) => Some(format!("queue {queue} deleted")),
            CenterChange::AgentDeleted(agent) => Some(format!("agent {agent} deleted")),
            CenterChange::CannedPut(response) => Some(format!("canned {} put", response.id)),
            CenterChange::CannedDeleted(id) => Some(format!("canned {id} deleted")),
            CenterChange::OwnCannedPut { agent, response } => Some(format!("{agent} put canned {}", response.id)),
            CenterChange::OwnCannedDeleted { agent, id } => Some(format!("{agent} deleted canned {id}")),
            CenterChange::AttachmentCreated { attachment, .. } => {
                Some(format!("file announced: {}", texts[attachment.name.item as usize]))
            }
            CenterChange::AttachmentUploaded { .. } => Some("file uploaded".into()),
            CenterChange::AttachmentDropped { .. } => Some("file dropped".into()),
            CenterChange::ChatRead { agent, revision, .. } => {
                Some(format!("{agent} read the closed chat up to {revision}"))
            }
            CenterChange::ChatForgotten { .. } => Some("chat forgotten".into()),
            CenterChange::FavouritePut { agent, target } => Some(format!("{agent} likes {}", target_word(target))),
            CenterChange::FavouriteDeleted { agent, target } => {
                Some(format!("{agent} no longer likes {}", target_word(target)))
            }
        },
    }
}

fn chat_event(event: &ChatEvent, texts: &[String]) -> String {
    match &event.what {
        ChatHappened::Started(started) => {
            let members: Vec<&str> = started.members.iter().map(|(agent, _)| agent.as_str()).collect();
            let on = if started.previous.is_some() { ", going on" } else { "" };
            format!("chat of {}{on}", members.join(", "))
        }
        ChatHappened::Joined { agent, .. } => format!("{agent} joined the chat"),
        ChatHappened::Left { agent, .. } => format!("{agent} left the chat"),
        ChatHappened::Posted { text, .. } => match &event.by {
            By::Agent { id, .. } => format!("{id} to colleagues: {}", texts[text.item as usize]),
            other => format!("{other:?}"),
        },
        ChatHappened::Read { agent, revision } => format!("{agent} read the chat up to {revision}"),
        ChatHappened::Closed { reason } => format!("chat closed: {reason:?}"),
    }
}

fn target_word(target: &Target) -> String {
    match target {
        Target::Agent(agent) => agent.to_string(),
        Target::Queue(queue) => format!("queue {queue}"),
    }
}

fn word(code: Option<&Code>) -> &str {
    code.map_or("-", Code::as_str)
}

fn session_event(event: &SessionEvent, texts: &[String]) -> String {
    match &event.what {
        Happened::Started(_) => "started".into(),
        Happened::Queued { queue, cause, .. } => format!("queued in {queue}: {cause:?}"),
        Happened::Unqueued { queue, reason, .. } => format!("unqueued from {queue}: {reason:?}"),
        Happened::OfferMade(offer) => match &offer.kind {
            OfferKind::Router => format!("offered to {}", offer.agent),
            OfferKind::Invitation { inviter, mode } => format!("{inviter} invited {}: {mode:?}", offer.agent),
        },
        Happened::OfferEnded { agent, outcome, .. } => format!("offer to {agent} ended: {outcome:?}"),
        Happened::OfferExtended { agent, .. } => format!("offer to {agent} extended"),
        Happened::Joined { agent, cause, .. } => format!("{agent} joined: {cause:?}"),
        Happened::Left { agent, reason, .. } => format!("{agent} left: {reason:?}"),
        Happened::Posted { text, quoted, more, .. } => {
            let who = match &event.by {
                By::System => "system".into(),
                By::Customer => "customer".into(),
                By::Agent { id, .. } => id.to_string(),
                By::Queue { id, .. } => format!("queue {id}"),
            };
            let how = if event.public.is_some() { "said" } else { "whispered" };
            let answers = quoted.map_or_else(String::new, |it| format!(", to {} ({})", it.revision, it.public));
            let files = more.iter().flat_map(|more| &more.attachments);
            let files = files.map(|file| format!(", with {}", texts[file.name.item as usize])).collect::<String>();
            format!("{who} {how}: {}{answers}{files}", texts[text.item as usize])
        }
        Happened::Read { participant, revision, public } => {
            let to = if event.public.is_some() { "all see" } else { "staff sees" };
            format!("{to} that {participant} read up to {revision}, public {public}")
        }
        Happened::CustomerAway { .. } => "customer away".into(),
        Happened::CustomerReturned => "customer returned".into(),
        Happened::Warned { reason, .. } => format!("warned: {reason:?}"),
        Happened::Ended { reason } => format!("ended: {reason:?}"),
        Happened::WrapUpStarted { agent, .. } => format!("{agent} wraps up"),
        Happened::WrapUpCompleted { agent, outcome, disposition } => {
            format!("{agent} wrapped up: {outcome:?}, {}", word(disposition.as_ref()))
        }
        Happened::DispositionSet { agent, code, .. } => {
            format!("{agent} disposed: {}", code.as_ref().map_or("-", Code::as_str))
        }
        Happened::Closed => "closed".into(),
        Happened::LeavePlanned { agent } => format!("{agent} leaves when it is taken"),
        Happened::LeavePlanDropped { agent } => format!("{agent} stays after all"),
        Happened::Updated(_) => "updated".into(),
        Happened::FlagRaised { agent, .. } => format!("{agent} asks for help"),
        Happened::FlagCleared => "help isn't needed".into(),
        Happened::CapacityOverridden { agent, units, capacity } => format!("{agent} has {units} of {capacity}"),
    }
}
