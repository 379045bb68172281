//! A group commit, as it is written: the whole records of many commands, and the texts they refer to.

use bytes::Bytes;
use minicbor::{Decoder, Encoder};

use crate::{
    center::{LeaderStarted, Record, Text, Time},
    journal::{Batch, Item, Position, Stored},
};

/// The number of a batch's frame. A reader refuses any other.
const FORMAT: u8 = 1;

/// The form in which every log begins.
pub const FIRST_FORMAT: u32 = 1;

/// The newest form of the log that this version reads and writes. Raised by one with every new kind of record; a leader
/// writes such a kind only once [`LeaderStarted::format`] says that every node knows it.
pub const FORMAT_KNOWN: u32 = 1;

/// A batch that is durable, as everyone downstream reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// Where it stands in the log.
    pub position: Position,
    /// When it was sealed.
    pub time: Time,
    /// Set in the batch in which a leader takes over.
    pub leader: Option<LeaderStarted>,
    /// The commits, in order.
    pub records: Vec<Record>,
    /// The texts; none where erased.
    pub texts: Vec<Option<Bytes>>,
}

/// A batch that this version can't read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("batch {position} is of a form that this version doesn't know: {why}")]
pub struct DecodeError {
    /// Which one.
    pub position: Position,
    /// What was met.
    pub why: String,
}

impl Committed {
    /// Reads a stored batch.
    pub fn decode(stored: &Stored) -> Result<Self, DecodeError> {
        let fail = |why: String| DecodeError { position: stored.position, why };
        let mut decoder = Decoder::new(&stored.batch.payload);
        let read = |decoder: &mut Decoder<'_>| -> Result<_, minicbor::decode::Error> {
            let format = decoder.u8()?;
            if format != FORMAT {
                return Err(minicbor::decode::Error::message(format!("format {format}")));
            }
            let time: Time = decoder.decode()?;
            let leader: Option<LeaderStarted> = decoder.decode()?;
            let mut records: Vec<Record> = Vec::new();
            while decoder.position() < decoder.input().len() {
                records.push(decoder.decode()?);
            }
            Ok((time, leader, records))
        };
        let (time, leader, records) = read(&mut decoder).map_err(|error| fail(error.to_string()))?;
        let raised = leader.as_ref().and_then(|leader| leader.format).filter(|format| *format > FORMAT_KNOWN);
        if let Some(raised) = raised {
            return Err(fail(format!("the log's form was raised to {raised}, and {FORMAT_KNOWN} is known here")));
        }
        let texts = stored.batch.content.iter().map(|item| item.as_ref().map(|item| item.text.clone())).collect();
        Ok(Self { position: stored.position, time, leader, records, texts })
    }

    /// A text of this batch, unless it was erased.
    pub fn text(&self, text: Text) -> Option<&str> {
        debug_assert_eq!(text.position, self.position);
        let bytes = self.texts.get(text.item as usize)?.as_ref()?;
        std::str::from_utf8(bytes).ok()
    }
}

/// A batch in the making.
#[derive(Debug)]
pub(super) struct OpenBatch {
    body: Encoder<Vec<u8>>,
    pub(super) records: Vec<Record>,
    pub(super) texts: Vec<Bytes>,
    text_bytes: usize,
}

impl OpenBatch {
    pub(super) fn new() -> Self {
        Self { body: Encoder::new(Vec::new()), records: Vec::new(), texts: Vec::new(), text_bytes: 0 }
    }

    /// Bytes that it takes so far, stored.
    pub(super) fn size(&self) -> usize {
        // Each text brings its salt, its hash and a few bytes of framing.
        self.body.writer().len() + self.text_bytes + self.texts.len() * 64
    }

    pub(super) fn push(&mut self, record: Record, texts: Vec<String>) {
        self.body.encode(&record).expect("a record can always be written to memory");
        self.records.push(record);
        for text in texts {
            self.text_bytes += text.len();
            self.texts.push(Bytes::from(text));
        }
    }

    /// What is written, and what is read of it later.
    pub(super) fn seal(
        self,
        position: Position,
        time: Time,
        leader: Option<LeaderStarted>,
        mut salt: impl FnMut() -> [u8; 16],
    ) -> (Batch, Committed) {
        let mut payload = Encoder::new(Vec::with_capacity(self.body.writer().len() + 32));
        let header = payload.u8(FORMAT).and_then(|e| e.encode(time)).and_then(|e| e.encode(&leader));
        header.expect("a header can always be written to memory");
        let mut payload = payload.into_writer();
        payload.extend_from_slice(self.body.writer());
        let content = self.texts.iter().map(|text| Some(Item { salt: salt(), text: text.clone() })).collect();
        let texts = self.texts.into_iter().map(Some).collect();
        let committed = Committed { position, time, leader, records: self.records, texts };
        (Batch { payload: payload.into(), content }, committed)
    }
}
