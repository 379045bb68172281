//! Every call of the contract with what must not be; one table says how each is refused.

use std::fmt::Write;

use chatsession::grpc::auth::Role;
use tonic::Status;
use tonic_types::StatusExt;

use crate::{
    cases::{Case, cases, good},
    stage::Stage,
    world::{OPERATOR, Who, agent, customer},
};

/// What every call is refused for, whatever it asks.
fn common(stage: &Stage) -> Vec<Case> {
    let mut all = Vec::new();
    for (rpc, _, body) in good(stage, &stage.attended) {
        all.push((rpc, "no credential".into(), Who::Nobody, vec![body.clone()]));
        all.push((rpc, "a bad credential".into(), Who::Garbage, vec![body.clone()]));
        all.push((rpc, "a cut message".into(), agent("ann"), vec![[body.as_slice(), &[0x0a, 9]].concat()]));
        all.push((rpc, "an over-long message".into(), agent("ann"), vec![vec![0; 300 << 10]]));
        let reads = ["GetSession", "ListSessions", "ListEvents", "Watch", "GetAvailability", "GetAttachment"];
        if !reads.iter().any(|read| rpc == format!("ChatSession/{read}"))
            && !rpc.ends_with("Renew")
            && !rpc.starts_with("Administration/")
        {
            all.push((rpc, "an operator".into(), OPERATOR, vec![body]));
        }
    }
    all
}

fn told(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info();
    let fields = details.bad_request().map(|bad| bad.field_violations.iter().map(|it| it.field.clone()).collect());
    let fields: Vec<String> = fields.unwrap_or_default();
    let metadata = info.iter().flat_map(|info| &info.metadata).map(|(name, value)| format!("{name}={value}"));
    let metadata = metadata.collect::<Vec<_>>();
    let reason = info.map_or("", |info| info.reason.as_str());
    let retry = details.retry_info().map_or("", |_| " retry");
    let blocked = details.precondition_failure().map_or("", |_| " precondition");
    format!("{:?} {} {} {}{retry}{blocked}", status.code(), reason, fields.join(","), metadata.join(","))
}

#[tokio::test]
async fn given_what_must_not_be_then_it_is_refused_in_the_contracts_words_and_changes_nothing() {
    let stage = Stage::set().await;
    let mut table = String::new();
    let before = stage.seq().await;
    for (rpc, case, who, bodies) in common(&stage).into_iter().chain(cases(&stage)) {
        let line = match stage.world.send(rpc, who, bodies).await {
            Ok(_) => "ACCEPTED".to_owned(),
            Err(status) => told(&status),
        };
        writeln!(table, "{rpc} · {case} · {}", line.trim_end()).unwrap();
        assert_eq!(stage.seq().await, before, "{rpc}, {case}: something changed");
    }
    insta::assert_snapshot!(table);
    stage.world.stop().await;
}

fn bytes(status: &Status) -> (i32, String, Vec<u8>) {
    (status.code().into(), status.message().to_owned(), status.details().to_vec())
}

/// Whoever may not know of a session learns no more of it than of one that isn't there.
#[tokio::test]
async fn given_a_session_of_others_then_it_looks_as_one_that_nobody_has() {
    let stage = Stage::set().await;
    let nobodys = uuid::Uuid::now_v7().to_string();
    let mut compared = 0;
    let other_agent = Who::Token("other", Role::Agent, "ann");
    let other_customer = Who::Token("other", Role::Customer, "c1");
    let other_supervisor = Who::Token("other", Role::Supervisor, "sue");
    for who in [other_agent, other_customer, other_supervisor, customer("c2"), agent("bob")] {
        for ((rpc, _, theirs), (_, _, none)) in good(&stage, &stage.attended).into_iter().zip(good(&stage, &nobodys)) {
            if theirs == none {
                continue;
            }
            let theirs = stage.world.send(rpc, who, vec![theirs]).await.unwrap_err();
            let none = stage.world.send(rpc, who, vec![none]).await.unwrap_err();
            assert_eq!(bytes(&theirs), bytes(&none), "{rpc} by {who:?}");
            compared += 1;
        }
    }
    assert!(compared >= 80, "{compared}");
    stage.world.stop().await;
}
