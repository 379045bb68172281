//! What is known of a session, or wanted for it, changes.

use super::about;
use crate::center::{
    Answer, Attribute, Caller, Center, Happened, Refusal, Session, SessionId, UpdateSession, Updated, Who,
    commit::Commit,
};

/// Attributes of a session, as at its start.
const ATTRIBUTES: usize = 64;

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
    let unknown = |name| !session.attributes.iter().any(|known| known.name == name);
    let given = update.attributes.iter().filter(|(_, value)| !value.is_empty());
    let added = given.filter(|(name, _)| unknown(name.clone())).count();
    if session.attributes.len() + added > ATTRIBUTES {
        return Err(Refusal::LimitReached { limit: "attributes".into() });
    }
    let changes = update != UpdateSession::default();
    Ok(move |commit: &mut Commit<'_>| {
        if changes {
            let verified = !by_customer;
            let attributes = update.attributes.into_iter();
            let attributes = attributes.map(|(name, value)| Attribute { name, value: commit.text(value), verified });
            let attributes = attributes.collect();
            let name = update.name.and_then(|name| commit.text(name));
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
