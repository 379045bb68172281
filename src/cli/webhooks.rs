//! `chatsession webhooks`: a consumer of the feed like any other, which posts each commit to a web address.
//!
//! One after the other, so that they come in order. A commit that can't be delivered is tried again for a while, then written to
//! the dead letters, and those behind it go on. Where it is lies in a file that is written after each delivery: what was
//! delivered just before it was killed is delivered again, with the same id. Headers and signature are those of Standard
//! Webhooks (<https://www.standardwebhooks.com>).

use std::{path::PathBuf, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use chatsession::{config::Log, telemetry};
use clap::Args;
use serde_json::Value;
use tokio::time::sleep;

use self::{
    feed::{Feed, Unread},
    position::Position,
    post::{Post, Secret},
};
use super::{Failure, center::duration, client_runtime, connect::ConnectArgs, serve::stop_signal};

mod feed;
mod position;
mod post;

/// Between two tries at most: a receiver that is back is found within it.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// What is posted where.
#[derive(Args)]
pub(crate) struct WebhooksArgs {
    /// Where each commit is posted to.
    #[arg(long, value_name = "URL")]
    to: String,
    /// A file with the secret that signs, as in `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`: `whsec_` and base64 of 24 to 64 bytes.
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// Where it has got to is kept in this file.
    #[arg(long, value_name = "FILE", default_value = "webhooks.position")]
    position: PathBuf,
    /// What couldn't be delivered is added to this file, a commit a line.
    #[arg(long, value_name = "FILE", default_value = "webhooks.dead.jsonl")]
    dead_letters: PathBuf,
    /// Without a position: from the first commit that is kept, instead of from now on.
    #[arg(long)]
    from_start: bool,
    /// Only these kinds of events, as in message_posted; may be repeated.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// How often a commit is tried before it is a dead letter.
    #[arg(long, default_value = "8", value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
    /// The first delay between two tries; each next one is twice as long, up to a minute.
    #[arg(long, default_value = "1s", value_name = "TIME", value_parser = duration)]
    retry_delay: Duration,
    #[command(flatten)]
    connect: ConnectArgs,
}

pub(super) fn run(args: &WebhooksArgs) -> Result<(), Failure> {
    telemetry::init(&Log::default())?;
    client_runtime()?.block_on(async {
        tokio::select! {
            done = deliver(args) => done,
            () = stop_signal() => Ok(()),
        }
    })
}

async fn deliver(args: &WebhooksArgs) -> Result<(), Failure> {
    let post = Post::new(&args.to, Secret::read(&args.secret_file)?)?;
    let feed = Feed::new(&args.connect, &args.kinds)?;
    let mut position = match Position::read(&args.position)? {
        Some(position) => position,
        None if args.from_start => Position::default(),
        None => patient(args, || feed.end()).await?,
    };
    // From now on it is known where it begins, should it be killed before the first delivery.
    position.write(&args.position)?;
    loop {
        let page = patient(args, || feed.page(&position)).await?;
        for commit in page.commits {
            let seq = feed::seq(&commit);
            let id = format!("{}-{seq}", page.position.history);
            if !delivered(args, &post, &id, &commit).await {
                position::add_line(&args.dead_letters, &commit)?;
                tracing::error!(id, file = %args.dead_letters.display(), "a commit is a dead letter");
            }
            position = Position { history: page.position.history.clone(), seq };
            position.write(&args.position)?;
        }
        // What isn't wanted is passed by.
        position = page.position;
        position.write(&args.position)?;
    }
}

/// Reads, for as long as the server can't be reached.
async fn patient<T, F>(args: &WebhooksArgs, read: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Unread>>,
{
    let mut delays = delays(args).without_max_times().build();
    loop {
        match read().await {
            Ok(read) => return Ok(read),
            Err(Unread::ForGood(why)) => return Err(why.into()),
            Err(Unread::ForNow(why)) => {
                tracing::warn!(why, "the feed can't be read now");
                sleep(delays.next().unwrap_or(LONGEST_DELAY)).await;
            }
        }
    }
}

/// Whether a commit was taken, in the end.
async fn delivered(args: &WebhooksArgs, post: &Post, id: &str, commit: &Value) -> bool {
    let body = commit.to_string();
    let mut delays = delays(args).with_max_times(args.attempts as usize - 1).build();
    loop {
        let Err(why) = post.send(id, &body).await else { return true };
        let Some(delay) = delays.next() else {
            tracing::warn!(id, why, "a commit isn't taken");
            return false;
        };
        tracing::warn!(id, why, ?delay, "a commit isn't taken; it is tried again");
        sleep(delay).await;
    }
}

fn delays(args: &WebhooksArgs) -> ExponentialBuilder {
    ExponentialBuilder::new().with_min_delay(args.retry_delay).with_max_delay(LONGEST_DELAY).with_jitter()
}
