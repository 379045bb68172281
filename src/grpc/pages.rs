//! Pages of lists by id.

use tonic::Status;

use super::{
    from_pb::{self, All},
    status,
};

/// The size of a page and the id behind which it starts.
pub(super) fn asked(size: i32, token: &str) -> Result<(usize, String), Status> {
    let after = from_pb::optional("page_token", token, from_pb::code);
    let after = after.map_err(|wrong| from_pb::Violation { why: "is none of ours".into(), ..wrong });
    let (most, after) = (from_pb::page_size(size, 100, 500), after).all().map_err(status::invalid)?;
    Ok((most, after.map(|after| after.to_string()).unwrap_or_default()))
}

/// A page, from one object more than it has, and the token of the next one.
pub(super) fn cut<T>(mut found: Vec<T>, most: usize, id: impl Fn(&T) -> String) -> (Vec<T>, String) {
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(id).unwrap_or_default();
    (found, next)
}
