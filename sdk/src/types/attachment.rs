//! Files of a message.

use crate::{convert::FromWire, generated as wire};

/// A file, as its message names it. Its bytes come by [`SessionHandle::attachment`](crate::SessionHandle::attachment).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attachment {
    /// Its id.
    pub attachment_id: String,
    /// What it is called; empty when erased.
    pub name: String,
    /// Its MIME type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
}

impl FromWire<wire::Attachment> for Attachment {
    fn from_wire(wire: wire::Attachment) -> Self {
        let wire::Attachment { attachment_id, name, content_type, size } = wire;
        Self { attachment_id, name, content_type, size }
    }
}
