//! What the builders of requests have in common.

/// A fresh id for a mutation; see [`crate::Client`].
pub(crate) fn fresh_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// `request_id`, for a builder with a `request`.
macro_rules! takes_request_id {
    ($builder:ty) => {
        impl $builder {
            /// Sends it under this id, `[A-Za-z0-9_-]{1,64}`, instead of a fresh one: the same id with the same content
            /// gives the same answer and takes effect once, for 24 hours.
            pub fn request_id(mut self, request_id: impl Into<String>) -> Self {
                self.request.request_id = request_id.into();
                self
            }
        }
    };
}

/// `expected_revision`, for a builder with a `request`.
macro_rules! takes_expected_revision {
    ($builder:ty) => {
        impl $builder {
            /// Refused with [`Reason::RevisionStale`](crate::Reason::RevisionStale) unless this is the session's
            /// [`structure_revision`](crate::Session::structure_revision).
            pub fn expected_revision(mut self, revision: u64) -> Self {
                self.request.expected_revision = revision;
                self
            }
        }
    };
}

/// A builder of a request: its client and the request as it will be sent.
macro_rules! builder {
    ($(#[$doc:meta])* $name:ident($request:ident)) => {
        $(#[$doc])*
        #[must_use = "nothing is sent before `send`"]
        #[derive(Clone)]
        pub struct $name {
            pub(crate) client: $crate::Client,
            pub(crate) request: $request,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// A builder of a session's mutation, with all that such a request has.
macro_rules! session_mutation {
    ($(#[$doc:meta])* $name:ident($request:ident)) => {
        $crate::request::builder!($(#[$doc])* $name($request));
        $crate::request::takes_request_id!($name);

        impl $name {
            #[allow(clippy::needless_update, reason = "some requests have nothing else")]
            pub(crate) fn new(session: &$crate::SessionHandle) -> Self {
                let request = $request {
                    request_id: $crate::request::fresh_id(),
                    acting_for: session.client().acting(),
                    session_id: session.id().to_owned(),
                    ..Default::default()
                };
                Self { client: session.client().clone(), request }
            }
        }
    };
}

/// `send`, for a mutation whose answer is a revision.
macro_rules! answers_revision {
    ($name:ident, $stub:ident :: $call:ident) => {
        impl $name {
            /// Sends it. Answers the session's revision after it, in the caller's numbering.
            pub async fn send(self) -> Result<u64, $crate::Error> {
                let call = |channel, request| async move { $stub::new(channel).$call(request).await };
                Ok(self.client.call(self.request, call).await?.revision)
            }
        }
    };
}

pub(crate) use {answers_revision, builder, session_mutation, takes_expected_revision, takes_request_id};
