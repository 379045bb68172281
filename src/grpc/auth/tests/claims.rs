//! What a sound signature doesn't prove: claims, times, and the way that a credential arrives.

use super::*;

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
        server.authenticator.authenticate_at(&headers, moment).map_err(AuthError::reason)
    };
    at(0).unwrap();
    at(620).unwrap();
    assert_eq!(at(640), Err(Reason::Expired));
    at(0).unwrap();
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
        assert_eq!(check(&server.authenticator, &[("authorization", value)]), Err(Reason::Malformed), "{value}");
    }
    assert_eq!(check(&server.authenticator, &[]), Err(Reason::Absent));
    let token = format!("Bearer {}", by_secret(&claims()));
    assert_eq!(
        check(&server.authenticator, &[("authorization", &token), ("authorization", &token)]),
        Err(Reason::Absent)
    );
    assert_eq!(AuthError::from(Reason::Expired).to_string(), AuthError::from(Reason::UnknownKey).to_string());
}

#[test]
fn headers_count_only_where_nothing_is_proved() {
    let folder = tempfile::tempdir().unwrap();
    let open = Authenticator::from_settings(&Auth { mode: AuthMode::None, ..Auth::default() }, folder.path()).unwrap();
    let who =
        [("x-chatsession-center", "acme"), ("x-chatsession-role", "supervisor"), ("x-chatsession-subject", "anna")];
    let identity = check(&open, &who).unwrap();
    assert_eq!((identity.center.as_str(), identity.role, identity.expires), ("acme", Role::Supervisor, None));
    assert_eq!(check(&open, &who[..2]), Err(Reason::Absent));
    assert_eq!(check(&open, &[who[0], who[1], ("x-chatsession-subject", "a.b")]), Err(Reason::Claims));
    assert_eq!(check(&open, &[who[0], who[1], who[2], ("origin", "http://localhost:7700")]), Err(Reason::Browser));

    assert_eq!(check(&server().authenticator, &who), Err(Reason::Absent));
}
