//! `chatsession health`: for probes; the exit status is the answer.

use std::time::Duration;

use clap::Args;
use tonic::transport::{ClientTlsConfig, Endpoint};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

use super::{Failure, client_runtime, connect::ServerArgs, out};

/// A probe that waits longer than that has been given up.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Args)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// The service asked about, such as chatsession.v1.ChatSession; all together when not given.
    #[arg(long, default_value = "")]
    service: String,
}

pub(super) fn run(args: &HealthArgs) -> Result<(), Failure> {
    client_runtime()?.block_on(async {
        match check(&args.server.server, &args.service).await? {
            ServingStatus::Serving => {
                out::line("SERVING");
                Ok(())
            }
            status => Err(status.as_str_name().into()),
        }
    })
}

/// What the server says of itself.
pub(super) async fn check(url: &str, service: &str) -> Result<ServingStatus, Failure> {
    let mut endpoint = Endpoint::from_shared(url.to_owned())?.connect_timeout(TIMEOUT).timeout(TIMEOUT);
    if url.starts_with("https:") {
        endpoint = endpoint.tls_config(ClientTlsConfig::new().with_native_roots())?;
    }
    let channel = endpoint.connect().await.map_err(|_| format!("{url} can't be reached"))?;
    let request = HealthCheckRequest { service: service.to_owned() };
    let answer = HealthClient::new(channel).check(request).await.map_err(|status| status.message().to_owned())?;
    Ok(answer.into_inner().status())
}
