//! What a center masks.

use super::{Field, text, wrong};
use crate::{
    center::{MAX_MASKS, Mask, Masking, masking},
    grpc::pb,
};

/// The longest name, pattern and replacement.
const LONGEST: (usize, usize, usize) = (64, 512, 256);

pub(super) fn masking_of(asked: Vec<pb::Mask>, card_numbers: bool) -> Field<Option<Box<Masking>>> {
    if asked.len() > MAX_MASKS {
        return wrong("settings.masks", format!("are more than {MAX_MASKS}"));
    }
    let masks = asked.into_iter().enumerate().map(|(at, asked)| mask(at, asked)).collect::<Field<Vec<Mask>>>()?;
    Ok(masking(masks, card_numbers))
}

fn mask(at: usize, asked: pb::Mask) -> Field<Mask> {
    let (name, pattern, replacement) = LONGEST;
    let path = |field: &str| format!("settings.masks[{at}].{field}");
    let some = |field: &str, value: String, most| match value.is_empty() {
        true => wrong(path(field), "is required"),
        false => text(&path(field), value, most),
    };
    Ok(Mask {
        name: some("name", asked.name, name)?,
        pattern: some("pattern", asked.pattern, pattern)?,
        replacement: text(&path("replacement"), asked.replacement, replacement)?,
    })
}
