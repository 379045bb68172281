//! The shard on a journal in memory: what the simulator, which drives the engine alone, doesn't see.

use std::{collections::BTreeSet, sync::Arc};

use tokio::{sync::watch, task::JoinSet};

use super::*;
use crate::{
    center::{
        Asked, Audience, Caller, CenterId, Command, CustomerKey, Incarnation, MaxWaitAction, Object, Queue, QueueId,
        RequestId, Requested, ServiceId, SessionId, StartSession, Time, Who,
    },
    journal::{BATCH_LIMIT, Journal, Position, memory::Memory},
};

struct Nobody;

impl Observer for Nobody {
    fn restored(&self, _: Position, _: &Places) {}
    fn durable(&self, _: &Arc<Committed>) {}
}

const CUSTOMER: CustomerKey = CustomerKey::from_bytes([7; 16]);

fn center() -> CenterId {
    CenterId::parse("acme").unwrap()
}

fn service() -> Caller {
    Caller { who: Who::Service(ServiceId::parse("crm").unwrap()), via: None }
}

fn queue(name: &str, message: &str) -> Object {
    Object::Queue(Box::new(Queue {
        id: QueueId::parse(name).unwrap(),
        name: name.into(),
        entry_message: Some(message.to_owned()),
        max_wait: 3_600_000,
        max_wait_action: MaxWaitAction::End,
        max_wait_message: None,
        wrap_up_time: 0,
        disposition_required: false,
        max_length: 0,
        refuse_unstaffed: false,
        open_to_customers: true,
    }))
}

fn asked(number: usize, command: Command) -> Asked {
    let caller = Caller { who: Who::Customer(CUSTOMER), via: None };
    let request = Requested { id: RequestId::parse(&format!("r-{number}")).unwrap(), fingerprint: number as u64 };
    Asked { caller, request: Some(request), command }
}

fn start() -> Command {
    Command::StartSession(Box::new(StartSession {
        customer: CUSTOMER,
        customer_id: "c-1".into(),
        name: String::new(),
        queue: QueueId::parse("sales").unwrap(),
        language: None,
        priority: 0,
        attributes: Vec::new(),
    }))
}

fn long_message(session: SessionId) -> Command {
    Command::SendMessage { session, text: "x".repeat(16 * 1024), audience: Audience::Everyone }
}

/// A shard that serves, with a queue and a session.
async fn given() -> (Handle, Arc<Memory>, SessionId, watch::Sender<bool>) {
    let journal = Arc::new(Memory::new(1));
    let wall = || Time(1_000_000);
    let settings = ShardSettings { mailbox: 4096, limits: EngineLimits::default() };
    let (shard, handle, storage_full) =
        Shard::new(journal.clone(), Arc::new(Nobody), Incarnation::from_bytes([1; 16]), wall, &settings);
    let (stop, stopping) = watch::channel(false);
    let (ready, _) = watch::channel(false);
    tokio::spawn(shard.run(stopping, ready, storage_full));
    handle.apply(&center(), service(), vec![queue("sales", "hello")]).await.unwrap().unwrap();
    let started = handle.command(&center(), asked(0, start())).await.unwrap().unwrap();
    (handle, journal, started.session.unwrap(), stop)
}

/// Every batch of the log, each within the limit, and how often somebody took over.
async fn log(journal: &Memory) -> (Vec<Committed>, u64) {
    let (mut batches, mut from) = (Vec::new(), 1);
    loop {
        let read = journal.read(from, 64).await.unwrap();
        let Some(last) = read.last() else { break };
        from = last.position + 1;
        for stored in &read {
            let content: usize = stored.batch.content.iter().flatten().map(|item| item.text.len()).sum();
            assert!(stored.batch.payload.len() + content <= BATCH_LIMIT);
            batches.push(Committed::decode(stored).unwrap());
        }
    }
    let leaders: BTreeSet<u64> = batches.iter().filter_map(|batch| Some(batch.leader.as_ref()?.epoch)).collect();
    (batches, leaders.len() as u64)
}

#[tokio::test]
async fn a_burst_of_the_longest_messages_takes_several_batches_and_no_recovery() {
    let (handle, journal, session, _stop) = given().await;
    let mut senders = JoinSet::new();
    for number in 1..=250 {
        let handle = handle.clone();
        senders.spawn(async move { handle.command(&center(), asked(number, long_message(session))).await });
    }
    while let Some(sent) = senders.join_next().await {
        sent.unwrap().unwrap().unwrap();
    }
    let (batches, leaders) = log(&journal).await;
    assert_eq!(leaders, 1, "nothing had to be recovered");
    let texts: usize = batches.iter().flat_map(|batch| &batch.texts).flatten().map(|text| text.len()).sum();
    assert!(texts >= 250 * 16 * 1024);
}

#[tokio::test]
async fn a_large_configuration_takes_several_batches_and_is_answered_once_all_is_durable() {
    let (handle, journal, _, _stop) = given().await;
    let message = "x".repeat(4096);
    let objects = (0..500).map(|number| queue(&format!("queue-{number}"), &message)).collect();
    let (changed, _) = handle.apply(&center(), service(), objects).await.unwrap().unwrap();
    assert_eq!(changed, 500);
    let (batches, leaders) = log(&journal).await;
    assert_eq!(leaders, 1);
    let records: usize = batches.iter().map(|batch| batch.records.len()).sum();
    assert!(batches.len() > 5 && records >= 501, "{} batches, {records} records", batches.len());
}
