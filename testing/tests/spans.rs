//! What a client's calls leave in a trace.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use chatsession_sdk::{Client, RetryPolicy};
use chatsession_testing::{Failure, Service, Who};
use tracing::instrument::WithSubscriber;
use tracing_subscriber::fmt::format::FmtSpan;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic under it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The spans of what `work` calls, a line each.
async fn spans<T>(work: impl Future<Output = T>) -> Result<Vec<String>, Failure> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    work.with_subscriber(subscriber).await;
    let log = String::from_utf8(std::mem::take(&mut log.0.lock().expect("no panic under it")))?;
    Ok(log.lines().map(str::to_owned).collect())
}

fn assert_says(line: &str, fields: &[&str]) {
    let missing: Vec<_> = fields.iter().filter(|field| !line.contains(**field)).collect();
    assert!(missing.is_empty(), "{missing:?} in {line}");
}

#[tokio::test]
async fn given_a_call_that_is_refused_then_its_span_says_what_was_called_and_why_it_failed() -> Result<(), Failure> {
    let service = Service::start().await?;
    let mia = service.client(Who::Customer("mia")).await?;

    let seen = spans(async { mia.start_session("nowhere").send().await.err() }).await?;

    let [call] = &seen[..] else { panic!("one call, one span: {seen:?}") };
    let what = ["call{", r#"rpc.system="grpc""#, r#"rpc.service="chatsession.v1.ChatSession""#];
    assert_says(call, &what);
    assert_says(call, &[r#"rpc.method="StartSession""#, r#"error.type="QUEUE_NOT_FOUND""#, "tries=1"]);
    Ok(())
}

#[tokio::test]
async fn given_a_service_that_is_away_then_the_span_counts_the_tries() -> Result<(), Failure> {
    let mut service = Service::start().await?;
    let (url, token) = (service.url(), service.token(Who::Customer("mia"))?);
    service.stop().await?;
    let policy = RetryPolicy::default().first_delay(Duration::from_millis(1)).most_retries(2);
    let client = Client::builder(url).token(token).retry(policy).connect().await?;

    let seen = spans(async { client.start_session("sales").send().await.err() }).await?;

    let [call] = &seen[..] else { panic!("one call, one span: {seen:?}") };
    assert_says(call, &["tries=3", r#"error.type="Unavailable""#]);
    Ok(())
}
