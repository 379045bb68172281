//! From the wire's types to the crate's own. Nothing fails: what a newer server sends is `Unknown`.

use std::time::{Duration, SystemTime};

/// Made from what came over the wire.
pub(crate) trait FromWire<W> {
    fn from_wire(wire: W) -> Self;
}

/// An enum of the contract: its unspecified and future values are `Unknown`.
macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
            /// A value that this version of the client doesn't know.
            Unknown,
        }

        impl $crate::convert::FromWire<i32> for $name {
            fn from_wire(wire: i32) -> Self {
                match $crate::generated::$name::try_from(wire) {
                    $(Ok($crate::generated::$name::$value) => Self::$value,)*
                    _ => Self::Unknown,
                }
            }
        }

        impl $name {
            #[allow(dead_code, reason = "some enums are only ever received")]
            pub(crate) fn to_wire(self) -> i32 {
                match self {
                    $(Self::$value => $crate::generated::$name::$value.into(),)*
                    Self::Unknown => 0,
                }
            }
        }
    };
}
pub(crate) use wire_enum;

/// An enum's value where unspecified means that there is none.
pub(crate) fn optional<T: FromWire<i32>>(wire: i32) -> Option<T> {
    (wire != 0).then(|| T::from_wire(wire))
}

pub(crate) fn list<W, T: FromWire<W>>(wire: Vec<W>) -> Vec<T> {
    wire.into_iter().map(T::from_wire).collect()
}

pub(crate) fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

pub(crate) fn count(wire: i32) -> u32 {
    u32::try_from(wire).unwrap_or(0)
}

pub(crate) fn time(wire: prost_types::Timestamp) -> SystemTime {
    SystemTime::try_from(wire).unwrap_or(SystemTime::UNIX_EPOCH)
}

pub(crate) fn duration(wire: prost_types::Duration) -> Duration {
    Duration::try_from(wire).unwrap_or_default()
}

/// A duration too long for the wire is the longest: the server refuses it with its limit.
pub(crate) fn wire_duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration::try_from(duration).unwrap_or(prost_types::Duration { seconds: i64::MAX, nanos: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EndReason, Event, EventKind, InviteMode, Session, SessionState, generated as wire};

    #[test]
    fn a_value_from_the_future_is_unknown() {
        assert_eq!(SessionState::from_wire(99), SessionState::Unknown);
        assert_eq!(Event::from_wire(wire::Event::default()).kind, EventKind::Unknown);
    }

    #[test]
    fn an_open_session_has_no_end() {
        let session = Session::from_wire(wire::Session { state: 1, ..Default::default() });
        assert_eq!((session.state, session.end_time, session.end_reason), (SessionState::Waiting, None, None));
        assert_eq!(session.language, None);
        let ended = Session::from_wire(wire::Session { end_reason: 3, ..Default::default() });
        assert_eq!(ended.end_reason, Some(EndReason::Supervisor));
    }

    #[test]
    fn what_goes_out_comes_back() {
        assert_eq!(InviteMode::from_wire(InviteMode::Transfer.to_wire()), InviteMode::Transfer);
        let ring_time = Duration::from_millis(1500);
        assert_eq!(duration(wire_duration(ring_time)), ring_time);
    }

    #[test]
    fn impossible_times_are_no_panic() {
        assert_eq!(duration(prost_types::Duration { seconds: -5, nanos: 0 }), Duration::ZERO);
        time(prost_types::Timestamp { seconds: i64::MAX, nanos: -1 });
        assert_eq!(wire_duration(Duration::MAX).seconds, i64::MAX);
    }
}
