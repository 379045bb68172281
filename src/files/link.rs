//! Links that let whoever holds them bring or fetch one file for a while: the link is the credential, and names one file and
//! one way.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::center::{AttachmentId, CenterId, SessionId, Time};

/// Where files are, on the port of everything else.
pub const PREFIX: &str = "/files/";

/// Which way the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the server, by PUT.
    Up,
    /// From it, by GET.
    Down,
}

impl Way {
    /// The method of HTTP.
    pub fn method(self) -> &'static str {
        match self {
            Self::Up => "PUT",
            Self::Down => "GET",
        }
    }
}

/// One file, as a link names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The center.
    pub center: CenterId,
    /// The session.
    pub session: SessionId,
    /// The file.
    pub attachment: AttachmentId,
    /// Until when it is good.
    pub expire: Time,
}

/// Why a link isn't good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is none of ours, or was changed, or is for the other way.
    Forged,
    /// Its time is over.
    Expired,
}

/// What signs links.
#[derive(Clone)]
pub struct LinkKey(pub [u8; 32]);

impl LinkKey {
    fn mac(&self, way: Way, link: &Link) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        let Link { center, session, attachment, expire } = link;
        // None of the parts can hold a space.
        mac.update(format!("{} {center} {session} {attachment} {}", way.method(), expire.0).as_bytes());
        mac
    }

    /// The link's path and query.
    pub fn sign(&self, way: Way, link: &Link) -> String {
        let signature = self.mac(way, link).finalize().into_bytes();
        let signature: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        let Link { center, session, attachment, expire } = link;
        format!("{PREFIX}{center}/{session}/{attachment}?expires={}&signature={signature}", expire.0)
    }

    /// Reads a link that somebody came by.
    ///
    /// # Errors
    /// It isn't good, or no more.
    pub fn read(&self, way: Way, path: &str, query: &str, now: Time) -> Result<Link, Refused> {
        let (link, signature) = parse(path, query).ok_or(Refused::Forged)?;
        self.mac(way, &link).verify_slice(&signature).map_err(|_| Refused::Forged)?;
        if link.expire <= now { Err(Refused::Expired) } else { Ok(link) }
    }
}

fn parse(path: &str, query: &str) -> Option<(Link, [u8; 32])> {
    let mut parts = path.strip_prefix(PREFIX)?.split('/');
    let (center, session, attachment) = (parts.next()?, parts.next()?, parts.next()?);
    let (expires, signature) = query.strip_prefix("expires=")?.split_once("&signature=")?;
    let link = Link {
        center: CenterId::parse(center)?,
        session: SessionId::parse(session)?,
        attachment: AttachmentId::parse(attachment)?,
        expire: Time(expires.parse().ok()?),
    };
    if parts.next().is_some() || signature.len() != 64 || !signature.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(signature.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((link, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> (LinkKey, Link, String) {
        let (key, link) = (
            LinkKey([7; 32]),
            Link {
                center: CenterId::parse("acme").unwrap(),
                session: SessionId::from_bytes([1; 16]),
                attachment: AttachmentId::from_bytes([2; 16]),
                expire: Time(5_000),
            },
        );
        let signed = key.sign(Way::Up, &link);
        (key, link, signed)
    }

    fn read(key: &LinkKey, way: Way, signed: &str, now: u64) -> Result<Link, Refused> {
        let (path, query) = signed.split_once('?').unwrap();
        key.read(way, path, query, Time(now))
    }

    #[test]
    fn a_link_is_good_until_its_time_for_one_way_and_by_one_key() {
        let (key, link, signed) = given();
        assert_eq!(read(&key, Way::Up, &signed, 4_999), Ok(link));
        assert_eq!(read(&key, Way::Up, &signed, 5_000), Err(Refused::Expired));
        assert_eq!(read(&key, Way::Down, &signed, 0), Err(Refused::Forged));
        assert_eq!(read(&LinkKey([8; 32]), Way::Up, &signed, 0), Err(Refused::Forged));
    }

    #[test]
    fn a_link_that_was_changed_is_good_for_nothing() {
        let (key, _, signed) = given();
        for changed in [
            signed.replace("acme", "other"),
            signed.replace("expires=5000", "expires=9000"),
            signed.replace("0202", "0203"),
            signed.replace("signature=", "signature=00"),
            signed[..signed.len() - 1].to_owned(),
            signed.replace("/files/acme/", "/files/acme/../"),
            format!("{signed}&more=1"),
            "/files/?".to_owned(),
            "/files/acme/x/y?expires=1&signature=é".to_owned(),
        ] {
            assert_eq!(read(&key, Way::Up, &changed, 0), Err(Refused::Forged), "{changed}");
        }
    }
}
