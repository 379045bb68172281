//! `ChatSession`: each call is parsed, asked of the shard, and told.

use std::sync::Arc;

use tonic::{Request, Response, Status, async_trait};

use super::{
    as_it_was::Seen,
    delivered,
    edge::{Call, Edge},
    from_pb::{self, All, NOTE, Violation},
    pb::{self, chat_session_server::ChatSession},
    status, to_pb,
    watch::WatchStream,
};
use crate::center::{
    Access, Answer, Caller, Command, Refusal, RequestId, Session, SessionId, StartSession, TransferToQueue, Viewer, Who,
};

mod attachments;
mod availability;
mod case;
mod history;
mod list;
mod message;
mod typing;

/// The service, over an edge.
#[derive(Clone)]
pub struct ChatSessionService(pub Arc<Edge>);

type Reply<T> = Result<Response<T>, Status>;

/// The revision of an answer, in the caller's numbering.
pub(super) fn revision(answer: &Answer, caller: &Caller) -> u64 {
    u64::from(if matches!(caller.who, Who::Customer(_)) { answer.public } else { answer.revision })
}

impl Call {
    /// A command with the fields that every one has.
    pub(super) async fn mutate(
        &self,
        acting_for: Option<pb::ActingFor>,
        request: RequestId,
        command: Command,
    ) -> Result<(Answer, Caller), Status> {
        let caller = self.caller(acting_for)?;
        let answer = self.ask(caller.clone(), request, command).await?;
        Ok((answer, caller))
    }

    /// A command by which its caller joins a session; the session after it, and its revision.
    pub(super) async fn join(
        &self,
        acting_for: Option<pb::ActingFor>,
        request: RequestId,
        command: Command,
    ) -> Result<(pb::Session, u64), Status> {
        let (answer, caller) = self.mutate(acting_for, request, command).await?;
        let session = self.show(eyes(&caller), answer.session).await?;
        Ok((session, revision(&answer, &caller)))
    }

    /// The session after a command, as its caller sees it.
    async fn show(&self, viewer: Viewer, session: Option<SessionId>) -> Result<pb::Session, Status> {
        self.show_from(viewer, session, 0).await
    }

    /// The same, once it has come to a revision.
    async fn show_from(
        &self,
        viewer: Viewer,
        session: Option<SessionId>,
        revision: u64,
    ) -> Result<pb::Session, Status> {
        let session = session.ok_or_else(|| status::of(Refusal::SessionNotFound))?;
        let (eyes, of) = (viewer.clone(), viewer);
        let see = move |session: &Session, access: Access| Seen::of(session, &access, &eyes);
        self.see_from(of, session, revision, see).await?.filled(self).await
    }
}

fn eyes(caller: &Caller) -> Viewer {
    match &caller.who {
        Who::Customer(key) => Viewer::Customer(*key, None),
        Who::Agent(agent) => Viewer::Agent(agent.clone()),
        Who::Supervisor(_) | Who::Service(_) | Who::System => Viewer::All,
    }
}

#[async_trait]
impl ChatSession for ChatSessionService {
    async fn start_session(&self, request: Request<pb::StartSessionRequest>) -> Reply<pb::StartSessionResponse> {
        self.0.unary(request, start_session).await
    }

    async fn get_session(&self, request: Request<pb::GetSessionRequest>) -> Reply<pb::GetSessionResponse> {
        let run = |call: Call, it: pb::GetSessionRequest| async move {
            let (session,) = (call.session(&it.session_id),).all().map_err(status::invalid)?;
            let viewer = call.viewer(it.acting_for)?;
            let session = call.show_from(viewer, Some(session), it.min_revision).await?;
            match it.min_revision > session.revision {
                true => Err(status::of(Refusal::PositionInFuture { last: session.revision as u32 })),
                false => Ok(pb::GetSessionResponse { session: Some(session) }),
            }
        };
        self.0.unary(request, run).await
    }

    async fn list_sessions(&self, request: Request<pb::ListSessionsRequest>) -> Reply<pb::ListSessionsResponse> {
        self.0.unary(request, list::list).await
    }

    async fn invite(&self, request: Request<pb::InviteRequest>) -> Reply<pb::InviteResponse> {
        let run = |call: Call, it: pb::InviteRequest| async move {
            let fields = (
                from_pb::request_id(&it.request_id),
                call.session(&it.session_id),
                from_pb::agent_id("agent_id", &it.agent_id),
                from_pb::mode(it.mode),
                from_pb::text("note", it.note, NOTE),
                from_pb::millis("ring_time", it.ring_time, 1_000, 600_000),
            );
            let (request, session, agent, mode, note, ring) = fields.all().map_err(status::invalid)?;
            let expected = from_pb::expected(it.expected_revision);
            let command = Command::Invite { session, agent, mode, note, ring, expected };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::InviteResponse {
                offer_id: answer.offer.map(|offer| offer.to_string()).unwrap_or_default(),
                expire_time: Some(to_pb::time(answer.expire)),
                revision: revision(&answer, &caller),
            })
        };
        self.0.unary(request, run).await
    }

    async fn cancel_invitation(
        &self,
        request: Request<pb::CancelInvitationRequest>,
    ) -> Reply<pb::CancelInvitationResponse> {
        let run = |call: Call, it: pb::CancelInvitationRequest| async move {
            let (request, session, offer) = offer(&call, &it.request_id, &it.session_id, &it.offer_id)?;
            let command = Command::CancelInvitation { session, offer };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::CancelInvitationResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn accept_offer(&self, request: Request<pb::AcceptOfferRequest>) -> Reply<pb::AcceptOfferResponse> {
        let run = |call: Call, it: pb::AcceptOfferRequest| async move {
            let (request, session, offer) = offer(&call, &it.request_id, &it.session_id, &it.offer_id)?;
            let (session, revision) =
                call.join(it.acting_for, request, Command::AcceptOffer { session, offer }).await?;
            Ok(pb::AcceptOfferResponse { session: Some(session), revision })
        };
        self.0.unary(request, run).await
    }

    async fn decline_offer(&self, request: Request<pb::DeclineOfferRequest>) -> Reply<pb::DeclineOfferResponse> {
        let run = |call: Call, it: pb::DeclineOfferRequest| async move {
            let (request, session, offer) = offer(&call, &it.request_id, &it.session_id, &it.offer_id)?;
            call.mutate(it.acting_for, request, Command::DeclineOffer { session, offer }).await?;
            Ok(pb::DeclineOfferResponse { revision: 0 })
        };
        self.0.unary(request, run).await
    }

    async fn transfer_to_queue(
        &self,
        request: Request<pb::TransferToQueueRequest>,
    ) -> Reply<pb::TransferToQueueResponse> {
        let run = |call: Call, it: pb::TransferToQueueRequest| async move {
            let fields = (
                from_pb::request_id(&it.request_id),
                call.session(&it.session_id),
                from_pb::queue_id("queue_id", &it.queue_id),
                from_pb::leave(it.leave),
                from_pb::text("note", it.note, NOTE),
                it.priority.map(from_pb::priority).transpose(),
                from_pb::wanted_whole(it.skills),
                from_pb::language(&it.language),
            );
            let (request, session, queue, leave, note, priority, skills, language) =
                fields.all().map_err(status::invalid)?;
            let expected = from_pb::expected(it.expected_revision);
            let transfer = TransferToQueue { session, queue, leave, note, priority, expected, skills, language };
            let command = Command::TransferToQueue(Box::new(transfer));
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::TransferToQueueResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn withdraw_from_queue(
        &self,
        request: Request<pb::WithdrawFromQueueRequest>,
    ) -> Reply<pb::WithdrawFromQueueResponse> {
        let run = |call: Call, it: pb::WithdrawFromQueueRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let expected = from_pb::expected(it.expected_revision);
            let command = Command::WithdrawFromQueue { session, expected };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::WithdrawFromQueueResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn leave(&self, request: Request<pb::LeaveRequest>) -> Reply<pb::LeaveResponse> {
        let run = |call: Call, it: pb::LeaveRequest| async move {
            let fields =
                (from_pb::request_id(&it.request_id), call.session(&it.session_id), from_pb::if_last(it.if_last));
            let (request, session, if_last) = fields.all().map_err(status::invalid)?;
            let expected = from_pb::expected(it.expected_revision);
            let command = Command::Leave { session, if_last, expected };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::LeaveResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn end_session(&self, request: Request<pb::EndSessionRequest>) -> Reply<pb::EndSessionResponse> {
        let run = |call: Call, it: pb::EndSessionRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let expected = from_pb::expected(it.expected_revision);
            let command = Command::EndSession { session, end_for_all: it.end_for_all, expected };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::EndSessionResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn send_message(&self, request: Request<pb::SendMessageRequest>) -> Reply<pb::SendMessageResponse> {
        self.0.unary(request, message::send).await
    }

    async fn send_typing(&self, request: Request<pb::SendTypingRequest>) -> Reply<pb::SendTypingResponse> {
        self.0.unary(request, typing::send).await
    }

    async fn read_up_to(&self, request: Request<pb::ReadUpToRequest>) -> Reply<pb::ReadUpToResponse> {
        let run = |call: Call, it: pb::ReadUpToRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let command = Command::ReadUpTo { session, revision: from_pb::revision(it.read_revision) };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::ReadUpToResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    type WatchStream = WatchStream;

    async fn watch(&self, request: Request<pb::WatchRequest>) -> Reply<WatchStream> {
        // Large while it opens, and then no more.
        self.0.stream(Box::pin(WatchStream::open(&self.0, request))).await
    }

    async fn renew(&self, request: Request<pb::RenewRequest>) -> Reply<pb::RenewResponse> {
        let run = |call: Call, it: pb::RenewRequest| async move {
            let open = call.edge.streams.renew(&call.identity, &it.stream_id);
            delivered::by_watch(&call, &it.stream_id, from_pb::revision(it.received_revision)).await;
            Ok(pb::RenewResponse { open })
        };
        self.0.unary(request, run).await
    }

    async fn list_events(&self, request: Request<pb::ListEventsRequest>) -> Reply<pb::ListEventsResponse> {
        let patience = self.0.patience(&request);
        self.0.unary(request, |call, it| history::list(call, it, patience)).await
    }

    async fn set_disposition(&self, request: Request<pb::SetDispositionRequest>) -> Reply<pb::SetDispositionResponse> {
        let run = |call: Call, it: pb::SetDispositionRequest| async move {
            let fields = (
                from_pb::request_id(&it.request_id),
                call.session(&it.session_id),
                match it.code.is_empty() && it.notes.is_empty() {
                    true => from_pb::wrong("code", "is required, unless there are notes"),
                    false => from_pb::optional("code", &it.code, from_pb::code),
                },
                from_pb::text("notes", it.notes, NOTE),
            );
            let (request, session, code, notes) = fields.all().map_err(status::invalid)?;
            let command = Command::SetDisposition { session, code, notes };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::SetDispositionResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn complete_wrap_up(&self, request: Request<pb::CompleteWrapUpRequest>) -> Reply<pb::CompleteWrapUpResponse> {
        let run = |call: Call, it: pb::CompleteWrapUpRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let (answer, caller) = call.mutate(it.acting_for, request, Command::CompleteWrapUp { session }).await?;
            Ok(pb::CompleteWrapUpResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn take_from_queue(&self, request: Request<pb::TakeFromQueueRequest>) -> Reply<pb::TakeFromQueueResponse> {
        let run = |call: Call, it: pb::TakeFromQueueRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let command = Command::TakeFromQueue { session, override_capacity: it.override_capacity };
            let (session, revision) = call.join(it.acting_for, request, command).await?;
            Ok(pb::TakeFromQueueResponse { session: Some(session), revision })
        };
        self.0.unary(request, run).await
    }

    async fn update_session(&self, request: Request<pb::UpdateSessionRequest>) -> Reply<pb::UpdateSessionResponse> {
        self.0.unary(request, case::update).await
    }

    async fn raise_flag(&self, request: Request<pb::RaiseFlagRequest>) -> Reply<pb::RaiseFlagResponse> {
        self.0.unary(request, case::raise_flag).await
    }

    async fn clear_flag(&self, request: Request<pb::ClearFlagRequest>) -> Reply<pb::ClearFlagResponse> {
        self.0.unary(request, case::clear_flag).await
    }

    async fn get_availability(
        &self,
        request: Request<pb::GetAvailabilityRequest>,
    ) -> Reply<pb::GetAvailabilityResponse> {
        self.0.unary(request, availability::get).await
    }

    async fn create_attachment(
        &self,
        request: Request<pb::CreateAttachmentRequest>,
    ) -> Reply<pb::CreateAttachmentResponse> {
        self.0.unary(request, attachments::create).await
    }

    async fn get_attachment(&self, request: Request<pb::GetAttachmentRequest>) -> Reply<pb::GetAttachmentResponse> {
        self.0.unary(request, attachments::get).await
    }
}

pub(super) fn session(call: &Call, request_id: &str, session_id: &str) -> Result<(RequestId, SessionId), Status> {
    (from_pb::request_id(request_id), call.session(session_id)).all().map_err(status::invalid)
}

fn offer(
    call: &Call,
    request_id: &str,
    session_id: &str,
    offer_id: &str,
) -> Result<(RequestId, SessionId, crate::center::OfferId), Status> {
    let fields = (from_pb::request_id(request_id), call.session(session_id), from_pb::offer_id(offer_id));
    fields.all().map_err(status::invalid)
}

async fn start_session(call: Call, it: pb::StartSessionRequest) -> Result<pb::StartSessionResponse, Status> {
    let by_customer = call.identity.role == super::auth::Role::Customer;
    let reserved = |field: &str, given: bool| match given && by_customer {
        true => from_pb::wrong(field, "is for integrators"),
        false => Ok(()),
    };
    let priority = reserved("priority", it.priority != 0).and_then(|()| from_pb::priority(it.priority));
    let agent = reserved("agent_id", !it.agent_id.is_empty());
    let agent = agent.and_then(|()| from_pb::optional("agent_id", &it.agent_id, from_pb::agent_id));
    let skills = reserved("skills", !it.skills.is_empty()).and_then(|()| from_pb::wanted("skills", it.skills));
    let fields = (
        from_pb::request_id(&it.request_id),
        from_pb::queue_id("queue_id", &it.queue_id),
        from_pb::text("customer_name", it.customer_name, 256),
        from_pb::language(&it.language),
        priority,
        from_pb::attributes(it.attributes),
        agent,
        skills,
        from_pb::channel(it.channel),
    );
    let (request, queue, name, language, priority, attributes, agent, skills, channel) =
        fields.all().map_err(status::invalid)?;
    let customer_id = match it.acting_for.as_ref().and_then(|acting_for| acting_for.who.as_ref()) {
        Some(pb::acting_for::Who::CustomerId(id)) => id.clone(),
        _ => call.identity.subject.clone(),
    };
    let caller = call.caller(it.acting_for)?;
    let Who::Customer(customer) = caller.who else { return Err(status::role_not_allowed()) };
    if call.is_bound() {
        return Err(status::role_not_allowed());
    }
    from_pb::customer_id("acting_for.customer_id", &customer_id)
        .map_err(|wrong: Violation| status::invalid(vec![wrong]))?;
    let start =
        StartSession { customer, customer_id, name, queue, language, priority, attributes, skills, channel, agent };
    let answer = call.ask(caller.clone(), request, Command::StartSession(Box::new(start))).await?;
    let session = call.show(eyes(&caller), answer.session).await?;
    let revision = revision(&answer, &caller);
    Ok(pb::StartSessionResponse { session: Some(session), is_new: answer.is_new, revision })
}
