//! Canned responses.

use std::collections::BTreeSet;

use super::{Field, NOTE, Violation, language, name, queue_id, text, wrong};
use crate::{
    center::{CannedResponse, ResponseId},
    grpc::pb,
};

/// The longest title and shortcut.
const LONGEST: (usize, usize) = (128, 32);

/// The most queues of one.
const QUEUES: usize = 200;

pub(in crate::grpc) fn response_id(field: &str, id: &str) -> Field<ResponseId> {
    name(field, id, ResponseId::parse)
}

pub(in crate::grpc) fn canned_response(field: &str, asked: Option<pb::CannedResponse>) -> Field<CannedResponse> {
    let Some(asked) = asked else { return wrong(field, "is required") };
    let path = |name: &str| format!("{field}.{name}");
    let some = |name: &str, value: String, most| match value.is_empty() {
        true => wrong(path(name), "is required"),
        false => text(&path(name), value, most).map(|value| value.as_str().into()),
    };
    if asked.queue_ids.len() > QUEUES {
        return wrong(path("queue_ids"), format!("are more than {QUEUES}"));
    }
    let queues = asked.queue_ids.iter().enumerate();
    let queues = queues.map(|(at, queue)| queue_id(&path(&format!("queue_ids[{at}]")), queue));
    Ok(CannedResponse {
        id: response_id(&path("response_id"), &asked.response_id)?,
        title: some("title", asked.title, LONGEST.0)?,
        text: some("text", asked.text, NOTE)?,
        shortcut: text(&path("shortcut"), asked.shortcut, LONGEST.1)?.as_str().into(),
        language: language(&asked.language).map_err(|wrong| Violation { field: path(&wrong.field), ..wrong })?,
        queues: queues.collect::<Field<BTreeSet<_>>>()?,
    })
}
