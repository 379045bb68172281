//! Attachments over plain HTTP: `PUT` and `GET` by signed links, on the port of everything else.

use std::{sync::Arc, time::SystemTime};

use http::{Request, header};

use self::transfers::Transfers;
use super::edge::Edge;
use crate::{
    center::{Attachment, CenterId, SessionId, Time},
    config,
    files::{Link, LinkKey, Store, StoreError, Way},
    journal::ReadError,
    live::Feed,
};

mod download;
mod serve;
mod sweep;
mod transfers;
mod upload;

pub use serve::ServeFiles;
pub use sweep::sweep_files;

/// Where attachments lie, and the links to them.
pub struct Files {
    store: Store,
    key: LinkKey,
    settings: config::Files,
    transfers: Arc<Transfers>,
    /// Bytes of free disk that files leave.
    reserve: u64,
    /// How links begin where no other name is set.
    scheme: &'static str,
}

impl Files {
    /// The attachments of a node.
    ///
    /// # Errors
    /// Where they lie can't be used.
    pub fn open(settings: &config::Settings, id_key: &super::IdKey) -> Result<Self, StoreError> {
        Ok(Self {
            store: store(settings)?,
            key: id_key.links(),
            settings: settings.files.clone(),
            transfers: Transfers::new(&settings.files),
            reserve: settings.shard.disk_reserve,
            scheme: if settings.tls.is_some() { "https" } else { "http" },
        })
    }

    /// Until when a link that is made now is good.
    pub(super) fn expire(&self, way: Way) -> Time {
        let life = match way {
            Way::Up => self.settings.upload_link,
            Way::Down => self.settings.download_link,
        };
        now() + life.as_millis() as u64
    }

    /// A link, whole.
    pub(super) fn url(&self, at: &Authority, way: Way, link: &Link) -> String {
        let signed = self.key.sign(way, link);
        match &self.settings.public_url {
            Some(url) => format!("{}{signed}", url.trim_end_matches('/')),
            None => format!("{}://{}{signed}", self.scheme, at.0),
        }
    }
}

fn store(settings: &config::Settings) -> Result<Store, StoreError> {
    let files = &settings.files;
    #[cfg(feature = "s3")]
    if let Some(s3) = &files.s3 {
        return Store::bucket(s3, files.silence);
    }
    #[cfg(not(feature = "s3"))]
    if files.s3.is_some() {
        return Err(StoreError::NoBuckets);
    }
    Store::folder(files.store.as_deref().unwrap_or(&settings.data.join("files")))
}

fn now() -> Time {
    Time(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis() as u64)
}

/// The name by which a caller reached the server.
#[derive(Clone, Debug)]
pub(super) struct Authority(String);

impl Default for Authority {
    fn default() -> Self {
        Self("localhost".into())
    }
}

impl Authority {
    pub(super) fn of<T>(request: &Request<T>) -> Self {
        let host = || request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let name = request.uri().authority().map(http::uri::Authority::as_str).or_else(host);
        name.map_or_else(Self::default, |name| Self(name.to_owned()))
    }
}

impl Edge {
    /// What is known of the file of a link; none where nothing is.
    async fn attachment(&self, link: &Link) -> Result<Option<Attachment>, ReadError> {
        let session = self.attachments_of(&link.center, link.session, vec![link.attachment]).await?;
        Ok(session.into_iter().flatten().next().flatten())
    }

    /// What is known of files of a session; none where the session isn't.
    async fn attachments_of(
        &self,
        center: &CenterId,
        id: SessionId,
        attachments: Vec<crate::center::AttachmentId>,
    ) -> Result<Option<Vec<Option<Attachment>>>, ReadError> {
        let wanted = attachments.clone();
        let read = self.shards.of(center).handle.read(center, move |center, _| {
            let session = center.sessions.get(&id)?;
            Some(wanted.into_iter().map(|id| session.attachment(id).cloned()).collect::<Vec<_>>())
        });
        if let Some(known) = read.await.map_err(|error| ReadError::Unavailable(error.to_string()))? {
            return Ok(Some(known));
        }
        let archived = self.transcripts.session(center, id).await;
        let archived = archived.map_err(|error| ReadError::Unavailable(error.to_string()))?;
        Ok(archived.map(|session| attachments.into_iter().map(|id| session.attachment(id).cloned()).collect()))
    }
}

/// What a file is called: none once that is erased. Once it is sent, its name lies with its message.
pub(super) async fn name_of(
    feed: &Feed,
    session: SessionId,
    attachment: &Attachment,
) -> Result<Option<String>, ReadError> {
    let Some(revision) = attachment.posted else { return feed.text(attachment.name).await };
    let posted = feed.next(session, revision - 1).await?;
    Ok(posted.and_then(|commit| commit.batch().text(attachment.name).map(str::to_owned)))
}
