//! A server in a folder of its own, a small center, and its people.

use std::{future::Future, net::SocketAddr, time::Duration};

use chatsession::{
    config::{Auth, Settings, Tls},
    grpc::auth::{Grant, Role, development_secret, mint},
    server::Server,
};
use chatsession_sdk::{
    Agent, CenterSettings, Client, ConfigObject, DeskEvent, DeskOffer, DeskWatch, Event, EventKind, Queue,
    SessionHandle, SessionWatch, WatchEvent,
};
use tempfile::TempDir;

pub(crate) const GREETING: &str = "Support will be with you.";
/// What takes longer hangs.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// Waits, but not for ever.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, what).await.expect("it should have happened by now")
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) server: Option<Server>,
    address: SocketAddr,
    /// The certificate that its clients trust, when it speaks TLS.
    certificate: Option<String>,
}

impl World {
    /// Ann and Dan serve sales, Bob serves support, Carla supervises and serves nothing.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::started(change, None).await
    }

    /// The same over TLS.
    pub(crate) async fn with_tls(tls: Tls, certificate: String) -> Self {
        Self::started(|settings| settings.tls = Some(tls), Some(certificate)).await
    }

    async fn started(change: impl FnOnce(&mut Settings), certificate: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(&folder, SocketAddr::from(([127, 0, 0, 1], 0)));
        change(&mut settings);
        let server = Server::start(settings).await.unwrap();
        let world = Self { address: server.address(), server: Some(server), folder, certificate };
        let objects: [ConfigObject; 7] = [
            CenterSettings::new().recovery_hold(Duration::ZERO).into(),
            Queue::new("sales", "Sales").wrap_up_time(Duration::from_secs(60)).into(),
            Queue::new("support", "Support").entry_message(GREETING).into(),
            Agent::new("ann", "Ann").queue("sales").into(),
            Agent::new("dan", "Dan").queue("sales").into(),
            Agent::new("bob", "Bob").queue("support").into(),
            Agent::new("carla", "Carla").supervisor().into(),
        ];
        world.integrator().await.administration().apply(objects).await.unwrap();
        world
    }

    pub(crate) fn url(&self) -> String {
        match self.certificate {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn data(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    pub(crate) fn token(&self, center: &str, role: Role, subject: &str) -> String {
        let auth = Auth::default();
        let grant = Grant {
            center: center.into(),
            role,
            subject: subject.into(),
            session: None,
            audience: auth.audience,
            issuer: auth.issuer,
            life: Duration::from_secs(3600),
        };
        mint(&development_secret(self.folder.path()).unwrap(), &grant).unwrap()
    }

    pub(crate) async fn client(&self, role: Role, subject: &str) -> Client {
        self.client_of("here", role, subject).await
    }

    pub(crate) async fn client_of(&self, center: &str, role: Role, subject: &str) -> Client {
        let mut client = Client::builder(self.url()).token(self.token(center, role, subject));
        if let Some(certificate) = &self.certificate {
            client = client.ca_certificate(certificate.clone());
        }
        client.connect().await.unwrap()
    }

    pub(crate) async fn integrator(&self) -> Client {
        self.client(Role::Integrator, "backend").await
    }

    /// Stops the server in its orderly way.
    pub(crate) async fn stop(&mut self) {
        soon(self.server.take().unwrap().stop()).await.unwrap();
    }

    /// Starts it again on the same data at the same address.
    pub(crate) async fn start(&mut self) {
        self.server = Some(Server::start(settings(&self.folder, self.address)).await.unwrap());
    }

    /// Starts it anew with other settings.
    pub(crate) async fn restart_with(&mut self, change: impl FnOnce(&mut Settings)) {
        self.stop().await;
        let mut settings = settings(&self.folder, self.address);
        change(&mut settings);
        self.server = Some(Server::start(settings).await.unwrap());
    }

    /// An agent at their desk.
    pub(crate) async fn agent(&self, id: &str, is_ready: bool) -> Colleague {
        let role = if id == "carla" { Role::Supervisor } else { Role::Agent };
        let client = self.client(role, id).await;
        client.desk().sign_in().send().await.unwrap();
        let watch = client.desk().watch().open().await.unwrap();
        let mut agent = Colleague { client, watch };
        agent.until(|event| matches!(event, DeskEvent::CaughtUp).then_some(())).await;
        if is_ready {
            agent.client.desk().set_ready().send().await.unwrap();
        }
        agent
    }

    /// A customer who waits in sales.
    pub(crate) async fn customer(&self, id: &str) -> Visitor {
        let client = self.client(Role::Customer, id).await;
        let started = client.start_session("sales").customer_name("Mia").send().await.unwrap();
        let session = client.session(started.session.session_id);
        let watch = session.watch().from_start().open().await.unwrap();
        Visitor { session, watch, seen: Vec::new() }
    }

    /// A customer whom Ann attends.
    pub(crate) async fn attended(&self) -> (Visitor, Colleague) {
        let mut ann = self.agent("ann", true).await;
        let mut visitor = self.customer("mia").await;
        let offer = ann.rings().await;
        ann.accept(&offer).await;
        ann.sees(joined("Ann")).await;
        visitor.sees(joined("Ann")).await;
        (visitor, ann)
    }

    /// The whole log, as an integrator sees it.
    pub(crate) async fn log(&self, session: &SessionHandle) -> Vec<Event> {
        self.integrator().await.session(session.id()).events().page_size(7).pages().all().await.unwrap()
    }
}

fn settings(folder: &TempDir, listen: SocketAddr) -> Settings {
    Settings { listen, data: folder.path().to_owned(), ..Settings::default() }
}

pub(crate) struct Colleague {
    pub(crate) client: Client,
    pub(crate) watch: DeskWatch,
}

impl Colleague {
    pub(crate) async fn until<T>(&mut self, wanted: impl Fn(&DeskEvent) -> Option<T>) -> T {
        let found = async {
            loop {
                let event = self.watch.next().await.expect("the desk closed").unwrap();
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        soon(found).await
    }

    pub(crate) async fn sees<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        self.until(|event| match event {
            DeskEvent::SessionEvent { event, .. } => wanted(event),
            _ => None,
        })
        .await
    }

    pub(crate) async fn rings(&mut self) -> DeskOffer {
        self.until(|event| match event {
            DeskEvent::Offer(offer) => Some((**offer).clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn accept(&self, offer: &DeskOffer) {
        self.client.session(offer.session_id.as_str()).accept(offer.offer.offer_id.as_str()).send().await.unwrap();
    }

    pub(crate) fn on(&self, session: &SessionHandle) -> SessionHandle {
        self.client.session(session.id())
    }
}

pub(crate) struct Visitor {
    pub(crate) session: SessionHandle,
    pub(crate) watch: SessionWatch,
    /// All that was seen so far.
    pub(crate) seen: Vec<Event>,
}

impl Visitor {
    pub(crate) async fn sees<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        let found = async {
            loop {
                let event = self.watch.next().await.expect("the stream ended").unwrap();
                let WatchEvent::Event(event) = event else { continue };
                let found = wanted(&event);
                self.seen.push(*event);
                if let Some(found) = found {
                    return found;
                }
            }
        };
        soon(found).await
    }

    /// Each revision once, without a hole.
    pub(crate) fn check(&self) {
        assert!(self.seen.iter().zip(1..).all(|(event, revision)| event.revision == revision), "{:?}", self.seen);
    }
}

pub(crate) fn joined(name: &'static str) -> impl Fn(&Event) -> Option<()> {
    move |event| match &event.kind {
        EventKind::ParticipantJoined { participant, .. } => (participant.display_name == name).then_some(()),
        _ => None,
    }
}

pub(crate) fn left(name: &'static str) -> impl Fn(&Event) -> Option<()> {
    move |event| match &event.kind {
        EventKind::ParticipantLeft { participant, .. } => (participant.display_name == name).then_some(()),
        _ => None,
    }
}

pub(crate) fn said(words: &'static str) -> impl Fn(&Event) -> Option<()> {
    move |event| match &event.kind {
        EventKind::MessagePosted { text, .. } => (text == words).then_some(()),
        _ => None,
    }
}

pub(crate) fn ended(event: &Event) -> Option<()> {
    matches!(event.kind, EventKind::SessionEnded { .. }).then_some(())
}

/// What is said in a log.
pub(crate) fn words(log: &[Event]) -> Vec<String> {
    let word = |event: &Event| match &event.kind {
        EventKind::MessagePosted { text, .. } => Some(text.clone()),
        _ => None,
    };
    log.iter().filter_map(word).collect()
}
