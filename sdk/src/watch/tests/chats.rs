use super::{
    super::{DeskEvent, desk_follow::DeskFollow},
    fake::{Fake, Opening, Then, all, broken, open},
};
use crate::generated::{
    AgentState, CaughtUp, Chat, ChatClosed, ChatEvent, ChatEvents, ChatMessagePosted, Desk, DeskOpened, Goodbye,
    GoodbyeReason, WatchDeskResponse, chat_event::Kind as ChatKind, watch_desk_response::Kind,
};

fn message(kind: Kind) -> WatchDeskResponse {
    WatchDeskResponse { kind: Some(kind) }
}

fn opened(chats: &[&str]) -> WatchDeskResponse {
    let chat = |id: &&str| Chat { chat_id: (*id).to_owned(), ..Default::default() };
    let state = Some(AgentState { agent_id: "ada".into(), ..Default::default() });
    let desk = Some(Desk { state, chats: chats.iter().map(chat).collect(), ..Default::default() });
    message(Kind::Opened(DeskOpened { stream_id: "1".into(), desk, ..Default::default() }))
}

fn events(chat_id: &str, events: impl IntoIterator<Item = (u64, ChatKind)>) -> WatchDeskResponse {
    let event = |(revision, kind)| ChatEvent { revision, kind: Some(kind), ..Default::default() };
    let events = events.into_iter().map(event).collect();
    message(Kind::ChatEvents(ChatEvents { chat_id: chat_id.to_owned(), events }))
}

fn said() -> ChatKind {
    ChatKind::MessagePosted(ChatMessagePosted::default())
}

fn closed() -> ChatKind {
    ChatKind::Closed(ChatClosed { reason: 1 })
}

fn signed_out() -> WatchDeskResponse {
    message(Kind::Goodbye(Goodbye { reason: GoodbyeReason::SignedOut.into(), resume_after_revision: 0 }))
}

type Positions = Vec<(String, u64)>;

fn at(positions: &[(&str, u64)]) -> Positions {
    positions.iter().map(|(id, revision)| ((*id).to_owned(), *revision)).collect()
}

#[tokio::test(start_paused = true)]
async fn each_chat_resumes_where_it_was_also_a_closed_one_that_the_desk_still_shows() {
    let caught_up = || message(Kind::CaughtUp(CaughtUp::default()));
    let fake = Fake::new([
        Opening::Stream(
            vec![
                opened(&["a", "b"]),
                events("a", [(4, said())]),
                events("b", [(7, said()), (8, closed())]),
                caught_up(),
            ],
            Then::Break(broken()),
        ),
        Opening::Stream(vec![opened(&["a", "b"]), events("a", [(4, said()), (5, said())])], Then::Break(broken())),
        Opening::Stream(vec![opened(&["a"]), caught_up()], Then::Break(broken())),
        Opening::Stream(vec![opened(&["a"]), signed_out()], Then::Close),
    ]);
    let items = all(open(DeskFollow::new(None, Vec::new(), Vec::new()), &fake).await.unwrap()).await;
    let delivered = items.into_iter().filter_map(|item| match item {
        Ok(DeskEvent::ChatEvent { chat_id, event }) => Some((chat_id, event.revision)),
        _ => None,
    });
    assert_eq!(delivered.collect::<Positions>(), at(&[("a", 4), ("b", 7), ("b", 8), ("a", 5)]));
    let named = fake.requests().into_iter().map(|request| {
        let positions = request.chat_positions.into_iter().rev();
        positions.map(|position| (position.chat_id, position.after_revision)).collect::<Positions>()
    });
    let (both, on) = (at(&[("a", 4), ("b", 8)]), at(&[("a", 5), ("b", 8)]));
    assert_eq!(named.collect::<Vec<_>>(), [at(&[]), both, on, at(&[("a", 5)])]);
}
