//! A center in the middle of its day.

use chatsession::grpc::auth::Role;
use prost::Message;
use tonic::Streaming;

use crate::{
    pb::{self, apply_request::Object},
    world::{BACKEND, Who, World, agent, customer},
};

/// Sessions of customers c1 to c4, and what is held open.
pub struct Stage {
    pub world: World,
    /// Ann is in it, alone.
    pub attended: String,
    /// In the queue `support`.
    pub waiting: String,
    /// Ended before anyone came.
    pub ended: String,
    /// Ended, with Ann's after-chat work open; `sales` wants a disposition.
    pub wrapping: String,
    /// The offer by which Ann came to the attended one.
    pub taken_offer: String,
    _desk: Streaming<Vec<u8>>,
}

pub fn queue(id: &str) -> pb::Queue {
    pb::Queue { queue_id: id.into(), display_name: id.into(), ..Default::default() }
}

pub fn canned(id: &str) -> Option<pb::CannedResponse> {
    Some(pb::CannedResponse {
        response_id: id.into(),
        title: "Hello".into(),
        text: "Hello {{customer.name}}".into(),
        ..Default::default()
    })
}

pub fn object(object: Object) -> Vec<u8> {
    pb::ApplyRequest { object: Some(object) }.encode_to_vec()
}

fn configured(id: &str, queue: &str) -> Vec<u8> {
    let (name, queues) = (id.to_owned(), vec![queue.to_owned()]);
    object(Object::Agent(pb::Agent {
        agent_id: name.clone(),
        display_name: name,
        queue_ids: queues,
        ..Default::default()
    }))
}

pub fn long(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

fn objects() -> Vec<Vec<u8>> {
    let week = long(7 * 24 * 3600);
    let settings = pb::CenterSettings {
        router_offer_time: long(600),
        lease_grace: week,
        customer_grace: week,
        inactivity_time: week,
        reason_required: true,
        ..Default::default()
    };
    let sales = pb::Queue { wrap_up_time: long(3600), disposition_required: true, ..queue("sales") };
    let full = pb::Queue { max_length: 1, ..queue("full") };
    let unstaffed = pb::Queue { refuse_unstaffed: true, ..queue("unstaffed") };
    let private = pb::Queue { open_to_customers: Some(false), ..queue("private") };
    let queues = [sales, full, unstaffed, private, queue("support")].map(|queue| object(Object::Queue(queue)));
    let mut objects = vec![object(Object::Settings(settings))];
    objects.extend(queues);
    objects.extend([("ann", "sales"), ("bob", "support"), ("cy", "support")].map(|(id, queue)| configured(id, queue)));
    objects
}

/// Ids of requests differ.
pub fn unused() -> String {
    uuid::Uuid::new_v4().to_string()
}

async fn start(world: &World, who: &'static str, queue: &str) -> String {
    let request = pb::StartSessionRequest { request_id: unused(), queue_id: queue.into(), ..Default::default() };
    let started: pb::StartSessionResponse = world.call("ChatSession/StartSession", customer(who), &request).await;
    started.session.unwrap().session_id
}

async fn taken(world: &World, who: &'static str) -> (String, String) {
    let session_id = start(world, who, "sales").await;
    let get = pb::GetSessionRequest { session_id: session_id.clone(), ..Default::default() };
    let seen: pb::GetSessionResponse = world.call("ChatSession/GetSession", BACKEND, &get).await;
    let offer_id = seen.session.unwrap().open_offers[0].offer_id.clone();
    let accept = pb::AcceptOfferRequest {
        request_id: unused(),
        session_id: session_id.clone(),
        offer_id: offer_id.clone(),
        ..Default::default()
    };
    let _: pb::AcceptOfferResponse = world.call("ChatSession/AcceptOffer", agent("ann"), &accept).await;
    (session_id, offer_id)
}

async fn end(world: &World, who: Who, session_id: &str) {
    let end = pb::EndSessionRequest { request_id: unused(), session_id: session_id.to_owned(), ..Default::default() };
    let _: pb::EndSessionResponse = world.call("ChatSession/EndSession", who, &end).await;
}

impl Stage {
    pub async fn set() -> Self {
        let world = World::start().await;
        for center in ["acme", "other"] {
            let backend = Who::Token(center, Role::Integrator, "backend");
            world.send("Administration/Apply", backend, objects()).await.unwrap();
            for name in ["ann", "bob"] {
                let sign_in = pb::SignInRequest { request_id: unused(), ..Default::default() };
                let who = Who::Token(center, Role::Agent, name);
                let _: pb::SignInResponse = world.call("AgentDesk/SignIn", who, &sign_in).await;
            }
        }
        let token = world.token(agent("ann"), None);
        let mut desk = world.open("AgentDesk/WatchDesk", token.as_deref(), vec![vec![]]).await.unwrap();
        desk.message().await.unwrap();
        let ready =
            pb::SetStateRequest { request_id: unused(), status: pb::AgentStatus::Ready.into(), ..Default::default() };
        let _: pb::SetStateResponse = world.call("AgentDesk/SetState", agent("ann"), &ready).await;
        let (attended, taken_offer) = taken(&world, "c1").await;
        let (wrapping, _) = taken(&world, "c4").await;
        end(&world, agent("ann"), &wrapping).await;
        let waiting = start(&world, "c2", "support").await;
        let ended = start(&world, "c3", "support").await;
        end(&world, customer("c3"), &ended).await;
        start(&world, "c5", "full").await;
        Self { world, attended, waiting, ended, wrapping, taken_offer, _desk: desk }
    }

    /// The center's commit number.
    pub async fn seq(&self) -> u64 {
        let list = pb::ListSessionsRequest::default();
        let listed: pb::ListSessionsResponse = self.world.call("ChatSession/ListSessions", BACKEND, &list).await;
        listed.center_seq
    }
}
