//! How a client is set up.

use std::{fmt, sync::Arc, sync::atomic::AtomicUsize, time::Duration};

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::{
    Client, Error, ErrorKind, RetryPolicy,
    connection::{Channel, Connection},
    retry::Patience,
    token::{Fixed, TokenProvider, Tokens},
};

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that is dead without saying so is noticed within 30 s.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// Sets up a [`Client`]; from [`Client::builder`].
#[must_use = "nothing connects before `connect`"]
pub struct ClientBuilder {
    urls: Vec<String>,
    provider: Option<Arc<dyn TokenProvider>>,
    ca_certificate: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    patience: Patience,
    attempt_timeout: Duration,
    connect_timeout: Duration,
    ping: (Duration, Duration),
}

impl ClientBuilder {
    pub(crate) fn new(url: String) -> Self {
        Self {
            urls: vec![url],
            provider: None,
            ca_certificate: None,
            identity: None,
            patience: Patience::default(),
            attempt_timeout: ATTEMPT_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            ping: (PING_INTERVAL, PING_TIMEOUT),
        }
    }

    /// One more address of the same service, used when those before it don't answer.
    pub fn address(mut self, url: impl Into<String>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// The token to authenticate with. For one that runs out, see [`token_provider`](Self::token_provider).
    pub fn token(self, token: impl Into<String>) -> Self {
        self.token_provider(Fixed(token.into()))
    }

    /// Where tokens come from that run out.
    pub fn token_provider(mut self, provider: impl TokenProvider) -> Self {
        self.provider = Some(Arc::new(provider));
        self
    }

    /// The certificate authority, in PEM, that vouches for the service at `https` addresses. Without it those that the system
    /// trusts.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_certificate = Some(pem.into());
        self
    }

    /// The client's own certificate and its key, in PEM, for a proxy that asks for one.
    pub fn client_certificate(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self
    }

    /// How long a call may take with all its tries. Default 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.patience.timeout = timeout;
        self
    }

    /// How calls that fail are tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.patience.calls = policy;
        self
    }

    /// How streams that broke are opened again. Default: from 100 ms to 10 s, for as long as it takes; with
    /// [`most_retries`](RetryPolicy::most_retries) a stream that can't be opened so often in a row ends with the last error.
    pub fn reopen(mut self, policy: RetryPolicy) -> Self {
        self.patience.streams = policy;
        self
    }

    /// How long one try of a call may take. Default 10 s.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long connecting to an address may take. Default 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often a connection is asked whether it is alive, and how long it may take to answer: one that is dead without
    /// saying so is noticed within both together. Default 20 s and 10 s.
    pub fn keep_alive(mut self, interval: Duration, timeout: Duration) -> Self {
        self.ping = (interval, timeout);
        self
    }

    /// The client. It connects when it is first used, so this fails only for settings that can't work, with
    /// [`ErrorKind::InvalidArgument`].
    pub async fn connect(self) -> Result<Client, Error> {
        let channels = self.urls.iter().map(|url| self.channel(url)).collect::<Result<Vec<_>, _>>()?;
        let connection = Connection {
            channels,
            in_use: AtomicUsize::new(0),
            tokens: Tokens::new(self.provider),
            attempt_timeout: self.attempt_timeout,
        };
        Ok(Client::new(connection, self.patience))
    }

    fn channel(&self, url: &str) -> Result<Channel, Error> {
        let unusable = |cause: tonic::transport::Error| {
            Error::new(ErrorKind::InvalidArgument, format!("{url} can't be connected to")).caused_by(cause)
        };
        let mut endpoint = Endpoint::from_shared(url.to_owned())
            .map_err(unusable)?
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(self.ping.0)
            .keep_alive_timeout(self.ping.1)
            .keep_alive_while_idle(true);
        match endpoint.uri().scheme_str() {
            Some("http") => {}
            Some("https") => {
                endpoint = endpoint.tls_config(self.tls()).map_err(unusable)?;
            }
            _ => return Err(Error::new(ErrorKind::InvalidArgument, format!("{url} is neither http:// nor https://"))),
        }
        Ok(Channel(endpoint.connect_lazy()))
    }

    fn tls(&self) -> ClientTlsConfig {
        let tls = match &self.ca_certificate {
            Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            None => ClientTlsConfig::new().with_native_roots(),
        };
        match &self.identity {
            Some((certificate, key)) => tls.identity(Identity::from_pem(certificate, key)),
            None => tls,
        }
    }
}

/// Without the token.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("urls", &self.urls).finish_non_exhaustive()
    }
}
