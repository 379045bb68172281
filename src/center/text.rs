//! Free text. The core never holds any: a [`Text`] says where it stands in the log's content.

use minicbor::{Decode, Encode};

/// The place of one free text: erasing it there erases it everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Text {
    /// The batch.
    #[n(0)]
    pub position: u64,
    /// The item of the batch's content.
    #[n(1)]
    pub item: u32,
    /// Its length in bytes.
    #[n(2)]
    pub len: u32,
}

/// Hands out the places of one batch, and keeps what goes there.
#[derive(Clone, Debug, Default)]
pub struct Content {
    position: u64,
    first: u32,
    texts: Vec<String>,
}

impl Content {
    /// Content of the batch at `position`, behind `first` items that it has already.
    pub fn new(position: u64, first: u32) -> Self {
        Self { position, first, texts: Vec::new() }
    }

    /// Puts a text and tells its place.
    pub(super) fn put(&mut self, text: String) -> Text {
        let (item, len) = (self.first + self.texts.len() as u32, text.len() as u32);
        self.texts.push(text);
        Text { position: self.position, item, len }
    }

    /// Bytes put so far.
    pub(super) fn bytes(&self) -> usize {
        self.texts.iter().map(String::len).sum()
    }

    /// Takes what was put, in order.
    pub fn take(self) -> Vec<String> {
        self.texts
    }
}
