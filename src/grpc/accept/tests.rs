use std::{net::Ipv4Addr, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    sync::{mpsc, watch},
    task::JoinHandle,
    time::Instant,
};
use tonic::{
    service::Routes,
    transport::{Channel, Endpoint},
};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::ServiceExt;

use super::*;
use crate::config::{Connections, Limits, Watches};

async fn listener(limits: &Connections) -> (Listener, SocketAddr) {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), limits, 0).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// The server closed it without a word.
async fn is_refused(mut client: TcpStream) -> bool {
    matches!(client.read(&mut [0; 1]).await, Ok(0) | Err(_))
}

#[tokio::test]
async fn a_connection_over_the_limit_is_closed_and_one_that_ends_makes_room() {
    let (listener, address) = listener(&Connections { total: 1, ..Connections::default() }).await;
    let _first_client = TcpStream::connect(address).await.unwrap();
    let (_, first) = listener.accept().await;
    let place = first.place();
    assert!(first.remote().ip().is_loopback());

    let second = TcpStream::connect(address).await.unwrap();
    tokio::select! {
        _ = listener.accept() => panic!("taken up over the limit"),
        refused = is_refused(second) => assert!(refused),
    }
    assert_eq!((listener.gate().open(), listener.gate().refused()), (1, 1));

    drop(place);
    assert_eq!(listener.gate().open(), 0);
    first.authenticated();
    let _third_client = TcpStream::connect(address).await.unwrap();
    listener.accept().await;
}

#[tokio::test]
async fn those_that_have_authenticated_do_not_count_against_their_address() {
    let (listener, address) = listener(&Connections { unauthenticated_per_address: 1, ..Connections::default() }).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let client = TcpStream::connect(address).await.unwrap();
        let (stream, info) = listener.accept().await;
        info.authenticated();
        open.push((client, stream, info.place()));
    }
    let _client = TcpStream::connect(address).await.unwrap();
    let (_, unauthenticated) = listener.accept().await;
    let _place = unauthenticated.place();
    let over = TcpStream::connect(address).await.unwrap();
    tokio::select! {
        _ = listener.accept() => panic!("taken up over the limit"),
        refused = is_refused(over) => assert!(refused),
    }
}

/// A server whose only service is health, and which tells of each call's connection.
struct Served {
    address: SocketAddr,
    gate: Arc<Gate>,
    called: mpsc::UnboundedReceiver<ConnectionInfo>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

async fn served(connections: Connections, patience: Duration) -> Served {
    let (listener, address) = listener(&connections).await;
    let gate = listener.gate();
    let (_reporter, health) = tonic_health::server::health_reporter();
    let (seen, called) = mpsc::unbounded_channel();
    let note = move |request: http::Request<hyper::body::Incoming>| {
        let info = ConnectionInfo::of(request.extensions()).cloned().expect("every call has a connection");
        // The test may have seen enough.
        let _ = seen.send(info);
        request
    };
    let service = Routes::new(health).prepare().map_request(note);
    let watches = Watches { slow_watcher: patience, ..Watches::default() };
    let limits = Limits { connections, watches, ..Limits::default() };
    let (stop, stopping) = watch::channel(false);
    let serving = tokio::spawn(async move { serve(listener, None, service, &limits, Duration::ZERO, stopping).await });
    Served { address, gate, called, stop, serving }
}

impl Served {
    async fn client(&self) -> HealthClient<Channel> {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address)).unwrap();
        HealthClient::new(endpoint.connect().await.unwrap())
    }
}

const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_call_knows_its_connection_and_the_end_waits_for_calls_in_progress() {
    let mut server = served(Connections::default(), LONG).await;
    let mut client = server.client().await;
    client.check(HealthCheckRequest::default()).await.unwrap();
    let info = server.called.recv().await.unwrap();
    assert!(info.remote().ip().is_loopback());
    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    assert_eq!(info.streams(), 1, "the watch is a call in progress, the check is over");

    server.stop.send(true).unwrap();
    while client.check(HealthCheckRequest::default()).await.is_ok() {}
    assert!(!server.serving.is_finished());
    drop((watch, client));
    server.serving.await.unwrap();
    assert_eq!(server.gate.open(), 0);
}

#[tokio::test]
async fn an_old_connection_is_told_to_end_and_new_calls_go_over_another() {
    let age = Duration::from_millis(50);
    let mut server = served(Connections { age, age_jitter_percent: 0, ..Connections::default() }, LONG).await;
    let mut client = server.client().await;
    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    let old = server.called.recv().await.unwrap();
    let mut newer = old.clone();
    while newer.remote() == old.remote() {
        // A call that meets the end of the old connection may fail; the next one goes over the new one.
        if client.check(HealthCheckRequest::default()).await.is_ok() {
            newer = server.called.recv().await.unwrap();
        }
    }
    assert!(old.is_old() && !newer.is_old());
    assert_eq!(old.streams(), 1, "the stream that was open goes on until it ends itself");
}

#[tokio::test]
async fn an_old_connection_that_does_not_end_is_cut() {
    let age = Duration::from_millis(50);
    let server = served(Connections { age, ..Connections::default() }, age).await;
    let mut watch = server.client().await.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    assert!(watch.message().await.is_err());
}

#[test]
fn lives_differ_by_the_jitter_and_no_more() {
    let limits = Connections::default();
    let gate = Gate::new(&Connections { new_per_second: 2000, unauthenticated_per_address: 1000, ..limits.clone() }, 0);
    let lives: Vec<Duration> = (0..1000)
        .map(|_| {
            let ticket = gate.admit(Ipv4Addr::LOCALHOST.into(), Instant::now()).unwrap();
            let info = ConnectionInfo::new((Ipv4Addr::LOCALHOST, 1).into(), ticket, &limits);
            info.end_of_life() - info.accepted()
        })
        .collect();
    let [shortest, longest] = [lives.iter().min().unwrap(), lives.iter().max().unwrap()];
    assert!(*shortest >= limits.age.mul_f64(0.9) && *longest <= limits.age.mul_f64(1.1));
    assert!(*longest - *shortest > limits.age.mul_f64(0.15), "{shortest:?} to {longest:?}");
}
