//! Files on their way: how many at once, at this node and of each one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::serve::Problem;
use crate::{
    center::{AttachmentId, Time},
    config,
    files::{Link, Way},
    grpc::accept,
};

/// What counts as one: an attachment that is brought, a link by which it is fetched (its time tells it from others).
type One = (AttachmentId, Option<Time>);

/// Counts them.
pub(super) struct Transfers {
    room: Arc<Semaphore>,
    of_one: Mutex<HashMap<One, usize>>,
    uploads_of_one: usize,
    downloads_of_one: usize,
}

/// A file on its way, for as long as this is held.
pub(super) struct Transfer {
    transfers: Arc<Transfers>,
    one: One,
    _place: OwnedSemaphorePermit,
}

impl Transfers {
    pub(super) fn new(settings: &config::Files) -> Arc<Self> {
        Arc::new(Self {
            room: Arc::new(Semaphore::new(accept::transfers(settings.transfers))),
            of_one: Mutex::default(),
            uploads_of_one: settings.uploads_of_one,
            downloads_of_one: settings.downloads_of_one,
        })
    }

    /// A file begins its way, unless too many are on theirs.
    pub(super) fn begin(self: &Arc<Self>, way: Way, link: &Link) -> Result<Transfer, Problem> {
        let (one, most) = match way {
            Way::Up => ((link.attachment, None), self.uploads_of_one),
            Way::Down => ((link.attachment, Some(link.expire)), self.downloads_of_one),
        };
        let busy = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many files are on their way; try again");
        let place = self.room.clone().try_acquire_owned().map_err(busy)?;
        let mut of_one = self.of_one();
        let count = of_one.entry(one).or_default();
        if *count >= most {
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "this file is on its way already"));
        }
        *count += 1;
        Ok(Transfer { transfers: Arc::clone(self), one, _place: place })
    }

    fn of_one(&self) -> MutexGuard<'_, HashMap<One, usize>> {
        self.of_one.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let mut of_one = self.transfers.of_one();
        if let Some(count) = of_one.get_mut(&self.one) {
            *count -= 1;
            if *count == 0 {
                of_one.remove(&self.one);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::center::{CenterId, SessionId};

    pub(in crate::grpc::files) fn link(number: u8) -> Link {
        Link {
            center: CenterId::parse("acme").unwrap(),
            session: SessionId::from_bytes([1; 16]),
            attachment: AttachmentId::from_bytes([number; 16]),
            expire: Time(5_000),
        }
    }

    impl Transfers {
        pub(in crate::grpc::files) async fn until_room(&self) {
            drop(self.room.acquire().await);
        }
    }

    fn refusal(begun: Result<Transfer, Problem>) -> u16 {
        begun.map(drop).unwrap_err().0.as_u16()
    }

    #[test]
    fn one_file_has_its_bound_and_all_have_theirs() {
        let settings =
            config::Files { transfers: 3, uploads_of_one: 1, downloads_of_one: 2, ..config::Files::default() };
        let transfers = Transfers::new(&settings);
        let up = transfers.begin(Way::Up, &link(1)).unwrap();
        assert_eq!(refusal(transfers.begin(Way::Up, &link(1))), 429);
        let _down = transfers.begin(Way::Down, &link(1)).unwrap();
        let _again = transfers.begin(Way::Down, &link(1)).unwrap();
        assert_eq!(refusal(transfers.begin(Way::Down, &link(1))), 503);
        drop(up);
        assert_eq!(refusal(transfers.begin(Way::Down, &link(1))), 429);
        let _other = transfers.begin(Way::Up, &link(2)).unwrap();
        assert_eq!(refusal(transfers.begin(Way::Up, &link(3))), 503);
    }

    #[test]
    fn what_arrived_leaves_nothing_behind() {
        let transfers = Transfers::new(&config::Files::default());
        drop(transfers.begin(Way::Up, &link(1)).unwrap());
        assert!(transfers.of_one().is_empty());
    }
}
