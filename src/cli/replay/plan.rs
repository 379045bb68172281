//! What is to be said, by whom and where, and what else happens: all decided by the file and the seed.

use std::{
    collections::{BTreeSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    time::Duration,
};

use chatsession_sdk::{Agent, CenterSettings, ConfigObject, InviteMode, Queue};
use serde::Deserialize;

use super::ReplayArgs;
use crate::cli::Failure;

/// The center of the replay.
pub(super) const CENTER: &str = "replay";

/// An attribute of each session: which conversation it is.
pub(super) const CONVERSATION: &str = "conversation";
const CAPACITY: u32 = 4;
const RING: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(6 * 3600);

/// Who says a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    Customer,
    Agent,
}

/// Something that is said.
#[derive(Debug, Deserialize)]
pub(super) struct Turn {
    pub(super) from: Side,
    pub(super) queue: String,
    pub(super) text: String,
}

/// A customer's whole chat.
#[derive(Debug, Deserialize)]
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) turns: Vec<Turn>,
}

/// How an agent answers an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Accept,
    Decline,
    /// Lets it ring until it ends by itself.
    Ignore,
}

/// All that is to happen.
pub(super) struct Plan {
    pub(super) conversations: Vec<Conversation>,
    /// Who serve queues.
    pub(super) agents: Vec<String>,
    /// Who are there to be invited.
    pub(super) invitees: Vec<String>,
    queues: Vec<String>,
    seed: u64,
    /// How long customers think before each turn.
    pub(super) pace: Duration,
    /// So that runs against one server don't meet.
    run: String,
}

impl Plan {
    pub(super) fn read(args: &ReplayArgs) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(&args.file).map_err(|error| format!("{}: {error}", args.file.display()))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut conversations = Vec::new();
        for (number, line) in lines.take(args.limit.unwrap_or(usize::MAX)) {
            let conversation: Conversation = serde_json::from_str(line)
                .map_err(|error| format!("{}:{}: {error}", args.file.display(), number + 1))?;
            conversations.push(conversation);
        }
        Ok(Self { pace: args.pace, ..Self::new(conversations, args.agents, args.seed)? })
    }

    pub(super) fn new(conversations: Vec<Conversation>, agents: u32, seed: u64) -> Result<Self, Failure> {
        if conversations.is_empty() {
            return Err("there is no conversation to replay".into());
        }
        if let Some(empty) = conversations.iter().find(|one| one.turns.is_empty()) {
            return Err(format!("conversation {} has no turns", empty.id).into());
        }
        let turns = conversations.iter().flat_map(|one| &one.turns);
        let queues: BTreeSet<String> = turns.map(|turn| turn.queue.clone()).collect();
        let run = uuid::Uuid::new_v4().simple().to_string()[..6].to_owned();
        let name = |kind: &str, number: u32| format!("{kind}-{number:03}-{run}");
        Ok(Self {
            agents: (1..=agents).map(|number| name("agent", number)).collect(),
            invitees: (1..=agents / 3 + 1).map(|number| name("colleague", number)).collect(),
            queues: queues.into_iter().collect(),
            conversations,
            seed,
            pace: Duration::ZERO,
            run,
        })
    }

    /// Everybody with a desk, and whether they serve queues.
    pub(super) fn everybody(&self) -> impl Iterator<Item = (&str, bool)> {
        let agents = self.agents.iter().map(|id| (id.as_str(), true));
        agents.chain(self.invitees.iter().map(|id| (id.as_str(), false)))
    }

    pub(super) fn customer(&self, index: usize) -> String {
        format!("customer-{index}-{}", self.run)
    }

    pub(super) fn turns(&self) -> usize {
        self.conversations.iter().map(|one| one.turns.len()).sum()
    }

    pub(super) fn changes(&self) -> usize {
        let changes = |one: &Conversation| one.turns.windows(2).filter(|pair| pair[0].queue != pair[1].queue).count();
        self.conversations.iter().map(changes).sum()
    }

    /// The center: every queue has somebody, and most have a third of all.
    pub(super) fn center(&self) -> Vec<ConfigObject> {
        let settings = CenterSettings::new()
            .capacity(CAPACITY)
            .router_offer_time(RING)
            .invitation_time(RING)
            .recovery_hold(Duration::ZERO)
            .declines_to_not_ready(2)
            .inactivity_time(LONG);
        let queue = |id: &String| {
            Queue::new(id, id).entry_message(format!("You are in the queue of {id}.")).max_wait(LONG).into()
        };
        let spread = if self.agents.len() >= 6 { 3 } else { 1 };
        let agent = |(number, id): (usize, &String)| {
            let serves = self.queues.iter().enumerate().filter(|(at, _)| (at + number).is_multiple_of(spread));
            serves.fold(Agent::new(id, format!("Agent {number}")), |agent, (_, queue)| agent.queue(queue)).into()
        };
        let invitee = |(number, id): (usize, &String)| Agent::new(id, format!("Colleague {number}")).into();
        let people = self.agents.iter().enumerate().map(agent).chain(self.invitees.iter().enumerate().map(invitee));
        let mut objects = vec![settings.into()];
        objects.extend(self.queues.iter().map(queue).chain(people));
        objects
    }

    /// Before which turn a colleague is invited, and how: in every tenth chat to a conference, in every tenth other to
    /// take over.
    pub(super) fn invitation(&self, index: usize) -> Option<(usize, InviteMode)> {
        let mode = match index % 10 {
            3 => InviteMode::Conference,
            7 => InviteMode::Transfer,
            _ => return None,
        };
        let turns = self.conversations[index].turns.iter().enumerate();
        let mut by_agents = turns.filter(|(_, turn)| turn.from == Side::Agent).map(|(at, _)| at);
        let first = by_agents.next()?;
        Some((by_agents.next().unwrap_or(first), mode))
    }

    /// Whom to invite, the nth time.
    pub(super) fn colleague(&self, index: usize, attempt: usize) -> &str {
        let first = self.draw(("colleague", index)) as usize;
        &self.invitees[(first.wrapping_add(attempt)) % self.invitees.len()]
    }

    /// How an agent answers the nth offer of a conversation to them.
    pub(super) fn reply(&self, agent: &str, conversation: &str, nth: usize) -> Reply {
        match self.draw((agent.rsplit_once('-').map(|(name, _)| name), conversation, nth)) % 100 {
            0..4 => Reply::Decline,
            4..6 => Reply::Ignore,
            _ => Reply::Accept,
        }
    }

    fn draw(&self, what: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.seed, what).hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(count: usize) -> Plan {
        let turn = |from, queue: &str| Turn { from, queue: queue.into(), text: "x".into() };
        let conversation = |at: usize| Conversation {
            id: at.to_string(),
            turns: vec![turn(Side::Customer, "a"), turn(Side::Agent, "a"), turn(Side::Agent, "b")],
        };
        Plan::new((0..count).map(conversation).collect(), 12, 1).unwrap()
    }

    #[test]
    fn of_ten_chats_one_has_a_conference_and_one_a_transfer() {
        let plan = plan(10);
        let planned: Vec<_> = (0..10).filter_map(|index| plan.invitation(index)).collect();
        assert_eq!(planned, [(2, InviteMode::Conference), (2, InviteMode::Transfer)]);
    }

    #[test]
    fn most_offers_are_accepted_and_the_same_ones_each_time() {
        let (one, other) = (plan(1), plan(1));
        let replies = |plan: &Plan| -> Vec<Reply> {
            (0..1000).map(|at| plan.reply("agent-001-abcdef", &at.to_string(), 0)).collect()
        };
        assert_eq!(replies(&one), replies(&other));
        let accepted = replies(&one).into_iter().filter(|reply| *reply == Reply::Accept).count();
        assert!((850..1000).contains(&accepted), "{accepted}");
    }
}
