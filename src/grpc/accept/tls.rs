//! TLS, from the files of the settings.

use std::{io, path::PathBuf, sync::Arc};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    },
};

use crate::config::Tls;

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read as PEM.
    #[error("{}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: pem::Error,
    },
    /// The certificate and the key don't do.
    #[error("the certificate and its key: {0}")]
    Certificate(#[from] rustls::Error),
}

/// What makes handshakes: TLS 1.2 and 1.3; HTTP/2, and HTTP/1.1 for files.
///
/// # Errors
/// The files can't be read, or don't fit each other.
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor, TlsError> {
    let file = |path: &PathBuf| {
        let path = path.clone();
        move |error| TlsError::File { path, error }
    };
    let chain = CertificateDer::pem_file_iter(&tls.cert).and_then(Iterator::collect).map_err(file(&tls.cert))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(file(&tls.key))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    let mut config = builder.with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A peer that isn't what it should be: worth a line for who looks for it.
pub(super) fn failed(error: &io::Error) {
    tracing::debug!(%error, "a TLS handshake failed");
}
