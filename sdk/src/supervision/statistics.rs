//! Figures for reports.

use std::time::Duration;

use super::Supervision;
use crate::{
    Pages,
    convert::{FromWire, duration, list, some},
    generated::{
        self as wire, ListAgentStatisticsRequest, ListQueueStatisticsRequest, supervision_client::SupervisionClient,
    },
};

/// The figures of a queue. `entered` is the sum of `answered`, `abandoned`, `turned_away`, `overflowed`, `withdrawn` and `waiting`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueStatistics {
    /// The queue.
    pub queue_id: String,
    /// Sessions that entered: one that comes again counts again.
    pub entered: u64,
    /// Taken by an agent.
    pub answered: u64,
    /// Of those, within the queue's service level.
    pub answered_in_time: u64,
    /// Their waiting in this queue, all together.
    pub answered_wait: Duration,
    /// The customer went while they waited.
    pub abandoned: u64,
    /// Of those, sooner than [`CenterSettings::short_abandon_time`](crate::CenterSettings::short_abandon_time).
    pub abandoned_short: u64,
    /// They were told that nobody comes: too long a wait, closing or the age limit.
    pub turned_away: u64,
    /// They went on to another queue by themselves.
    pub overflowed: u64,
    /// An agent or supervisor moved, kept or ended them.
    pub withdrawn: u64,
    /// They wait now.
    pub waiting: u64,
    /// Of those answered, for whom a wait was estimated when they entered.
    pub estimated: u64,
    /// By how much those estimates were wrong, either way, all together.
    pub estimate_error: Duration,
    /// Within how long the queue's service level wants them answered; `None` when it has none.
    pub service_level_within: Option<Duration>,
}

impl QueueStatistics {
    /// Answered in time, of all who waited for it to the end: who went at once and who was withdrawn doesn't count. `None` while
    /// nobody did, and for a queue without a service level.
    pub fn service_level(&self) -> Option<f64> {
        let gave_up = self.abandoned - self.abandoned_short.min(self.abandoned);
        let all = self.answered + gave_up + self.turned_away + self.overflowed;
        (all > 0 && self.service_level_within.is_some()).then(|| self.answered_in_time as f64 / all as f64)
    }
}

/// The figures of an agent. While signed in, their time is the sum of `ready_time`, `not_ready`, `busy_time` and
/// `after_chat_time`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentStatistics {
    /// The agent.
    pub agent_id: String,
    /// Ready, with nothing in hand.
    pub ready_time: Duration,
    /// Not ready, with nothing in hand, by reason.
    pub not_ready: Vec<NotReadyTime>,
    /// With at least one session or offer.
    pub busy_time: Duration,
    /// With after-chat work only.
    pub after_chat_time: Duration,
    /// Connected, of every session: two at once count twice.
    pub connected_time: Duration,
    /// After-chat work, of every session, also after signing out.
    pub wrap_up_time: Duration,
    /// Offers, by the router and by colleagues.
    pub offered: u64,
    /// Of those, accepted.
    pub accepted: u64,
    /// Declined.
    pub declined: u64,
    /// Let pass.
    pub missed: u64,
    /// Sessions joined, each time.
    pub joined: u64,
}

/// Time not ready, with nothing in hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotReadyTime {
    /// The agent's reason, or the service's; `None` is without one, and all beyond 50 different ones.
    pub reason: Option<String>,
    /// How long, all together.
    pub time: Duration,
}

impl Supervision {
    /// What came of everybody who waited, by queue. Figures only grow: a report of a period is the difference of two readings.
    ///
    /// ```no_run
    /// # async fn report(client: chatsession_sdk::Client) -> Result<(), chatsession_sdk::Error> {
    /// for queue in client.supervision().queue_statistics().all().await? {
    ///     println!("{}: {} answered, service level {:?}", queue.queue_id, queue.answered, queue.service_level());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn queue_statistics(&self) -> Pages<QueueStatistics> {
        let client = self.client.clone();
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListQueueStatisticsRequest { acting_for: client.acting(), page_size: 0, page_token };
            async move {
                let call = |channel, request| async move {
                    SupervisionClient::new(channel).list_queue_statistics(request).await
                };
                let page = client.call(request, call).await?;
                Ok((list(page.queues), page.next_page_token))
            }
        })
    }

    /// What agents' time went to, by agent. Figures only grow.
    pub fn agent_statistics(&self) -> Pages<AgentStatistics> {
        let client = self.client.clone();
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListAgentStatisticsRequest { acting_for: client.acting(), page_size: 0, page_token };
            async move {
                let call = |channel, request| async move {
                    SupervisionClient::new(channel).list_agent_statistics(request).await
                };
                let page = client.call(request, call).await?;
                Ok((list(page.agents), page.next_page_token))
            }
        })
    }
}

impl FromWire<wire::QueueStatistics> for QueueStatistics {
    fn from_wire(wire: wire::QueueStatistics) -> Self {
        Self {
            queue_id: wire.queue_id,
            entered: wire.entered,
            answered: wire.answered,
            answered_in_time: wire.answered_in_time,
            answered_wait: duration(wire.answered_wait.unwrap_or_default()),
            abandoned: wire.abandoned,
            abandoned_short: wire.abandoned_short,
            turned_away: wire.turned_away,
            overflowed: wire.overflowed,
            withdrawn: wire.withdrawn,
            waiting: wire.waiting,
            estimated: wire.estimated,
            estimate_error: duration(wire.estimate_error.unwrap_or_default()),
            service_level_within: wire.service_level_within.map(duration),
        }
    }
}

impl FromWire<wire::AgentStatistics> for AgentStatistics {
    fn from_wire(wire: wire::AgentStatistics) -> Self {
        Self {
            agent_id: wire.agent_id,
            ready_time: duration(wire.ready_time.unwrap_or_default()),
            not_ready: list(wire.not_ready),
            busy_time: duration(wire.busy_time.unwrap_or_default()),
            after_chat_time: duration(wire.after_chat_time.unwrap_or_default()),
            connected_time: duration(wire.connected_time.unwrap_or_default()),
            wrap_up_time: duration(wire.wrap_up_time.unwrap_or_default()),
            offered: wire.offered,
            accepted: wire.accepted,
            declined: wire.declined,
            missed: wire.missed,
            joined: wire.joined,
        }
    }
}

impl FromWire<wire::NotReadyTime> for NotReadyTime {
    fn from_wire(wire: wire::NotReadyTime) -> Self {
        Self { reason: some(wire.reason), time: duration(wire.time.unwrap_or_default()) }
    }
}
