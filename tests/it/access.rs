//! Who is refused, and why; and that a request counts once.

use chatsession::grpc::auth::Role;
use chatsession_sdk::{Client, ErrorKind, Reason};

use crate::world::{World, words};

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
