//! Each attack with real keys: what is refused here would have been somebody else.

mod claims;
mod keys;

use http::HeaderValue;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "a secret that is as long as SHA-256 is wide, at least";

fn es256() -> EncodingKey {
    EncodingKey::from_ec_pem(include_bytes!("fixtures/es256.pem")).unwrap()
}

fn ed25519() -> EncodingKey {
    EncodingKey::from_ed_pem(include_bytes!("fixtures/ed25519.pem")).unwrap()
}

fn rs256() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("fixtures/rs256.pem")).unwrap()
}

fn public(key: &EncodingKey, algorithm: Algorithm, id: &str) -> Jwk {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
    jwk.common.key_id = Some(id.to_owned());
    jwk
}

fn all_keys() -> Value {
    let keys = vec![
        public(&es256(), Algorithm::ES256, "ec"),
        public(&ed25519(), Algorithm::EdDSA, "ed"),
        public(&rs256(), Algorithm::RS256, "rsa"),
    ];
    serde_json::to_value(JwkSet { keys }).unwrap()
}

/// A server with a secret and a key set.
struct Server {
    folder: tempfile::TempDir,
    authenticator: Authenticator,
}

fn try_server(set: &Value) -> Result<Server, KeysError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    std::fs::write(&path, set.to_string()).unwrap();
    let settings =
        Auth { mode: AuthMode::Keys, hs256_secret: Some(SECRET.into()), jwks_file: Some(path), ..Auth::default() };
    let authenticator = Authenticator::from_settings(&settings, folder.path())?;
    Ok(Server { folder, authenticator })
}

fn server() -> Server {
    try_server(&all_keys()).unwrap()
}

impl Server {
    fn check(&self, token: &str) -> Result<Arc<Identity>, Reason> {
        check(&self.authenticator, &[("authorization", &format!("Bearer {token}"))])
    }
}

fn check(authenticator: &Authenticator, of: &[(&'static str, &str)]) -> Result<Arc<Identity>, Reason> {
    authenticator.authenticate(&headers(of)).map_err(AuthError::reason)
}

fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in of {
        headers.append(*name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

fn claims() -> Value {
    json!({ "sub": "anna", "center": "acme", "role": "agent", "aud": "chatsession", "iss": "chatsession", "exp": now() + 600 })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut changed = claims();
    changed[name] = value.into();
    changed
}

fn without(name: &str) -> Value {
    let mut changed = claims();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

fn header(algorithm: Algorithm, id: Option<&str>) -> Header {
    let mut header = Header::new(algorithm);
    header.kid = id.map(str::to_owned);
    header
}

fn by_secret(claims: &Value) -> String {
    encode(&header(Algorithm::HS256, None), claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

#[test]
fn a_token_of_each_kind_of_key_tells_who_calls() {
    let server = server();
    let tokens = [
        by_secret(&claims()),
        encode(&header(Algorithm::ES256, Some("ec")), &claims(), &es256()).unwrap(),
        encode(&header(Algorithm::EdDSA, Some("ed")), &claims(), &ed25519()).unwrap(),
        encode(&header(Algorithm::RS256, Some("rsa")), &claims(), &rs256()).unwrap(),
    ];
    for token in tokens {
        let identity = server.check(&token).unwrap();
        assert_eq!((identity.center.as_str(), identity.role, identity.subject.as_str()), ("acme", Role::Agent, "anna"));
        assert!(Arc::ptr_eq(&identity, &server.check(&token).unwrap()), "not remembered");
    }
}

#[test]
fn a_minted_token_is_accepted_by_the_development_server_that_shares_the_secret() {
    let data = tempfile::tempdir().unwrap();
    let authenticator = Authenticator::from_settings(&Auth::default(), data.path()).unwrap();
    let mut grant = Grant {
        center: "acme".into(),
        role: Role::Customer,
        subject: "visitor-1".into(),
        session: Some("s1".into()),
        audience: "chatsession".into(),
        issuer: "chatsession".into(),
        life: Duration::from_secs(600),
    };
    let secret = development_secret(data.path()).unwrap();
    let token = format!("Bearer {}", mint(&secret, &grant).unwrap());
    let identity = check(&authenticator, &[("authorization", &token)]).unwrap();
    assert_eq!(identity.session.as_deref(), Some("s1"));
    assert!(!format!("{identity:?}").contains("visitor-1"));

    let other = SecretString::from("x".repeat(64));
    assert_ne!(secret.expose_secret(), other.expose_secret());
    let forged = format!("Bearer {}", mint(&other, &grant).unwrap());
    assert_eq!(check(&authenticator, &[("authorization", &forged)]), Err(Reason::Signature));
    grant.role = Role::Agent;
    assert!(mint(&secret, &grant).is_err(), "only a customer's token is bound to a session");
}

#[test]
fn an_unsigned_token_is_refused() {
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"; // {"alg":"none","typ":"JWT"}
    let token = by_secret(&claims());
    let parts: Vec<&str> = token.split('.').collect();
    let server = server();
    assert_eq!(server.check(&format!("{none}.{}.", parts[1])), Err(Reason::Malformed));
    assert_eq!(server.check(&format!("{none}.{}.{}", parts[1], parts[2])), Err(Reason::Malformed));
    assert_eq!(server.check(&format!("{}.{}.", parts[0], parts[1])), Err(Reason::Signature));
    assert_eq!(server.check(&format!("{}.{}", parts[0], parts[1])), Err(Reason::Malformed));
}

#[test]
fn a_public_key_is_no_secret() {
    let server = server();
    let pem = include_bytes!("fixtures/rs256.pub.pem");
    for (id, expected) in [(Some("rsa"), Reason::Algorithm), (None, Reason::Signature)] {
        let forged = encode(&header(Algorithm::HS256, id), &claims(), &EncodingKey::from_secret(pem)).unwrap();
        assert_eq!(server.check(&forged), Err(expected));
    }
}

#[test]
fn each_key_is_bound_to_one_algorithm() {
    let server = server();
    let tokens = [
        encode(&header(Algorithm::RS512, Some("rsa")), &claims(), &rs256()).unwrap(),
        encode(&header(Algorithm::PS256, Some("rsa")), &claims(), &rs256()).unwrap(),
        encode(&header(Algorithm::ES256, Some("rsa")), &claims(), &es256()).unwrap(),
        encode(&header(Algorithm::EdDSA, Some("ec")), &claims(), &ed25519()).unwrap(),
        encode(&header(Algorithm::HS512, None), &claims(), &EncodingKey::from_secret(SECRET.as_bytes())).unwrap(),
    ];
    for token in tokens {
        assert_eq!(server.check(&token), Err(Reason::Algorithm));
    }
    let unnamed = encode(&header(Algorithm::ES256, None), &claims(), &es256()).unwrap();
    assert_eq!(server.check(&unnamed), Err(Reason::Algorithm));
}

#[test]
fn a_key_that_is_not_known_or_comes_with_the_token_is_refused() {
    let server = server();
    for id in ["nobody", "../../etc/passwd", ""] {
        let token = encode(&header(Algorithm::ES256, Some(id)), &claims(), &es256()).unwrap();
        assert_eq!(server.check(&token), Err(Reason::UnknownKey));
    }
    let bring: [fn(&mut Header); 6] = [
        |header| header.jku = Some("https://attacker.example/keys".into()),
        |header| header.jwk = Some(public(&es256(), Algorithm::ES256, "ec")),
        |header| header.x5u = Some("https://attacker.example/cert".into()),
        |header| header.x5c = Some(vec!["MIIB".into()]),
        |header| header.crit = Some(vec!["b64".into()]),
        |header| header.typ = Some("logout+jwt".into()),
    ];
    for bring in bring {
        let mut header = header(Algorithm::ES256, Some("ec"));
        bring(&mut header);
        let token = encode(&header, &claims(), &es256()).unwrap();
        assert_eq!(server.check(&token), Err(Reason::Header), "{header:?}");
    }
}
