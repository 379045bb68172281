use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tonic::transport::server::Connected;
use tonic::transport::{Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::*;

async fn incoming(limits: &Connections) -> (Incoming, SocketAddr) {
    let incoming = Incoming::bind((Ipv4Addr::LOCALHOST, 0).into(), limits, false).await.unwrap();
    let address = incoming.local_addr().unwrap();
    (incoming, address)
}

async fn next(incoming: &mut Incoming) -> Connection<TcpStream> {
    incoming.next().await.unwrap().unwrap()
}

/// The server closed it without a word.
async fn is_refused(mut client: TcpStream) -> bool {
    matches!(client.read(&mut [0; 1]).await, Ok(0) | Err(_))
}

#[tokio::test]
async fn a_connection_over_the_limit_is_closed_and_one_that_ends_makes_room() {
    let (mut incoming, address) = incoming(&Connections { total: 1, ..Connections::default() }).await;
    let _first_client = TcpStream::connect(address).await.unwrap();
    let first = next(&mut incoming).await;
    assert!(first.connect_info().remote().ip().is_loopback());

    let second = TcpStream::connect(address).await.unwrap();
    tokio::select! {
        _ = incoming.next() => panic!("taken up over the limit"),
        refused = is_refused(second) => assert!(refused),
    }
    assert_eq!((incoming.gate().open(), incoming.gate().refused()), (1, 1));

    let held_by_a_call = first.connect_info();
    drop(first);
    assert_eq!(incoming.gate().open(), 0);
    held_by_a_call.authenticated();
    let _third_client = TcpStream::connect(address).await.unwrap();
    next(&mut incoming).await;
}

#[tokio::test]
async fn those_that_have_authenticated_do_not_count_against_their_address() {
    let (mut incoming, address) =
        incoming(&Connections { unauthenticated_per_address: 1, ..Connections::default() }).await;
    let mut open = Vec::new();
    for _ in 0..5 {
        let client = TcpStream::connect(address).await.unwrap();
        let connection = next(&mut incoming).await;
        connection.connect_info().authenticated();
        open.push((client, connection));
    }
    let _client = TcpStream::connect(address).await.unwrap();
    let _unauthenticated = next(&mut incoming).await;
    let over = TcpStream::connect(address).await.unwrap();
    tokio::select! {
        _ = incoming.next() => panic!("taken up over the limit"),
        refused = is_refused(over) => assert!(refused),
    }
}

#[tokio::test]
async fn tonic_serves_on_it_and_a_call_knows_its_connection() {
    let (incoming, address) = incoming(&Connections::default()).await;
    let gate = incoming.gate();
    let (_reporter, health) = tonic_health::server::health_reporter();
    let (seen, mut was_seen) = tokio::sync::mpsc::channel(2);
    let note = move |request: tonic::Request<()>| {
        let info = ConnectionInfo::of(request.extensions()).cloned();
        seen.try_send(info).map_err(|_| tonic::Status::internal("called too often"))?;
        Ok(request)
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::builder()
        .layer(CountStreams)
        .layer(tonic::service::InterceptorLayer::new(note))
        .add_service(health)
        .serve_with_incoming_shutdown(incoming, async { drop(stopped.await) });
    let server = tokio::spawn(server);

    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    let mut client = HealthClient::new(channel);
    client.check(HealthCheckRequest::default()).await.unwrap();
    let info = was_seen.recv().await.unwrap().unwrap();
    assert!(info.remote().ip().is_loopback());
    let mut watch = client.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    watch.message().await.unwrap().unwrap();
    assert_eq!(info.streams(), 1, "the watch is a call in progress, the check is over");
    drop(watch);
    assert_eq!(gate.open(), 1);

    drop(client);
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert_eq!(gate.open(), 0);
}

/// Serves a peer that says so much and then nothing; how long until it's left.
async fn left_after(says: &[u8]) -> Duration {
    let limits = Connections::default();
    let (mut peer, io) = duplex(4096);
    let ticket = Gate::new(&limits).admit(Ipv4Addr::LOCALHOST.into(), Instant::now()).unwrap();
    let connection = Connection::new(io, (Ipv4Addr::LOCALHOST, 1).into(), ticket, &limits, false);
    let (_reporter, health) = tonic_health::server::health_reporter();
    let incoming = tokio_stream::once(Ok::<_, io::Error>(connection));
    tokio::spawn(Server::builder().layer(CountStreams).add_service(health).serve_with_incoming(incoming));

    let start = Instant::now();
    peer.write_all(says).await.unwrap();
    let _ = peer.read_to_end(&mut Vec::new()).await;
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn tonic_leaves_a_peer_that_is_silent() {
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for (says, seconds) in [(b"".to_vec(), 10), (preface[..20].to_vec(), 10), ([&preface[..], settings].concat(), 300)]
    {
        let took = left_after(&says).await;
        assert_eq!(took.as_secs(), seconds, "{says:?}");
    }
}
