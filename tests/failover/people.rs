//! Who asks the nodes for something, and asks again elsewhere until answered: customers, agents, and those who only read.

use std::{cell::RefCell, rc::Rc, time::Duration};

use chatsession::{
    center::*,
    shard::{Handle, Unavailable},
};
use tokio::time::sleep;

use crate::{
    history::{Asking, History, Reading},
    node::Node,
    sim::{chance, millis_below},
};

pub const AGENTS: [&str; 3] = ["ann", "bob", "cy"];
pub const CUSTOMERS: u8 = 4;

/// All nodes as they are now.
pub type Nodes = Rc<RefCell<Vec<Node>>>;

/// What people share.
#[derive(Clone)]
pub struct World {
    pub nodes: Nodes,
    pub history: Rc<RefCell<History>>,
    pub over: Rc<RefCell<bool>>,
}

pub fn center() -> CenterId {
    CenterId::parse("acme").unwrap()
}

fn queue() -> QueueId {
    QueueId::parse("sales").unwrap()
}

pub fn agent_id(name: &str) -> AgentId {
    AgentId::parse(name).unwrap()
}

pub fn configuration() -> Vec<Object> {
    let settings = Settings { recovery_hold: 2 * SECOND, lease_grace: 8 * SECOND, ..Settings::default() };
    let sales = Queue {
        id: queue(),
        name: "Sales".into(),
        entry_message: None,
        max_wait: HOUR,
        max_wait_action: MaxWaitAction::End,
        max_wait_message: None,
        wrap_up_time: 0,
        disposition_required: false,
        max_length: 0,
        refuse_unstaffed: false,
        open_to_customers: true,
    };
    let agent = |name: &str| AgentConfig {
        id: agent_id(name),
        name: name.into(),
        queues: [queue()].into(),
        capacity: None,
        supervisor: false,
        teams: Default::default(),
    };
    let agents = AGENTS.map(|name| Object::Agent(Box::new(agent(name))));
    [Object::Settings(Box::new(settings)), Object::Queue(Box::new(sales))].into_iter().chain(agents).collect()
}

impl World {
    fn node(&self) -> Handle {
        let nodes = self.nodes.borrow();
        nodes[chance(nodes.len() as u64) as usize].handle.clone()
    }

    fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Asks until it is answered, by any node, always by the same id.
    async fn ask(&self, who: &Who, command: Command) -> Option<Result<Answer, Refusal>> {
        let caller = Caller { who: who.clone(), via: None };
        let asking = self.history.borrow_mut().asks(&caller, &command);
        let requested = Requested { id: asking.request.clone(), fingerprint: asking.number };
        let asked = Asked { caller, request: Some(requested), command };
        loop {
            match self.node().command(&center(), asked.clone()).await {
                Ok(result) => {
                    self.history.borrow_mut().answered(asking, &result);
                    return Some(result);
                }
                Err(Unavailable::StorageFull) => return None,
                Err(_) if self.is_over() => return None,
                Err(_) => sleep(Duration::from_millis(20) + millis_below(300)).await,
            }
        }
    }

    /// Reads something of the center at any node; nothing when it can't be read now.
    async fn see<T: Send + 'static>(&self, read: impl FnOnce(&Center) -> T + Send + 'static) -> Option<T> {
        self.node().read(&center(), move |center, _| read(center)).await.ok()
    }
}

pub async fn customer(world: World, number: u8) {
    let key = CustomerKey::from_bytes([number; 16]);
    let who = Who::Customer(key);
    while !world.is_over() {
        sleep(millis_below(900)).await;
        let start = StartSession {
            customer: key,
            customer_id: format!("c{number}"),
            name: String::new(),
            queue: queue(),
            language: None,
            priority: 0,
            attributes: Vec::new(),
        };
        let started = world.ask(&who, Command::StartSession(Box::new(start))).await;
        let Some(Ok(Answer { session: Some(session), .. })) = started else { continue };
        for _ in 0..chance(8) {
            sleep(millis_below(1_500)).await;
            let said = Command::SendMessage { session, text: "hi".into(), audience: Audience::Everyone };
            world.ask(&who, said).await;
        }
        if chance(2) == 0 {
            world.ask(&who, Command::EndSession { session, end_for_all: false, expected: None }).await;
        }
    }
}

pub async fn agent(world: World, name: &'static str) {
    let (who, id) = (Who::Agent(agent_id(name)), agent_id(name));
    // The run of a node at which the desk is open, and since when that node's streams count.
    let mut desk: Option<(Incarnation, Option<u64>)> = None;
    while !world.is_over() {
        sleep(Duration::from_millis(30) + millis_below(500)).await;
        desk = open_desk(&world, &id, desk);
        let read = id.clone();
        let seen = world.see(move |center| {
            let agent = center.agents.get(&read)?;
            let held: Vec<SessionId> = agent.work.held.iter().copied().collect();
            let rings: Vec<(OfferId, SessionId)> = agent.work.ringing.iter().map(|(offer, at)| (*offer, *at)).collect();
            Some((agent.is_signed_in(), agent.status == Status::Ready, held, rings))
        });
        let Some(Some((signed_in, ready, held, rings))) = seen.await else { continue };
        if !signed_in {
            world.ask(&who, Command::SignIn).await;
            continue;
        }
        if !ready && chance(2) == 0 {
            world.ask(&who, Command::SetState { ready: true, reason: None }).await;
        }
        if let Some((offer, session)) = rings.first().copied() {
            let command = match chance(5) {
                0 => Command::DeclineOffer { session, offer },
                _ => Command::AcceptOffer { session, offer },
            };
            world.ask(&who, command).await;
        }
        let Some(session) = held.get(chance(held.len() as u64) as usize).copied() else { continue };
        let command = match chance(6) {
            0 => Command::Leave { session, if_last: Some(IfLast::ReturnToQueue), expected: None },
            1 => {
                let agent = agent_id(AGENTS[chance(3) as usize]);
                Command::Invite {
                    session,
                    agent,
                    mode: InviteMode::Conference,
                    note: String::new(),
                    ring: None,
                    expected: None,
                }
            }
            _ => Command::SendMessage { session, text: "hello".into(), audience: Audience::Everyone },
        };
        world.ask(&who, command).await;
    }
}

/// The desk is open at some node that runs; its stream is told again when that node was taken for gone.
fn open_desk(
    world: &World,
    agent: &AgentId,
    desk: Option<(Incarnation, Option<u64>)>,
) -> Option<(Incarnation, Option<u64>)> {
    let nodes = world.nodes.borrow();
    let open = desk.and_then(|(run, since)| Some((nodes.iter().find(|node| node.incarnation == run)?, since)));
    let (node, since) = open.unwrap_or_else(|| (&nodes[chance(nodes.len() as u64) as usize], None));
    let lives = node.handle.standing().borrow().lives_since;
    if since.is_none() || lives != since {
        let command = Command::OpenDesk { agent: agent.clone(), incarnation: node.incarnation };
        node.handle.presence(&center(), command);
    }
    Some((node.incarnation, lives))
}

/// Reads sessions at any node, and remembers what was seen when.
pub async fn reader(world: World) {
    while !world.is_over() {
        sleep(millis_below(250)).await;
        let asked: Reading = world.history.borrow_mut().reads();
        let which = chance(1_000) as usize;
        let seen = world.see(move |center| {
            let sessions: Vec<&Session> = center.sessions.values().collect();
            let session = sessions.get(which % sessions.len().max(1))?;
            Some((session.id, session.revision, minicbor::to_vec(*session).unwrap()))
        });
        if let Some(Some((session, revision, bytes))) = seen.await {
            world.history.borrow_mut().seen(asked, session, revision, bytes);
        }
    }
}

impl Asking {
    /// Whether what was asked says something in a session.
    pub fn is_message(&self) -> bool {
        matches!(self.command, Command::SendMessage { .. })
    }
}
