//! Tokens verified before, by their hash: a signature costs a hundred times what a look-up does, and a caller sends the same
//! token with each call. The token itself isn't kept. Only good ones are, so that garbage can't push them out.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::Identity;

pub(super) type TokenDigest = [u8; 32];

pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// Two halves: when the young one is full it becomes the old one, whose tokens are forgotten unless they were used since.
pub(super) struct Remembered {
    half: usize,
    entries: Mutex<Halves>,
}

#[derive(Default)]
struct Halves {
    young: HashMap<TokenDigest, Entry>,
    old: HashMap<TokenDigest, Entry>,
}

struct Entry {
    identity: Arc<Identity>,
    /// Of the keys that the token was verified with; with other keys it counts no more.
    generation: u64,
}

impl Remembered {
    pub(super) fn new(most: usize) -> Self {
        Self { half: most.div_ceil(2).max(1), entries: Mutex::default() }
    }

    pub(super) fn find(&self, token: &TokenDigest, generation: u64, now: SystemTime) -> Option<Arc<Identity>> {
        let mut halves = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (entry, is_old) = match halves.young.get(token) {
            Some(entry) => (entry, false),
            None => (halves.old.get(token)?, true),
        };
        let counts = entry.generation == generation && entry.identity.expires.is_none_or(|end| now < end);
        let found = counts.then(|| Arc::clone(&entry.identity));
        if is_old {
            let entry = halves.old.remove(token)?;
            if counts {
                halves.insert(*token, entry, self.half);
            }
        } else if !counts {
            halves.young.remove(token);
        }
        found
    }

    pub(super) fn keep(&self, token: TokenDigest, generation: u64, identity: &Arc<Identity>) {
        let entry = Entry { identity: Arc::clone(identity), generation };
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).insert(token, entry, self.half);
    }
}

impl Halves {
    fn insert(&mut self, token: TokenDigest, entry: Entry, half: usize) {
        if self.young.len() >= half {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(token, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::auth::Role;

    fn identity(subject: u32) -> Arc<Identity> {
        let subject = subject.to_string();
        Arc::new(Identity {
            center: "c".into(),
            role: Role::Agent,
            subject,
            session: None,
            issued: None,
            expires: None,
        })
    }

    #[test]
    fn it_never_holds_more_than_it_may_and_keeps_what_is_used() {
        let now = SystemTime::UNIX_EPOCH;
        let remembered = Remembered::new(10);
        let used = digest("used");
        remembered.keep(used, 0, &identity(0));
        for other in 1..1000 {
            remembered.keep(digest(&other.to_string()), 0, &identity(other));
            assert!(remembered.find(&used, 0, now).is_some(), "forgotten after {other}");
            let halves = remembered.entries.lock().unwrap();
            assert!(halves.young.len() + halves.old.len() <= 10);
        }
        assert!(remembered.find(&digest("1"), 0, now).is_none());
    }

    #[test]
    fn it_forgets_what_other_keys_verified() {
        let remembered = Remembered::new(10);
        remembered.keep(digest("a"), 0, &identity(0));
        assert!(remembered.find(&digest("a"), 1, SystemTime::UNIX_EPOCH).is_none());
    }
}
