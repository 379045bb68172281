//! The keys: what may be in a set, and what becomes of tokens when it changes.

use super::*;

#[test]
fn a_key_that_is_withdrawn_takes_its_tokens_with_it() {
    let server = server();
    let token = encode(&header(Algorithm::ES256, Some("ec")), &claims(), &es256()).unwrap();
    server.check(&token).unwrap();
    assert!(!server.authenticator.reload().unwrap());

    let path = server.folder.path().join("keys.json");
    std::fs::write(&path, "half a file").unwrap();
    assert!(server.authenticator.reload().is_err());
    server.check(&token).expect("the last good keys stay");

    let rest = JwkSet { keys: vec![public(&ed25519(), Algorithm::EdDSA, "ed")] };
    std::fs::write(&path, serde_json::to_vec(&rest).unwrap()).unwrap();
    assert!(server.authenticator.reload().unwrap());
    assert_eq!(server.check(&token), Err(Reason::UnknownKey));
}

#[test]
fn a_key_set_that_is_unsound_is_refused() {
    let mut twice = all_keys();
    let first = twice["keys"][0].clone();
    twice["keys"].as_array_mut().unwrap().push(first);
    let mut with_secret = all_keys();
    with_secret["keys"].as_array_mut().unwrap().push(json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0" }));
    let mut off_curve = all_keys();
    off_curve["keys"][0]["x"] = off_curve["keys"][0]["y"].clone();
    for set in [twice, with_secret, off_curve, json!({ "keys": [] }), json!({}), json!([])] {
        assert!(try_server(&set).is_err(), "{set}");
    }
    let mut for_encryption = all_keys();
    for_encryption["keys"][0]["use"] = "enc".into();
    let server = try_server(&for_encryption).unwrap();
    let token = encode(&header(Algorithm::ES256, Some("ec")), &claims(), &es256()).unwrap();
    assert_eq!(server.check(&token), Err(Reason::UnknownKey));
}

/// An issuer that publishes a set, or is down.
struct Issuer {
    url: String,
    says: Arc<std::sync::Mutex<Option<String>>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Issuer {
    async fn open() -> Self {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let says = Arc::new(std::sync::Mutex::new(Some(all_keys().to_string())));
        let told = says.clone();
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let answer = match told.lock().unwrap().clone() {
                    Some(set) => {
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{set}", set.len())
                    }
                    None => "HTTP/1.1 503 Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { url, says, serving }
    }

    fn says(&self, set: Option<Value>) {
        *self.says.lock().unwrap() = set.map(|set| set.to_string());
    }
}

#[tokio::test]
async fn a_set_that_is_published_is_fetched_and_the_last_good_one_outlives_its_issuer() {
    // Given a server whose keys an issuer publishes.
    let (issuer, folder) = (Issuer::open().await, tempfile::tempdir().unwrap());
    let settings = Auth { mode: AuthMode::Keys, jwks_url: Some(issuer.url.clone()), ..Auth::default() };
    fetch_first_keys(&settings, folder.path()).await.unwrap();
    let authenticator = Arc::new(Authenticator::from_settings(&settings, folder.path()).unwrap());
    let token = encode(&header(Algorithm::ES256, Some("ec")), &claims(), &es256()).unwrap();
    let check = |authenticator: &Authenticator| check(authenticator, &[("authorization", &format!("Bearer {token}"))]);
    check(&authenticator).unwrap();
    // When the issuer is down, or says what is no set, then the keys stay, also over a restart.
    for nonsense in [None, Some(json!({ "keys": [] }))] {
        issuer.says(nonsense);
        assert!(authenticator.refresh().await.is_err());
        check(&authenticator).unwrap();
        fetch_first_keys(&settings, folder.path()).await.unwrap();
        check(&Authenticator::from_settings(&settings, folder.path()).unwrap()).unwrap();
    }
    // When it withdraws a key, then that key's tokens count no more.
    let rest = JwkSet { keys: vec![public(&ed25519(), Algorithm::EdDSA, "ed")] };
    issuer.says(Some(serde_json::to_value(rest).unwrap()));
    assert!(authenticator.refresh().await.unwrap());
    assert_eq!(check(&authenticator), Err(Reason::UnknownKey));
    // And a server that never had a set doesn't start without one.
    issuer.says(None);
    let refused = fetch_first_keys(&settings, tempfile::tempdir().unwrap().path()).await.unwrap_err().to_string();
    assert!(refused.contains("503"), "{refused}");
}
