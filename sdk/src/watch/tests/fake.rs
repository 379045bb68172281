//! A service that does what the script says.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio_stream::{Stream, StreamExt};

use super::super::{
    follow::{Cut, Follow, Received},
    keeper::{Line, Source, Via},
};
use crate::{Error, ErrorKind, Watch, retry::Patience};

/// How one opening goes.
pub(super) enum Opening<R> {
    /// The stream is refused.
    Refused(Error),
    /// These messages come, then that.
    Stream(Vec<R>, Then),
}

pub(super) enum Then {
    Close,
    Break(Error),
    Silence,
}

pub(super) struct Fake<F: Follow> {
    script: Mutex<VecDeque<Opening<F::Response>>>,
    pub(super) requests: Mutex<Vec<F::Request>>,
    pub(super) cuts: Mutex<Vec<Cut>>,
    pub(super) renewals: AtomicUsize,
    /// What each renewal told.
    pub(super) received: Mutex<Vec<Received>>,
    pub(super) open: AtomicBool,
}

impl<F: Follow> Fake<F> {
    pub(super) fn new(script: impl IntoIterator<Item = Opening<F::Response>>) -> Arc<Self> {
        Arc::new(Self {
            script: Mutex::new(script.into_iter().collect()),
            requests: Mutex::default(),
            cuts: Mutex::default(),
            renewals: AtomicUsize::new(0),
            received: Mutex::default(),
            open: AtomicBool::new(true),
        })
    }

    pub(super) fn requests(&self) -> Vec<F::Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl<F: Follow> Source<F> for Arc<Fake<F>> {
    type Stream = Pin<Box<dyn Stream<Item = Result<F::Response, Error>> + Send>>;

    async fn open(&self, request: F::Request) -> Result<Line<F::Response, Self::Stream>, Error> {
        self.requests.lock().unwrap().push(request);
        let opening = self.script.lock().unwrap().pop_front();
        match opening.expect("the script foresees this opening") {
            Opening::Refused(error) => Err(error),
            Opening::Stream(messages, then) => {
                let mut messages = messages.into_iter();
                let first = messages.next().expect("a stream has a first message");
                let last: Self::Stream = match then {
                    Then::Close => Box::pin(tokio_stream::empty()),
                    Then::Break(error) => Box::pin(tokio_stream::once(Err(error))),
                    Then::Silence => Box::pin(tokio_stream::pending()),
                };
                let rest = Box::pin(tokio_stream::iter(messages.map(Ok)).chain(last));
                Ok(Line { first, rest, via: Via::default() })
            }
        }
    }

    async fn renew(&self, _: Via, _: String, received: Received) -> Result<bool, Error> {
        self.received.lock().unwrap().push(received);
        self.renewals.fetch_add(1, Ordering::Relaxed);
        Ok(self.open.load(Ordering::Relaxed))
    }

    async fn cut(&self, _: Via, cut: Cut) {
        self.cuts.lock().unwrap().push(cut);
    }
}

/// Opens a stream of the fake service.
pub(super) async fn open<F: Follow>(follow: F, fake: &Arc<Fake<F>>) -> Result<Watch<F::Item>, Error> {
    Watch::open(follow, Arc::clone(fake), Patience::default()).await
}

/// Everything that the stream delivers, to its end.
pub(super) async fn all<T: Send + Sync + 'static>(mut watch: Watch<T>) -> Vec<Result<T, Error>> {
    let mut all = Vec::new();
    while let Some(item) = watch.next().await {
        all.push(item);
    }
    all
}

pub(super) fn broken() -> Error {
    Error::new(ErrorKind::Unavailable, "the connection broke")
}
