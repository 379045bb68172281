//! Whose credentials count no more, of those issued up to when. It follows from the log, and whoever lets callers in asks it.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::center::{Audit, CenterChange, CenterId, Event, HOUR, Holder, Millis, Record, Time};

/// How long it is remembered: no credential may live longer.
const REMEMBERED: Millis = 30 * 24 * HOUR;

/// Holders that are remembered of a center; beyond them the oldest is forgotten.
const HOLDERS: usize = 10_000;

/// When credentials were revoked last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Revoked {
    #[n(0)]
    centers: BTreeMap<CenterId, BTreeMap<Holder, Time>>,
    /// How often something was.
    #[n(1)]
    times: u64,
}

impl Revoked {
    /// Follows a commit.
    pub(super) fn apply(&mut self, record: &Record) {
        for event in &record.events {
            if let Event::Center(CenterChange::Audited { what: Audit::CredentialsRevoked(holder), .. }) = event {
                self.note(&record.center, holder.clone(), record.time);
            }
        }
    }

    /// How often something was revoked: whoever knows this number knows it all.
    pub fn times(&self) -> u64 {
        self.times
    }

    fn note(&mut self, center: &CenterId, holder: Holder, now: Time) {
        self.times += 1;
        let holders = self.centers.entry(center.clone()).or_default();
        holders.retain(|_, time| now.since(*time) < REMEMBERED);
        holders.insert(holder, now);
        if holders.len() > HOLDERS
            && let Some(oldest) = holders.iter().min_by_key(|(_, time)| **time).map(|(holder, _)| holder.clone())
        {
            holders.remove(&oldest);
        }
    }

    /// Nothing of a center was.
    pub fn is_none_of(&self, center: &CenterId) -> bool {
        !self.centers.contains_key(center)
    }

    /// When a holder's were last.
    pub fn of(&self, center: &CenterId, holder: &Holder) -> Option<Time> {
        self.centers.get(center)?.get(holder).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::center::{AgentId, Caller, Who};

    fn revoked_at(revoked: &mut Revoked, agent: &str, time: Time) {
        let center = CenterId::parse("acme").unwrap();
        let by = Caller { who: Who::System, via: None };
        let what = Audit::CredentialsRevoked(Holder::Agent(AgentId::parse(agent).unwrap()));
        let events = vec![Event::Center(CenterChange::Audited { by, what })];
        revoked.apply(&Record { center, seq: 1, time, events });
    }

    #[test]
    fn the_last_time_counts_for_a_month_and_for_no_more_holders_than_there_may_be() {
        let mut revoked = Revoked::default();
        let center = CenterId::parse("acme").unwrap();
        let of = |revoked: &Revoked, agent: &str| revoked.of(&center, &Holder::Agent(AgentId::parse(agent).unwrap()));
        assert!(revoked.is_none_of(&center));
        revoked_at(&mut revoked, "ann", Time(1));
        revoked_at(&mut revoked, "ann", Time(5));
        assert_eq!((of(&revoked, "ann"), of(&revoked, "bob")), (Some(Time(5)), None));
        revoked_at(&mut revoked, "bob", Time(5 + REMEMBERED));
        assert_eq!(of(&revoked, "ann"), None);
        for at in 0..=HOLDERS as u64 {
            revoked_at(&mut revoked, &at.to_string(), Time(6 + REMEMBERED + at));
        }
        assert_eq!((of(&revoked, "bob"), of(&revoked, "0").is_none()), (None, true));
        assert_eq!(revoked.centers[&center].len(), HOLDERS);
    }
}
