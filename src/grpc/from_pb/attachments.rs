//! Files, and what of them may be sent.

use super::{Field, given, text, wrong};
use crate::{
    center::{AttachmentId, AttachmentLimits, Label, NamedAttachment},
    grpc::pb,
};

/// The longest name of a file: that of most file systems.
const NAME: usize = 255;

/// The longest MIME type: RFC 6838 allows 127 on each side; none in use comes near.
const TYPE: usize = 128;

/// The most files that one request may name, whatever the center allows.
const NAMED: usize = 20;

/// Types that a center may allow.
const TYPES: usize = 200;

pub(in crate::grpc) fn attachment_id(field: &str, id: &str) -> Field<AttachmentId> {
    given(field, id, AttachmentId::parse, AttachmentId::from_bytes([0; 16]))
}

/// The files of a message, their names still to be read.
pub(in crate::grpc) fn attachments(ids: &[String]) -> Field<Vec<NamedAttachment>> {
    if ids.len() > NAMED {
        return wrong("attachment_ids", format!("are more than {NAMED}"));
    }
    let named = |(at, id): (usize, &String)| {
        let id = attachment_id(&format!("attachment_ids[{at}]"), id)?;
        Ok(NamedAttachment { id, name: String::new() })
    };
    ids.iter().enumerate().map(named).collect()
}

pub(in crate::grpc) fn file_name(name: String) -> Field<String> {
    match name.trim().is_empty() {
        true => wrong("file_name", "is required"),
        false if name.contains(|it: char| it.is_control() || matches!(it, '/' | '\\')) => {
            wrong("file_name", "must not hold slashes, backslashes or control characters")
        }
        false => text("file_name", name, NAME),
    }
}

pub(in crate::grpc) fn content_type(field: &str, asked: &str) -> Field<Label> {
    let token = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(allowed)
    };
    let sound = asked.split_once('/').is_some_and(|(kind, sort)| token(kind) && token(sort));
    match sound && asked.len() <= TYPE {
        true => Ok(asked.into()),
        false => wrong(field, "must be a MIME type in lower case without parameters, as in image/png"),
    }
}

pub(in crate::grpc) fn file_size(size: u64) -> Field<u64> {
    if size == 0 { wrong("size", "must be at least 1") } else { Ok(size) }
}

fn within<T: PartialOrd + std::fmt::Display>(field: &str, value: T, least: T, most: T) -> Field<T> {
    match value >= least && value <= most {
        true => Ok(value),
        false => wrong(format!("settings.attachments.{field}"), format!("must be from {least} to {most}")),
    }
}

pub(super) fn limits(asked: Option<pb::AttachmentSettings>) -> Field<Option<Box<AttachmentLimits>>> {
    let Some(asked) = asked else { return Ok(None) };
    let default = AttachmentLimits::default();
    if asked.content_types.len() > TYPES {
        return wrong("settings.attachments.content_types", format!("are more than {TYPES}"));
    }
    let types = asked.content_types.iter().enumerate();
    let types = types.map(|(at, it)| content_type(&format!("settings.attachments.content_types[{at}]"), it));
    let types = types.collect::<Field<Vec<Label>>>()?;
    let limits = AttachmentLimits {
        max_bytes: within("max_bytes", asked.max_bytes.unwrap_or(default.max_bytes), 1, 1 << 30)?,
        per_message: within("max_per_message", asked.max_per_message.unwrap_or(default.per_message), 1, 20)?,
        per_session: within("max_per_session", asked.max_per_session.unwrap_or(default.per_session), 1, 1_000)?,
        content_types: if types.is_empty() { default.content_types.clone() } else { types },
    };
    // What is the default stays the default, whatever that will be.
    Ok((limits != default).then(|| Box::new(limits)))
}
