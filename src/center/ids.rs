//! Ids. Those of callers are short plain strings; those that we give are UUIDs of version 7.

use std::{fmt, sync::Arc};

use minicbor::{
    Decode, Decoder, Encode, Encoder,
    decode::Error as DecodeError,
    encode::{Error as EncodeError, Write},
};

/// The longest id that a caller may choose, in bytes. Ids become keys, subjects and file names.
pub const MAX_NAME: usize = 64;

/// Whether `text` is an id that a caller may choose: `[A-Za-z0-9_-]{1,64}`.
pub fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Arc<str>);

        impl $type {
            /// A valid id, or nothing.
            pub fn parse(text: &str) -> Option<Self> {
                is_name(text).then(|| Self(text.into()))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<C> Encode<C> for $type {
            fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $type {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
                Ok(Self(d.str()?.into()))
            }
        }
    };
}

macro_rules! given {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type([u8; 16]);

        impl $type {
            /// An id of these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Reads the hyphenated form.
            pub fn parse(text: &str) -> Option<Self> {
                uuid::Uuid::try_parse(text).ok().map(|id| Self(id.into_bytes()))
            }

            /// The id's bytes.
            pub fn bytes(&self) -> [u8; 16] {
                self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl<C> Encode<C> for $type {
            fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $type {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
                let bytes = d.bytes()?;
                bytes.try_into().map(Self).map_err(|_| DecodeError::message("an id has 16 bytes"))
            }
        }
    };
}

name!(
    /// One tenant.
    CenterId
);
name!(
    /// An agent or supervisor; the `sub` of their token.
    AgentId
);
name!(
    /// A service queue.
    QueueId
);
name!(
    /// A team: a word that the center's agents are grouped by.
    TeamId
);
name!(
    /// A caller's id of a request, or a sender's of a message.
    RequestId
);
name!(
    /// A service that acts for others.
    ServiceId
);
name!(
    /// A short word of a closed vocabulary of the center's: a disposition, a reason for not being ready.
    Code
);
name!(
    /// A canned response.
    ResponseId
);
/// A name to show: cheap to copy, of any text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label(Arc<str>);

impl Label {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl<C> Encode<C> for Label {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Label {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        Ok(Self(d.str()?.into()))
    }
}

given!(
    /// One chat of a customer.
    SessionId
);
given!(
    /// One chat of colleagues.
    ChatId
);

impl ChatId {
    /// The id under which its events are found in the log, among those of sessions: no session has it.
    pub fn log(&self) -> SessionId {
        SessionId::from_bytes(self.bytes())
    }
}

given!(
    /// One offer.
    OfferId
);
given!(
    /// One file of a session.
    AttachmentId
);
given!(
    /// One upload of a file: under which name its bytes lie.
    FileId
);
given!(
    /// A keyed hash of a customer's id: enough to compare, useless once the key is gone.
    CustomerKey
);
given!(
    /// One run of one node: its streams are gone when it is.
    Incarnation
);

/// Where the ids of one commit come from: the same seed and time give the same ids.
#[derive(Clone, Debug)]
pub struct Seed {
    bytes: [u8; 32],
    next: u32,
}

impl Seed {
    /// Ids that nobody can guess who doesn't know `bytes`.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, next: 0 }
    }

    /// The next id, a UUID of version 7.
    pub fn next(&mut self, now: super::Time) -> [u8; 16] {
        use sha2::Digest;
        let mut hash = sha2::Sha256::new();
        hash.update(self.bytes);
        hash.update(self.next.to_be_bytes());
        self.next += 1;
        let mut random = [0; 10];
        random.copy_from_slice(&hash.finalize()[..10]);
        uuid::Builder::from_unix_timestamp_millis(now.0, &random).into_uuid().into_bytes()
    }
}
