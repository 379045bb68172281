//! A start on a long log.

use std::{sync::Arc, time::Instant};

use chatsession::{
    center::{Audience, Command, Incarnation, Object, SessionId, Time, Who},
    journal::{
        Journal,
        sqlite::{Options, SqliteJournal},
    },
    shard::{Committed, Engine, EngineLimits, Observer, Places, Role, State, announce, restore},
};

use crate::{
    Failure,
    core::{asked, queue, start},
};

const SESSIONS: u64 = 10_000;
const EVENTS: u64 = 1_000_000;

struct Nobody;

impl Observer for Nobody {
    fn restored(&self, _: u64, _: &Places) {}
    fn durable(&self, _: &Arc<Committed>) {}
}

struct Writer<'a> {
    engine: Engine<Option<SessionId>>,
    journal: &'a dyn Journal,
    number: u64,
}

impl Writer<'_> {
    async fn ask(&mut self, who: Who, command: Command) -> Result<(), Failure> {
        self.number += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.number.to_be_bytes());
        let center = chatsession::center::CenterId::parse("bench").ok_or("a name")?;
        let asked = asked(self.number, who, command);
        self.engine.command(&center, asked, Time(1_000_000 + self.number), seed, |answer| {
            answer.expect("the workload asks for nothing that is refused").session
        });
        if self.engine.is_full() { self.write().await } else { Ok(()) }
    }

    async fn write(&mut self) -> Result<(), Failure> {
        if let Some(sealed) = self.engine.seal(Time(1_000_000 + self.number), false, || [0; 16]) {
            let position = self.journal.append(sealed.expected, sealed.batch).await?;
            self.engine.durable(position);
        }
        Ok(())
    }
}

async fn write(journal: &dyn Journal) -> Result<(), Failure> {
    let engine = Engine::new(State::default(), EngineLimits::default());
    let mut writer = Writer { engine, journal, number: 0 };
    let put = Command::Put(Object::Queue(Box::new(queue("desk"))));
    writer.ask(Who::System, put).await?;
    let mut sessions = Vec::new();
    for at in 0..SESSIONS {
        let (who, command) = start(at, "desk");
        writer.ask(who.clone(), command).await?;
        sessions.push(who);
    }
    writer.write().await?;
    let ids: Vec<SessionId> =
        writer.engine.state().centers.values().flat_map(|center| center.sessions.keys().copied()).collect();
    let customers: Vec<Who> = writer
        .engine
        .state()
        .centers
        .values()
        .flat_map(|center| center.sessions.values().map(|session| Who::Customer(session.customer)))
        .collect();
    let text = "x".repeat(100);
    for at in 0..EVENTS - 2 * SESSIONS {
        let which = (at % SESSIONS) as usize;
        let said =
            Command::SendMessage { session: ids[which], text: text.clone(), audience: Audience::Everyone, with: None };
        writer.ask(customers[which].clone(), said).await?;
    }
    writer.write().await
}

pub(crate) async fn run() -> Result<(), Failure> {
    let folder = tempfile::TempDir::new_in(std::env::current_dir()?.join("target"))?;
    let open = || SqliteJournal::open(folder.path(), Options::default());
    let journal = open()?;
    write(&journal).await?;
    journal.close();
    drop(journal);
    let started = Instant::now();
    let journal = open()?;
    let opened = started.elapsed();
    let wall = || Time(2_000_000_000);
    let mut state = restore(&journal, &Nobody).await?;
    let node = Incarnation::from_bytes([2; 16]);
    announce(&journal, &mut state, node, &Role::alone(node), wall, &Nobody).await?;
    let sessions: usize = state.centers.values().map(|center| center.sessions.len()).sum();
    println!(
        "{EVENTS} events without a snapshot, {sessions} open sessions: open {:.2} s, serving after {:.2} s   (must 2, aim 0.5)",
        opened.as_secs_f64(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}
