//! A center as people write it: a YAML file of settings, queues and agents.

use std::{collections::BTreeMap, time::Duration};

use chatsession_sdk::{Agent, AgentPermission, CannedResponse, CenterSettings, ConfigObject};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::Failure;

mod queue;

use queue::QueueFile;

/// The sample center, commented.
pub(super) const SAMPLE: &str = include_str!("../../examples/center.yaml");

/// A center's file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CenterFile {
    settings: Option<SettingsFile>,
    pub(super) queues: Vec<QueueFile>,
    pub(super) agents: Vec<AgentFile>,
    pub(super) canned_responses: Vec<CannedFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SettingsFile {
    capacity: Option<u32>,
    router_offer_time: Time,
    invitation_time: Time,
    declines_to_not_ready: Option<u32>,
    skip_time: Time,
    lease_grace: Time,
    customer_grace: Time,
    customer_gone_time: Time,
    inactivity_time: Time,
    max_age: Time,
    max_events: Option<u32>,
    max_participants: Option<u32>,
    recovery_hold: Time,
    reason_required: Option<bool>,
    masks: Vec<MaskFile>,
    mask_card_numbers: bool,
    attachments: AttachmentsFile,
    chat_idle_time: Time,
    reasons: Vec<String>,
    ramp_up_time: Time,
    no_answer_return_time: Time,
    misses_to_sign_out: Option<u32>,
    messenger_inactivity_time: Time,
    inactivity_warning: Option<String>,
    inactivity_message: Option<String>,
    last_agent_memory: Time,
    short_abandon_time: Time,
}

/// What is made unreadable in messages and notes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaskFile {
    name: String,
    pattern: String,
    #[serde(default)]
    replacement: String,
}

/// An agent in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgentFile {
    pub(super) id: String,
    /// The id, where there is none.
    name: Option<String>,
    #[serde(default)]
    queues: Vec<String>,
    #[serde(default)]
    teams: Vec<String>,
    capacity: Option<u32>,
    #[serde(default)]
    pub(super) supervisor: bool,
    /// Skills and how well they have them, 1 to 100.
    #[serde(default)]
    skills: BTreeMap<String, u32>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    permissions: Vec<Permission>,
}

/// A person, or a program.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Human,
    Bot,
    Assistant,
}

/// What not every agent may do.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Permission {
    TakeFromQueue,
    OverrideCapacity,
}

/// A canned response in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CannedFile {
    id: String,
    title: String,
    text: String,
    shortcut: Option<String>,
    language: Option<String>,
    #[serde(default)]
    queues: Vec<String>,
}

/// What files may be sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AttachmentsFile {
    max_bytes: Option<u64>,
    max_per_message: Option<u32>,
    max_per_session: Option<u32>,
    content_types: Vec<String>,
}

/// A duration as people write it, if they did.
#[derive(Clone, Copy, Debug, Default)]
struct Time(Option<Duration>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        duration(&text).map(|time| Self(Some(time))).map_err(D::Error::custom)
    }
}

/// Reads a duration such as `20s`, `1h 30m` or `400ms`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    static PARSER: jiff::fmt::friendly::SpanParser = jiff::fmt::friendly::SpanParser::new();
    let parsed = PARSER.parse_unsigned_duration(text.trim());
    parsed.map_err(|_| format!("`{text}` isn't a duration, expected one like `30s` or `5m`"))
}

/// Sets what is given.
fn given<B, V>(builder: B, value: Option<V>, set: impl FnOnce(B, V) -> B) -> B {
    match value {
        Some(value) => set(builder, value),
        None => builder,
    }
}

impl CenterFile {
    /// Reads a file's text.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        Ok(serde_saphyr::from_str(text)?)
    }

    /// What each of the [`objects`](Self::objects) is called, for who reads what is wrong with it.
    pub(super) fn names(&self) -> Vec<String> {
        let settings = self.settings.iter().map(|_| "settings".to_owned());
        let queues = self.queues.iter().map(|queue| format!("queue {}", queue.id));
        let agents = self.agents.iter().map(|agent| format!("agent {}", agent.id));
        let responses = self.canned_responses.iter().map(|response| format!("canned response {}", response.id));
        settings.chain(queues).chain(agents).chain(responses).collect()
    }

    /// As the service takes it: queues before the agents who serve them.
    pub(super) fn objects(self) -> Vec<ConfigObject> {
        let settings = self.settings.map(|settings| settings.build().into());
        let queues = self.queues.into_iter().map(|queue| queue.build().into());
        let agents = self.agents.into_iter().map(|agent| agent.build().into());
        let responses = self.canned_responses.into_iter().map(|response| response.build().into());
        settings.into_iter().chain(queues).chain(agents).chain(responses).collect()
    }
}

impl SettingsFile {
    fn build(self) -> CenterSettings {
        use CenterSettings as S;
        let mut it = S::new();
        it = given(it, self.capacity, S::capacity);
        it = given(it, self.router_offer_time.0, S::router_offer_time);
        it = given(it, self.invitation_time.0, S::invitation_time);
        it = given(it, self.declines_to_not_ready, S::declines_to_not_ready);
        it = given(it, self.skip_time.0, S::skip_time);
        it = given(it, self.lease_grace.0, S::lease_grace);
        it = given(it, self.customer_grace.0, S::customer_grace);
        it = given(it, self.customer_gone_time.0, S::customer_gone_time);
        it = given(it, self.inactivity_time.0, S::inactivity_time);
        it = given(it, self.max_age.0, S::max_age);
        it = given(it, self.max_events, S::max_events);
        it = given(it, self.max_participants, S::max_participants);
        it = given(it, self.recovery_hold.0, S::recovery_hold);
        for MaskFile { name, pattern, replacement } in self.masks {
            it = it.mask(name, pattern, replacement);
        }
        for reason in self.reasons {
            it = it.reason(reason);
        }
        it = given(it, self.ramp_up_time.0, S::ramp_up_time);
        it = given(it, self.no_answer_return_time.0, S::no_answer_return_time);
        it = given(it, self.misses_to_sign_out, S::misses_to_sign_out);
        it = given(it, self.messenger_inactivity_time.0, S::messenger_inactivity_time);
        it = given(it, self.inactivity_warning, S::inactivity_warning);
        it = given(it, self.inactivity_message, S::inactivity_message);
        it = given(it, self.last_agent_memory.0, S::last_agent_memory);
        it = given(it, self.short_abandon_time.0, S::short_abandon_time);
        it = given(it, self.mask_card_numbers.then_some(()), |it, ()| it.mask_card_numbers());
        it = given(it, self.attachments.max_bytes, S::attachment_bytes);
        it = given(it, self.attachments.max_per_message, S::attachments_per_message);
        it = given(it, self.attachments.max_per_session, S::attachments_per_session);
        for content_type in self.attachments.content_types {
            it = it.attachment_type(content_type);
        }
        it = given(it, self.reason_required, S::reason_required);
        given(it, self.chat_idle_time.0, S::chat_idle_time)
    }
}

impl CannedFile {
    fn build(self) -> CannedResponse {
        let mut it = CannedResponse::new(self.id, self.title, self.text);
        for queue in self.queues {
            it = it.queue(queue);
        }
        it = given(it, self.shortcut, CannedResponse::shortcut);
        given(it, self.language, CannedResponse::language)
    }
}

impl AgentFile {
    fn build(self) -> Agent {
        let mut it = Agent::new(self.id.clone(), self.name.unwrap_or(self.id));
        for queue in self.queues {
            it = it.queue(queue);
        }
        for team in self.teams {
            it = it.team(team);
        }
        for (skill, level) in self.skills {
            it = it.skill(skill, level);
        }
        for permission in self.permissions {
            it = it.permission(match permission {
                Permission::TakeFromQueue => AgentPermission::TakeFromQueue,
                Permission::OverrideCapacity => AgentPermission::OverrideCapacity,
            });
        }
        it = match self.kind {
            Kind::Human => it,
            Kind::Bot => it.bot(),
            Kind::Assistant => it.assistant(),
        };
        it = given(it, self.capacity, Agent::capacity);
        given(it, self.supervisor.then_some(()), |it, ()| it.supervisor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_center_can_be_read() {
        let center = CenterFile::parse(SAMPLE).unwrap();
        let (queues, agents, responses) = (center.queues.len(), center.agents.len(), center.canned_responses.len());
        assert!(queues >= 3 && agents >= 3, "{queues} queues, {agents} agents");
        assert_eq!(center.objects().len(), 1 + queues + agents + responses);
    }

    #[test]
    fn what_is_misspelt_is_refused_by_name() {
        let refused = CenterFile::parse("queues:\n  - id: sales\n    max_wiat: 1h\n").unwrap_err();
        assert!(refused.to_string().contains("max_wiat"), "{refused}");
        let refused = CenterFile::parse("settings:\n  skip_time: soon\n").unwrap_err();
        assert!(refused.to_string().contains("soon"), "{refused}");
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("20s"), Ok(Duration::from_secs(20)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(duration("400ms"), Ok(Duration::from_millis(400)));
        assert!(duration("20").is_err());
    }
}
