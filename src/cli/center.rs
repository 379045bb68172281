//! A center as people write it: a YAML file of settings, queues and agents.

use std::time::Duration;

use chatsession_sdk::{Agent, CenterSettings, ConfigObject, Queue};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::Failure;

/// The sample center, commented.
pub(super) const SAMPLE: &str = include_str!("../../examples/center.yaml");

/// A center's file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CenterFile {
    settings: Option<SettingsFile>,
    pub(super) queues: Vec<QueueFile>,
    pub(super) agents: Vec<AgentFile>,
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
    chat_idle_time: Time,
}

/// A queue in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueFile {
    pub(super) id: String,
    /// The id, where there is none.
    name: Option<String>,
    entry_message: Option<String>,
    #[serde(default)]
    max_wait: Time,
    max_wait_message: Option<String>,
    overflow_to: Option<String>,
    #[serde(default)]
    wrap_up_time: Time,
    #[serde(default)]
    disposition_required: bool,
    max_length: Option<u32>,
    #[serde(default)]
    refuse_unstaffed: bool,
    open_to_customers: Option<bool>,
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

    /// As the service takes it: queues before the agents who serve them.
    pub(super) fn objects(self) -> Vec<ConfigObject> {
        let settings = self.settings.map(|settings| settings.build().into());
        let queues = self.queues.into_iter().map(|queue| queue.build().into());
        let agents = self.agents.into_iter().map(|agent| agent.build().into());
        settings.into_iter().chain(queues).chain(agents).collect()
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
        it = given(it, self.reason_required, S::reason_required);
        given(it, self.chat_idle_time.0, S::chat_idle_time)
    }
}

impl QueueFile {
    fn build(self) -> Queue {
        let mut it = Queue::new(self.id.clone(), self.name.unwrap_or(self.id));
        it = given(it, self.entry_message, Queue::entry_message);
        it = given(it, self.max_wait.0, Queue::max_wait);
        it = given(it, self.max_wait_message, Queue::end_after_max_wait);
        it = given(it, self.overflow_to, Queue::overflow_to);
        it = given(it, self.wrap_up_time.0, Queue::wrap_up_time);
        it = given(it, self.max_length, Queue::max_length);
        it = given(it, self.open_to_customers, Queue::open_to_customers);
        it = given(it, self.disposition_required.then_some(()), |it, ()| it.disposition_required());
        given(it, self.refuse_unstaffed.then_some(()), |it, ()| it.refuse_unstaffed())
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
        let (queues, agents) = (center.queues.len(), center.agents.len());
        assert!(queues >= 3 && agents >= 3, "{queues} queues, {agents} agents");
        assert_eq!(center.objects().len(), 1 + queues + agents);
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
