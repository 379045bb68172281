//! Canned responses.

use crate::{
    convert::{FromWire, some},
    generated as wire,
};

/// A text that is said again and again: the center's, shared by all agents, or an agent's own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CannedResponse {
    /// Its id, `[A-Za-z0-9_-]{1,64}`.
    pub response_id: String,
    /// What it is called, 1 to 128 bytes.
    pub title: String,
    /// What is said, 1 byte to 4 KiB. `{{customer.name}}`, `{{agent.name}}`, `{{queue.name}}` and `{{attribute.NAME}}` are
    /// filled in when it is listed for a session; the text then has up to 16 KiB.
    pub text: String,
    /// What is typed to find it, up to 32 bytes.
    pub shortcut: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// The queues that it is for; empty: all. Up to 200.
    pub queue_ids: Vec<String>,
}

impl CannedResponse {
    /// A response for all queues, without a shortcut.
    pub fn new(response_id: impl Into<String>, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            response_id: response_id.into(),
            title: title.into(),
            text: text.into(),
            shortcut: None,
            language: None,
            queue_ids: Vec::new(),
        }
    }

    /// What is typed to find it, up to 32 bytes.
    pub fn shortcut(mut self, shortcut: impl Into<String>) -> Self {
        self.shortcut = Some(shortcut.into());
        self
    }

    /// BCP 47 tag, up to 35 characters.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// A queue that it is for, besides those named before. Up to 200.
    pub fn queue(mut self, queue_id: impl Into<String>) -> Self {
        self.queue_ids.push(queue_id.into());
        self
    }

    pub(crate) fn into_wire(self) -> wire::CannedResponse {
        wire::CannedResponse {
            response_id: self.response_id,
            title: self.title,
            text: self.text,
            shortcut: self.shortcut.unwrap_or_default(),
            language: self.language.unwrap_or_default(),
            queue_ids: self.queue_ids,
        }
    }
}

impl FromWire<wire::CannedResponse> for CannedResponse {
    fn from_wire(wire: wire::CannedResponse) -> Self {
        Self {
            response_id: wire.response_id,
            title: wire.title,
            text: wire.text,
            shortcut: some(wire.shortcut),
            language: some(wire.language),
            queue_ids: wire.queue_ids,
        }
    }
}

/// A canned response as an agent finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedCannedResponse {
    /// The response; its variables are filled where it was listed for a session.
    pub response: CannedResponse,
    /// It is the agent's own.
    pub personal: bool,
}

impl FromWire<wire::ListedCannedResponse> for ListedCannedResponse {
    fn from_wire(wire: wire::ListedCannedResponse) -> Self {
        let response = CannedResponse::from_wire(wire.response.unwrap_or_default());
        Self { response, personal: wire.personal }
    }
}
