//! Canned responses.

use crate::{
    center::{CannedResponse, Label},
    grpc::pb,
};

pub(in crate::grpc) fn canned_response(response: &CannedResponse) -> pb::CannedResponse {
    pb::CannedResponse {
        response_id: response.id.to_string(),
        title: response.title.as_str().to_owned(),
        text: response.text.as_str().to_owned(),
        shortcut: response.shortcut.as_str().to_owned(),
        language: response.language.as_ref().map_or("", Label::as_str).to_owned(),
        queue_ids: response.queues.iter().map(ToString::to_string).collect(),
    }
}
