//! The service's reasons to refuse.

use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $wire:literal,)*) => {
        /// Which rule of the service refused a call.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $name,)*
            /// A reason that this version of the client doesn't know, as the service writes it.
            Unknown(String),
        }

        impl Reason {
            pub(crate) fn parse(wire: String) -> Self {
                match wire.as_str() {
                    $($wire => Self::$name,)*
                    _ => Self::Unknown(wire),
                }
            }

            /// The reason as the service writes it, such as `LAST_AGENT`.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $wire,)*
                    Self::Unknown(wire) => wire,
                }
            }

            #[cfg(test)]
            pub(crate) const KNOWN: &[&str] = &[$($wire),*];
        }
    };
}

reasons! {
    /// A field is malformed or over its limit; BadRequest names each one. Correct the request.
    FieldInvalid = "FIELD_INVALID",
    /// No credential, or one that can't be trusted. Get a new one.
    CredentialInvalid = "CREDENTIAL_INVALID",
    /// The credential ran out. Call again with a fresh one.
    TokenExpired = "TOKEN_EXPIRED",
    /// The caller's role may not do this at all. Don't retry.
    RoleNotAllowed = "ROLE_NOT_ALLOWED",
    /// The caller may see the session but isn't in it. Join it first.
    NotParticipant = "NOT_PARTICIPANT",
    /// No such session, as far as the caller may know. Check the id and the center of the credential.
    SessionNotFound = "SESSION_NOT_FOUND",
    /// No such agent in the center. Check the id; see AgentDesk.ListTargets.
    AgentNotFound = "AGENT_NOT_FOUND",
    /// No such queue in the center. Check the id; see AgentDesk.ListTargets.
    QueueNotFound = "QUEUE_NOT_FOUND",
    /// No such offer for the caller. Drop it from the screen.
    OfferNotFound = "OFFER_NOT_FOUND",
    /// The session has ended. Nothing more can be said in it.
    SessionEnded = "SESSION_ENDED",
    /// The offer ended before; metadata has its `outcome` and `cause`. Drop it from the screen.
    OfferClosed = "OFFER_CLOSED",
    /// The invited colleague is signed out. Pick another one.
    AgentSignedOut = "AGENT_SIGNED_OUT",
    /// The agent has no room for one more session. Pick another one, or make room.
    AgentAtCapacity = "AGENT_AT_CAPACITY",
    /// The agent for whom the call is made is signed out. Call SignIn.
    NotSignedIn = "NOT_SIGNED_IN",
    /// The agent still holds sessions. Leave them, or sign out with `hand_back`.
    AgentHasSessions = "AGENT_HAS_SESSIONS",
    /// The center wants a reason with NOT_READY. Give one.
    StateReasonRequired = "STATE_REASON_REQUIRED",
    /// The queue is closed. Pick another one.
    QueueClosed = "QUEUE_CLOSED",
    /// The queue's length limit is reached. Try later or pick another one.
    QueueFull = "QUEUE_FULL",
    /// Nobody who serves the queue is signed in, and it refuses transfers then. Pick another one.
    QueueUnstaffed = "QUEUE_UNSTAFFED",
    /// The queue has sessions or settings that name it. Empty it first.
    QueueInUse = "QUEUE_IN_USE",
    /// The agent is signed in or holds work. Sign them out first.
    AgentInUse = "AGENT_IN_USE",
    /// The session isn't in a queue. Refresh it.
    NotQueued = "NOT_QUEUED",
    /// The last agent must say what becomes of the customer; metadata's `choices` names the values of IfLast that are
    /// possible. Call Leave again with one.
    LastAgent = "LAST_AGENT",
    /// Other agents are connected. Leave instead, or call EndSession with `for_all`.
    OthersConnected = "OTHERS_CONNECTED",
    /// The queue wants a disposition before the wrap-up can be completed. Call SetDisposition.
    DispositionRequired = "DISPOSITION_REQUIRED",
    /// The caller has no open wrap-up for the session. Refresh.
    WrapUpClosed = "WRAP_UP_CLOSED",
    /// The file isn't uploaded yet. Finish the upload.
    AttachmentNotReady = "ATTACHMENT_NOT_READY",
    /// The customer has an open session. End it first.
    CustomerHasOpenSession = "CUSTOMER_HAS_OPEN_SESSION",
    /// READY needs an open WatchDesk stream of that agent. Open it first.
    DeskRequired = "DESK_REQUIRED",
    /// The colleague is connected to the session. Nothing to do.
    AlreadyParticipant = "ALREADY_PARTICIPANT",
    /// The colleague has an open offer for the session. Wait for its end.
    AlreadyOffered = "ALREADY_OFFERED",
    /// The session waits in that queue. Nothing to do.
    AlreadyQueued = "ALREADY_QUEUED",
    /// The request id was used with another content. Take a new id.
    RequestIdReused = "REQUEST_ID_REUSED",
    /// The session's participants, queue or offers changed since `expected_revision`; metadata has the
    /// `current_revision`. Look again and decide anew.
    RevisionStale = "REVISION_STALE",
    /// The asked position is no longer kept; metadata has the `oldest_revision`. Start with a snapshot.
    PositionCompacted = "POSITION_COMPACTED",
    /// The asked position is beyond the last event. Start with a snapshot.
    PositionInFuture = "POSITION_IN_FUTURE",
    /// Too many calls. Wait as RetryInfo says.
    RateLimited = "RATE_LIMITED",
    /// A limit is reached; metadata names the `limit`. Close something first.
    LimitReached = "LIMIT_REACHED",
    /// The session has as many events as one may have: no more messages. End it and start a new one.
    SessionFull = "SESSION_FULL",
    /// The server's disk is full: messages and new sessions are refused. Wait as RetryInfo says.
    StorageFull = "STORAGE_FULL",
    /// The server is busy. Retry with the same request id.
    Overloaded = "OVERLOADED",
    /// The server recovers; the call may or may not have taken effect. Retry with the same request id.
    Recovering = "RECOVERING",
    /// No node leads the session's shard just now. Retry with the same request id.
    NoLeader = "NO_LEADER",
    /// The server shuts down. Retry with the same request id, elsewhere if there is an elsewhere.
    Draining = "DRAINING",
    /// The call's deadline passed; it may have taken effect. Retry with the same request id.
    DeadlineExceeded = "DEADLINE_EXCEEDED",
    /// A defect of the server; metadata's `incident` finds it in the server's log. Report it.
    Internal = "INTERNAL",
    /// The agent isn't in a state that this needs; metadata has the `state`. Refresh.
    StateConflict = "STATE_CONFLICT",
    /// The agent has no canned response of that id. Refresh the list.
    CannedResponseNotFound = "CANNED_RESPONSE_NOT_FOUND",
    /// No such attachment, as far as the caller may know, or it was dropped because it wasn't sent in time. Create a new one.
    AttachmentNotFound = "ATTACHMENT_NOT_FOUND",
    /// No such chat of colleagues, as far as the caller may know. Drop it from the screen.
    ChatNotFound = "CHAT_NOT_FOUND",
    /// The chat is closed: its last member left, or it goes on in another one. Start a new one.
    ChatClosed = "CHAT_CLOSED",
    /// The colleague is a member of the chat. Nothing to do.
    AlreadyMember = "ALREADY_MEMBER",
    /// The chat has as many events as one may have: no more messages. Start a new one.
    ChatFull = "CHAT_FULL",
    /// A chat of two keeps its two members: nobody is added, nobody leaves. Start a group.
    ChatIsPair = "CHAT_IS_PAIR",
    /// The log isn't the one that the position is of: it was made anew. Start with a snapshot.
    HistoryReplaced = "HISTORY_REPLACED",
    /// The service has no such method: it is of an older version.
    MethodUnknown = "METHOD_UNKNOWN",
    /// The request was compressed, which the service doesn't take.
    CompressionUnsupported = "COMPRESSION_UNSUPPORTED",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
