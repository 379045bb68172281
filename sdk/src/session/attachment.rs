//! Files.

use std::time::SystemTime;

use crate::{
    Client, Error, SessionHandle,
    convert::time,
    generated::{CreateAttachmentRequest, GetAttachmentRequest, chat_session_client::ChatSessionClient},
    request::{builder, session_mutation},
};

session_mutation! {
    /// Announces a file; from [`SessionHandle::create_attachment`].
    CreateAttachment(CreateAttachmentRequest)
}

builder! {
    /// Asks for a link to a file; from [`SessionHandle::attachment`].
    GetAttachment(GetAttachmentRequest)
}

/// A file that is announced: its bytes are still to be brought.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewAttachment {
    /// For [`SendMessage::attachment`](crate::SendMessage::attachment), once the bytes are there.
    pub attachment_id: String,
    /// PUT the bytes here with any HTTP client: 201 when they are all there, else a status and a line of text that say why
    /// not. Whoever has the link may bring this file, once; no credential is needed.
    pub upload_url: String,
    /// When the link stops being good.
    pub expire_time: SystemTime,
}

/// Where to fetch a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachmentLink {
    /// GET the bytes here with any HTTP client. Whoever has the link may; no credential is needed.
    pub download_url: String,
    /// When the link stops being good.
    pub expire_time: SystemTime,
    /// What the file is called; empty when erased.
    pub name: String,
    /// Its MIME type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
}

impl CreateAttachment {
    pub(crate) fn of(session: &SessionHandle, file_name: String, content_type: String, size: u64) -> Self {
        let mut create = Self::new(session);
        (create.request.file_name, create.request.content_type, create.request.size) = (file_name, content_type, size);
        create
    }

    /// Sends it.
    pub async fn send(self) -> Result<NewAttachment, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).create_attachment(request).await };
        let answer = self.client.call(self.request, call).await?;
        let expire_time = time(answer.expire_time.unwrap_or_default());
        Ok(NewAttachment { attachment_id: answer.attachment_id, upload_url: answer.upload_url, expire_time })
    }
}

impl GetAttachment {
    pub(crate) fn of(session: &SessionHandle, attachment_id: String) -> Self {
        let client: Client = session.client().clone();
        let (acting_for, session_id) = (client.acting(), session.id().to_owned());
        Self { client, request: GetAttachmentRequest { session_id, attachment_id, acting_for } }
    }

    /// Sends it. Refused with [`Reason::AttachmentNotFound`](crate::Reason::AttachmentNotFound) and
    /// [`Reason::AttachmentNotReady`](crate::Reason::AttachmentNotReady).
    pub async fn send(self) -> Result<AttachmentLink, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).get_attachment(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(AttachmentLink {
            download_url: answer.download_url,
            expire_time: time(answer.expire_time.unwrap_or_default()),
            name: answer.name,
            content_type: answer.content_type,
            size: answer.size,
        })
    }
}
