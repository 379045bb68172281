//! Each attack with real keys: what is refused here would have been somebody else.

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
    let settings = Auth {
        mode: AuthMode::Keys,
        hs256_secret: Some(SECRET.into()),
        jwks_file: Some(path),
        ..Auth::default()
    };
    let authenticator = Authenticator::from_settings(&settings, folder.path())?;
    Ok(Server {
        folder,
        authenticator,
    })
}

fn server() -> Server {
    try_server(&all_keys()).unwrap()
}

impl Server {
    fn check(&self, token: &str) -> Result<Arc<Identity>, Reason> {
        check(
            &self.authenticator,
            &[("authorization", &format!("Bearer {token}"))],
        )
    }
}

fn check(
    authenticator: &Authenticator,
    of: &[(&'static str, &str)],
) -> Result<Arc<Identity>, Reason> {
    authenticator
        .authenticate(&headers(of))
        .map_err(AuthError::reason)
}

fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in of {
        headers.append(*name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .cast_signed()
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
    encode(
        &header(Algorithm::HS256, None),
        claims,
        &EncodingKey::from_secret(SECRET.as_bytes()),
    )
    .unwrap()
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
        assert_eq!(
            (
                identity.center.as_str(),
                identity.role,
                identity.subject.as_str()
            ),
            ("acme", Role::Agent, "anna")
        );
        assert!(
            Arc::ptr_eq(&identity, &server.check(&token).unwrap()),
            "not remembered"
        );
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
    assert_eq!(
        check(&authenticator, &[("authorization", &forged)]),
        Err(Reason::Signature)
    );
    grant.role = Role::Agent;
    assert!(
        mint(&secret, &grant).is_err(),
        "only a customer's token is bound to a session"
    );
}

#[test]
fn an_unsigned_token_is_refused() {
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"; // {"alg":"none","typ":"JWT"}
    let token = by_secret(&claims());
    let parts: Vec<&str> = token.split('.').collect();
    let server = server();
    assert_eq!(
        server.check(&format!("{none}.{}.", parts[1])),
        Err(Reason::Malformed)
    );
    assert_eq!(
        server.check(&format!("{none}.{}.{}", parts[1], parts[2])),
        Err(Reason::Malformed)
    );
    assert_eq!(
        server.check(&format!("{}.{}.", parts[0], parts[1])),
        Err(Reason::Signature)
    );
    assert_eq!(
        server.check(&format!("{}.{}", parts[0], parts[1])),
        Err(Reason::Malformed)
    );
}

#[test]
fn a_public_key_is_no_secret() {
    let server = server();
    let pem = include_bytes!("fixtures/rs256.pub.pem");
    for (id, expected) in [(Some("rsa"), Reason::Algorithm), (None, Reason::Signature)] {
        let forged = encode(
            &header(Algorithm::HS256, id),
            &claims(),
            &EncodingKey::from_secret(pem),
        )
        .unwrap();
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
        encode(
            &header(Algorithm::HS512, None),
            &claims(),
            &EncodingKey::from_secret(SECRET.as_bytes()),
        )
        .unwrap(),
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

#[test]
fn claims_are_checked() {
    let server = server();
    let cases = [
        (with("exp", now() - 31), Reason::Expired),
        (with("nbf", now() + 60), Reason::NotYetValid),
        (with("aud", "another-service"), Reason::Audience),
        (with("aud", json!(["another-service"])), Reason::Audience),
        (with("iss", "another-issuer"), Reason::Issuer),
        (with("exp", "tomorrow"), Reason::Claims),
        (with("exp", -1), Reason::Claims),
        (with("exp", 1e300), Reason::Claims),
        (with("nbf", -5), Reason::Claims),
        (with("role", "root"), Reason::Claims),
        (with("sub", "a.b"), Reason::Claims),
        (with("sub", ""), Reason::Claims),
        (with("center", "acme.*"), Reason::Claims),
        (with("center", "x".repeat(65)), Reason::Claims),
        (with("session", "s1"), Reason::Claims),
        (without("exp"), Reason::Claims),
        (without("aud"), Reason::Claims),
        (without("iss"), Reason::Claims),
        (without("sub"), Reason::Claims),
        (without("center"), Reason::Claims),
        (without("role"), Reason::Claims),
        (json!([]), Reason::Claims),
    ];
    for (claims, expected) in cases {
        assert_eq!(server.check(&by_secret(&claims)), Err(expected), "{claims}");
    }
    let good = [
        with("exp", now() - 25),
        with("exp", now() as f64 + 10.5),
        with("nbf", now() + 25),
        with("aud", json!(["another-service", "chatsession"])),
    ];
    for claims in good {
        server.check(&by_secret(&claims)).unwrap();
    }
}

#[test]
fn a_remembered_token_ends_with_its_time() {
    let server = server();
    let headers = headers(&[("authorization", &format!("Bearer {}", by_secret(&claims())))]);
    let at = |seconds| {
        let moment = SystemTime::now() + Duration::from_secs(seconds);
        server
            .authenticator
            .authenticate_at(&headers, moment)
            .map_err(AuthError::reason)
    };
    at(0).unwrap();
    at(620).unwrap();
    assert_eq!(at(640), Err(Reason::Expired));
    at(0).unwrap();
}

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

    let rest = JwkSet {
        keys: vec![public(&ed25519(), Algorithm::EdDSA, "ed")],
    };
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
    with_secret["keys"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0" }));
    let mut off_curve = all_keys();
    off_curve["keys"][0]["x"] = off_curve["keys"][0]["y"].clone();
    for set in [
        twice,
        with_secret,
        off_curve,
        json!({ "keys": [] }),
        json!({}),
        json!([]),
    ] {
        assert!(try_server(&set).is_err(), "{set}");
    }
    let mut for_encryption = all_keys();
    for_encryption["keys"][0]["use"] = "enc".into();
    let server = try_server(&for_encryption).unwrap();
    let token = encode(&header(Algorithm::ES256, Some("ec")), &claims(), &es256()).unwrap();
    assert_eq!(server.check(&token), Err(Reason::UnknownKey));
}

#[test]
fn garbage_is_refused() {
    let server = server();
    let long = format!("Bearer {}", "a".repeat(TOKEN_BYTES + 1));
    let garbage = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer a",
        "Bearer a.b",
        "Bearer ...",
        "Bearer a.b.c.d",
        "Basic YTpi",
        "Bearer e30.e30.e30",
        &long,
    ];
    for value in garbage {
        assert_eq!(
            check(&server.authenticator, &[("authorization", value)]),
            Err(Reason::Malformed),
            "{value}"
        );
    }
    assert_eq!(check(&server.authenticator, &[]), Err(Reason::Absent));
    let token = format!("Bearer {}", by_secret(&claims()));
    assert_eq!(
        check(
            &server.authenticator,
            &[("authorization", &token), ("authorization", &token)]
        ),
        Err(Reason::Absent)
    );
    assert_eq!(
        AuthError::from(Reason::Expired).to_string(),
        AuthError::from(Reason::UnknownKey).to_string()
    );
}

#[test]
fn headers_count_only_where_nothing_is_proved() {
    let folder = tempfile::tempdir().unwrap();
    let open = Authenticator::from_settings(
        &Auth {
            mode: AuthMode::None,
            ..Auth::default()
        },
        folder.path(),
    )
    .unwrap();
    let who = [
        ("x-chatsession-center", "acme"),
        ("x-chatsession-role", "supervisor"),
        ("x-chatsession-subject", "anna"),
    ];
    let identity = check(&open, &who).unwrap();
    assert_eq!(
        (identity.center.as_str(), identity.role, identity.expires),
        ("acme", Role::Supervisor, None)
    );
    assert_eq!(check(&open, &who[..2]), Err(Reason::Absent));
    assert_eq!(
        check(&open, &[who[0], who[1], ("x-chatsession-subject", "a.b")]),
        Err(Reason::Claims)
    );
    assert_eq!(
        check(
            &open,
            &[who[0], who[1], who[2], ("origin", "http://localhost:7700")]
        ),
        Err(Reason::Browser)
    );

    assert_eq!(check(&server().authenticator, &who), Err(Reason::Absent));
}

/// `cargo test --release -- --ignored --nocapture cost_of`
#[test]
#[ignore = "a measurement"]
fn cost_of_a_call() {
    let server = server();
    let tokens = [
        ("HS256", by_secret(&claims())),
        (
            "ES256",
            encode(&header(Algorithm::ES256, Some("ec")), &claims(), &es256()).unwrap(),
        ),
        (
            "EdDSA",
            encode(&header(Algorithm::EdDSA, Some("ed")), &claims(), &ed25519()).unwrap(),
        ),
        (
            "RS256",
            encode(&header(Algorithm::RS256, Some("rsa")), &claims(), &rs256()).unwrap(),
        ),
    ];
    let keys = server.authenticator.keys();
    for (name, token) in tokens {
        let each = |rounds: u32, call: &dyn Fn()| {
            let start = std::time::Instant::now();
            (0..rounds).for_each(|_| call());
            start.elapsed() / rounds
        };
        let verified = each(300, &|| {
            drop(token::verify(&token, &keys, Duration::ZERO, SystemTime::now()).unwrap())
        });
        let headers = headers(&[("authorization", &format!("Bearer {token}"))]);
        let remembered = each(30_000, &|| {
            drop(server.authenticator.authenticate(&headers).unwrap())
        });
        eprintln!(
            "{name}: {verified:?} verified, {remembered:?} remembered, {} bytes",
            token.len()
        );
    }
}
