//! What is known of a session, or wanted for it, changes.

use super::about;
use crate::center::{
    Answer, Attribute, Caller, Center, Happened, Refusal, Session, SessionId, UpdateSession, Updated, Who,
    commit::Commit,
};

/// Attributes of a session, as at its start.
const ATTRIBUTES: usize = 64;

/// Bytes of all their values, likewise.
const ATTRIBUTE_BYTES: usize = 64 * 1024;

/// For integrators, connected agents, supervisors; customers may correct what they said themselves.
pub(super) fn update(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    update: UpdateSession,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let by_customer = matches!(caller.who, Who::Customer(_)) && caller.via.is_none();
    let session = match &caller.who {
        Who::Customer(_) => center.open(caller, id)?,
        who if center.is_supervisor(who) => center.open(caller, id)?,
        _ => center.attended_by(caller, id)?.0,
    };
    let reserved = [("priority", update.priority.is_some()), ("skills", update.skills.is_some())];
    if let Some((field, _)) = reserved.into_iter().find(|(_, given)| by_customer && *given) {
        return Err(Refusal::FieldInvalid { field: field.into(), why: "is not for customers".into() });
    }
    if by_customer {
        check_own_words(session, &update)?;
    }
    let replaced = |known: &&Attribute| update.attributes.iter().any(|(name, _)| *name == known.name);
    let kept = session.attributes.iter().filter(|known| !replaced(known));
    let kept = kept.map(|known| known.value.map_or(0, |value| value.len as usize));
    let given = update.attributes.iter().map(|(_, value)| value.len()).filter(|bytes| *bytes > 0);
    let (count, bytes) = kept.chain(given).fold((0, 0), |(count, sum), bytes| (count + 1, sum + bytes));
    if !update.attributes.is_empty() && (count > ATTRIBUTES || bytes > ATTRIBUTE_BYTES) {
        return Err(Refusal::LimitReached { limit: "attributes".into() });
    }
    let changes = update != UpdateSession::default();
    Ok(move |commit: &mut Commit<'_>| {
        if changes {
            let verified = !by_customer;
            let attributes = update.attributes.into_iter().map(|(name, value)| {
                let value = commit.known(value, by_customer);
                Attribute { name, value, verified }
            });
            let attributes = attributes.collect();
            let name = update.name.and_then(|name| commit.known(name, by_customer));
            let UpdateSession { language, priority, skills, .. } = update;
            let updated = Updated { name, language, priority, skills, attributes };
            commit.session(id, Happened::Updated(Box::new(updated)));
        }
        about(id)
    })
}

/// A customer doesn't change what an integrator vouches for.
fn check_own_words(session: &Session, update: &UpdateSession) -> Result<(), Refusal> {
    let vouched = |name| session.attributes.iter().any(|known| known.name == name && known.verified);
    match update.attributes.iter().position(|(name, _)| vouched(name.clone())) {
        Some(at) => {
            Err(Refusal::FieldInvalid { field: format!("attributes[{at}].name"), why: "is given by the center".into() })
        }
        None => Ok(()),
    }
}
