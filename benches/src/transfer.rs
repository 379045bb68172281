//! The workload `transfer`: chats handed on by invitation and through a queue, each by a pair of agents of its own.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tonic::{Streaming, transport::Channel};

use crate::{
    Failure,
    center::{Caller, accept, agent, channels, configure, customer, queue, request_id, sign_in},
    pb::{self, agent_desk_client::AgentDeskClient, apply_request::Object, chat_session_client::ChatSessionClient},
    process::Server,
    quantile,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Chats that are handed on at once, each by two agents.
    #[arg(long, default_value = "64")]
    chats: usize,
    /// Seconds measured.
    #[arg(long, default_value = "8")]
    seconds: u64,
}

/// One chat, who holds it, and who is to have it next.
struct Pair {
    chat: ChatSessionClient<Channel>,
    caller: Caller,
    session: String,
    queue: String,
    holds: String,
    other: String,
}

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let server = Server::ours(&crate::SETTINGS).await?;
    let caller = Caller::of(&server)?;
    let channels = channels(&server.url(), 8).await?;
    configure(&channels[0], &caller, objects(args.chats)).await?;
    let (mut workers, mut desks) = (JoinSet::new(), Vec::new());
    let end = Duration::from_secs(args.seconds);
    for at in 0..args.chats {
        let channel = channels[at % channels.len()].clone();
        let (pair, open) = begin(channel, caller.clone(), at).await?;
        desks.extend(open);
        workers.spawn(work(pair, end));
    }
    let started = Instant::now();
    let (mut conferences, mut queued) = (Vec::new(), Vec::new());
    while let Some(done) = workers.join_next().await {
        let (invited, through) = done??;
        conferences.extend(invited);
        queued.extend(through);
    }
    let took = started.elapsed().as_secs_f64();
    for (name, times) in [("invite, accept, leave", conferences), ("to a queue, offer, accept", queued)] {
        println!(
            "{name:<26} {:>7.0} a second, p50 {:>6} µs, p99 {:>6} µs",
            times.len() as f64 / took,
            quantile(&times, 0.5).as_micros(),
            quantile(&times, 0.99).as_micros()
        );
    }
    server.stop().await
}

fn objects(pairs: usize) -> Vec<Object> {
    // Who has just sent a chat away is asked for it again at once.
    let settings = pb::CenterSettings { skip_time: Some(prost_types::Duration::default()), ..Default::default() };
    let mut objects = vec![Object::Settings(settings)];
    for at in 0..pairs {
        objects.push(queue(&format!("queue-{at}")));
        for side in ["a", "b"] {
            let id = format!("{side}-{at}");
            objects.push(Object::Agent(pb::Agent {
                agent_id: id.clone(),
                display_name: id,
                queue_ids: vec![format!("queue-{at}")],
                capacity: 4,
                supervisor: false,
                team_ids: Vec::new(),
            }));
        }
    }
    objects
}

type Desks = Vec<Streaming<pb::WatchDeskResponse>>;

/// A chat that one of a pair has taken; both are ready.
async fn begin(channel: Channel, caller: Caller, at: usize) -> Result<(Pair, Desks), Failure> {
    let mut desk = AgentDeskClient::new(channel.clone());
    let (first, second) = (format!("a-{at}"), format!("b-{at}"));
    let mut desks = vec![sign_in(&mut desk, &caller, &first, true).await?];
    let mut chat = ChatSessionClient::new(channel);
    let queue = format!("queue-{at}");
    let start = pb::StartSessionRequest {
        request_id: request_id(),
        acting_for: customer(&format!("customer-{at}")),
        queue_id: queue.clone(),
        ..Default::default()
    };
    let started = chat.start_session(caller.call(start)).await?.into_inner().session.ok_or("no session")?;
    let mut pair = Pair { chat, caller, session: started.session_id, queue, holds: first, other: second };
    pair.take_from_the_queue().await?;
    desks.push(sign_in(&mut desk, &pair.caller, &pair.other, true).await?);
    Ok((pair, desks))
}

impl Pair {
    /// Takes what the router offers, whoever it is offered to.
    async fn take_from_the_queue(&mut self) -> Result<(), Failure> {
        let get = pb::GetSessionRequest { session_id: self.session.clone(), ..Default::default() };
        let seen = self.chat.get_session(self.caller.call(get)).await?.into_inner().session.ok_or("no session")?;
        let offer = seen.open_offers.into_iter().next().ok_or("no offer")?;
        accept(&mut self.chat, &self.caller, &self.session, offer.offer_id, &offer.agent_id).await?;
        if offer.agent_id == self.other {
            std::mem::swap(&mut self.holds, &mut self.other);
        }
        Ok(())
    }

    async fn invite_accept_leave(&mut self) -> Result<(), Failure> {
        let invite = pb::InviteRequest {
            request_id: request_id(),
            acting_for: agent(&self.holds),
            session_id: self.session.clone(),
            agent_id: self.other.clone(),
            mode: pb::InviteMode::Conference.into(),
            ..Default::default()
        };
        let invited = self.chat.invite(self.caller.call(invite)).await?.into_inner();
        accept(&mut self.chat, &self.caller, &self.session, invited.offer_id, &self.other).await?;
        let leave = pb::LeaveRequest {
            request_id: request_id(),
            acting_for: agent(&self.holds),
            session_id: self.session.clone(),
            ..Default::default()
        };
        self.chat.leave(self.caller.call(leave)).await?;
        std::mem::swap(&mut self.holds, &mut self.other);
        Ok(())
    }

    async fn through_the_queue(&mut self) -> Result<(), Failure> {
        let transfer = pb::TransferToQueueRequest {
            request_id: request_id(),
            acting_for: agent(&self.holds),
            session_id: self.session.clone(),
            queue_id: self.queue.clone(),
            leave: pb::TransferLeave::Now.into(),
            ..Default::default()
        };
        self.chat.transfer_to_queue(self.caller.call(transfer)).await?;
        self.take_from_the_queue().await
    }
}

type Times = Vec<Duration>;

async fn work(mut pair: Pair, length: Duration) -> Result<(Times, Times), Failure> {
    let (started, mut conferences, mut queued) = (Instant::now(), Vec::new(), Vec::new());
    while started.elapsed() < length {
        let begun = Instant::now();
        pair.invite_accept_leave().await?;
        let between = Instant::now();
        pair.through_the_queue().await?;
        conferences.push(between - begun);
        queued.push(between.elapsed());
    }
    Ok((conferences, queued))
}
