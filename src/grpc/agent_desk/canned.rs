//! Canned responses: an agent's own, and those that the center shares.

use tonic::Status;

use crate::{
    center::{Audience, CannedResponse, CannedSearch, Command, Label, QueueId, Refusal, SessionId, Variables, Viewer},
    grpc::{
        edge::Call,
        from_pb::{self, All, Field},
        pages::PAGE_BYTES,
        pb, status, to_pb,
    },
};

/// The longest search.
const QUERY: usize = 64;

/// Where a page starts: behind one of the agent's own (`p` and its id) or of all (`s` and its id).
type After = Option<(bool, String)>;

pub(super) async fn put(call: Call, it: pb::PutCannedResponseRequest) -> Result<pb::PutCannedResponseResponse, Status> {
    let fields = (from_pb::request_id(&it.request_id), from_pb::canned_response("response", it.response.clone()));
    let (request, response) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    call.ask(caller, request, Command::PutCannedResponse(Box::new(response))).await?;
    Ok(pb::PutCannedResponseResponse { response: it.response })
}

pub(super) async fn delete(
    call: Call,
    it: pb::DeleteCannedResponseRequest,
) -> Result<pb::DeleteCannedResponseResponse, Status> {
    let fields = (from_pb::request_id(&it.request_id), from_pb::response_id("response_id", &it.response_id));
    let (request, id) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    call.ask(caller, request, Command::DeleteCannedResponse { id }).await?;
    Ok(pb::DeleteCannedResponseResponse {})
}

pub(super) async fn list(
    call: Call,
    it: pb::ListCannedResponsesRequest,
) -> Result<pb::ListCannedResponsesResponse, Status> {
    let fields = (
        from_pb::text("query", it.query, QUERY),
        from_pb::optional("queue_id", &it.queue_id, from_pb::queue_id),
        from_pb::optional("session_id", &it.session_id, |_, id| call.session(id)),
        from_pb::page_size(it.page_size, 50, 100),
        after(&it.page_token),
    );
    let (query, queue, session, most, after) = fields.all().map_err(status::invalid)?;
    let (caller, viewer) = (call.caller(it.acting_for.clone())?, call.viewer(it.acting_for)?);
    let agent = caller.who.agent().cloned().ok_or_else(status::role_not_allowed)?;
    let about = match session {
        Some(session) => Some(about(&call, viewer, session).await?),
        None => None,
    };
    let home = about.as_ref().map(|(queue, _)| queue.clone());
    // The search reads texts: that is no work for the shard's thread.
    let read = call.shard.handle.read(&call.center, move |center, _| {
        let name = center.agent(&agent)?.config.name.clone();
        let queue = home.and_then(|queue| center.queues.get(&queue)).map(|queue| queue.name.clone());
        let all: Vec<(bool, CannedResponse)> =
            center.canned_for(&agent).map(|(personal, response)| (personal, response.clone())).collect();
        Ok::<_, Refusal>((name, queue, all, center.seq))
    });
    let (name, queue_name, all, center_seq) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let variables = about.map(|(_, variables)| Variables {
        agent_name: name.as_str().to_owned(),
        queue_name: queue_name.as_ref().map_or("", Label::as_str).to_owned(),
        ..variables
    });
    let search = CannedSearch { query, queue };
    let found = all.into_iter().filter(|(personal, response)| behind(&after, *personal, response));
    let mut found = found.filter(|(_, response)| search.finds(response)).peekable();
    let (mut responses, mut bytes, mut last) = (Vec::new(), 0, String::new());
    while responses.len() < most && bytes < PAGE_BYTES {
        let Some((personal, response)) = found.next() else { break };
        last = token(personal, &response);
        let mut response = to_pb::canned_response(&response);
        if let Some(variables) = &variables {
            response.text = variables.fill(&response.text);
        }
        bytes += prost::Message::encoded_len(&response);
        responses.push(pb::ListedCannedResponse { response: Some(response), personal });
    }
    let next_page_token = if found.peek().is_some() { last } else { String::new() };
    Ok(pb::ListCannedResponsesResponse { responses, next_page_token, center_seq })
}

/// The session's queue, and what its variables stand for as far as the session says.
async fn about(call: &Call, viewer: Viewer, session: SessionId) -> Result<(QueueId, Variables), Status> {
    let seen = call.see(viewer, session, |session, access| {
        // What it is now isn't for who has left.
        if access.until.is_some() {
            return Err(Refusal::NotParticipant);
        }
        let names: Vec<String> = session.attributes.iter().map(|attribute| attribute.name.to_string()).collect();
        let (_, texts) = to_pb::session(session, Audience::Staff);
        Ok((session.home.clone(), names, texts))
    });
    let (queue, names, texts) = seen.await?.map_err(status::of)?;
    let (customer, values) = texts.read(&call.shard.feed).await.map_err(|error| status::unreadable(&error))?;
    let attributes = names.into_iter().zip(values).collect();
    Ok((queue, Variables { customer_name: customer.display_name, attributes, ..Variables::default() }))
}

fn behind(after: &After, personal: bool, response: &CannedResponse) -> bool {
    match after {
        None => true,
        Some((true, last)) => !personal || response.id.as_str() > last.as_str(),
        Some((false, last)) => !personal && response.id.as_str() > last.as_str(),
    }
}

fn token(personal: bool, response: &CannedResponse) -> String {
    format!("{}{}", if personal { 'p' } else { 's' }, response.id)
}

fn after(token: &str) -> Field<After> {
    match token.split_at_checked(1) {
        None if token.is_empty() => Ok(None),
        Some(("p", id)) => Ok(Some((true, id.to_owned()))),
        Some(("s", id)) => Ok(Some((false, id.to_owned()))),
        None | Some(_) => from_pb::wrong("page_token", "is none of ours"),
    }
}
