//! Canned responses: texts that are said again and again, the center's own and each agent's. They are configuration, so
//! their texts are in the state.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::{
    Center,
    command::Object,
    event::CenterChange,
    ids::{AgentId, Label, QueueId, ResponseId},
    refusal::Refusal,
};

/// Canned responses of one agent.
pub const MAX_PERSONAL: usize = 500;

/// Canned responses that a center shares: more are hardly searched, and all of them are in memory.
pub const MAX_SHARED: usize = 2_000;

/// The longest text with its variables filled, in bytes: that of a message.
const LONGEST: usize = 16 * 1024;

/// A text with what finds it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CannedResponse {
    /// Its id.
    #[n(0)]
    pub id: ResponseId,
    /// What it is called.
    #[n(1)]
    pub title: Label,
    /// What is said, variables included.
    #[n(2)]
    pub text: Label,
    /// What is typed to find it, or empty.
    #[n(3)]
    pub shortcut: Label,
    /// BCP 47 tag.
    #[n(4)]
    pub language: Option<Label>,
    /// The queues that it is for; empty: all.
    #[n(5)]
    pub queues: BTreeSet<QueueId>,
}

/// A center's canned responses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct CannedResponses {
    /// Those of all.
    #[n(0)]
    pub shared: BTreeMap<ResponseId, CannedResponse>,
    /// Those of each agent.
    #[n(1)]
    pub personal: BTreeMap<AgentId, BTreeMap<ResponseId, CannedResponse>>,
}

impl Center {
    /// An agent's own canned responses by id, and then those of all.
    pub fn canned_for(&self, agent: &AgentId) -> impl Iterator<Item = (bool, &CannedResponse)> {
        let known = self.canned.as_deref();
        let own = known.and_then(|canned| canned.personal.get(agent)).into_iter().flat_map(BTreeMap::values);
        let shared = known.into_iter().flat_map(|canned| canned.shared.values());
        own.map(|response| (true, response)).chain(shared.map(|response| (false, response)))
    }

    /// Refuses objects with which the center would share too many.
    pub(super) fn check_shared(&self, objects: &[Object]) -> Result<(), Refusal> {
        let known =
            self.canned.as_ref().map(|canned| canned.shared.keys().collect::<BTreeSet<_>>()).unwrap_or_default();
        let new = objects.iter().filter_map(|object| match object {
            Object::CannedResponse(response) => Some(&response.id).filter(|id| !known.contains(id)),
            Object::Settings(_) | Object::Queue(_) | Object::Agent(_) => None,
        });
        let count = known.len() + new.collect::<BTreeSet<_>>().len();
        if count > MAX_SHARED { Err(Refusal::LimitReached { limit: "canned_responses".into() }) } else { Ok(()) }
    }

    /// What its agents share, by id.
    pub fn shared_responses(&self) -> impl Iterator<Item = &CannedResponse> {
        self.canned.iter().flat_map(|canned| canned.shared.values())
    }

    /// One of them.
    pub fn shared_response(&self, id: &ResponseId) -> Option<&CannedResponse> {
        self.canned.as_ref()?.shared.get(id)
    }

    pub(super) fn own_responses(&self, agent: &AgentId) -> Option<&BTreeMap<ResponseId, CannedResponse>> {
        self.canned.as_ref()?.personal.get(agent)
    }

    /// An agent's own go with them.
    pub(super) fn forget_responses(&mut self, agent: &AgentId) {
        if let Some(mut canned) = self.canned.take() {
            canned.personal.remove(agent);
            self.canned = (*canned != CannedResponses::default()).then_some(canned);
        }
    }

    /// What a change does to the canned responses; nothing is kept of a center that has none.
    pub(super) fn canned_change(&mut self, change: &CenterChange) {
        let mut canned = self.canned.take().unwrap_or_default();
        match change {
            CenterChange::CannedPut(response) => {
                canned.shared.insert(response.id.clone(), (**response).clone());
            }
            CenterChange::CannedDeleted(id) => {
                canned.shared.remove(id);
            }
            CenterChange::OwnCannedPut { agent, response } => {
                canned.personal.entry(agent.clone()).or_default().insert(response.id.clone(), (**response).clone());
            }
            CenterChange::OwnCannedDeleted { agent, id } => {
                if let Some(own) = canned.personal.get_mut(agent) {
                    own.remove(id);
                }
                canned.personal.retain(|_, own| !own.is_empty());
            }
            _ => {}
        }
        self.canned = (*canned != CannedResponses::default()).then_some(canned);
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct CannedSearch {
    /// In title, shortcut or text, in any case; empty: everything.
    pub query: String,
    /// Those for this queue and for all.
    pub queue: Option<QueueId>,
}

impl CannedSearch {
    /// Whether a response is among what is looked for.
    pub fn finds(&self, response: &CannedResponse) -> bool {
        let for_queue = |queue| response.queues.is_empty() || response.queues.contains(queue);
        let query = self.query.to_lowercase();
        let has = |text: &Label| text.as_str().to_lowercase().contains(&query);
        self.queue.as_ref().is_none_or(for_queue)
            && (query.is_empty() || has(&response.shortcut) || has(&response.title) || has(&response.text))
    }
}

/// What variables stand for in one session.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// `{{customer.name}}`.
    pub customer_name: String,
    /// `{{agent.name}}`.
    pub agent_name: String,
    /// `{{queue.name}}`.
    pub queue_name: String,
    /// `{{attribute.NAME}}`.
    pub attributes: Vec<(String, String)>,
}

impl Variables {
    fn value(&self, variable: &str) -> Option<&str> {
        let value = match variable {
            "customer.name" => &self.customer_name,
            "agent.name" => &self.agent_name,
            "queue.name" => &self.queue_name,
            other => {
                let name = other.strip_prefix("attribute.")?;
                self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value)?
            }
        };
        (!value.is_empty()).then_some(value.as_str())
    }

    /// A text with its variables filled. What isn't known stays as it is, so that the agent sees what is missing. What is
    /// filled in isn't read again. A text that becomes longer than a message may be is cut there.
    pub fn fill(&self, text: &str) -> String {
        let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, from)) = rest.split_once("{{") {
            filled.push_str(before);
            let variable = from.split_once("}}");
            match variable.and_then(|(name, behind)| Some((self.value(name.trim())?, behind))) {
                Some((value, behind)) => {
                    filled.push_str(value);
                    rest = behind;
                }
                None => {
                    filled.push_str("{{");
                    rest = from;
                }
            }
            if filled.len() > LONGEST {
                break;
            }
        }
        filled.push_str(rest);
        let end = (0..=filled.len().min(LONGEST)).rev().find(|at| filled.is_char_boundary(*at));
        filled.truncate(end.unwrap_or(0));
        filled
    }
}
