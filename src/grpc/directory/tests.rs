//! What windows show of rows that change.

use std::collections::{BTreeMap, BTreeSet};

use super::{filter::Wanted, rows::Rows, view::View, *};
use crate::{
    center::{
        AgentConfig, AgentId, Asked, Caller, Center, Command, Content, Incarnation, Object, Seed, Settings, Time, Who,
    },
    grpc::pb::target::Kind,
};

/// A center whose agents come and go, and its rows.
struct Given {
    center: Center,
    rows: Rows,
    steps: u64,
}

fn agent_id(at: usize) -> AgentId {
    AgentId::parse(&format!("agent-{at:05}")).unwrap()
}

fn target(at: usize) -> Target {
    Target::Agent(agent_id(at))
}

fn given(agents: usize) -> Given {
    let center = Center::new(CenterId::parse("acme").unwrap(), BTreeSet::from([Incarnation::from_bytes([1; 16])]));
    let mut given = Given { center, rows: Rows::default(), steps: 0 };
    for at in 0..agents {
        let (id, teams) = (agent_id(at), [format!("team-{}", at % 10)]);
        let teams = teams.iter().filter_map(|team| crate::center::TeamId::parse(team)).collect();
        let name = format!("Agent {at}").as_str().into();
        let config = AgentConfig { teams, ..AgentConfig::new(id, name) };
        given.ask(Who::System, Command::Put(Object::Agent(Box::new(config))));
    }
    given.refresh(0..agents);
    given
}

impl Given {
    fn ask(&mut self, who: Who, command: Command) {
        self.steps += 1;
        let asked = Asked { caller: Caller { who, via: None }, request: None, command };
        let (seed, content) = (Seed::new([7; 32]), Content::new(self.steps, 0));
        self.center.handle(asked, Time(1_000 + self.steps), seed, content).unwrap();
    }

    fn comes(&mut self, at: usize) {
        self.ask(Who::Agent(agent_id(at)), Command::SignIn);
        self.refresh([at]);
    }

    fn goes(&mut self, at: usize) {
        self.ask(Who::Agent(agent_id(at)), Command::SignOut { hand_back: false });
        self.refresh([at]);
    }

    fn refresh(&mut self, which: impl IntoIterator<Item = usize>) {
        let now = which.into_iter().map(|at| (target(at), Row::of(&self.center, &target(at))));
        self.rows.put(now.collect::<BTreeMap<_, _>>(), BTreeSet::new());
    }

    fn opened(&self, set: impl FnOnce(&mut Wanted), favourites: BTreeSet<Target>) -> (View, Vec<String>) {
        let mut wanted = Wanted {
            query: String::new(),
            kinds: Vec::new(),
            team_id: String::new(),
            skill: String::new(),
            favourites_only: false,
            available_only: false,
        };
        set(&mut wanted);
        let (view, first) = View::open(wanted.filter(agent_id(99_999)).unwrap(), favourites, &self.rows);
        (view, ids(&first.put))
    }
}

fn ids(rows: &[crate::grpc::pb::Target]) -> Vec<String> {
    let id = |row: &crate::grpc::pb::Target| match row.kind.as_ref().unwrap() {
        Kind::Agent(agent) => agent.state.as_ref().unwrap().agent_id.trim_start_matches("agent-0").to_owned(),
        Kind::Queue(queue) => queue.queue_id.clone(),
    };
    rows.iter().map(id).collect()
}

/// What a look tells: rows put, rows removed.
fn looked(view: &mut View, given: &Given) -> (Vec<String>, Vec<String>) {
    let difference = view.look(&given.rows, None);
    let gone = difference.removed.iter().map(|target| match target {
        Target::Agent(id) => id.as_str().trim_start_matches("agent-0").to_owned(),
        Target::Queue(id) => id.to_string(),
    });
    (ids(&difference.put), gone.collect())
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).into()
}

#[test]
fn a_window_tells_what_changed_of_its_rows_and_nothing_else() {
    let mut c = given(300);
    let (mut view, first) = c.opened(|_| {}, BTreeSet::new());
    assert_eq!((first.len(), first[99].as_str()), (100, "0099"));
    c.comes(7);
    c.comes(250);
    assert_eq!(looked(&mut view, &c), (words(["0007"]), words([])));
    assert_eq!(looked(&mut view, &c), (words([]), words([])));
}

#[test]
fn rows_that_no_longer_pass_go_and_the_next_ones_come() {
    let mut c = given(300);
    (0..150).for_each(|at| c.comes(at));
    let (mut view, first) = c.opened(|wanted| wanted.available_only = true, BTreeSet::new());
    assert_eq!((first.len(), first[99].as_str()), (100, "0099"));
    c.goes(3);
    c.goes(120);
    assert_eq!(looked(&mut view, &c), (words(["0100"]), words(["0003"])));
    c.comes(3);
    assert_eq!(looked(&mut view, &c), (words(["0003"]), words(["0100"])));
}

#[test]
fn whoever_matches_is_found_by_team_by_name_and_by_kind() {
    let c = given(30);
    let found = |set: fn(&mut Wanted)| c.opened(set, BTreeSet::from([target(4)])).1;
    assert_eq!(found(|wanted| wanted.team_id = "team-3".into()), ["0003", "0013", "0023"]);
    assert_eq!(found(|wanted| wanted.query = "aGENT 2".into()).len(), 11);
    assert_eq!(found(|wanted| wanted.kinds = vec![2]).len(), 0);
    assert_eq!(found(|wanted| wanted.favourites_only = true), ["0004"]);
    assert_eq!(found(|wanted| wanted.skill = "french".into()).len(), 0);
}

#[test]
fn favourites_change_the_rows_of_who_likes_them() {
    let c = given(30);
    let (mut view, _) = c.opened(|wanted| wanted.favourites_only = true, BTreeSet::from([target(4)]));
    let difference = view.look(&c.rows, Some(BTreeSet::from([target(9)])));
    assert_eq!((ids(&difference.put), difference.removed), (words(["0009"]), vec![target(4)]));
    let (mut all, _) = c.opened(|_| {}, BTreeSet::from([target(4)]));
    let difference = all.look(&c.rows, Some(BTreeSet::new()));
    assert_eq!(ids(&difference.put), ["0004"]);
}

#[test]
fn a_window_ends_up_with_what_one_opened_afresh_shows() {
    let mut c = given(1_000);
    let mut number = 17_usize;
    let (mut view, _) = c.opened(|wanted| wanted.available_only = true, BTreeSet::new());
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for step in 0..3_000 {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (number >> 33) % 1_000;
        match c.center.agents[&agent_id(at)].is_signed_in() {
            true if step % 3 > 0 || step > 2_000 => c.goes(at),
            _ => c.comes(at),
        }
        if step % 7 == 0 {
            let (put, removed) = looked(&mut view, &c);
            removed.iter().for_each(|gone| assert!(shown.remove(gone), "{gone} was never shown"));
            shown.extend(put);
            let afresh = c.opened(|wanted| wanted.available_only = true, BTreeSet::new()).1;
            assert_eq!(shown.iter().cloned().collect::<Vec<_>>(), afresh, "after {step} steps");
        }
    }
}

#[test]
fn settings_that_are_not_shown_make_no_new_generation() {
    let mut c = given(10);
    let before = c.rows.generation();
    c.ask(Who::System, Command::Put(Object::Settings(Box::new(Settings { skip_time: 1, ..Settings::default() }))));
    c.refresh(0..10);
    assert_eq!(c.rows.generation(), before);
}
