//! How often and how long a caller may ask: rates for each identity, and the deadline of a unary call.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use http::HeaderMap;

use super::auth::{Identity, Role};
use crate::config::{Deadlines, Rate, Rates};

/// After so many calls the callers that have paused are forgotten. What is held in between is bounded by it and by those who called
/// within the last few seconds, each of whom had to authenticate.
const SWEEP_EVERY: u32 = 4096;

type Limiter<C> = RateLimiter<u64, DashMapStateStore<u64>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The rates of all callers. A caller is its center, subject and kind of role, whatever connections and tokens it uses.
pub struct RateLimits<C: Clock = DefaultClock> {
    clock: C,
    /// Callers are known by a hash that outsiders can't compute, so that they can't choose to share a bucket with somebody.
    names: RandomState,
    calls: AtomicU32,
    customer: Limiter<C>,
    agent: Limiter<C>,
    integrator: Limiter<C>,
}

/// Too many calls: RESOURCE_EXHAUSTED with RetryInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many calls, retry after {retry_after:?}")]
pub struct RateLimited {
    /// When the next call would be let through, if no other comes before it.
    pub retry_after: Duration,
}

impl RateLimits {
    /// With the rates of the settings.
    pub fn new(rates: &Rates) -> Self {
        Self::with_clock(rates, DefaultClock::default())
    }
}

impl<C: Clock + Clone> RateLimits<C> {
    fn with_clock(rates: &Rates, clock: C) -> Self {
        let limiter = |rate| RateLimiter::new(quota(rate), DashMapStateStore::default(), clock.clone());
        Self {
            names: RandomState::new(),
            calls: AtomicU32::new(0),
            customer: limiter(rates.customer),
            agent: limiter(rates.agent),
            integrator: limiter(rates.integrator),
            clock,
        }
    }

    /// Counts a call, or refuses it without counting it.
    pub fn check(&self, caller: &Identity) -> Result<(), RateLimited> {
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.forget_paused();
        }
        let limiter = match caller.role {
            Role::Customer => &self.customer,
            Role::Agent | Role::Supervisor => &self.agent,
            Role::Integrator | Role::Operator => &self.integrator,
        };
        let name = self.names.hash_one((&caller.center, &caller.subject));
        limiter.check_key(&name).map_err(|until| RateLimited { retry_after: until.wait_time_from(self.clock.now()) })
    }

    /// Callers remembered now.
    pub fn len(&self) -> usize {
        self.customer.len() + self.agent.len() + self.integrator.len()
    }

    /// Whether nobody called lately.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn forget_paused(&self) {
        for limiter in [&self.customer, &self.agent, &self.integrator] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// The settings have been validated: none is zero.
fn quota(rate: Rate) -> Quota {
    let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(rate.per_second)).allow_burst(at_least_one(rate.burst))
}

/// `grpc-timeout` isn't what the protocol says: INVALID_ARGUMENT, where tonic would ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("grpc-timeout is malformed, expected 1 to 8 digits and one of H M S m u n")]
pub struct MalformedTimeout;

/// The time that a unary call has: what the client asked for, at most `longest`, and `default` when it didn't ask.
pub fn deadline(headers: &HeaderMap, limits: &Deadlines) -> Result<Duration, MalformedTimeout> {
    asked(headers).map(|asked| asked.map_or(limits.default, |asked| asked.min(limits.longest)))
}

/// The time that the client asked for.
pub fn asked(headers: &HeaderMap) -> Result<Option<Duration>, MalformedTimeout> {
    let mut values = headers.get_all("grpc-timeout").iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => parse_timeout(value.as_bytes()).map(Some).ok_or(MalformedTimeout),
        (Some(_), Some(_)) => Err(MalformedTimeout),
    }
}

/// The gRPC protocol over HTTP/2: `Timeout → "grpc-timeout" TimeoutValue TimeoutUnit`.
fn parse_timeout(text: &[u8]) -> Option<Duration> {
    let (unit, digits) = text.split_last()?;
    if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: u64 = str::from_utf8(digits).ok()?.parse().ok()?;
    Some(match unit {
        b'H' => Duration::from_secs(number * 3600),
        b'M' => Duration::from_secs(number * 60),
        b'S' => Duration::from_secs(number),
        b'm' => Duration::from_millis(number),
        b'u' => Duration::from_micros(number),
        b'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use http::HeaderValue;

    use super::*;

    fn caller(role: Role, subject: &str) -> Identity {
        Identity { center: "acme".into(), role, subject: subject.into(), session: None, issued: None, expires: None }
    }

    fn limits() -> (RateLimits<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (RateLimits::with_clock(&Rates::default(), clock.clone()), clock)
    }

    fn let_through(limits: &RateLimits<FakeRelativeClock>, caller: &Identity) -> usize {
        (0..2000).take_while(|_| limits.check(caller).is_ok()).count()
    }

    #[test]
    fn each_kind_of_caller_has_its_burst_and_then_its_rate() {
        use Role::{Agent, Customer, Integrator, Operator, Supervisor};
        for (role, burst, rate) in
            [(Customer, 20, 5), (Agent, 50, 20), (Supervisor, 50, 20), (Integrator, 1000, 1000), (Operator, 1000, 1000)]
        {
            let (limits, clock) = limits();
            let caller = caller(role, "a");
            assert_eq!(let_through(&limits, &caller), burst);
            let refused = limits.check(&caller).unwrap_err();
            assert_eq!(refused.retry_after, Duration::from_secs(1) / rate);
            clock.advance(refused.retry_after);
            assert_eq!(let_through(&limits, &caller), 1);
            clock.advance(Duration::from_secs(1));
            assert_eq!(let_through(&limits, &caller), rate as usize);
        }
    }

    #[test]
    fn one_caller_does_not_use_up_what_another_has() {
        let (limits, _clock) = limits();
        let_through(&limits, &caller(Role::Customer, "a"));
        let elsewhere = Identity { center: "other".into(), ..caller(Role::Customer, "a") };
        for other in [caller(Role::Customer, "b"), caller(Role::Agent, "a"), elsewhere] {
            limits.check(&other).unwrap();
        }
    }

    #[test]
    fn callers_that_pause_are_forgotten() {
        let (limits, clock) = limits();
        for number in 0..100_000 {
            clock.advance(Duration::from_millis(10));
            limits.check(&caller(Role::Customer, &number.to_string())).unwrap();
            assert!(limits.len() < 2 * SWEEP_EVERY as usize);
        }
    }

    fn given(values: &[&'static str]) -> Result<Duration, MalformedTimeout> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("grpc-timeout", HeaderValue::from_static(value));
        }
        deadline(&headers, &Deadlines::default())
    }

    #[test]
    fn a_call_has_the_time_that_it_asked_for_up_to_the_longest() {
        assert_eq!(given(&[]), Ok(Duration::from_secs(10)));
        assert_eq!(given(&["250m"]), Ok(Duration::from_millis(250)));
        assert_eq!(given(&["15S"]), Ok(Duration::from_secs(15)));
        assert_eq!(given(&["7u"]), Ok(Duration::from_micros(7)));
        assert_eq!(given(&["7n"]), Ok(Duration::from_nanos(7)));
        assert_eq!(given(&["0n"]), Ok(Duration::ZERO));
        for long in ["31S", "1M", "1H", "99999999H"] {
            assert_eq!(given(&[long]), Ok(Duration::from_secs(30)));
        }
    }

    #[test]
    fn a_timeout_that_the_protocol_does_not_know_is_refused() {
        for wrong in ["", "S", "1", "1s", "1X", "-1S", "+1S", " 1S", "1 S", "1.5S", "123456789S", "1SS"] {
            assert_eq!(given(&[wrong]), Err(MalformedTimeout), "{wrong:?}");
        }
        assert_eq!(given(&["1S", "2S"]), Err(MalformedTimeout));
    }
}
