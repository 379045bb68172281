//! `chatsession serve`.

use chatsession::{server::Server, telemetry};
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, SettingsArgs, runtime};

pub(super) fn run(args: &SettingsArgs) -> Result<(), Failure> {
    let settings = args.load()?;
    telemetry::init(&settings.log)?;
    runtime(&settings)?.block_on(async {
        let mut server = Server::start(settings.clone()).await?;
        tracing::info!(address = %server.address(), data = %settings.data.display(), auth = ?settings.auth.mode, "listening");
        tokio::select! {
            failed = server.failed() => return failed.map_err(Failure::from),
            () = stop_signal() => {}
        }
        tokio::select! {
            stopped = server.stop() => stopped?,
            () = stop_signal() => tracing::warn!("second signal: ending at once"),
        }
        tracing::info!("stopped");
        Ok(())
    })
}

/// Ctrl-C, or SIGTERM from whoever runs the service.
pub(super) async fn stop_signal() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
