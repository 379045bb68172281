//! Files of a session.

use super::*;

fn file_id(number: u8) -> AttachmentId {
    AttachmentId::from_bytes([number; 16])
}

fn announce(name: &'static str, number: u8, size: u64) -> impl FnOnce(&World) -> Command {
    announce_as(name, number, size, "image/png")
}

fn announce_as(name: &'static str, number: u8, size: u64, kind: &'static str) -> impl FnOnce(&World) -> Command {
    move |world| Command::CreateAttachment {
        session: world.session(name).id,
        id: file_id(number),
        name: format!("f{number}.png"),
        content_type: kind.into(),
        size,
    }
}

fn finish(name: &'static str, number: u8, upload: u8) -> impl FnOnce(&World) -> Command {
    move |world| Command::FinishUpload {
        session: world.session(name).id,
        id: file_id(number),
        file: FileId::from_bytes([upload; 16]),
    }
}

fn send(name: &'static str, numbers: &'static [u8], audience: Audience) -> impl FnOnce(&World) -> Command {
    let named = |number: &u8| NamedAttachment { id: file_id(*number), name: format!("f{number}.png") };
    move |world| Command::SendMessage {
        session: world.session(name).id,
        text: "look".into(),
        audience,
        with: Some(Box::new(MessageParts { reply_to: None, attachments: numbers.iter().map(named).collect() })),
    }
}

const EVERYONE: Audience = Audience::Everyone;

/// Kim and Ann talk; Kim has uploaded file 1.
fn uploaded() -> World {
    let mut c = given();
    c.attended("kim", "ann");
    c.when(customer("kim"), announce("kim", 1, 10)).then(&["file announced: f1.png"]);
    c.when(system(), finish("kim", 1, 1)).then(&["file uploaded"]);
    c
}

/// What a viewer gets of a file.
fn seen(c: &World, viewer: &Viewer, who: &Caller, number: u8) -> Result<(), Refusal> {
    let (session, access) = c.center.view(viewer, c.session("kim").id)?;
    session.attachment_for(Some(&who.who), &access, file_id(number)).map(|_| ())
}

fn kim() -> Viewer {
    Viewer::Customer(customer_key("kim"), None)
}

fn of(name: &str) -> Viewer {
    Viewer::Agent(agent_id(name))
}

#[test]
fn a_file_is_announced_uploaded_and_sent_with_its_name_beside_the_text() {
    let mut c = uploaded();
    let before = c.session("kim").revision;
    assert_eq!(before, 6, "what isn't sent has no number in the session");
    c.when(customer("kim"), send("kim", &[1], EVERYONE)).then(&["customer said: look, with f1.png"]);
    assert_eq!(c.session("kim").attachment(file_id(1)).unwrap().posted, Some(7));
    let why = Refusal::FieldInvalid { field: "attachment_ids[0]".into(), why: "was sent before".into() };
    c.when(customer("kim"), send("kim", &[1], EVERYONE)).refused(why);
}

#[test]
fn only_ones_own_files_are_sent_once_they_are_there() {
    let mut c = uploaded();
    c.when(agent("ann"), send("kim", &[1], EVERYONE)).refused(Refusal::AttachmentNotFound);
    c.when(customer("kim"), send("kim", &[9], EVERYONE)).refused(Refusal::AttachmentNotFound);
    c.when(customer("kim"), announce("kim", 2, 10));
    c.when(customer("kim"), send("kim", &[1, 2], EVERYONE)).refused(Refusal::AttachmentNotReady);
    let twice = Refusal::FieldInvalid { field: "attachment_ids[1]".into(), why: "is there twice".into() };
    c.when(customer("kim"), send("kim", &[1, 1], EVERYONE)).refused(twice);
    c.settings(|settings| {
        settings.attachments = Some(Box::new(AttachmentLimits { per_message: 1, ..AttachmentLimits::default() }));
    });
    c.when(system(), finish("kim", 2, 2));
    let many = Refusal::FieldInvalid { field: "attachment_ids".into(), why: "are more than 1".into() };
    c.when(customer("kim"), send("kim", &[1, 2], EVERYONE)).refused(many);
}

#[test]
fn before_it_is_sent_only_its_owner_sees_a_file() {
    let c = uploaded();
    assert_eq!(seen(&c, &kim(), &customer("kim"), 1), Ok(()));
    assert_eq!(seen(&c, &of("ann"), &agent("ann"), 1), Err(Refusal::AttachmentNotFound));
    assert_eq!(seen(&c, &of("sue"), &agent("sue"), 1), Err(Refusal::AttachmentNotFound));
    assert_eq!(seen(&c, &Viewer::All, &backend(), 1), Err(Refusal::AttachmentNotFound));
    assert_eq!(seen(&c, &kim(), &customer("kim"), 2), Err(Refusal::AttachmentNotFound));
}

#[test]
fn a_file_for_staff_is_never_the_customers_to_see() {
    let mut c = uploaded();
    c.when(agent("ann"), announce("kim", 2, 10));
    assert_eq!(seen(&c, &of("ann"), &agent("ann"), 2), Err(Refusal::AttachmentNotReady));
    assert_eq!(seen(&c, &kim(), &customer("kim"), 2), Err(Refusal::AttachmentNotFound));
    c.when(system(), finish("kim", 2, 2)).when(agent("ann"), send("kim", &[2], Audience::Staff));
    c.then(&["ann whispered: look, with f2.png"]);
    assert_eq!(seen(&c, &kim(), &customer("kim"), 2), Err(Refusal::AttachmentNotFound));
    assert_eq!(seen(&c, &of("sue"), &agent("sue"), 2), Ok(()));
}

#[test]
fn who_has_left_sees_the_files_up_to_then() {
    let mut c = uploaded();
    c.when(customer("kim"), send("kim", &[1], EVERYONE)).when(customer("kim"), announce("kim", 2, 10));
    c.when(system(), finish("kim", 2, 2)).when(agent("ann"), leave("kim", Some(IfLast::ReturnToQueue)));
    c.when(customer("kim"), send("kim", &[2], EVERYONE));
    assert_eq!(seen(&c, &of("ann"), &agent("ann"), 1), Ok(()));
    assert_eq!(seen(&c, &of("ann"), &agent("ann"), 2), Err(Refusal::AttachmentNotFound));
}

#[test]
fn of_two_uploads_the_first_counts() {
    let mut c = uploaded();
    c.when(system(), finish("kim", 1, 1)).then(&[]);
    c.when(system(), finish("kim", 1, 2)).refused(Refusal::RequestIdReused);
    c.when(system(), finish("kim", 9, 2)).refused(Refusal::AttachmentNotFound);
}

#[test]
fn what_is_not_sent_is_dropped_after_a_day_and_with_the_end() {
    let mut c = uploaded();
    c.settings(|settings| (settings.max_age, settings.inactivity_time) = (72 * HOUR, 72 * HOUR));
    c.when(customer("kim"), announce("kim", 2, 10)).when(customer("kim"), send("kim", &[1], EVERYONE));
    c.after(24 * HOUR).then_also("file dropped");
    let files = |c: &World| c.session("kim").attachments().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(files(&c), [file_id(1)], "what was sent stays");
    c.when(customer("kim"), announce("kim", 3, 10)).when(customer("kim"), end("kim"));
    assert_eq!(files(&c), [file_id(1)]);
    c.when(customer("kim"), announce("kim", 4, 10)).refused(Refusal::SessionEnded);
    assert_eq!(seen(&c, &kim(), &customer("kim"), 1), Ok(()), "after the end too");
}

#[test]
fn what_may_be_sent_is_limited() {
    let mut c = uploaded();
    let wrong = |field: &str, why: &str| Refusal::FieldInvalid { field: field.into(), why: why.into() };
    let large = wrong("size", "is more than 26214400 bytes");
    c.when(customer("kim"), announce("kim", 2, (25 << 20) + 1)).refused(large);
    let kind = wrong("content_type", "is none that the center allows");
    c.when(customer("kim"), announce_as("kim", 2, 1, "text/html")).refused(kind);
    c.settings(|settings| {
        settings.attachments = Some(Box::new(AttachmentLimits { per_session: 2, ..AttachmentLimits::default() }));
    });
    c.when(agent("ann"), announce("kim", 2, 10)).then(&["file announced: f2.png"]);
    let full = Refusal::LimitReached { limit: "attachments.per_session".into() };
    c.when(customer("kim"), announce("kim", 3, 10)).refused(full);
    c.when(customer("kim"), announce("kim", 1, 10)).then(&[]);
    c.when(agent("bob"), announce("kim", 4, 10)).refused(Refusal::SessionNotFound);
    c.when(supervisor("sue"), announce("kim", 4, 10)).refused(Refusal::NotParticipant);
}
