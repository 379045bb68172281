//! What the client authenticates itself with.

use std::{future::Future, pin::Pin, sync::Arc};

use tokio::sync::Mutex;
use tonic::metadata::{Ascii, MetadataValue};

use crate::{Error, ErrorKind};

/// What a [`TokenProvider`] answers: a token, or why there is none.
pub type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<String, Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// Gives tokens that run out.
///
/// The client keeps a token for as long as the service takes it: it asks for the first one before its first call, and
/// for another when one is refused or about to run out.
///
/// ```
/// struct Issuer;
///
/// impl chatsession_sdk::TokenProvider for Issuer {
///     fn token(&self) -> chatsession_sdk::TokenFuture<'_> {
///         Box::pin(async { Ok(String::from("a fresh token, fetched from where your users sign in")) })
///     }
/// }
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// A fresh token.
    fn token(&self) -> TokenFuture<'_>;
}

/// A token that stays the same.
pub(crate) struct Fixed(pub(crate) String);

impl TokenProvider for Fixed {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

/// The token in use, shared by a client's clones.
pub(crate) struct Tokens {
    provider: Option<Arc<dyn TokenProvider>>,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    header: Option<MetadataValue<Ascii>>,
    generation: u64,
}

/// A token as it is sent, and which one it is.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) header: Option<MetadataValue<Ascii>>,
    pub(crate) generation: u64,
}

impl Tokens {
    pub(crate) fn new(provider: Option<Arc<dyn TokenProvider>>) -> Self {
        Self { provider, current: Mutex::default() }
    }

    /// The token in use. Of many callers at once, one asks the provider and all get its token.
    pub(crate) async fn current(&self) -> Result<Token, Error> {
        let Some(provider) = &self.provider else { return Ok(Token { header: None, generation: 0 }) };
        let mut current = self.current.lock().await;
        if current.header.is_none() {
            // Where tokens come from may be out of reach for a while, as the service itself may.
            let token = provider.token().await.map_err(|cause| {
                Error::new(ErrorKind::Unavailable, "the token provider gave no token").caused_by(cause)
            })?;
            current.header = Some(header(&token)?);
            current.generation += 1;
        }
        Ok(Token { header: current.header.clone(), generation: current.generation })
    }

    /// That token is no good any more: the next call takes a fresh one, unless one came meanwhile.
    pub(crate) async fn forget(&self, generation: u64) {
        let mut current = self.current.lock().await;
        if current.generation == generation {
            current.header = None;
        }
    }
}

fn header(token: &str) -> Result<MetadataValue<Ascii>, Error> {
    let mut header: MetadataValue<Ascii> = format!("Bearer {token}")
        .parse()
        .map_err(|_| Error::new(ErrorKind::Unauthenticated, "the token has characters that a header can't carry"))?;
    header.set_sensitive(true);
    Ok(header)
}
