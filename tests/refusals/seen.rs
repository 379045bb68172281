//! What each caller may see of a session, through every read, and where streams begin.

use prost::Message;
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

use crate::{
    pb::{self, watch_desk_response, watch_response},
    stage::{Stage, unused},
    world::{BACKEND, Who, agent, customer},
};

async fn get(stage: &Stage, who: Who, session_id: &str) -> pb::Session {
    let get = pb::GetSessionRequest { session_id: session_id.into(), ..Default::default() };
    let seen: pb::GetSessionResponse = stage.world.call("ChatSession/GetSession", who, &get).await;
    seen.session.unwrap()
}

async fn list(stage: &Stage, who: Who, list: pb::ListSessionsRequest) -> pb::ListSessionsResponse {
    stage.world.call("ChatSession/ListSessions", who, &list).await
}

async fn say(stage: &Stage, who: Who, session_id: &str, audience: pb::Audience) {
    let message = pb::SendMessageRequest {
        request_id: unused(),
        session_id: session_id.into(),
        text: "hello".into(),
        audience: audience.into(),
        ..Default::default()
    };
    let _: pb::SendMessageResponse = stage.world.call("ChatSession/SendMessage", who, &message).await;
}

async fn watch(stage: &Stage, who: Who, session_id: &str, after: Option<u64>) -> Streaming<Vec<u8>> {
    let watch = pb::WatchRequest {
        session_id: session_id.into(),
        after_revision: after,
        snapshot: after.is_none(),
        ..Default::default()
    };
    let token = stage.world.token(who, None);
    stage.world.open("ChatSession/Watch", token.as_deref(), vec![watch.encode_to_vec()]).await.unwrap()
}

async fn next(stream: &mut Streaming<Vec<u8>>) -> watch_response::Kind {
    let message = stream.message().await.unwrap().unwrap();
    pb::WatchResponse::decode(message.as_slice()).unwrap().kind.unwrap()
}

/// The revisions that a stream brings until it has caught up.
async fn revisions(stream: &mut Streaming<Vec<u8>>) -> Vec<u64> {
    let mut seen = Vec::new();
    loop {
        match next(stream).await {
            watch_response::Kind::Events(events) => seen.extend(events.events.iter().map(|event| event.revision)),
            watch_response::Kind::CaughtUp(_) => return seen,
            watch_response::Kind::Goodbye(goodbye) => panic!("{goodbye:?} after {seen:?}"),
            _ => {}
        }
    }
}

/// Bob joins the attended session by Ann's invitation.
async fn join_bob(stage: &Stage) {
    let invite = pb::InviteRequest {
        request_id: unused(),
        session_id: stage.attended.clone(),
        agent_id: "bob".into(),
        mode: pb::InviteMode::Conference.into(),
        ..Default::default()
    };
    let invited: pb::InviteResponse = stage.world.call("ChatSession/Invite", agent("ann"), &invite).await;
    let accept = pb::AcceptOfferRequest {
        request_id: unused(),
        session_id: stage.attended.clone(),
        offer_id: invited.offer_id,
        ..Default::default()
    };
    let _: pb::AcceptOfferResponse = stage.world.call("ChatSession/AcceptOffer", agent("bob"), &accept).await;
}

async fn leave(stage: &Stage, who: Who) -> u64 {
    let leave = pb::LeaveRequest { request_id: unused(), session_id: stage.attended.clone(), ..Default::default() };
    let left: pb::LeaveResponse = stage.world.call("ChatSession/Leave", who, &leave).await;
    left.revision
}

#[tokio::test]
async fn given_an_agent_who_left_then_every_read_shows_the_session_as_it_was_then() {
    let stage = Stage::set().await;
    join_bob(&stage).await;
    let until = leave(&stage, agent("bob")).await;
    let then = get(&stage, BACKEND, &stage.attended).await;
    say(&stage, agent("ann"), &stage.attended, pb::Audience::Staff).await;
    let end = pb::EndSessionRequest { request_id: unused(), session_id: stage.attended.clone(), ..Default::default() };
    let _: pb::EndSessionResponse = stage.world.call("ChatSession/EndSession", customer("c1"), &end).await;

    let seen = get(&stage, agent("bob"), &stage.attended).await;
    assert_eq!(seen.revision, until);
    assert_eq!(seen, then, "as everyone saw it when he left");
    let listed = list(&stage, agent("bob"), Default::default()).await.sessions;
    assert_eq!(listed.iter().find(|it| it.session_id == stage.attended), Some(&then));
    for (state, found) in [(pb::SessionState::Attended, 1), (pb::SessionState::Ended, 0), (pb::SessionState::Closed, 0)]
    {
        let asked = pb::ListSessionsRequest { state: state.into(), ..Default::default() };
        let listed = list(&stage, agent("bob"), asked).await.sessions;
        assert_eq!(listed.iter().filter(|it| it.session_id == stage.attended).count(), found, "{state:?}");
    }
    let watch_response::Kind::Opened(opened) =
        next(&mut watch(&stage, agent("bob"), &stage.attended, None).await).await
    else {
        panic!("the opening comes first")
    };
    assert_eq!((opened.revision, opened.session), (until, Some(then)));
    stage.world.stop().await;
}

#[tokio::test]
async fn given_an_agent_who_came_back_then_a_watch_from_the_start_goes_on_past_their_leaving() {
    let stage = Stage::set().await;
    join_bob(&stage).await;
    leave(&stage, agent("bob")).await;
    say(&stage, agent("ann"), &stage.attended, pb::Audience::Staff).await;
    join_bob(&stage).await;
    let last = get(&stage, BACKEND, &stage.attended).await.revision;
    let mut stream = watch(&stage, agent("bob"), &stage.attended, Some(0)).await;
    assert_eq!(revisions(&mut stream).await, (1..=last).collect::<Vec<_>>());
    stage.world.stop().await;
}

#[tokio::test]
async fn given_a_position_inside_a_commit_then_what_comes_is_what_lies_behind_it() {
    let stage = Stage::set().await;
    for who in [customer("c2"), BACKEND] {
        let last = get(&stage, who, &stage.waiting).await.revision;
        for after in 0..=last {
            let mut stream = watch(&stage, who, &stage.waiting, Some(after)).await;
            assert_eq!(revisions(&mut stream).await, (after + 1..=last).collect::<Vec<_>>(), "after {after}");
        }
    }
    stage.world.stop().await;
}

#[tokio::test]
async fn given_a_customer_then_a_list_tells_nothing_of_staffs_doings() {
    let stage = Stage::set().await;
    let asked = |state: pb::SessionState| pb::ListSessionsRequest { state: state.into(), ..Default::default() };
    let before = list(&stage, customer("c1"), Default::default()).await;
    say(&stage, agent("ann"), &stage.attended, pb::Audience::Staff).await;
    assert_eq!(list(&stage, customer("c1"), Default::default()).await, before, "a whisper is nowhere to be seen");
    // One is closed, the other's after-chat work is open: a customer can't tell.
    for (who, session) in [(customer("c3"), &stage.ended), (customer("c4"), &stage.wrapping)] {
        let ended = list(&stage, who, asked(pb::SessionState::Ended)).await.sessions;
        assert_eq!(ended.iter().map(|it| &it.session_id).collect::<Vec<_>>(), [session]);
        assert_eq!(list(&stage, who, asked(pb::SessionState::Closed)).await.sessions, []);
    }
    stage.world.stop().await;
}

#[tokio::test]
async fn given_pages_of_any_size_then_each_session_is_listed_once() {
    let stage = Stage::set().await;
    let all: Vec<String> =
        list(&stage, BACKEND, Default::default()).await.sessions.into_iter().map(|it| it.session_id).collect();
    assert_eq!(all.len(), 5);
    for size in 1..=5 {
        let (mut found, mut token) = (Vec::new(), String::new());
        loop {
            let page = pb::ListSessionsRequest { page_size: size, page_token: token, ..Default::default() };
            let page = list(&stage, BACKEND, page).await;
            assert!(!page.sessions.is_empty(), "no page is empty");
            found.extend(page.sessions.into_iter().map(|it| it.session_id));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(found, all, "pages of {size}");
    }
    stage.world.stop().await;
}

#[tokio::test]
async fn given_a_desk_with_a_position_that_never_was_then_it_is_refused_and_others_watch_on() {
    let stage = Stage::set().await;
    let last = get(&stage, BACKEND, &stage.attended).await.revision;
    let mut backend = watch(&stage, BACKEND, &stage.attended, Some(last)).await;
    assert_eq!(revisions(&mut backend).await, Vec::<u64>::new());
    let token = stage.world.token(agent("ann"), None);
    let desk = async |after_revision| {
        let positions = vec![pb::SessionPosition { session_id: stage.attended.clone(), after_revision }];
        let desk = pb::WatchDeskRequest { positions, ..Default::default() };
        stage.world.open("AgentDesk/WatchDesk", token.as_deref(), vec![desk.encode_to_vec()]).await
    };
    for wrong in [last + 1, u64::from(u32::MAX), u64::MAX] {
        let refused = desk(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::OutOfRange);
        let info = refused.get_details_error_info().unwrap();
        assert_eq!(
            (info.reason.as_str(), info.metadata["last_revision"].as_str()),
            ("POSITION_IN_FUTURE", last.to_string().as_str())
        );
    }
    let mut ann = desk(last).await.unwrap();
    say(&stage, customer("c1"), &stage.attended, pb::Audience::Everyone).await;
    let watch_response::Kind::Events(events) = next(&mut backend).await else { panic!("the message comes next") };
    assert_eq!(events.events[0].revision, last + 1);
    loop {
        let message = ann.message().await.unwrap().unwrap();
        if let Some(watch_desk_response::Kind::Events(events)) =
            pb::WatchDeskResponse::decode(message.as_slice()).unwrap().kind
        {
            assert_eq!(events.events[0].revision, last + 1);
            break;
        }
    }
    stage.world.stop().await;
}
