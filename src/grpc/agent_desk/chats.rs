//! Chats of colleagues among themselves.

use tonic::Status;

use crate::{
    center::{AgentId, Answer, Audience, Caller, ChatId, Command, Refusal, RequestId, Text},
    grpc::{
        edge::Call,
        from_pb::{self, All, Field, Violation},
        pb, status, to_pb,
    },
};

/// A page ends at about this many bytes, whatever was asked.
const PAGE_BYTES: usize = 1024 * 1024;

/// The longest name.
const NAME: usize = 256;

/// Agents that a start may name: more than a chat has are refused by the rules, with their own words.
const NAMED: usize = 100;

fn members(ids: &[String]) -> Field<std::collections::BTreeSet<AgentId>> {
    if ids.len() > NAMED {
        return from_pb::wrong("member_agent_ids", format!("are more than {NAMED}"));
    }
    let ids = ids.iter().enumerate();
    ids.map(|(at, id)| from_pb::agent_id(&format!("member_agent_ids[{at}]"), id)).collect()
}

fn chat(answer: &Answer) -> ChatId {
    ChatId::from_bytes(answer.session.map(|log| log.bytes()).unwrap_or_default())
}

fn own(caller: &Caller) -> Result<AgentId, Status> {
    caller.who.agent().cloned().ok_or_else(status::role_not_allowed)
}

pub(super) async fn start(call: Call, it: pb::StartChatRequest) -> Result<pb::StartChatResponse, Status> {
    let fields =
        (from_pb::request_id(&it.request_id), members(&it.member_agent_ids), from_pb::text("name", it.name, NAME));
    let (request, members, name) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    let answer = call.ask(caller.clone(), request, Command::StartChat { members, name }).await?;
    let (id, own) = (chat(&answer), own(&caller)?);
    let read = call
        .shard
        .handle
        .read(&call.center, move |center, _| center.chat_of(&own, id).map(|(chat, member)| to_pb::chat(chat, member)));
    let seen = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let chat = named(&call, seen).await?;
    Ok(pb::StartChatResponse { chat: Some(chat), is_new: answer.is_new, revision: u64::from(answer.revision) })
}

/// A chat with its name.
pub(in crate::grpc) async fn named(
    call: &Call,
    (mut chat, name): (pb::Chat, Option<Text>),
) -> Result<pb::Chat, Status> {
    if let Some(name) = name {
        let name = call.shard.feed.text(name).await.map_err(|error| status::unreadable(&error))?;
        chat.name = name.unwrap_or_default();
    }
    Ok(chat)
}

pub(super) async fn send(call: Call, it: pb::SendChatMessageRequest) -> Result<pb::SendChatMessageResponse, Status> {
    let fields = (from_pb::request_id(&it.request_id), from_pb::chat_id(&it.chat_id), from_pb::message(it.text, false));
    let (request, id, text) = fields.all().map_err(status::invalid)?;
    let answer = call.ask(call.caller(it.acting_for)?, request, Command::SendChatMessage { chat: id, text }).await?;
    Ok(pb::SendChatMessageResponse {
        chat_id: chat(&answer).to_string(),
        revision: u64::from(answer.revision),
        create_time: Some(to_pb::time(answer.time)),
        is_new: answer.is_new,
    })
}

pub(super) async fn add(call: Call, it: pb::AddChatMemberRequest) -> Result<pb::AddChatMemberResponse, Status> {
    let fields = (
        from_pb::request_id(&it.request_id),
        from_pb::chat_id(&it.chat_id),
        from_pb::agent_id("agent_id", &it.agent_id),
    );
    let (request, chat, agent) = fields.all().map_err(status::invalid)?;
    let answer = call.ask(call.caller(it.acting_for)?, request, Command::AddChatMember { chat, agent }).await?;
    Ok(pb::AddChatMemberResponse { revision: u64::from(answer.revision) })
}

fn fields(request_id: &str, chat_id: &str) -> Result<(RequestId, ChatId), Status> {
    (from_pb::request_id(request_id), from_pb::chat_id(chat_id)).all().map_err(status::invalid)
}

pub(super) async fn leave(call: Call, it: pb::LeaveChatRequest) -> Result<pb::LeaveChatResponse, Status> {
    let (request, chat) = fields(&it.request_id, &it.chat_id)?;
    let answer = call.ask(call.caller(it.acting_for)?, request, Command::LeaveChat { chat }).await?;
    Ok(pb::LeaveChatResponse { revision: u64::from(answer.revision) })
}

pub(super) async fn read(call: Call, it: pb::ReadChatUpToRequest) -> Result<pb::ReadChatUpToResponse, Status> {
    let (request, chat) = fields(&it.request_id, &it.chat_id)?;
    let command = Command::ReadChatUpTo { chat, revision: from_pb::revision(it.read_revision) };
    let answer = call.ask(call.caller(it.acting_for)?, request, command).await?;
    Ok(pb::ReadChatUpToResponse { revision: u64::from(answer.revision) })
}

/// A token is the last chat of the page before.
fn before(token: &str) -> Field<Option<ChatId>> {
    match token.is_empty() {
        true => Ok(None),
        false => {
            ChatId::parse(token).map_or_else(|| from_pb::wrong("page_token", "is none of ours"), |id| Ok(Some(id)))
        }
    }
}

pub(super) async fn list(call: Call, it: pb::ListChatsRequest) -> Result<pb::ListChatsResponse, Status> {
    let (most, before) =
        (from_pb::page_size(it.page_size, 50, 100), before(&it.page_token)).all().map_err(status::invalid)?;
    let own = own(&call.caller(it.acting_for)?)?;
    let read = call.shard.handle.read(&call.center, move |center, _| {
        center.agent(&own)?;
        let behind = center.chats_of(&own).filter(|(chat, _)| before.is_none_or(|before| chat.id < before));
        let wanted = behind.filter(|(chat, own)| !it.open_only || (chat.is_open() && own.left.is_none()));
        let page: Vec<_> = wanted.take(most + 1).map(|(chat, own)| to_pb::chat(chat, own)).collect();
        Ok::<_, Refusal>((page, center.seq))
    });
    let (mut page, center_seq) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let more = page.len() > most;
    page.truncate(most);
    let mut chats = Vec::with_capacity(page.len());
    for seen in page {
        chats.push(named(&call, seen).await?);
    }
    let next_page_token = chats.last().filter(|_| more).map(|chat| chat.chat_id.clone()).unwrap_or_default();
    Ok(pb::ListChatsResponse { chats, next_page_token, center_seq })
}

/// A token is the last revision of the page before.
fn page(token: &str, after: u64) -> Field<u32> {
    let wrong = |_| Violation { field: "page_token".into(), why: "is none of ours".into() };
    if token.is_empty() { Ok(from_pb::revision(after)) } else { token.parse().map_err(wrong) }
}

pub(super) async fn events(call: Call, it: pb::ListChatEventsRequest) -> Result<pb::ListChatEventsResponse, Status> {
    let fields = (
        from_pb::chat_id(&it.chat_id),
        from_pb::page_size(it.page_size, 100, 500),
        page(&it.page_token, it.after_revision),
    );
    let (chat, most, after) = fields.all().map_err(status::invalid)?;
    let own = own(&call.caller(it.acting_for)?)?;
    let read = call.shard.handle.read(&call.center, move |center, _| {
        center.agent(&own)?;
        let (chat, own) = center.chat_of(&own, chat)?;
        Ok::<_, Refusal>((own.joined_at - 1, own.left.unwrap_or(chat.revision)))
    });
    let (first, last) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    if after > last {
        return Err(status::of(Refusal::PositionInFuture { last }));
    }
    let (mut events, mut bytes, mut after) = (Vec::new(), 0, after.max(first));
    'page: while after < last {
        let commits = call.shard.feed.history(chat.log(), Audience::Staff, after, None).await;
        let commits = commits.map_err(|error| status::unreadable(&error))?;
        if commits.is_empty() {
            break;
        }
        for commit in commits {
            for event in commit.chat_events().filter(|event| event.revision > after && event.revision <= last) {
                if events.len() >= most || bytes >= PAGE_BYTES {
                    break 'page;
                }
                let event = to_pb::chat_event(&commit, event);
                bytes += prost::Message::encoded_len(&event);
                events.push(event);
            }
            after = commit.last.min(last);
        }
    }
    let reached = events.last().map_or(after, |event| event.revision as u32);
    let next_page_token = if reached < last { reached.to_string() } else { String::new() };
    Ok(pb::ListChatEventsResponse { events, next_page_token, revision: u64::from(last) })
}
