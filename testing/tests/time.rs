//! What time does, without waiting for it.

use std::time::{Duration, UNIX_EPOCH};

use chatsession_sdk::{
    Agent, CenterSettings, DeskEvent, DeskOffer, DeskWatch, EventKind, Hours, OfferOutcome, Queue, Reason, WatchEvent,
};
use chatsession_testing::{Failure, Service, Who};

/// 2026-03-01 was a Sunday; noon in UTC.
const SUNDAY_NOON: Duration = Duration::from_secs(1_772_366_400);
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn center(service: &Service, queue: Queue) -> Result<(), Failure> {
    let administration = service.client(Who::Integrator("backend")).await?.administration();
    administration.apply([CenterSettings::new().recovery_hold(Duration::ZERO).into(), queue.into()]).await?;
    administration.apply([Agent::new("ann", "Ann").queue("sales").into()]).await?;
    Ok(())
}

async fn rings(desk: &mut DeskWatch) -> Result<DeskOffer, Failure> {
    loop {
        if let DeskEvent::Offer(offer) = desk.next().await.ok_or("the desk closed")?? {
            return Ok(*offer);
        }
    }
}

#[tokio::test]
async fn given_an_offer_that_rings_when_its_time_is_put_behind_then_it_is_missed_in_a_moment() -> Result<(), Failure> {
    let service = Service::start().await?;
    center(&service, Queue::new("sales", "Sales")).await?;
    let ann = service.client(Who::Agent("ann")).await?.desk();
    ann.sign_in().send().await?;
    let mut desk = ann.watch().open().await?;
    ann.set_ready().send().await?;
    let mia = service.client(Who::Customer("mia")).await?;
    let started = mia.start_session("sales").send().await?;
    let offer = rings(&mut desk).await?;

    let began = std::time::Instant::now();
    service.advance(offer.offer.expire_time.duration_since(service.now())?);

    let backend = service.client(Who::Integrator("backend")).await?;
    let mut log = backend.session(started.session.session_id).watch().from_start().open().await?;
    let outcome = loop {
        if let WatchEvent::Event(event) = log.next().await.ok_or("the log closed")??
            && let EventKind::OfferEnded { outcome, .. } = event.kind
        {
            break outcome;
        }
    };
    assert_eq!(outcome, OfferOutcome::NoAnswer);
    assert!(began.elapsed() < Duration::from_secs(10), "took {:?}", began.elapsed());
    Ok(())
}

#[tokio::test]
async fn given_hours_when_the_day_comes_then_the_queue_opens() -> Result<(), Failure> {
    let service = Service::starting_at(UNIX_EPOCH + SUNDAY_NOON).await?;
    let hours = Hours::new("UTC").open_on_workdays("08:00", "18:00");
    center(&service, Queue::new("sales", "Sales").hours(hours)).await?;
    let mia = service.client(Who::Customer("mia")).await?;

    let refused = mia.start_session("sales").send().await.expect_err("it is Sunday");
    assert_eq!(refused.reason(), Some(&Reason::QueueClosed));

    service.advance(DAY);
    let started = mia.start_session("sales").send().await?;
    let created = started.session.create_time.duration_since(UNIX_EPOCH)?;
    assert!(created >= SUNDAY_NOON + DAY && created < SUNDAY_NOON + DAY + Duration::from_secs(60), "{created:?}");
    Ok(())
}

#[tokio::test]
async fn given_a_watch_when_the_service_stops_and_starts_then_nothing_is_lost_and_time_goes_on() -> Result<(), Failure>
{
    let mut service = Service::start().await?;
    center(&service, Queue::new("sales", "Sales")).await?;
    let mia = service.client(Who::Customer("mia")).await?;
    let session = mia.session(mia.start_session("sales").send().await?.session.session_id);
    let mut watch = session.watch().from_start().open().await?;
    session.say("before").send().await?;
    service.advance(Duration::from_secs(60));
    let ahead = service.now();

    service.stop().await?;
    service.start_again().await?;
    session.say("after").send().await?;

    let mut said = Vec::new();
    while said.len() < 2 {
        if let WatchEvent::Event(event) = watch.next().await.ok_or("the watch closed")??
            && let EventKind::MessagePosted { text, .. } = event.kind
        {
            said.push((text, event.create_time));
        }
    }
    assert_eq!(said.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(), ["before", "after"]);
    assert!(said[1].1 >= ahead - Duration::from_secs(1), "time went back by the stop");
    Ok(())
}
