//! The Invite window.

use super::{Field, Violation, agent_id, queue_id, wrong};
use crate::{
    center::Target,
    grpc::pb::{self, target_ref},
};

/// A row that is named.
pub(in crate::grpc) fn target(named: Option<pb::TargetRef>) -> Field<Target> {
    let target = match named.and_then(|named| named.target) {
        None => return wrong("target", "is required"),
        Some(target_ref::Target::AgentId(id)) => agent_id("agent_id", &id).map(Target::Agent),
        Some(target_ref::Target::QueueId(id)) => queue_id("queue_id", &id).map(Target::Queue),
    };
    target.map_err(|violation| Violation { field: format!("target.{}", violation.field), ..violation })
}
