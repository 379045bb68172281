//! What curl does: a call at a time, in JSON.

use std::time::Duration;

use bytes::Bytes;
use chatsession::grpc::auth::Role;
use chatsession_sdk::{Holder, SessionHandle};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::{
    web::send,
    world::{World, soon},
};

async fn post(world: &World, token: &str, method: &str, body: impl Into<Bytes>) -> (StatusCode, Value) {
    let request = Request::post(format!("/chatsession.v1.{method}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let answer = send(world, request, body.into()).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    let (head, body) = answer.into_parts();
    let body = soon(body.collect()).await.unwrap().to_bytes();
    (head.status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_chat_is_held_in_json() {
    let world = World::new().await;
    let token = world.token("here", Role::Customer, "mia");
    let call = async |method: &str, body: Value| post(&world, &token, method, body.to_string()).await;
    // Names are those of JSON, or the contract's own.
    let asked = json!({ "requestId": "r-1", "queue_id": "sales", "customerName": "Mia" });
    let (status, started) = call("ChatSession/StartSession", asked.clone()).await;
    assert_eq!(status, StatusCode::OK, "{started}");
    assert_eq!(
        call("ChatSession/StartSession", asked).await.1["session"]["sessionId"],
        started["session"]["sessionId"]
    );
    let session = started["session"]["sessionId"].as_str().unwrap();
    let said = json!({ "request_id": "r-2", "session_id": session, "text": "Grüße" });
    let (status, said) = call("ChatSession/SendMessage", said).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let revision: u64 = said["revision"].as_str().unwrap().parse().unwrap();
    // Who can't stream waits for what comes.
    let waits =
        call("ChatSession/ListEvents", json!({ "sessionId": session, "afterRevision": revision - 1, "wait": "25s" }));
    let (status, listed) = waits.await;
    assert_eq!(status, StatusCode::OK, "{listed}");
    assert_eq!(listed["events"][0]["messagePosted"]["text"], "Grüße");
    assert_eq!(listed["events"][0]["audience"], "AUDIENCE_EVERYONE");
}

/// A session of which nothing new will be heard, and a call that waits for it.
async fn waiting(world: &World) -> (SessionHandle, String) {
    let session = world.integrator().await.session(world.customer("mia").await.session.id());
    let last = session.get().send().await.unwrap().revision;
    let asked = json!({ "sessionId": session.id(), "afterRevision": last, "wait": "25s" });
    (session, asked.to_string())
}

/// Calls until one that was begun before them waits at the server.
async fn meanwhile(session: &SessionHandle) {
    for _ in 0..20 {
        session.get().send().await.unwrap();
    }
}

#[tokio::test]
async fn given_a_call_that_waits_when_the_server_stops_then_it_is_told_so_at_once() {
    let mut world = World::new().await;
    let (session, asked) = waiting(&world).await;
    let (token, server) = (world.token("here", Role::Integrator, "exporter"), world.server.take().unwrap());
    let stopping = async {
        meanwhile(&session).await;
        tokio::time::timeout(Duration::from_secs(5), server.stop()).await
    };

    let ((status, answer), stopped) = tokio::join!(post(&world, &token, "ChatSession/ListEvents", asked), stopping);

    stopped.expect("nobody keeps it").unwrap();
    assert_eq!((status, answer["reason"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("DRAINING")));
}

#[tokio::test]
async fn given_calls_that_wait_when_the_credential_is_revoked_then_they_bring_nothing_more() {
    let world = World::new().await;
    let (session, asked) = waiting(&world).await;
    let token = world.token("here", Role::Integrator, "exporter");
    let backend = world.integrator().await;
    let seq = session.events().pages().all().await.unwrap().iter().map(|event| event.center_seq).max();
    let commits = json!({ "afterCenterSeq": seq, "filter": { "kinds": ["message_posted"] }, "wait": "25s" });
    let revoking = async {
        meanwhile(&session).await;
        let exporter = Holder::Service("exporter".into());
        backend.administration().revoke_credentials(exporter).send().await.unwrap();
        backend.acting_for_customer("mia").session(session.id()).say("a secret").send().await.unwrap();
    };

    let (events, commits, ()) = tokio::join!(
        post(&world, &token, "ChatSession/ListEvents", asked),
        post(&world, &token, "EventFeed/ListCommits", commits.to_string()),
        revoking
    );

    for (status, answer) in [events, commits] {
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{answer}");
        assert_eq!(answer["reason"], "CREDENTIAL_INVALID");
    }
}

#[tokio::test]
async fn a_refusal_in_json_has_the_contracts_reason() {
    let mut world = World::new().await;
    let token = world.token("here", Role::Customer, "mia");
    let start = "ChatSession/StartSession";
    let good = json!({ "requestId": "r-1", "queueId": "sales" }).to_string();
    let nowhere = json!({ "requestId": "r-1", "queueId": "nowhere" }).to_string();
    let long = format!(r#"{{"requestId": "r-1", "queueId": "{}"}}"#, "x".repeat(2 << 20));
    for (token, method, body, code, reason) in [
        ("x", start, good.as_str(), 401, "CREDENTIAL_INVALID"),
        (&token, start, &nowhere, 404, "QUEUE_NOT_FOUND"),
        (&token, start, "{", 400, "FIELD_INVALID"),
        (&token, start, "[]", 400, "FIELD_INVALID"),
        (&token, start, "{} {}", 400, "FIELD_INVALID"),
        (&token, start, r#"{"queue": "sales"}"#, 400, "FIELD_INVALID"),
        (&token, start, r#"{"queueId": 7}"#, 400, "FIELD_INVALID"),
        (&token, start, "", 400, "FIELD_INVALID"),
        (&token, start, &long, 429, "LIMIT_REACHED"),
        (&token, "AgentDesk/SignIn", r#"{"requestId": "r"}"#, 403, "ROLE_NOT_ALLOWED"),
    ] {
        let (status, refused) = post(&world, token, method, body.to_owned()).await;
        assert_eq!((status.as_u16(), refused["reason"].as_str()), (code, Some(reason)), "{method} {refused}");
    }
    let fields = post(&world, &token, start, r#"{"requestId": "?", "queueId": "a b"}"#).await.1;
    assert_eq!(fields["fields"][1]["field"], "queue_id", "{fields}");
    for method in ["ChatSession/Watch", "ChatSession/Nothing", "Nothing/StartSession"] {
        let (status, refused) = post(&world, &token, method, "{}").await;
        assert_eq!((status.as_u16(), refused["code"].as_str()), (501, Some("unimplemented")), "{refused}");
        assert_eq!(refused["reason"], "METHOD_UNKNOWN");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_field_of_another_type_is_named_in_json() {
    let world = World::new().await;
    let token = world.token("here", Role::Customer, "mia");
    for (body, field) in [
        (r#"{"queueId": 7}"#, "queueId"),
        (r#"{"attributes": [{"name": "a"}, {"name": []}]}"#, "attributes[1].name"),
        (r#"{"queue": "sales"}"#, "request"),
        ("{", "request"),
        ("[]", "request"),
    ] {
        let (_, refused) = post(&world, &token, "ChatSession/StartSession", body).await;
        assert_eq!(refused["fields"][0]["field"], field, "{refused}");
    }
}

#[tokio::test]
async fn what_the_headers_of_a_call_in_json_say_is_kept_or_refused() {
    let world = World::new().await;
    let token = world.token("here", Role::Customer, "mia");
    let asked = async |name: &str, value: &str| {
        let request = Request::post("/chatsession.v1.ChatSession/StartSession")
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(name, value);
        let answer = send(&world, request, r#"{"requestId": "r-1", "queueId": "sales"}"#.into()).await;
        let status = answer.status().as_u16();
        let body = soon(answer.into_body().collect()).await.unwrap().to_bytes();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    for kept in
        [("connect-timeout-ms", "9999999999"), ("connect-timeout-ms", "20000"), ("content-encoding", "identity")]
    {
        assert_eq!(asked(kept.0, kept.1).await.0, 200, "{kept:?}");
    }
    for wrong in ["", "-1", "1s", "12345678901"] {
        let (status, refused) = asked("connect-timeout-ms", wrong).await;
        assert_eq!((status, refused["fields"][0]["field"].as_str()), (400, Some("connect-timeout-ms")), "{wrong}");
    }
    let (status, refused) = asked("content-encoding", "gzip").await;
    assert_eq!((status, refused["reason"].as_str()), (501, Some("COMPRESSION_UNSUPPORTED")));
}
