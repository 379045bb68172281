//! Colleagues among themselves.

use std::collections::BTreeSet;

use super::*;

const DAY: Millis = 24 * HOUR;

fn chat(names: &'static [&'static str]) -> impl FnOnce(&World) -> Command {
    move |_| Command::StartChat { members: names.iter().map(|name| agent_id(name)).collect(), name: String::new() }
}

fn to(chat: ChatId, text: &'static str) -> impl FnOnce(&World) -> Command {
    move |_| Command::SendChatMessage { chat, text: text.into() }
}

fn add(chat: ChatId, name: &'static str) -> impl FnOnce(&World) -> Command {
    move |_| Command::AddChatMember { chat, agent: agent_id(name) }
}

fn go(chat: ChatId) -> impl FnOnce(&World) -> Command {
    move |_| Command::LeaveChat { chat }
}

fn read_to(chat: ChatId, revision: u32) -> impl FnOnce(&World) -> Command {
    move |_| Command::ReadChatUpTo { chat, revision }
}

/// The chat that the last answer is about.
fn it(c: &World) -> ChatId {
    ChatId::from_bytes(c.answer().session.unwrap().bytes())
}

fn sees(c: &World, name: &str, id: ChatId) -> Result<(u32, Option<u32>), Refusal> {
    c.center.chat_of(&agent_id(name), id).map(|(_, member)| (member.joined_at, member.left))
}

#[test]
fn two_colleagues_have_one_open_chat_signed_in_or_not() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob"])).then(&["chat of ann, bob"]);
    assert!(c.answer().is_new);
    let id = it(&c);
    c.when(agent("bob"), chat(&["ann", "bob"])).then(&[]);
    assert_eq!((it(&c), c.answer().is_new), (id, false));
    c.when(agent("bob"), to(id, "hi")).then(&["bob to colleagues: hi"]);
    assert_eq!(c.answer().revision, 2);
    c.when(agent("ann"), go(id)).refused(Refusal::ChatIsPair);
    c.when(agent("ann"), add(id, "cy")).refused(Refusal::ChatIsPair);
}

#[test]
fn nobody_else_knows_of_a_chat_not_even_supervisors() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob"]));
    let id = it(&c);
    for outsider in ["cy", "sue"] {
        assert_eq!(sees(&c, outsider, id), Err(Refusal::ChatNotFound));
        c.when(agent(outsider), to(id, "hello?")).refused(Refusal::ChatNotFound);
        c.when(agent(outsider), read_to(id, 1)).refused(Refusal::ChatNotFound);
        c.when(agent(outsider), go(id)).refused(Refusal::ChatNotFound);
    }
    c.when(supervisor("sue"), to(id, "hello?")).refused(Refusal::ChatNotFound);
    c.when(customer("kim"), to(id, "hello?")).refused(Refusal::RoleNotAllowed);
    assert_eq!(c.center.view(&Viewer::All, id.log()).unwrap_err(), Refusal::SessionNotFound);
    c.when(agent("ann"), |_| Command::Leave { session: id.log(), if_last: None, expected: None });
    c.refused(Refusal::SessionNotFound);
}

#[test]
fn a_chat_takes_no_room_and_no_part_in_routing() {
    let mut c = given();
    c.settings(|settings| settings.capacity = 1).ready("ann");
    c.when(agent("ann"), chat(&["bob"]));
    c.waiting("kim").then_also("offered to ann");
    assert_eq!(c.center.agents[&agent_id("ann")].work.units(), 1);
    c.when(agent("ann"), sign_out(false)).then_also("ann signed out");
}

#[test]
fn a_quiet_pair_is_closed_and_the_next_message_opens_a_linked_chat() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob"]));
    let first = it(&c);
    c.after(DAY - 1).then(&[]).when(agent("bob"), to(first, "hi")).after(DAY - 1).then(&[]);
    c.after(1).then(&["chat closed: Quiet"]);
    c.when(agent("ann"), to(first, "still there?"));
    c.then(&["chat of ann, bob, going on", "ann to colleagues: still there?"]);
    let second = it(&c);
    assert_eq!((c.answer().is_new, c.answer().revision), (true, 2));
    let link =
        |c: &World, id| c.center.chat_of(&agent_id("ann"), id).map(|(chat, _)| (chat.previous, chat.next)).unwrap();
    assert_eq!((link(&c, first), link(&c, second)), ((None, Some(second)), (Some(first), None)));
    c.when(agent("bob"), to(first, "yes")).then(&["bob to colleagues: yes"]);
    assert_eq!(it(&c), second, "what goes to the old one goes on in the new one");
    c.after(DAY).then(&["chat closed: Quiet"]).when(agent("bob"), chat(&["ann"]));
    c.then(&["chat of ann, bob, going on"]);
    c.after(6 * DAY).then_also("chat forgotten");
    assert_eq!((sees(&c, "ann", first), link(&c, second).0), (Err(Refusal::ChatNotFound), None));
}

#[test]
fn a_center_says_how_long_a_pair_may_be_quiet_and_down_time_is_nobodys_silence() {
    let mut c = given();
    c.settings(|settings| settings.chat_idle_time = Some(HOUR)).when(agent("ann"), chat(&["bob"]));
    c.after(30 * MINUTE).after_a_recovery(2 * HOUR, &[NODE, OTHER_NODE]).then(&["deadlines moved by 7200000"]);
    c.after(29 * MINUTE).then(&[]).after(MINUTE).then(&["chat closed: Quiet"]);
}

#[test]
fn members_see_a_group_from_their_joining_to_their_leaving() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob", "cy"])).then(&["chat of ann, bob, cy"]);
    let id = it(&c);
    c.when(agent("bob"), go(id)).then(&["bob left the chat"]);
    c.when(agent("ann"), to(id, "he is gone"));
    assert_eq!(sees(&c, "bob", id), Ok((1, Some(2))));
    c.when(agent("bob"), to(id, "am I?")).refused(Refusal::NotParticipant);
    c.when(agent("bob"), add(id, "sue")).refused(Refusal::NotParticipant);
    c.when(agent("cy"), add(id, "sue")).then(&["sue joined the chat"]);
    assert_eq!(sees(&c, "sue", id), Ok((4, None)));
    c.when(agent("cy"), add(id, "sue")).refused(Refusal::AlreadyMember);
    c.when(agent("cy"), add(id, "nobody")).refused(Refusal::AgentNotFound);
    c.when(agent("sue"), add(id, "bob")).then(&["bob joined the chat"]);
    assert_eq!(sees(&c, "bob", id), Ok((1, None)), "the absence included");
}

#[test]
fn a_group_ends_with_its_last_member_and_isnt_closed_by_silence() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob", "cy"]));
    let id = it(&c);
    c.after(20 * DAY).then(&[]);
    c.when(agent("ann"), go(id)).when(agent("bob"), go(id));
    c.when(agent("cy"), go(id)).then(&["cy left the chat", "chat closed: Emptied"]);
    c.when(agent("cy"), to(id, "hello?")).refused(Refusal::NotParticipant);
    c.after(7 * DAY).then(&["chat forgotten"]);
    c.when(agent("cy"), to(id, "hello?")).refused(Refusal::ChatNotFound);
}

#[test]
fn a_group_that_grew_too_old_goes_on_in_a_linked_one() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob", "cy"]));
    let id = it(&c);
    c.when(agent("cy"), go(id)).after(CHAT_AGE).then(&["chat closed: Aged"]);
    c.when(agent("ann"), add(id, "cy")).refused(Refusal::ChatClosed);
    c.when(agent("bob"), to(id, "on we go")).then(&["chat of ann, bob, going on", "bob to colleagues: on we go"]);
}

#[test]
fn a_chat_that_went_on_answers_by_the_one_that_is_named() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob", "cy"]));
    let id = it(&c);
    c.when(agent("cy"), go(id)).after(CHAT_AGE).then(&["chat closed: Aged"]);
    c.when(agent("bob"), to(id, "on we go"));
    let next = it(&c);
    c.when(agent("bob"), add(next, "sue"));
    c.when(agent("cy"), to(id, "am I?")).refused(Refusal::NotParticipant);
    c.when(agent("sue"), to(id, "what was before?")).refused(Refusal::ChatNotFound);
    c.when(agent("ann"), to(id, "and on")).then(&["ann to colleagues: and on"]);
}

#[test]
fn a_message_takes_effect_once_and_its_id_is_for_one_content() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob"]));
    let id = it(&c);
    c.when_asked(agent("ann"), "m1", to(id, "hi")).then(&["ann to colleagues: hi"]);
    let first = c.answer().clone();
    c.when_asked(agent("ann"), "m1", to(id, "hi")).then(&[]);
    assert_eq!(*c.answer(), first);
    c.when_asked(agent("ann"), "m1", to(id, "ho")).refused(Refusal::RequestIdReused);
}

#[test]
fn what_is_read_is_told_once_while_something_is_unread() {
    let mut c = given();
    c.when(agent("ann"), chat(&["bob"]));
    let id = it(&c);
    c.when(agent("bob"), read_to(id, 1)).then(&[]);
    c.when(agent("ann"), to(id, "hi")).when(agent("ann"), read_to(id, 2)).then(&[]);
    c.when(agent("bob"), read_to(id, 3)).refused(Refusal::PositionInFuture { last: 2 });
    c.when(agent("bob"), read_to(id, 2)).then(&["bob read the chat up to 2"]);
    c.when(agent("bob"), read_to(id, 3)).then(&[]);
    c.when(agent("ann"), to(id, "are you there?")).after(DAY).then(&["chat closed: Quiet"]);
    c.when(agent("bob"), read_to(id, 4)).then(&["bob read the closed chat up to 4"]);
    c.when(agent("bob"), read_to(id, 5)).then(&[]);
}

#[test]
fn a_full_chat_takes_no_more_messages_and_its_pair_starts_another() {
    let mut c = given();
    c.settings(|settings| settings.max_events = 3).when(agent("ann"), chat(&["bob"]));
    let id = it(&c);
    c.when(agent("ann"), to(id, "1")).when(agent("ann"), to(id, "2"));
    c.when(agent("ann"), to(id, "3")).refused(Refusal::ChatFull);
    c.when(agent("bob"), read_to(id, 3)).then(&["bob read the chat up to 3"]);
    c.when(agent("ann"), chat(&["bob"])).then(&["chat closed: Full", "chat of ann, bob, going on"]);
    c.when(agent("bob"), to(id, "3")).then(&["bob to colleagues: 3"]);
}

#[test]
fn who_and_how_many_can_be_in_a_chat() {
    let mut c = given();
    let invalid = |why: &str| Refusal::FieldInvalid { field: "member_agent_ids".into(), why: why.into() };
    c.when(agent("ann"), chat(&[])).refused(invalid("names nobody else"));
    c.when(agent("ann"), chat(&["ann"])).refused(invalid("names nobody else"));
    c.when(agent("ann"), chat(&["nobody"])).refused(Refusal::AgentNotFound);
    c.when(customer("kim"), chat(&["ann"])).refused(Refusal::RoleNotAllowed);
    c.when(backend(), chat(&["ann"])).refused(Refusal::RoleNotAllowed);
    let called = |names: BTreeSet<AgentId>| move |_: &World| Command::StartChat { members: names, name: "us".into() };
    let name = Refusal::FieldInvalid { field: "name".into(), why: "is for groups of three and more".into() };
    c.when(agent("ann"), called([agent_id("bob")].into())).refused(name);
    let many: Vec<String> = (0..50).map(|at| format!("a-{at}")).collect();
    for name in &many {
        c.configured(name, |_| {});
    }
    let all: BTreeSet<AgentId> = many.iter().map(|name| agent_id(name)).collect();
    c.when(agent("ann"), called(all.clone())).refused(invalid("are more than a chat has"));
    c.when(agent("a-0"), called(all));
    let id = it(&c);
    let full = || Refusal::LimitReached { limit: "chat_members".into() };
    c.when(agent("a-1"), add(id, "ann")).refused(full());
    c.when(agent("a-2"), go(id)).when(agent("a-1"), add(id, "ann")).then(&["ann joined the chat"]);
}

#[test]
fn an_agent_has_so_many_open_chats() {
    let mut c = given();
    for _ in 0..MAX_CHATS {
        c.when(agent("ann"), chat(&["bob", "cy"]));
    }
    let last = it(&c);
    c.when(agent("sue"), chat(&["bob"])).refused(Refusal::LimitReached { limit: "chats".into() });
    c.when(agent("bob"), go(last)).when(agent("sue"), chat(&["bob"])).then(&["chat of bob, sue"]);
}
