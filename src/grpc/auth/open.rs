//! `auth.mode = "none"`: headers say who calls, and nothing proves it.
//!
//! The settings keep such a server on loopback, but a browser on the same machine runs foreign pages, and by DNS rebinding such a
//! page reaches loopback as its own origin. A browser names an origin on every POST, so a call that does is refused.

use http::HeaderMap;
use http::header::ORIGIN;

use super::{AuthError, Identity, Reason, Role, is_id, only};

const CENTER: &str = "x-chatsession-center";
const ROLE: &str = "x-chatsession-role";
const SUBJECT: &str = "x-chatsession-subject";
const SESSION: &str = "x-chatsession-session";

pub(super) fn identity(headers: &HeaderMap) -> Result<Identity, AuthError> {
    if headers.contains_key(ORIGIN) {
        return Err(Reason::Browser.into());
    }
    let required = |name| id(headers, name)?.ok_or(AuthError::from(Reason::Absent));
    let role = match only(headers, ROLE)?.ok_or(Reason::Absent)? {
        "customer" => Role::Customer,
        "agent" => Role::Agent,
        "supervisor" => Role::Supervisor,
        "integrator" => Role::Integrator,
        "operator" => Role::Operator,
        _ => return Err(Reason::Claims.into()),
    };
    Ok(Identity {
        center: required(CENTER)?,
        role,
        subject: required(SUBJECT)?,
        session: id(headers, SESSION)?,
        issued: None,
        expires: None,
    })
}

fn id(headers: &HeaderMap, name: &str) -> Result<Option<String>, AuthError> {
    match only(headers, name)? {
        Some(value) if !is_id(value) => Err(Reason::Claims.into()),
        value => Ok(value.map(str::to_owned)),
    }
}
