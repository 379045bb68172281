//! The center of a workload: sessions that are attended by two agents each, all made through the contract.

use std::time::Duration;

use chatsession::grpc::auth::{Grant, Role, development_secret, mint};
use tonic::{
    Request, Streaming,
    metadata::MetadataValue,
    transport::{Channel, Endpoint},
};

use crate::{
    Failure,
    pb::{
        self, acting_for::Who, administration_client::AdministrationClient, agent_desk_client::AgentDeskClient,
        apply_request::Object, chat_session_client::ChatSessionClient, event, watch_response,
    },
    process::Server,
};

/// Sessions that one agent of the workload holds.
const HELD: usize = 50;

/// Who calls: an integrator for everybody.
#[derive(Clone)]
pub(crate) struct Caller(Option<MetadataValue<tonic::metadata::Ascii>>);

impl Caller {
    /// The bare server asks nobody; ours wants a token.
    pub(crate) fn of(server: &Server) -> Result<Self, Failure> {
        let Some(data) = &server.data else { return Ok(Self(None)) };
        let grant = Grant {
            center: "bench".into(),
            role: Role::Integrator,
            subject: "bench".into(),
            session: None,
            audience: "chatsession".into(),
            issuer: chatsession::config::Settings::default().auth.issuer,
            life: Duration::from_secs(3600),
        };
        let grant = Grant { audience: chatsession::config::Settings::default().auth.audience, ..grant };
        let token = mint(&development_secret(data.path())?, &grant)?;
        Ok(Self(Some(format!("Bearer {token}").parse()?)))
    }

    pub(crate) fn call<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.0 {
            request.metadata_mut().insert("authorization", token.clone());
        }
        request
    }
}

/// Connections that calls take turns on.
pub(crate) async fn channels(url: &str, count: usize) -> Result<Vec<Channel>, Failure> {
    let mut channels = Vec::with_capacity(count);
    for _ in 0..count {
        channels.push(Endpoint::from_shared(url.to_owned())?.tcp_nodelay(true).connect().await?);
    }
    Ok(channels)
}

pub(crate) fn agent(id: &str) -> Option<pb::ActingFor> {
    Some(pb::ActingFor { who: Some(Who::AgentId(id.to_owned())) })
}

pub(crate) fn customer(id: &str) -> Option<pb::ActingFor> {
    Some(pb::ActingFor { who: Some(Who::CustomerId(id.to_owned())) })
}

/// A session of the workload.
#[derive(Clone, Debug)]
pub(crate) struct Chat {
    pub(crate) session: String,
    pub(crate) customer: String,
    pub(crate) agents: [String; 2],
}

pub(crate) fn request_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// What a chat's customer says; of the bare server's chats nobody in particular.
pub(crate) fn message(
    caller: &Caller,
    chat: &Chat,
    request_id: String,
    text: String,
) -> Request<pb::SendMessageRequest> {
    caller.call(pb::SendMessageRequest {
        request_id,
        acting_for: customer(&chat.customer).filter(|_| !chat.customer.is_empty()),
        session_id: chat.session.clone(),
        text,
        audience: pb::Audience::Everyone.into(),
        ..Default::default()
    })
}

/// Hands on the text of each message that a watch brings, until it ends.
pub(crate) async fn hear(mut stream: Streaming<pb::WatchResponse>, each: impl Fn(&str)) {
    while let Ok(Some(response)) = stream.message().await {
        let Some(watch_response::Kind::Events(events)) = response.kind else { continue };
        for event in events.events {
            if let Some(event::Kind::MessagePosted(posted)) = event.kind {
                each(&posted.text);
            }
        }
    }
}

pub(crate) fn queue(id: &str) -> Object {
    Object::Queue(pb::Queue { queue_id: id.into(), display_name: id.into(), ..Default::default() })
}

/// Applies a configuration.
pub(crate) async fn configure(channel: &Channel, caller: &Caller, objects: Vec<Object>) -> Result<(), Failure> {
    let objects = objects.into_iter().map(|object| pb::ApplyRequest { object: Some(object) });
    let objects = tokio_stream::iter(objects.collect::<Vec<_>>());
    AdministrationClient::new(channel.clone()).apply(caller.call(objects)).await?;
    Ok(())
}

fn objects(agents: usize) -> Vec<Object> {
    let week = prost_types::Duration { seconds: 7 * 86_400, nanos: 0 };
    let settings = pb::CenterSettings {
        lease_grace: Some(week),
        inactivity_time: Some(week),
        max_events: Some(100_000),
        ..Default::default()
    };
    let mut objects = vec![Object::Settings(settings), queue("desk")];
    objects.extend((0..agents).map(|at| {
        Object::Agent(pb::Agent {
            agent_id: format!("agent-{at}"),
            display_name: format!("Agent {at}"),
            queue_ids: if at % 2 == 0 { vec!["desk".into()] } else { Vec::new() },
            capacity: 100,
            supervisor: false,
            ..Default::default()
        })
    }));
    objects
}

/// Starts sessions, has each taken by one agent and joined by another; the agents' desks are closed again, so that the
/// watches of the workload are all there is.
pub(crate) async fn attended(server: &Server, caller: &Caller, sessions: usize) -> Result<Vec<Chat>, Failure> {
    let channel = channels(&server.url(), 1).await?.remove(0);
    let pairs = sessions.div_ceil(HELD);
    configure(&channel, caller, objects(2 * pairs)).await?;
    let mut desk = AgentDeskClient::new(channel.clone());
    let mut chat = ChatSessionClient::new(channel);
    let mut chats = Vec::with_capacity(sessions);
    for pair in 0..pairs {
        let (first, second) = (format!("agent-{}", 2 * pair), format!("agent-{}", 2 * pair + 1));
        let _desks =
            [sign_in(&mut desk, caller, &first, true).await?, sign_in(&mut desk, caller, &second, false).await?];
        for at in 0..HELD.min(sessions - pair * HELD) {
            let customer = format!("customer-{pair}-{at}");
            chats.push(attend(&mut chat, caller, customer, [first.clone(), second.clone()]).await?);
        }
        let not_ready = pb::SetStateRequest {
            request_id: request_id(),
            acting_for: agent(&first),
            status: pb::AgentStatus::NotReady.into(),
            reason: String::new(),
        };
        desk.set_state(caller.call(not_ready)).await?;
    }
    Ok(chats)
}

pub(crate) async fn sign_in(
    desk: &mut AgentDeskClient<Channel>,
    caller: &Caller,
    id: &str,
    ready: bool,
) -> Result<Streaming<pb::WatchDeskResponse>, Failure> {
    desk.sign_in(caller.call(pb::SignInRequest { request_id: request_id(), acting_for: agent(id) })).await?;
    let watch = pb::WatchDeskRequest { acting_for: agent(id), ..Default::default() };
    let stream = desk.watch_desk(caller.call(watch)).await?.into_inner();
    if ready {
        let status = pb::AgentStatus::Ready.into();
        let ready =
            pb::SetStateRequest { request_id: request_id(), acting_for: agent(id), status, reason: String::new() };
        desk.set_state(caller.call(ready)).await?;
    }
    Ok(stream)
}

async fn attend(
    chat: &mut ChatSessionClient<Channel>,
    caller: &Caller,
    id: String,
    agents: [String; 2],
) -> Result<Chat, Failure> {
    let start = pb::StartSessionRequest {
        request_id: request_id(),
        acting_for: customer(&id),
        queue_id: "desk".into(),
        ..Default::default()
    };
    let started = chat.start_session(caller.call(start)).await?.into_inner().session.ok_or("no session")?;
    let session_id = started.session_id;
    let seen = pb::GetSessionRequest { session_id: session_id.clone(), acting_for: None, min_revision: 0 };
    let seen = chat.get_session(caller.call(seen)).await?.into_inner().session.ok_or("no session")?;
    let offer = seen.open_offers.first().ok_or("no offer")?.offer_id.clone();
    accept(chat, caller, &session_id, offer, &agents[0]).await?;
    let invite = pb::InviteRequest {
        request_id: request_id(),
        acting_for: agent(&agents[0]),
        session_id: session_id.clone(),
        agent_id: agents[1].clone(),
        mode: pb::InviteMode::Conference.into(),
        ..Default::default()
    };
    let invited = chat.invite(caller.call(invite)).await?.into_inner();
    accept(chat, caller, &session_id, invited.offer_id, &agents[1]).await?;
    Ok(Chat { session: session_id, customer: id, agents })
}

pub(crate) async fn accept(
    chat: &mut ChatSessionClient<Channel>,
    caller: &Caller,
    session_id: &str,
    offer_id: String,
    id: &str,
) -> Result<(), Failure> {
    let session_id = session_id.to_owned();
    let accept = pb::AcceptOfferRequest { request_id: request_id(), acting_for: agent(id), session_id, offer_id };
    chat.accept_offer(caller.call(accept)).await?;
    Ok(())
}
