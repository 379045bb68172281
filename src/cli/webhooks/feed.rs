//! The feed, page by page, in the JSON that is posted on.

use std::time::Duration;

use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};

use super::position::Position;
use crate::cli::{Failure, connect::ConnectArgs};

/// How long a page is waited for where nothing happens.
const WAIT: &str = "20s";

/// A call that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(40);

/// Why a page can't be had.
pub(super) enum Unread {
    /// It may be later.
    ForNow(String),
    /// It won't be.
    ForGood(String),
}

/// Commits, and where to go on.
pub(super) struct Page {
    pub(super) commits: Vec<Value>,
    pub(super) position: Position,
}

/// A center's feed.
pub(super) struct Feed<'a> {
    http: Client,
    connect: &'a ConnectArgs,
    kinds: &'a [String],
}

/// A commit's number. 64 bits are text in JSON.
pub(super) fn seq(of: &Value) -> u64 {
    of["centerSeq"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

impl<'a> Feed<'a> {
    pub(super) fn new(connect: &'a ConnectArgs, kinds: &'a [String]) -> Result<Self, Failure> {
        let http = super::post::http().timeout(PATIENCE).build()?;
        Ok(Self { http, connect, kinds })
    }

    /// Behind the last commit that there is.
    pub(super) async fn end(&self) -> Result<Position, Unread> {
        // Whatever reads the center says so.
        let settings = self.call("Administration/GetSettings", &json!({})).await?;
        Ok(Position { history: String::new(), seq: seq(&settings) })
    }

    /// What comes behind a position; it is waited for.
    pub(super) async fn page(&self, position: &Position) -> Result<Page, Unread> {
        let asked = json!({
            "afterCenterSeq": position.seq,
            "historyId": position.history,
            "filter": { "kinds": self.kinds },
            "wait": WAIT,
        });
        let mut page = self.call("EventFeed/ListCommits", &asked).await?;
        let commits = page["commits"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let history = page["historyId"].as_str().unwrap_or_default().to_owned();
        Ok(Page { commits, position: Position { history, seq: seq(&page) } })
    }

    async fn call(&self, method: &str, asked: &Value) -> Result<Value, Unread> {
        let token = self.connect.token().map_err(|error| Unread::ForGood(error.to_string()))?;
        let request = self.http.post(format!("{}/chatsession.v1.{method}", self.connect.server()));
        // Longer than the wait: without it the call would have ten seconds.
        let request = request.header("connect-timeout-ms", "30000").header(header::CONTENT_TYPE, "application/json");
        let answer = request.bearer_auth(token).body(asked.to_string()).send().await;
        let passing = |error: reqwest::Error| Unread::ForNow(chatsession::telemetry::causes(&error));
        let answer = answer.map_err(passing)?;
        let status = answer.status();
        let text = answer.bytes().await.map_err(passing)?;
        let body: Value = serde_json::from_slice(&text).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let why = format!("{status}: {} {}", body["reason"].as_str().unwrap_or("?"), body["message"]);
        let is_passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Err(if is_passing { Unread::ForNow(why) } else { Unread::ForGood(why) })
    }
}
