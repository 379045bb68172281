//! An agent asks for help, until somebody says that it isn't needed any more.

use super::about;
use crate::center::{Answer, Caller, Center, Happened, Refusal, SessionId, commit::Commit};

pub(super) fn raise(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    note: String,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (_, participant) = center.attended_by(caller, id)?;
    let agent = participant.agent.clone();
    Ok(move |commit: &mut Commit<'_>| {
        let note = commit.masked(note);
        let note = commit.text(note);
        commit.session(id, Happened::FlagRaised { agent, note });
        about(id)
    })
}

/// For connected agents and supervisors. Clearing none changes nothing.
pub(super) fn clear(
    center: &Center,
    caller: &Caller,
    id: SessionId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = match center.is_supervisor(&caller.who) {
        true => center.open(caller, id)?,
        false => center.attended_by(caller, id)?.0,
    };
    let raised = session.flag.is_some();
    Ok(move |commit: &mut Commit<'_>| {
        if raised {
            commit.session(id, Happened::FlagCleared);
        }
        about(id)
    })
}
