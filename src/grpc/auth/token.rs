//! Tokens: verified, and made for development.

use std::time::{Duration, SystemTime};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::keys::Keys;
use super::{AuthError, Identity, Reason, Role, is_id};

/// The kinds of token that are access tokens (RFC 9068); others by the same provider, as for a logout, aren't.
const KINDS: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

#[derive(Deserialize)]
struct Claims {
    sub: String,
    center: String,
    role: Role,
    session: Option<String>,
    // A NumericDate may have a fraction (RFC 7519, section 2).
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
}

/// Checks everything about a token, cheapest first: nothing that the token says is trusted before its signature is.
pub(super) fn verify(token: &str, keys: &Keys, leeway: Duration, now: SystemTime) -> Result<Identity, AuthError> {
    // `alg: none` isn't an algorithm that the library knows, so such a header doesn't parse.
    let header = decode_header(token).map_err(|_| Reason::Malformed)?;
    if !is_plain(&header) {
        return Err(Reason::Header.into());
    }
    let key = keys.find(header.kid.as_deref()).ok_or(Reason::UnknownKey)?;
    if header.alg != key.algorithm {
        return Err(Reason::Algorithm.into());
    }
    let claims: Claims = decode(token, &key.decoding, &key.validation).map_err(|error| reason(error.kind()))?.claims;

    let expires = moment(claims.exp)?.checked_add(leeway).ok_or(Reason::Claims)?;
    if now >= expires {
        return Err(Reason::Expired.into());
    }
    if let Some(from) = claims.nbf
        && now.checked_add(leeway).ok_or(Reason::Claims)? < moment(from)?
    {
        return Err(Reason::NotYetValid.into());
    }
    let bound_by_another = claims.session.is_some() && claims.role != Role::Customer;
    let ids_are_sound =
        [Some(&claims.sub), Some(&claims.center), claims.session.as_ref()].into_iter().flatten().all(|id| is_id(id));
    if bound_by_another || !ids_are_sound {
        return Err(Reason::Claims.into());
    }
    let issued = claims.iat.map(moment).transpose()?;
    let Claims { sub, center, role, session, .. } = claims;
    Ok(Identity { center, role, subject: sub, session, issued, expires: Some(expires) })
}

/// No key of its own, no extension that must be understood, not encrypted, not another kind of token.
fn is_plain(header: &Header) -> bool {
    let brings_key = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
    let is_extended = header.crit.is_some() || header.enc.is_some() || header.zip.is_some();
    let is_access = header.typ.as_ref().is_none_or(|kind| KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known)));
    !brings_key && !is_extended && is_access
}

fn reason(kind: &ErrorKind) -> Reason {
    match kind {
        ErrorKind::InvalidSignature => Reason::Signature,
        ErrorKind::InvalidAudience => Reason::Audience,
        ErrorKind::InvalidIssuer => Reason::Issuer,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::Json(_) => Reason::Claims,
        ErrorKind::InvalidAlgorithm => Reason::Algorithm,
        _ => Reason::Malformed,
    }
}

/// Seconds since 1970. What a clock can't show, before or long after our time, is refused.
fn moment(seconds: f64) -> Result<SystemTime, AuthError> {
    let since = Duration::try_from_secs_f64(seconds).map_err(|_| Reason::Claims)?;
    SystemTime::UNIX_EPOCH.checked_add(since).ok_or(Reason::Claims.into())
}

/// What a minted token grants.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The tenant.
    pub center: String,
    /// What the holder is to it.
    pub role: Role,
    /// The holder's id.
    pub subject: String,
    /// For a customer: the only session that the token opens.
    pub session: Option<String>,
    /// As in the server's `auth.audience`.
    pub audience: String,
    /// As in the server's `auth.issuer`.
    pub issuer: String,
    /// From now.
    pub life: Duration,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The server would refuse it.
    #[error(
        "a center, subject or session is refused, expected 1 to 64 of A-Z a-z 0-9 _ - and a session for a customer only"
    )]
    Id,
    /// The clock or the library failed.
    #[error("the token can't be signed")]
    Unsigned,
}

/// Makes a token for development, signed by HS256.
pub fn mint(secret: &SecretString, grant: &Grant) -> Result<String, MintError> {
    #[derive(Serialize)]
    struct Minted<'a> {
        sub: &'a str,
        center: &'a str,
        role: Role,
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<&'a str>,
        aud: &'a str,
        iss: &'a str,
        iat: u64,
        exp: u64,
    }
    let ids_are_sound =
        [Some(&grant.center), Some(&grant.subject), grant.session.as_ref()].into_iter().flatten().all(|id| is_id(id));
    if !ids_are_sound || (grant.session.is_some() && grant.role != Role::Customer) {
        return Err(MintError::Id);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|_| MintError::Unsigned)?.as_secs();
    let claims = Minted {
        sub: &grant.subject,
        center: &grant.center,
        role: grant.role,
        session: grant.session.as_deref(),
        aud: &grant.audience,
        iss: &grant.issuer,
        iat: now,
        exp: now.saturating_add(grant.life.as_secs()),
    };
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).map_err(|_| MintError::Unsigned)
}
