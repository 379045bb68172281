//! `AgentDesk`.

use std::sync::Arc;

use tonic::{Request, Response, Status, async_trait};

use super::{
    delivered,
    desk::{self, DeskStream},
    directory::{self, WindowStream},
    edge::{Call, Edge},
    from_pb::{self, All},
    pb::{self, agent_desk_server::AgentDesk},
    status, to_pb,
};
use crate::center::{Caller, Command, Refusal};

mod canned;
mod chats;
mod dispositions;
mod favourites;
mod targets;

pub(super) use chats::named;

/// The service, over an edge.
#[derive(Clone)]
pub struct AgentDeskService(pub Arc<Edge>);

type Reply<T> = Result<Response<T>, Status>;

impl Call {
    /// A command about the calling agent, and their state after it.
    async fn change(
        &self,
        acting_for: Option<pb::ActingFor>,
        request_id: &str,
        command: Command,
    ) -> Result<pb::AgentState, Status> {
        let (request,) = (from_pb::request_id(request_id),).all().map_err(status::invalid)?;
        let caller = self.caller(acting_for)?;
        self.ask(caller.clone(), request, command).await?;
        self.agent_state(caller).await
    }

    async fn agent_state(&self, caller: Caller) -> Result<pb::AgentState, Status> {
        let read = self.shard.handle.read(&self.center, move |center, _| {
            let id = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
            center.agent(id).map(|agent| to_pb::agent_state(agent, &center.settings))
        });
        read.await.map_err(status::unavailable)?.map_err(status::of)
    }
}

#[async_trait]
impl AgentDesk for AgentDeskService {
    async fn sign_in(&self, request: Request<pb::SignInRequest>) -> Reply<pb::SignInResponse> {
        let run = |call: Call, it: pb::SignInRequest| async move {
            let state = call.change(it.acting_for, &it.request_id, Command::SignIn).await?;
            Ok(pb::SignInResponse { state: Some(state) })
        };
        self.0.unary(request, run).await
    }

    async fn sign_out(&self, request: Request<pb::SignOutRequest>) -> Reply<pb::SignOutResponse> {
        let run = |call: Call, it: pb::SignOutRequest| async move {
            let command = Command::SignOut { hand_back: it.hand_back };
            let state = call.change(it.acting_for, &it.request_id, command).await?;
            Ok(pb::SignOutResponse { state: Some(state) })
        };
        self.0.unary(request, run).await
    }

    async fn set_state(&self, request: Request<pb::SetStateRequest>) -> Reply<pb::SetStateResponse> {
        let run = |call: Call, it: pb::SetStateRequest| async move {
            let fields = (
                from_pb::request_id(&it.request_id),
                from_pb::ready(it.status),
                from_pb::optional("reason", &it.reason, from_pb::code),
            );
            let (_, ready, reason) = fields.all().map_err(status::invalid)?;
            if ready && reason.is_some() {
                let why = "goes with NOT_READY".to_owned();
                return Err(status::of(Refusal::FieldInvalid { field: "reason".into(), why }));
            }
            let command = Command::SetState { ready, reason };
            let state = call.change(it.acting_for, &it.request_id, command).await?;
            Ok(pb::SetStateResponse { state: Some(state) })
        };
        self.0.unary(request, run).await
    }

    type WatchDeskStream = DeskStream;

    async fn watch_desk(&self, request: Request<pb::WatchDeskRequest>) -> Reply<DeskStream> {
        self.0.stream(desk::open(&self.0, request)).await
    }

    async fn renew(&self, request: Request<pb::AgentDeskRenewRequest>) -> Reply<pb::AgentDeskRenewResponse> {
        let run = |call: Call, it: pb::AgentDeskRenewRequest| async move {
            let positions = desk::received(&call, it.received)?;
            let open = call.edge.streams.renew(&call.identity, &it.stream_id);
            delivered::by_desk(&call, &it.stream_id, positions).await;
            Ok(pb::AgentDeskRenewResponse { open })
        };
        self.0.unary(request, run).await
    }

    async fn list_targets(&self, request: Request<pb::ListTargetsRequest>) -> Reply<pb::ListTargetsResponse> {
        self.0.unary(request, targets::list).await
    }

    async fn put_canned_response(
        &self,
        request: Request<pb::PutCannedResponseRequest>,
    ) -> Reply<pb::PutCannedResponseResponse> {
        self.0.unary(request, canned::put).await
    }

    async fn delete_canned_response(
        &self,
        request: Request<pb::DeleteCannedResponseRequest>,
    ) -> Reply<pb::DeleteCannedResponseResponse> {
        self.0.unary(request, canned::delete).await
    }

    async fn list_canned_responses(
        &self,
        request: Request<pb::ListCannedResponsesRequest>,
    ) -> Reply<pb::ListCannedResponsesResponse> {
        self.0.unary(request, canned::list).await
    }

    async fn list_dispositions(
        &self,
        request: Request<pb::ListDispositionsRequest>,
    ) -> Reply<pb::ListDispositionsResponse> {
        self.0.unary(request, dispositions::list).await
    }

    type WatchTargetsStream = WindowStream;

    async fn watch_targets(&self, request: Request<pb::WatchTargetsRequest>) -> Reply<WindowStream> {
        self.0.stream(directory::open(&self.0, request)).await
    }

    async fn put_favourite(&self, request: Request<pb::PutFavouriteRequest>) -> Reply<pb::PutFavouriteResponse> {
        self.0.unary(request, favourites::put).await
    }

    async fn delete_favourite(
        &self,
        request: Request<pb::DeleteFavouriteRequest>,
    ) -> Reply<pb::DeleteFavouriteResponse> {
        self.0.unary(request, favourites::delete).await
    }

    async fn start_chat(&self, request: Request<pb::StartChatRequest>) -> Reply<pb::StartChatResponse> {
        self.0.unary(request, chats::start).await
    }

    async fn send_chat_message(
        &self,
        request: Request<pb::SendChatMessageRequest>,
    ) -> Reply<pb::SendChatMessageResponse> {
        self.0.unary(request, chats::send).await
    }

    async fn add_chat_member(&self, request: Request<pb::AddChatMemberRequest>) -> Reply<pb::AddChatMemberResponse> {
        self.0.unary(request, chats::add).await
    }

    async fn leave_chat(&self, request: Request<pb::LeaveChatRequest>) -> Reply<pb::LeaveChatResponse> {
        self.0.unary(request, chats::leave).await
    }

    async fn read_chat_up_to(&self, request: Request<pb::ReadChatUpToRequest>) -> Reply<pb::ReadChatUpToResponse> {
        self.0.unary(request, chats::read).await
    }

    async fn list_chats(&self, request: Request<pb::ListChatsRequest>) -> Reply<pb::ListChatsResponse> {
        self.0.unary(request, chats::list).await
    }

    async fn list_chat_events(&self, request: Request<pb::ListChatEventsRequest>) -> Reply<pb::ListChatEventsResponse> {
        self.0.unary(request, chats::events).await
    }
}
