//! Queues: hours, what is said by itself, what becomes of those who wait.

use super::*;

/// Monday, 2 November 2026, 00:00 in Berlin.
const MONDAY: Time = Time(1_793_574_000_000);

fn office_hours() -> Hours {
    let day = vec![Span { from: 9 * 60, to: 17 * 60 }];
    let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, Vec::new(), Vec::new()];
    Hours { time_zone: "Europe/Berlin".into(), week, holidays: Vec::new() }
}

/// Sales is open from nine to five, and this happens then; it is eight on a Monday.
fn with_hours(then: ClosingAction) -> World {
    let mut c = given();
    c.now = MONDAY + 8 * HOUR;
    c.queue("sales", |queue| {
        (queue.hours, queue.closing_action, queue.max_wait) = (Some(office_hours()), then, 24 * HOUR);
    });
    c
}

#[test]
fn hours_follow_the_time_zone_its_holidays_and_its_changes_of_the_clock() {
    let mut hours = office_hours();
    let at = |hours: &Hours, time| (hours.at(time).open, hours.at(time).until);
    let nine = MONDAY + 9 * HOUR;
    assert_eq!(at(&hours, MONDAY), (false, Some(nine)));
    assert_eq!(at(&hours, nine), (true, Some(nine + 8 * HOUR)));
    // Friday evening: the next opening is on Monday.
    let friday = MONDAY + 4 * 24 * HOUR + 17 * HOUR;
    assert_eq!(at(&hours, friday), (false, Some(nine + 7 * 24 * HOUR)));
    // The clocks went back on 25 October: that Friday's nine o'clock was an hour earlier than winter's.
    let summer = Time(MONDAY.0 - 10 * 24 * HOUR);
    assert_eq!(at(&hours, summer).1, Some(Time(summer.0 + 8 * HOUR)));
    hours.holidays = vec![Holiday { year: 2026, month: 11, day: 2, spans: vec![Span { from: 600, to: 660 }] }];
    assert_eq!(at(&hours, nine), (false, Some(nine + HOUR)));
    hours.week = Default::default();
    hours.holidays.clear();
    assert_eq!(at(&hours, nine), (false, None));
    hours.week = std::array::from_fn(|_| vec![Span { from: 0, to: DAY }]);
    assert_eq!(at(&hours, nine), (true, None), "days that meet at midnight are one");
}

#[test]
fn a_closed_queue_refuses_starts_and_transfers_until_it_opens() {
    let mut c = with_hours(ClosingAction::Keep);
    c.when(customer("kim"), start("kim", "sales")).refused(Refusal::QueueClosed);
    c.signed_in("ann").when(agent("ann"), go_ready).when(customer("lee"), start("lee", "support"));
    c.when(agent("ann"), accept("lee"));
    c.when(agent("ann"), transfer("lee", "sales", TransferLeave::Stay)).refused(Refusal::QueueClosed);
    c.after(HOUR).then_also("sales opened");
    c.when(agent("ann"), transfer("lee", "sales", TransferLeave::Stay)).then_also("queued in sales: Transferred");
}

#[test]
fn what_comes_back_by_itself_ignores_hours_and_length() {
    let mut c = with_hours(ClosingAction::End);
    c.after(HOUR).attended("kim", "ann");
    c.queue("sales", |queue| {
        (queue.hours, queue.closing_action, queue.max_wait) = (Some(office_hours()), ClosingAction::End, 24 * HOUR);
        queue.max_length = 1;
    });
    c.settings(|settings| (settings.inactivity_time, settings.lease_grace) = (24 * HOUR, MINUTE));
    c.after(8 * HOUR);
    c.when(system(), close_desk("ann", NODE)).after(2 * MINUTE).then_also("queued in sales: Returned");
    assert!(c.session("kim").is_open(), "and nobody is turned away for it");
}

#[test]
fn at_closing_time_those_who_wait_are_kept_moved_or_told_and_ended() {
    for (action, then) in [
        (ClosingAction::Keep, None),
        (ClosingAction::Overflow(queue_id("support")), Some("queued in support: Overflowed")),
        (ClosingAction::End, Some("ended: QueueClosed")),
    ] {
        let mut c = with_hours(action);
        c.settings(|settings| settings.customer_grace = 48 * HOUR);
        c.after(HOUR).waiting("kim").after(8 * HOUR).then_also("sales closed");
        match then {
            Some(then) => c.then_also(then),
            None => c.ready("ann").then_also("offered to ann"),
        };
    }
}

#[test]
fn closing_waits_for_a_ringing_offer_and_spares_who_is_attended() {
    let mut c = with_hours(ClosingAction::End);
    c.settings(|settings| settings.inactivity_time = 24 * HOUR);
    c.after(HOUR).attended("kim", "ann").when(agent("ann"), transfer("kim", "sales", TransferLeave::Stay));
    c.configured("bob", |agent| agent.capacity = Some(1));
    c.after(8 * HOUR - 5 * SECOND).ready("bob").then_also("offered to bob");
    c.waiting("lee").after(6 * SECOND).then_also("ended: QueueClosed");
    assert!(c.session("kim").entry.is_some(), "it rings");
    c.after(20 * SECOND).then_also("unqueued from sales: QueueClosed");
    assert!(c.session("kim").is_attended(), "and who is attended only leaves the queue");
}

#[test]
fn a_full_queue_says_so_or_sends_starts_elsewhere() {
    let mut c = given();
    c.queue("sales", |queue| queue.max_length = 1).waiting("kim");
    c.when(customer("lee"), start("lee", "sales")).refused(Refusal::QueueFull);
    c.queue("sales", |queue| (queue.max_length, queue.full_overflow) = (1, Some(queue_id("support"))));
    c.when(customer("lee"), start("lee", "sales")).then_also("queued in support: Started");
    c.queue("support", |queue| (queue.max_length, queue.full_overflow) = (1, Some(queue_id("sales"))));
    c.when(customer("zoe"), start("zoe", "sales")).refused(Refusal::QueueFull);
}

fn message(moment: Moment, language: Option<&str>, text: &str) -> QueueMessage {
    QueueMessage { moment, language: language.map(Into::into), text: text.into() }
}

#[test]
fn a_queue_speaks_the_customers_language_at_each_moment() {
    let mut c = given();
    c.queue("sales", |queue| {
        queue.waiting_interval = MINUTE;
        queue.messages = vec![
            message(Moment::Entered, None, "Welcome to {{queue.name}}"),
            message(Moment::Entered, Some("de"), "Willkommen"),
            message(Moment::Waiting, None, "You are number {{position}}, {{estimated_wait}} min, {{other}}"),
            message(Moment::Connected, None, "{{agent.name}} is here"),
        ];
    });
    c.waiting("kim").then_also("queue sales said: Welcome to sales");
    let german = start_with("lee", "sales", |start| start.language = Some("de-CH".into()));
    c.when(customer("lee"), german).then_also("queue sales said: Willkommen");
    c.after(MINUTE).then(&[
        "queue sales said: You are number 1, – min, {{other}}",
        "queue sales said: You are number 2, – min, {{other}}",
    ]);
    c.ready("ann").when(agent("ann"), accept("kim")).then_also("queue sales said: ann is here");
    c.after(MINUTE).then_also("queue sales said: You are number 1, 1 min, {{other}}");
}

#[test]
fn nobody_is_told_that_they_wait_while_an_agent_is_connected() {
    let mut c = given();
    c.queue("support", |queue| {
        queue.waiting_interval = MINUTE;
        queue.messages = vec![message(Moment::Waiting, None, "Please wait")];
    });
    c.attended("kim", "ann").when(agent("ann"), transfer("kim", "support", TransferLeave::Stay));
    c.after(3 * MINUTE).then(&[]);
    c.when(agent("ann"), leave("kim", None)).after(MINUTE).then(&["queue support said: Please wait"]);
}

#[test]
fn a_queues_priority_counts_for_those_who_wait_in_it() {
    let mut c = given();
    c.waiting("kim").after(SECOND);
    c.when(customer("lee"), start("lee", "support"));
    c.queue("support", |queue| queue.priority = 5);
    c.configured("ann", |agent| agent.capacity = Some(1)).ready("ann");
    assert!(c.session("lee").router_offer().is_some(), "also of those who were there before it was set");
}

#[test]
fn the_wait_is_estimated_from_what_the_queue_has_seen() {
    let mut c = given();
    c.waiting("one").after(SECOND).waiting("two").after(SECOND).waiting("three");
    assert_eq!(c.center.estimate_for(c.session("three").id), None, "nothing is known yet");
    c.configured("ann", |agent| agent.capacity = Some(1));
    c.after(MINUTE).ready("ann").when(agent("ann"), accept("one"));
    assert_eq!(c.center.estimate_for(c.session("three").id), Some(124 * SECOND));
    assert_eq!(c.center.place_of(c.session("three").id), Some(2));
    c.waiting("four");
    assert_eq!(c.session("four").entry.as_ref().unwrap().estimate, Some(186 * SECOND));
    c.after(MINUTE).when(agent("ann"), leave("one", Some(IfLast::End))).when(agent("ann"), accept("two"));
    let waits = &c.center.waits[&queue_id("sales")];
    assert_eq!((waits.taken, waits.waited, waits.estimated), (2, 183 * SECOND, 0));
    c.when(agent("ann"), leave("two", Some(IfLast::End))).when(agent("ann"), accept("three"));
    c.when(agent("ann"), leave("three", Some(IfLast::End))).when(agent("ann"), accept("four"));
    let waits = &c.center.waits[&queue_id("sales")];
    assert_eq!(
        (waits.estimated, waits.error),
        (1, 126 * SECOND),
        "it was a minute, and not the 186 s that were thought"
    );
    c.waiting("five");
    assert!(c.center.estimate_in(&queue_id("sales")).is_some());
    c.when(agent("ann"), sign_out(true));
    assert_eq!(c.center.estimate_in(&queue_id("sales")), None, "nobody is there who could take anybody");
    assert_eq!(c.center.estimate_for(c.session("five").id), None);
}

#[test]
fn a_queue_that_something_needs_is_not_deleted() {
    let mut c = given();
    let delete = |name: &'static str| move |_: &World| Command::DeleteQueue { queue: queue_id(name) };
    c.when(backend(), delete("nowhere")).refused(Refusal::QueueNotFound);
    c.waiting("kim").when(backend(), delete("sales")).refused(Refusal::QueueInUse { by: "sessions".into() });
    c.when(customer("kim"), end("kim"));
    c.queue("support", |queue| queue.full_overflow = Some(queue_id("sales")));
    c.when(backend(), delete("sales")).refused(Refusal::QueueInUse { by: "queues".into() });
    c.queue("support", |_| {});
    c.when(backend(), delete("sales")).refused(Refusal::QueueInUse { by: "agents".into() });
    for name in ["ann", "bob", "cy", "sue"] {
        c.configured(name, |agent| agent.queues.clear());
    }
    c.when(backend(), delete("sales")).then(&["queue sales deleted"]);
    c.when(customer("lee"), start("lee", "sales")).refused(Refusal::QueueNotFound);
}

#[test]
fn what_becomes_of_those_who_wait_in_a_closed_queue_follows_the_setting_as_it_is() {
    let closing = |action: ClosingAction| {
        move |queue: &mut Queue| {
            (queue.hours, queue.closing_action, queue.max_wait) = (Some(office_hours()), action, 24 * HOUR);
        }
    };
    let mut c = with_hours(ClosingAction::End);
    c.after(9 * HOUR - 10 * SECOND).waiting("kim").ready("ann").then_also("ann ready");
    c.after(15 * SECOND);
    assert!(c.session("kim").entry.as_ref().unwrap().closed.is_some(), "it rings");
    c.queue("sales", closing(ClosingAction::Keep)).after(10 * SECOND).then_also("offer to ann ended: NoAnswer");
    assert!(c.session("kim").is_open(), "and who is kept is served all the same");
    c.queue("sales", closing(ClosingAction::End)).after(0).then_also("ended: QueueClosed");
}

#[test]
fn a_holiday_far_ahead_is_seen_in_time() {
    let mut c = given();
    c.now = MONDAY;
    let always = std::array::from_fn(|_| vec![Span { from: 0, to: DAY }]);
    let holiday = Holiday { year: 2028, month: 1, day: 1, spans: Vec::new() };
    c.queue("sales", |queue| {
        queue.hours = Some(Hours { time_zone: "UTC".into(), week: always, holidays: vec![holiday] });
    });
    assert!(c.center.is_open(&queue_id("sales")));
    // From 2 November 2026 it is 425 days.
    c.after(425 * 24 * HOUR + 2 * HOUR);
    assert!(!c.center.is_open(&queue_id("sales")), "{:?}", c.center.openness);
    c.after(24 * HOUR);
    assert!(c.center.is_open(&queue_id("sales")));
}
