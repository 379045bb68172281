//! Files of a session: what is known of each. Their bytes lie elsewhere, their names in the log's content.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::{
    access::Access,
    command::Who,
    event::{Audience, PostedMore},
    ids::{AgentId, AttachmentId, FileId, Label},
    refusal::Refusal,
    session::Session,
    text::Text,
    time::{HOUR, Millis, Time},
};

/// How long a file is kept that is sent with no message.
pub const UNSENT_KEPT: Millis = 24 * HOUR;

/// What may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AttachmentLimits {
    /// Bytes of one file.
    #[n(0)]
    pub max_bytes: u64,
    /// Files of one message.
    #[n(1)]
    pub per_message: u32,
    /// Files of one session.
    #[n(2)]
    pub per_session: u32,
    /// MIME types.
    #[n(3)]
    pub content_types: Vec<Label>,
}

impl Default for AttachmentLimits {
    fn default() -> Self {
        let content_types = DEFAULT_TYPES.iter().map(|it| (*it).into()).collect();
        Self { max_bytes: 25 << 20, per_message: 20, per_session: 200, content_types }
    }
}

/// What people send each other: pictures, documents, recordings. Nothing that a browser or a shell runs.
const DEFAULT_TYPES: [&str; 32] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/heic",
    "image/bmp",
    "image/tiff",
    "application/pdf",
    "text/plain",
    "text/csv",
    "application/rtf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/zip",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "audio/flac",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "video/mpeg",
];

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attachment {
    /// The agent whose it is; none is the customer.
    #[n(0)]
    pub owner: Option<AgentId>,
    /// What it is called.
    #[n(1)]
    pub name: Text,
    /// Its MIME type.
    #[n(2)]
    pub content_type: Label,
    /// Bytes.
    #[n(3)]
    pub size: u64,
    /// When it was announced.
    #[n(4)]
    pub created: Time,
    /// When it is dropped unless it is sent before.
    #[n(5)]
    pub expire: Time,
    /// Under which name its bytes lie, once all of them are there.
    #[n(6)]
    pub file: Option<FileId>,
    /// The message that it was sent with.
    #[n(7)]
    pub posted: Option<u32>,
}

/// A file as a message names it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PostedAttachment {
    /// Which.
    #[n(0)]
    pub id: AttachmentId,
    /// What it is called: beside the message's text.
    #[n(1)]
    pub name: Text,
    /// Its MIME type.
    #[n(2)]
    pub content_type: Label,
    /// Bytes.
    #[n(3)]
    pub size: u64,
}

/// What a session knows of its messages that most sessions have nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Extras {
    /// Messages that nobody asked for by a request, ascending.
    #[n(0)]
    pub automatic: Vec<u32>,
    /// Files.
    #[n(1)]
    pub attachments: BTreeMap<AttachmentId, Attachment>,
}

impl Session {
    /// Its files.
    pub fn attachments(&self) -> impl Iterator<Item = (AttachmentId, &Attachment)> {
        self.extras.iter().flat_map(|extras| &extras.attachments).map(|(id, attachment)| (*id, attachment))
    }

    /// A file, whoever may see it.
    pub fn attachment(&self, id: AttachmentId) -> Option<&Attachment> {
        self.extras.as_ref()?.attachments.get(&id)
    }

    /// A file, as far as somebody may see it: its owner before it is sent, then who sees the message.
    pub fn attachment_for(&self, who: Option<&Who>, access: &Access, id: AttachmentId) -> Result<&Attachment, Refusal> {
        let attachment = self.attachment(id).ok_or(Refusal::AttachmentNotFound)?;
        let seen = match attachment.posted {
            Some(revision) => {
                let everyone = self.staff_only.binary_search(&revision).is_err();
                (everyone || access.audience == Audience::Staff) && access.until.is_none_or(|until| revision <= until)
            }
            None => who.is_some_and(|who| attachment.is_of(who)),
        };
        match attachment.file {
            _ if !seen => Err(Refusal::AttachmentNotFound),
            None => Err(Refusal::AttachmentNotReady),
            Some(_) => Ok(attachment),
        }
    }

    /// Changes what most sessions have nothing of; nothing is kept where nothing is.
    pub(super) fn extras(&mut self, change: impl FnOnce(&mut Extras)) {
        let mut extras = self.extras.take().unwrap_or_default();
        change(&mut extras);
        self.extras = (*extras != Extras::default()).then_some(extras);
    }

    /// What a message has beyond its text.
    pub(super) fn posted_more(&mut self, revision: u32, more: Option<&PostedMore>) {
        let Some(more) = more else { return };
        self.extras(|extras| {
            if more.automatic {
                extras.automatic.push(revision);
            }
            for posted in &more.attachments {
                if let Some(known) = extras.attachments.get_mut(&posted.id) {
                    (known.posted, known.name) = (Some(revision), posted.name);
                }
            }
        });
    }

    /// Whether a revision is a message.
    pub(super) fn is_message(&self, revision: u32) -> bool {
        let automatic = self.extras.as_ref().is_some_and(|it| it.automatic.binary_search(&revision).is_ok());
        automatic || self.messages.values().any(|message| message.revision == revision)
    }

    /// Nothing more is sent: what wasn't is dropped.
    pub(super) fn drop_unsent(&mut self) {
        if self.extras.is_some() {
            self.extras(|extras| extras.attachments.retain(|_, attachment| attachment.posted.is_some()));
        }
    }
}

impl Attachment {
    /// Whether somebody announced it.
    pub(super) fn is_of(&self, who: &Who) -> bool {
        match who {
            Who::Customer(_) => self.owner.is_none(),
            Who::Agent(agent) | Who::Supervisor(agent) => self.owner.as_ref() == Some(agent),
            Who::Service(_) | Who::System => false,
        }
    }
}
