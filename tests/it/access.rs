//! Who is refused, and why; and that a request counts once.

use std::time::{SystemTime, UNIX_EPOCH};

use chatsession::grpc::auth::{Role, development_secret};
use chatsession_sdk::{Client, ErrorKind, Holder, Reason};
use secrecy::ExposeSecret;

use crate::world::{World, said, soon, words};

#[tokio::test]
async fn who_has_no_credential_is_refused() {
    let world = World::new().await;
    let nobody = Client::connect(world.url()).await.unwrap();
    let refused = nobody.start_session("sales").send().await.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (ErrorKind::Unauthenticated, Some(&Reason::CredentialInvalid)));
    let forger = Client::builder(world.url()).token("not.a.token").connect().await.unwrap();
    let refused = forger.desk().sign_in().send().await.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (ErrorKind::Unauthenticated, Some(&Reason::CredentialInvalid)));
}

#[tokio::test]
async fn a_role_may_do_what_is_its_own() {
    let world = World::new().await;
    let denied = |error: chatsession_sdk::Error| {
        assert_eq!((error.kind(), error.reason()), (ErrorKind::PermissionDenied, Some(&Reason::RoleNotAllowed)));
    };
    let customer = world.client(Role::Customer, "mia").await;
    denied(customer.desk().sign_in().send().await.unwrap_err());
    denied(customer.administration().apply([]).await.unwrap_err());
    let agent = world.client(Role::Agent, "ann").await;
    denied(agent.start_session("sales").send().await.unwrap_err());
    denied(agent.administration().apply([]).await.unwrap_err());
}

#[tokio::test]
async fn nothing_crosses_centers() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    for role in [Role::Integrator, Role::Supervisor, Role::Customer] {
        let stranger = world.client_of("elsewhere", role, "mia").await;
        let refused = stranger.session(mia.session.id()).get().send().await.unwrap_err();
        assert_eq!((refused.kind(), refused.reason()), (ErrorKind::NotFound, Some(&Reason::SessionNotFound)));
        let refused = stranger.session(mia.session.id()).watch().open().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::SessionNotFound));
    }
    let other = world.client(Role::Customer, "somebody-else").await;
    let refused = other.session(mia.session.id()).get().send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::SessionNotFound));
    let stranger = world.client_of("elsewhere", Role::Customer, "mia").await;
    let refused = stranger.start_session("sales").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::QueueNotFound));
}

#[tokio::test]
async fn a_request_takes_effect_once_and_its_id_is_for_one_content() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let one = mia.session.say("Hello").request_id("id-1").send().await.unwrap();
    let again = mia.session.say("Hello").request_id("id-1").send().await.unwrap();
    assert_eq!(one, again);
    let refused = mia.session.say("Good-bye").request_id("id-1").send().await.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (ErrorKind::AlreadyExists, Some(&Reason::RequestIdReused)));
    assert_eq!(words(&world.log(&mia.session).await), ["Hello"]);
}

#[tokio::test]
async fn a_customer_has_one_open_session() {
    let world = World::new().await;
    let mia = world.customer("mia").await;
    let client = world.client(Role::Customer, "mia").await;
    let second = client.start_session("support").send().await.unwrap();
    assert_eq!((second.is_new, second.session.session_id.as_str()), (false, mia.session.id()));
    let nowhere = world.client(Role::Customer, "max").await.start_session("nowhere").send().await.unwrap_err();
    assert_eq!(nowhere.reason(), Some(&Reason::QueueNotFound));
}

/// A token of Ann's that is issued a minute from now.
fn later(world: &World) -> String {
    let secret = development_secret(std::path::Path::new(world.data())).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = serde_json::json!({
        "sub": "ann", "center": "here", "role": "agent", "aud": "chatsession", "iss": "chatsession",
        "iat": now + 60, "exp": now + 3600,
    });
    let key = jsonwebtoken::EncodingKey::from_secret(secret.expose_secret().as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
}

#[tokio::test]
async fn credentials_that_are_revoked_end_streams_and_count_no_more_but_later_ones_do() {
    let mut world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    // When Ann's credentials are revoked,
    world.integrator().await.administration().revoke_credentials(Holder::Agent("ann".into())).send().await.unwrap();
    // then her desk ends, and she is refused, also after a restart,
    let ended = async {
        loop {
            if let Err(error) = ann.watch.next().await.expect("an error comes last") {
                return error;
            }
        }
    };
    assert_eq!(soon(ended).await.reason(), Some(&Reason::CredentialInvalid));
    for _ in 0..2 {
        let refused = ann.on(&mia.session).say("still here").send().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::CredentialInvalid));
        world.stop().await;
        world.start().await;
    }
    // while her customer goes on, and a token that was issued later counts.
    mia.session.say("are you there?").send().await.unwrap();
    let client = Client::builder(world.url()).token(later(&world)).connect().await.unwrap();
    client.session(mia.session.id()).say("again").send().await.unwrap();
    mia.sees(said("again")).await;
}
