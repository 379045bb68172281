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
