//! The way to the service: addresses, credentials, deadlines, retries.

use std::{
    future::Future,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status};
use tracing::{Instrument, Span};

use crate::{
    Error, ErrorKind,
    retry::{self, Patience},
    token::{Token, Tokens},
};

mod channel;

pub(crate) use channel::{Channel, call_span};

/// Shared by a client's clones.
pub(crate) struct Connection {
    /// One an address; each connects when it is first used, and again after a cut.
    pub(crate) channels: Vec<Channel>,
    /// Index of the address in use. The first one to fail moves everybody on to the next.
    pub(crate) in_use: AtomicUsize,
    pub(crate) tokens: Tokens,
    /// One try takes at most so long.
    pub(crate) attempt_timeout: Duration,
}

impl Connection {
    /// Makes a call, again if need be. The same request is sent each time, so it takes effect once.
    pub(crate) async fn call<Q, A, F>(
        &self,
        patience: Patience,
        request: Q,
        call: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, Error>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let deadline = patience.deadline();
        let tries = AtomicUsize::new(0);
        let calling = retry::until(patience.calls, deadline, || async {
            tries.fetch_add(1, Ordering::Relaxed);
            let (answer, _) = self.attempt(self.address(), deadline, Life::Call, &request, &call).await?;
            Ok(answer)
        });
        let span = call_span!("call");
        let result = Box::pin(told(calling)).instrument(span.clone()).await;
        span.record("tries", tries.into_inner());
        result
    }

    /// Makes a call once at one address; one more time if the token is refused. Also answers which token it was.
    pub(crate) async fn attempt<Q, A, F>(
        &self,
        address: usize,
        deadline: Instant,
        life: Life,
        request: &Q,
        call: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<(A, u64), Error>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let deadline = deadline.min(Instant::now() + self.attempt_timeout);
        let mut refused = None;
        loop {
            let token = within(deadline, self.tokens.current()).await??;
            let call = call(self.channel(address)?, dress(request.clone(), &token, deadline, life));
            let error = match within(deadline, call).await? {
                Ok(answer) => return Ok((answer.into_inner(), token.generation)),
                Err(status) => Error::from_status(status),
            };
            match error.kind() {
                ErrorKind::Unauthenticated if token.header.is_some() && refused.is_none() => {
                    refused = Some(token.generation);
                    self.tokens.forget(token.generation).await;
                }
                ErrorKind::Unavailable | ErrorKind::DeadlineExceeded => {
                    self.leave(address);
                    return Err(error);
                }
                _ => return Err(error),
            }
        }
    }

    pub(crate) fn address(&self) -> usize {
        self.in_use.load(Ordering::Relaxed)
    }

    /// Moves on from an address that doesn't answer, unless somebody has.
    pub(crate) fn leave(&self, address: usize) {
        let next = (address + 1) % self.channels.len().max(1);
        let _ = self.in_use.compare_exchange(address, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn channel(&self, address: usize) -> Result<Channel, Error> {
        let channel = self.channels.get(address).cloned();
        channel.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "the client has no address to connect to"))
    }
}

/// How long what a call opens lives.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Life {
    /// Until it is answered: the server may drop it after the deadline.
    Call,
    /// Longer than it takes to open.
    Stream,
}

/// Leaves in the current span why it failed, if it did.
pub(crate) async fn told<A>(calling: impl Future<Output = Result<A, Error>>) -> Result<A, Error> {
    let result = calling.await;
    if let Err(error) = &result {
        let class = error.reason().map_or_else(|| format!("{:?}", error.kind()), |reason| reason.to_string());
        Span::current().record("error.type", class);
    }
    result
}

fn dress<Q>(request: Q, token: &Token, deadline: Instant, life: Life) -> Request<Q> {
    let mut request = Request::new(request);
    if life == Life::Call {
        request.set_timeout(deadline.saturating_duration_since(Instant::now()));
    }
    if let Some(header) = &token.header {
        request.metadata_mut().insert("authorization", header.clone());
    }
    request
}

async fn within<T>(deadline: Instant, work: impl Future<Output = T>) -> Result<T, Error> {
    let late = |_| Error::new(ErrorKind::DeadlineExceeded, "the service didn't answer in time");
    timeout_at(deadline, work).await.map_err(late)
}

#[cfg(test)]
mod tests;
