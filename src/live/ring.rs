//! The last batches, decoded, so that who is a little behind needn't read the journal.

use std::{collections::VecDeque, sync::Arc};

use crate::{journal::Position, shard::Committed};

/// Bytes of batches that are kept, roughly.
const BYTES: usize = 16 * 1024 * 1024;

/// Recent batches, dense, ending with the last durable one.
#[derive(Default)]
pub(super) struct Ring {
    batches: VecDeque<Arc<Committed>>,
    bytes: usize,
}

fn size(batch: &Committed) -> usize {
    let texts: usize = batch.texts.iter().flatten().map(|text| text.len() + 64).sum();
    let events: usize = batch.records.iter().map(|record| record.events.len() * 256 + 64).sum();
    texts + events + 128
}

impl Ring {
    pub(super) fn push(&mut self, batch: &Arc<Committed>) {
        self.bytes += size(batch);
        self.batches.push_back(batch.clone());
        while self.bytes > BYTES {
            let Some(oldest) = self.batches.pop_front() else { return };
            self.bytes -= size(&oldest);
        }
    }

    pub(super) fn last(&self) -> Option<Position> {
        self.batches.back().map(|batch| batch.position)
    }

    pub(super) fn get(&self, position: Position) -> Option<Arc<Committed>> {
        let first = self.batches.front()?.position;
        self.batches.get(position.checked_sub(first)? as usize).cloned()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
