//! What is masked before it is stored.

use super::*;

fn masked_by(masks: &[(&str, &str)], card_numbers: bool) -> World {
    let mut c = given();
    let mask = |(pattern, replacement): &(&str, &str)| Mask {
        name: "a mask".into(),
        pattern: (*pattern).into(),
        replacement: (*replacement).into(),
    };
    let masks = masks.iter().map(mask).collect();
    c.settings(|settings| settings.masking = masking(masks, card_numbers));
    c.attended("kim", "ann");
    c
}

fn said(c: &mut World, text: &'static str) -> String {
    c.when(customer("kim"), say("kim", text)).happened().trim_start_matches("customer said: ").to_owned()
}

#[test]
fn whatever_a_pattern_matches_is_not_stored_whoever_writes_it() {
    let mut c = masked_by(&[(r"\bsecret\b", "[hidden]"), (r"(\d\d)-(\d\d)", "$2-**")], false);
    c.when(customer("kim"), say("kim", "my secret is 12-34")).then(&["customer said: my [hidden] is 34-**"]);
    c.when(agent("ann"), say("kim", "your secret?")).then(&["ann said: your [hidden]?"]);
    c.when(agent("ann"), whisper("kim", "a secret")).then(&["ann whispered: a [hidden]"]);
    c.when(agent("ann"), |world| {
        let to_support = TransferToQueue::new(world.session("kim").id, queue_id("support"));
        Command::TransferToQueue(Box::new(TransferToQueue { note: "the secret".into(), ..to_support }))
    });
    c.then(&["queued in support: Transferred", "ann whispered: the [hidden]"]);
}

#[test]
fn notes_of_invitations_and_dispositions_are_masked_too() {
    let mut c = masked_by(&[("secret", "[hidden]")], false);
    c.signed_in("bob").when(agent("ann"), |world| Command::Invite {
        session: world.session("kim").id,
        agent: agent_id("bob"),
        mode: CONFERENCE,
        note: "a secret".into(),
        ring: None,
        expected: None,
    });
    assert_eq!(c.texts, ["a [hidden]"]);
    c.when(agent("ann"), |world| Command::SetDisposition {
        session: world.session("kim").id,
        code: Some(Code::parse("sold").unwrap()),
        notes: "no secret".into(),
    });
    assert_eq!(c.texts, ["no [hidden]"]);
}

#[test]
fn masks_are_applied_one_after_the_other_to_what_comes_from_now_on() {
    let mut c = masked_by(&[("a", "b"), ("b", "c")], false);
    assert_eq!(said(&mut c, "ab"), "cc");
    c.settings(|settings| settings.masking = None);
    assert_eq!(said(&mut c, "ab"), "ab");
}

#[test]
fn a_request_that_is_repeated_is_known_by_what_was_asked() {
    let mut c = masked_by(&[("secret", "")], false);
    c.when_asked(customer("kim"), "m1", say("kim", "secret")).then(&["customer said: "]);
    c.when_asked(customer("kim"), "m1", say("kim", "secret")).then(&[]);
    c.when_asked(customer("kim"), "m1", say("kim", "secrets")).refused(Refusal::RequestIdReused);
}

#[test]
fn a_replacement_cannot_make_a_text_outgrow_a_message() {
    let replacement = "é".repeat(100);
    let mut c = masked_by(&[(".", &replacement), (".", &replacement)], false);
    c.when(customer("kim"), |world| Command::SendMessage {
        session: world.session("kim").id,
        text: "x".repeat(300),
        audience: Audience::Everyone,
        with: None,
    });
    assert_eq!(c.texts[0].len(), 16 * 1024);
}

#[test]
fn a_wrong_pattern_is_refused_by_its_path() {
    let c = given();
    let fault = |patterns: &[&str]| {
        let mask = |pattern: &&str| Mask { name: "m".into(), pattern: (*pattern).into(), replacement: String::new() };
        let masking = masking(patterns.iter().map(mask).collect(), false);
        let settings = Box::new(Settings { masking, ..Settings::default() });
        match c.center.check_objects(&[Object::Settings(Box::default()), Object::Settings(settings)]) {
            Ok(()) => None,
            Err(Refusal::FieldInvalid { field, why }) => Some((field, why)),
            Err(other) => panic!("{other}"),
        }
    };
    let path = "objects[1].settings.masks[1].pattern".to_owned();
    let broken = fault(&["fine", "(open"]).unwrap();
    assert_eq!(broken, (path.clone(), "isn't a regular expression: unclosed group".into()));
    assert_eq!(fault(&["fine", "x*"]).unwrap(), (path.clone(), "matches the empty text, and so everywhere".into()));
    assert_eq!(fault(&["fine", r"(?:\w{100}){100}"]).unwrap().0, path);
    assert_eq!(fault(&[r"(?=look)"]).unwrap().0, "objects[1].settings.masks[0].pattern");
    let useful = [r"\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}\b", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", r"\+?\d{7,15}"];
    assert_eq!(fault(&useful), None);
}

#[test]
fn of_card_numbers_the_last_four_digits_stay() {
    let mut c = masked_by(&[], true);
    for (text, stored) in [
        ("4111111111111111", "************1111"),
        ("My card: 4111 1111 1111 1111, thanks", "My card: **** **** **** 1111, thanks"),
        ("3782-822463-10005!", "****-******-*0005!"),
        ("4111 - 1111 - 1111 - 1111", "**** - **** - **** - 1111"),
        ("x4111.1111.1111.1111y", "x****.****.****.1111y"),
        // What stands beside it is no reason to miss it.
        ("4111 1111 1111 1111 12/27", "**** **** **** 1111 12/27"),
        ("12 4111 1111 1111 1111 737", "12 **** **** **** 1111 737"),
        ("4111111111111111 5500005555555559", "************1111 ************5559"),
        // The check fails, or it is too short, too long, too far apart, or nothing at all.
        ("4111111111111112", "4111111111111112"),
        ("call 030 1234567", "call 030 1234567"),
        ("41111111111111110000", "41111111111111110000"),
        ("4111 1111, 1111 1111", "4111 1111, 1111 1111"),
        ("0000 0000 0000 0000", "0000 0000 0000 0000"),
        ("Grüße 🌻", "Grüße 🌻"),
        ("ü4111111111111111ü", "ü************1111ü"),
    ] {
        assert_eq!(said(&mut c, text), stored);
    }
}

#[test]
fn what_was_read_from_a_snapshot_masks_as_before() {
    let mut c = masked_by(&[("secret", "[hidden]")], false);
    let mut restored: Center = minicbor::decode(&minicbor::to_vec(&c.center).unwrap()).unwrap();
    restored.restore();
    c.center = restored;
    assert_eq!(said(&mut c, "secret"), "[hidden]");
}

#[test]
fn what_customers_say_of_themselves_is_masked_and_what_the_center_knows_is_not() {
    let mut c = given();
    c.settings(|settings| settings.masking = masking(Vec::new(), true));
    let start = |name: &'static str| {
        move |_: &World| {
            let mut start = StartSession::new(customer_key(name), name.into(), queue_id("sales"));
            start.name = "4111 1111 1111 1111".into();
            start.attributes = vec![(Code::parse("question").unwrap(), "is 4111-1111-1111-1111 charged?".into())];
            Command::StartSession(Box::new(start))
        }
    };
    c.when(customer("kim"), start("kim"));
    assert!(c.texts.iter().all(|text| !text.contains("4111")), "{:?}", c.texts);
    c.when(backend_for("lee"), start("lee"));
    assert!(c.texts.iter().any(|text| text.contains("4111-1111")), "{:?}", c.texts);
}

#[test]
fn a_pattern_that_looks_to_the_end_for_every_match_has_its_bound() {
    let mask = Mask { name: "slow".into(), pattern: ".*[^A-Z]|[A-Z]".into(), replacement: "$0".into() };
    let settings = Settings { masking: masking(vec![mask; MAX_MASKS], false), ..Settings::default() };
    let masks = crate::center::mask::Masks::of(&settings);
    let masked = masks.apply("A".repeat(16 * 1024));
    assert!(masked.ends_with('…') && masked.len() < 1_000, "{} bytes", masked.len());
    let short = "A".repeat(400);
    assert_eq!(masks.apply(short.clone()), short, "what people write isn't touched by it");
}
