//! The shard on a journal in memory: what the simulator, which drives the engine alone, doesn't see.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use tokio::{sync::watch, task::JoinSet};

use super::*;
use crate::{
    center::{
        Asked, Audience, Caller, CenterId, Command, CustomerKey, Incarnation, Object, Queue, QueueId, RequestId,
        Requested, ServiceId, SessionId, StartSession, Time, Who,
    },
    journal::{
        AppendError, BATCH_LIMIT, Batch, Bounds, BoxFuture, Journal, Position, ReadError, Stored, memory::Memory,
    },
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
        entry_message: Some(message.to_owned()),
        ..Queue::new(QueueId::parse(name).unwrap(), name.into())
    }))
}

fn asked(number: usize, command: Command) -> Asked {
    let caller = Caller { who: Who::Customer(CUSTOMER), via: None };
    let request = Requested { id: RequestId::parse(&format!("r-{number}")).unwrap(), fingerprint: number as u64 };
    Asked { caller, request: Some(request), command }
}

fn start() -> Command {
    let queue = QueueId::parse("sales").unwrap();
    Command::StartSession(Box::new(StartSession::new(CUSTOMER, "c-1".into(), queue)))
}

fn long_message(session: SessionId) -> Command {
    Command::SendMessage { session, text: "x".repeat(16 * 1024), audience: Audience::Everyone, with: None }
}

/// A journal in memory that fails an append when it's told to.
struct Failing {
    memory: Memory,
    fails: AtomicBool,
}

impl Journal for Failing {
    fn pipeline(&self) -> usize {
        self.memory.pipeline()
    }

    fn append(&self, expected: Position, batch: Batch) -> BoxFuture<'_, Result<Position, AppendError>> {
        match self.fails.swap(false, Ordering::SeqCst) {
            true => Box::pin(async { Err(AppendError::Doubtful("as told".into())) }),
            false => self.memory.append(expected, batch),
        }
    }

    fn read(&self, from: Position, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>> {
        self.memory.read(from, most)
    }

    fn bounds(&self) -> BoxFuture<'_, Result<Bounds, ReadError>> {
        self.memory.bounds()
    }

    fn scrub(&self, position: Position, items: Vec<u32>) -> BoxFuture<'_, Result<(), ReadError>> {
        self.memory.scrub(position, items)
    }

    fn drop_before(&self, position: Position) -> BoxFuture<'_, Result<(), ReadError>> {
        self.memory.drop_before(position)
    }

    fn put_blob(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>> {
        self.memory.put_blob(name, bytes)
    }

    fn get_blob(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>> {
        self.memory.get_blob(name)
    }

    fn list_blobs(&self, prefix: String) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        self.memory.list_blobs(prefix)
    }

    fn delete_blob(&self, name: String) -> BoxFuture<'_, Result<(), ReadError>> {
        self.memory.delete_blob(name)
    }
}

const NODE: Incarnation = Incarnation::from_bytes([1; 16]);

/// A shard that serves, with a queue and a session.
async fn given() -> (Handle, Arc<Failing>, SessionId, watch::Sender<bool>) {
    let journal = Arc::new(Failing { memory: Memory::new(1), fails: AtomicBool::new(false) });
    let wall = || Time(1_000_000);
    let settings = ShardSettings { mailbox: 4096, limits: EngineLimits::default() };
    let (place, outside) = (Place::alone(NODE), Outside::new(wall));
    let (shard, handle, _) = Shard::new(0, journal.clone(), Arc::new(Nobody), place, outside, &settings);
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(shard.run(stopping));
    handle.apply(&center(), service(), vec![queue("sales", "hello")]).await.unwrap().unwrap();
    let started = handle.command(&center(), asked(0, start())).await.unwrap().unwrap();
    (handle, journal, started.session.unwrap(), stop)
}

/// Every batch of the log, each within the limit, and how often somebody took over.
async fn log(journal: &Failing) -> (Vec<Committed>, u64) {
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

#[tokio::test]
async fn who_comes_while_an_append_fails_is_there_after_the_recovery() {
    let (handle, journal, session, _stop) = given().await;
    let comes = |open| match open {
        true => Command::OpenCustomer { session, incarnation: NODE },
        false => Command::CloseCustomer { session, incarnation: NODE },
    };
    let acme = center();
    let watches = || handle.read(&acme, move |center, _| center.sessions[&session].watching.contains(&NODE));
    for is_there in [true, false, true] {
        journal.fails.store(true, Ordering::SeqCst);
        handle.presence(&center(), comes(is_there));
        while journal.fails.load(Ordering::SeqCst) || watches().await != Ok(is_there) {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(log(&journal).await.1, 4, "each failure was a recovery");
}

/// Two nodes that are both told to lead, over one log.
#[tokio::test(start_paused = true)]
async fn of_two_that_believe_they_lead_neither_answers_what_it_cannot_keep() {
    let journal = Memory::new(4);
    let node = |number: u8| {
        let place = Place::alone(Incarnation::from_bytes([number; 16]));
        let settings = ShardSettings { mailbox: 64, limits: EngineLimits { confirm: true, ..EngineLimits::default() } };
        let outside = Outside::new(|| Time(1_000_000));
        let (shard, handle, _) = Shard::new(0, Arc::new(journal.clone()), Arc::new(Nobody), place, outside, &settings);
        let (stop, stopping) = watch::channel(false);
        tokio::spawn(shard.run(stopping));
        (handle, stop)
    };
    let nodes = [node(1), node(2)];
    while nodes[0].0.apply(&center(), service(), vec![queue("sales", "hello")]).await.is_err() {}
    let session = loop {
        if let Ok(Ok(answer)) = nodes[1].0.command(&center(), asked(0, start())).await {
            break answer.session.unwrap();
        }
    };
    // Each is asked in turn; whoever was deposed meanwhile has to say that it doesn't know.
    let (mut kept, mut unknown) = (Vec::new(), 0);
    for number in 1..200 {
        let said = Command::SendMessage { session, text: "x".into(), audience: Audience::Everyone, with: None };
        match nodes[number % 2].0.command(&center(), asked(number, said)).await {
            Ok(answer) => kept.push((answer.unwrap().revision, format!("r-{number}"))),
            Err(Unavailable::Recovering) => unknown += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(!kept.is_empty() && unknown > 0, "{} kept, {unknown} unknown", kept.len());
    let mut posted = std::collections::BTreeMap::new();
    for stored in journal.read(1, usize::MAX).await.unwrap() {
        for record in Committed::decode(&stored).unwrap().records {
            for event in record.events {
                let crate::center::Event::Session(event) = event else { continue };
                if let crate::center::Happened::Posted { message, .. } = event.what {
                    assert_eq!(
                        posted.insert(event.revision, message.to_string()),
                        None,
                        "a place in the log is taken once"
                    );
                }
            }
        }
    }
    kept.iter().for_each(|(revision, message)| assert_eq!(posted.get(revision), Some(message)));
}

#[test]
fn a_log_whose_form_was_raised_is_refused_by_who_does_not_know_it() {
    let announced = |format| {
        let role = Role { format, ..Role::alone(NODE) };
        let (sealed, _) = leader_started(&State::default(), NODE, &role, Time(1), || [0; 16]);
        Committed::decode(&Stored { position: 1, batch: sealed.batch })
    };
    let mut state = State::default();
    state.apply(&announced(FORMAT_KNOWN).unwrap());
    assert_eq!(state.format(), FORMAT_KNOWN);
    let refused = announced(FORMAT_KNOWN + 1).unwrap_err().to_string();
    assert!(refused.contains("the log's form was raised to 2, and 1 is known here"), "{refused}");
}
