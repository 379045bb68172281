//! Whatever is asked, in whatever order, by whomever. What fails is shrunk to the shortest story that fails; every step is
//! held to the invariants by [`World`].

use proptest::prelude::*;

use super::*;

const CUSTOMERS: [&str; 3] = ["kim", "lee", "pat"];
const AGENTS: [&str; 4] = ["ann", "bob", "cy", "sue"];
const QUEUES: [&str; 2] = ["sales", "support"];

/// One thing that somebody does, or that time does.
#[derive(Clone, Debug)]
enum Move {
    Wait(Millis),
    Restart { down_for: Millis, desks_lost: bool },
    Start { customer: &'static str, queue: &'static str },
    CustomerSays(&'static str),
    CustomerEnds(&'static str),
    CustomerWatches { customer: &'static str, open: bool },
    AgentComes { agent: &'static str, ready: bool },
    AgentPauses(&'static str),
    AgentGoes { agent: &'static str, hand_back: bool },
    Desk { agent: &'static str, open: bool },
    InSession { agent: &'static str, customer: &'static str, what: Deed },
}

/// What an agent does in a session, whether or not they may.
#[derive(Clone, Debug)]
enum Deed {
    Say,
    Whisper,
    Read,
    Invite { whom: &'static str, mode: InviteMode },
    Accept,
    Decline,
    Cancel,
    Transfer { queue: &'static str, leave: TransferLeave },
    Withdraw,
    Leave(Option<IfLast>),
    End { end_for_all: bool },
    Dispose,
    Complete,
}

fn one_of<T: Clone + std::fmt::Debug + 'static>(some: &'static [T]) -> impl Strategy<Value = T> + Clone {
    prop::sample::select(some)
}

fn deed() -> impl Strategy<Value = Deed> {
    const LEAVES: &[TransferLeave] = &[TransferLeave::Stay, TransferLeave::Now, TransferLeave::WhenTaken];
    const IF_LAST: &[Option<IfLast>] =
        &[None, Some(IfLast::ReturnToQueue), Some(IfLast::AwaitInvitee), Some(IfLast::End)];
    prop_oneof![
        2 => Just(Deed::Say),
        1 => Just(Deed::Whisper),
        1 => Just(Deed::Read),
        4 => (one_of(&AGENTS), one_of(&[CONFERENCE, TRANSFER])).prop_map(|(whom, mode)| Deed::Invite { whom, mode }),
        8 => Just(Deed::Accept),
        2 => Just(Deed::Decline),
        1 => Just(Deed::Cancel),
        3 => (one_of(&QUEUES), one_of(LEAVES)).prop_map(|(queue, leave)| Deed::Transfer { queue, leave }),
        1 => Just(Deed::Withdraw),
        3 => one_of(IF_LAST).prop_map(Deed::Leave),
        1 => any::<bool>().prop_map(|end_for_all| Deed::End { end_for_all }),
        1 => Just(Deed::Dispose),
        2 => Just(Deed::Complete),
    ]
}

fn a_move() -> impl Strategy<Value = Move> {
    let customer = || one_of(&CUSTOMERS);
    let agent = || one_of(&AGENTS);
    prop_oneof![
        3 => (0..40 * SECOND).prop_map(Move::Wait),
        1 => (0..30 * MINUTE).prop_map(Move::Wait),
        1 => (0..HOUR, any::<bool>()).prop_map(|(down_for, desks_lost)| Move::Restart { down_for, desks_lost }),
        4 => (customer(), one_of(&QUEUES)).prop_map(|(customer, queue)| Move::Start { customer, queue }),
        1 => customer().prop_map(Move::CustomerSays),
        1 => customer().prop_map(Move::CustomerEnds),
        1 => (customer(), any::<bool>()).prop_map(|(customer, open)| Move::CustomerWatches { customer, open }),
        6 => (agent(), prop::bool::weighted(0.8)).prop_map(|(agent, ready)| Move::AgentComes { agent, ready }),
        1 => agent().prop_map(Move::AgentPauses),
        1 => (agent(), any::<bool>()).prop_map(|(agent, hand_back)| Move::AgentGoes { agent, hand_back }),
        1 => (agent(), any::<bool>()).prop_map(|(agent, open)| Move::Desk { agent, open }),
        24 => (agent(), customer(), deed())
            .prop_map(|(agent, customer, what)| Move::InSession { agent, customer, what }),
    ]
}

fn story() -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec(a_move(), 1..60)
}

/// A center with little room, after-chat work, overflow and a message on entering.
fn small_center() -> World {
    let mut world = given();
    world.settings(|settings| settings.capacity = 2);
    world.queue("support", |queue| {
        queue.wrap_up_time = 40 * SECOND;
        queue.disposition_required = true;
        queue.entry_message = Some("One moment, please".into());
        queue.max_wait = 10 * MINUTE;
        queue.max_wait_action = MaxWaitAction::Overflow(queue_id("sales"));
    });
    world
}

impl World {
    fn has_session(&self, name: &str) -> bool {
        self.center.sessions.values().any(|session| session.customer == customer_key(name))
    }

    /// What happened, if anything did.
    fn act(&mut self, step: &Move) {
        match *step {
            Move::Wait(length) => drop(self.after(length)),
            Move::Restart { down_for, desks_lost } => {
                let living: &[Incarnation] = if desks_lost { &[OTHER_NODE] } else { &[NODE, OTHER_NODE] };
                self.after_a_recovery(down_for, living);
            }
            Move::Start { customer: name, queue } => drop(self.when(customer(name), start(name, queue))),
            Move::CustomerSays(name) if self.has_session(name) => drop(self.when(customer(name), say(name, "hello"))),
            Move::CustomerEnds(name) if self.has_session(name) => drop(self.when(customer(name), end(name))),
            Move::CustomerWatches { customer: name, open } if self.has_session(name) => drop(match open {
                true => self.when(system(), watch(name, OTHER_NODE)),
                false => self.when(system(), unwatch(name, OTHER_NODE)),
            }),
            Move::CustomerSays(_) | Move::CustomerEnds(_) | Move::CustomerWatches { .. } => {}
            Move::AgentComes { agent: name, ready } => {
                self.when(agent(name), |_| Command::SignIn);
                self.when(system(), open_desk(name, OTHER_NODE));
                if ready {
                    self.when(agent(name), go_ready);
                }
            }
            Move::AgentPauses(name) => drop(self.when(agent(name), not_ready("lunch"))),
            Move::AgentGoes { agent: name, hand_back } => drop(self.when(agent(name), sign_out(hand_back))),
            Move::Desk { agent: name, open } => drop(match open {
                true => self.when(system(), open_desk(name, OTHER_NODE)),
                false => self.when(system(), close_desk(name, OTHER_NODE)),
            }),
            Move::InSession { agent: name, customer, ref what } if self.has_session(customer) => {
                self.do_in_session(name, customer, what);
            }
            Move::InSession { .. } => {}
        }
    }

    fn do_in_session(&mut self, name: &'static str, of: &'static str, what: &Deed) {
        let session = self.session(of);
        let (id, revision) = (session.id, session.revision);
        let ended = session.ended_offers.iter().rev().find(|offer| offer.agent == agent_id(name)).map(|offer| offer.id);
        let own = session.offer_to(&agent_id(name)).map(|offer| offer.id).or(ended);
        let any = session.offers.first().map(|offer| offer.id).or(own);
        let command = match what {
            Deed::Say => say(of, "hello")(self),
            Deed::Whisper => whisper(of, "psst")(self),
            Deed::Read => read(of, revision)(self),
            Deed::Invite { whom, mode } => invite(of, whom, *mode)(self),
            Deed::Accept => match own {
                Some(offer) => Command::AcceptOffer { session: id, offer },
                None => return,
            },
            Deed::Decline => match own {
                Some(offer) => Command::DeclineOffer { session: id, offer },
                None => return,
            },
            Deed::Cancel => match any {
                Some(offer) => Command::CancelInvitation { session: id, offer },
                None => return,
            },
            Deed::Transfer { queue, leave } => transfer(of, queue, *leave)(self),
            Deed::Withdraw => withdraw(of)(self),
            Deed::Leave(if_last) => leave(of, *if_last)(self),
            Deed::End { end_for_all } => Command::EndSession { session: id, end_for_all: *end_for_all, expected: None },
            Deed::Dispose => dispose(of, "sold")(self),
            Deed::Complete => complete(of)(self),
        };
        self.when(agent(name), |_| command);
    }

    /// What customers may see of all that happened so far, with its numbers.
    fn seen_by_customers(&self) -> Vec<String> {
        let events = self.log.iter().filter_map(|event| match event {
            Event::Session(event) => event.public.map(|public| match &event.what {
                // Staff's numbering isn't the customer's to see.
                Happened::Read { participant, public: read, .. } => format!("{public}: {participant} read {read}"),
                Happened::Posted { message, .. } if message.as_str().starts_with("auto-") => {
                    format!("{public}: {message}")
                }
                Happened::Posted { .. } => format!("{public}: said by {:?}", event.by),
                what => format!("{public}: {what:?}"),
            }),
            _ => None,
        });
        events.collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// 1, 2, 3, 4, 10 and 11 at every step of every story; 9 at its end: when nobody does anything any more, every chat is over.
    #[test]
    fn every_story_keeps_the_invariants_and_every_wait_ends(story in story()) {
        let mut world = small_center();
        story.iter().for_each(|step| world.act(step));
        world.after(26 * HOUR);
        let open: Vec<_> = world.center.sessions.values().filter(|session| !session.closed).collect();
        prop_assert!(open.is_empty(), "{open:#?}");
        let busy = world.center.agents.values().filter(|agent| agent.work.units() > 0).count();
        prop_assert_eq!(busy, 0);
    }

    /// 8: what customers see is the same, number by number, with whispers and without.
    #[test]
    fn a_customer_sees_the_same_with_whispers_and_without(story in story()) {
        let (mut with, mut without) = (small_center(), small_center());
        for step in &story {
            with.act(step);
            match step {
                Move::InSession { what: Deed::Whisper, customer, .. } => without.pass(without.has_session(customer)),
                _ => without.act(step),
            }
        }
        prop_assert_eq!(with.seen_by_customers(), without.seen_by_customers());
    }
}
