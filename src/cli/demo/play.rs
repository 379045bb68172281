//! The play, in its scenes.

use chatsession::grpc::auth::Role;
use chatsession_sdk::{ActorKind, DeskEvent, Event, EventKind};

use super::cast::{Colleague, Stage, Visitor, joined, left, said};
use crate::cli::{
    Failure,
    center::{CenterFile, SAMPLE},
    out,
};

/// Who takes part.
struct Cast {
    ann: Colleague,
    bob: Colleague,
    dora: Colleague,
    visitor: Visitor,
}

/// From the customer's coming to the last wrap-up.
pub(super) async fn play(stage: &Stage) -> Result<(), Failure> {
    let backend = stage.client(Role::Integrator, "backend").await?;
    backend.administration().apply(CenterFile::parse(SAMPLE)?.objects()).await?;
    out::line("The sample center is set up: queues sales, billing, support, complaints (examples/center.yaml).\n");
    let mut cast = queued(stage).await?;
    conference(stage, &mut cast).await?;
    complete_transfer(stage, &mut cast).await?;
    to_a_queue(stage, &mut cast).await?;
    end(stage, &mut cast).await?;
    for colleague in [cast.ann, cast.bob, cast.dora] {
        colleague.signs_out().await?;
    }
    Ok(())
}

fn scene(title: &str) {
    out::line(format!("\n— {title}"));
}

/// The customer waits, the agent's desk rings.
async fn queued(stage: &Stage) -> Result<Cast, Failure> {
    scene("A customer comes");
    let bob = Colleague::sign_in(stage, Role::Agent, "bob", "Bob", false).await?;
    let client = stage.client(Role::Customer, &format!("visitor-{}", uuid::Uuid::now_v7())).await?;
    let started = client.start_session("sales").customer_name("Mia").language("en").send().await?;
    let session = client.session(started.session.session_id);
    let mut visitor = Visitor { watch: session.watch().from_start().open().await?, session };
    let waits = |event: &Event| matches!(event.kind, EventKind::SessionQueued { .. }).then_some(());
    visitor.sees(waits).await?;
    stage.tell("Mia", format!("starts a chat and waits in sales; session {}", visitor.session.id())).await;
    let mut ann = Colleague::sign_in(stage, Role::Agent, "ann", "Ann", true).await?;
    let offer = ann.rings(stage, visitor.session.id()).await?;
    ann.accepts(stage, offer).await?;
    visitor.sees(joined("Ann")).await?;
    stage.tell("Mia", "sees that Ann is connected").await;
    let dora = Colleague::sign_in(stage, Role::Agent, "dora", "Dora", false).await?;
    Ok(Cast { ann, bob, dora, visitor })
}

/// A colleague is invited and joins; both talk with the customer.
async fn conference(stage: &Stage, cast: &mut Cast) -> Result<(), Failure> {
    scene("Conference: Ann invites Bob");
    let id = cast.visitor.session.id().to_owned();
    asks(stage, cast, "My new lamp blinks. Can I still return it?").await?;
    cast.ann.session(&id).invite("bob").conference().note("Mia's lamp blinks, do you know why?").send().await?;
    stage.tell("Ann", "invites Bob; until he accepts, she keeps the chat").await;
    let offer = cast.bob.rings(stage, &id).await?;
    cast.bob.accepts(stage, offer).await?;
    cast.ann.sees(joined("Bob")).await?;
    stage.tell("Ann", "sees the confirmation: Bob is connected").await;
    cast.ann.session(&id).say("You can return it; Bob is our lamp expert.").send().await?;
    cast.visitor.sees(said("You can return it; Bob is our lamp expert.")).await?;
    stage.tell("Ann → Mia", "You can return it; Bob is our lamp expert.").await;
    cast.bob.session(&id).say("Hello Mia, it's the dimmer. Hold the button for ten seconds.").send().await?;
    cast.visitor.sees(said("Hello Mia, it's the dimmer. Hold the button for ten seconds.")).await?;
    stage.tell("Bob → Mia", "Hello Mia, it's the dimmer. Hold the button for ten seconds.").await;
    Ok(())
}

async fn asks(stage: &Stage, cast: &mut Cast, words: &'static str) -> Result<(), Failure> {
    cast.visitor.session.say(words).send().await?;
    cast.ann.sees(said(words)).await?;
    stage.tell("Mia", words).await;
    Ok(())
}

/// The first agent leaves, the chat goes on.
async fn complete_transfer(stage: &Stage, cast: &mut Cast) -> Result<(), Failure> {
    scene("Complete transfer: Ann leaves, Bob goes on");
    let id = cast.visitor.session.id().to_owned();
    cast.ann.session(&id).leave().send().await?;
    cast.visitor.sees(left("Ann")).await?;
    stage.tell("Ann", "clicks End Chat: she leaves, the chat goes on").await;
    wrap_up(stage, &mut cast.ann, "Ann", &id).await?;
    cast.visitor.session.say("It has stopped! But I was charged twice.").send().await?;
    cast.bob.sees(said("It has stopped! But I was charged twice.")).await?;
    stage.tell("Mia → Bob", "It has stopped! But I was charged twice.").await;
    Ok(())
}

/// The session goes to a service queue; the agent is still connected until they leave.
async fn to_a_queue(stage: &Stage, cast: &mut Cast) -> Result<(), Failure> {
    scene("Transfer to a service queue: Bob sends the chat to Billing");
    let id = cast.visitor.session.id().to_owned();
    cast.bob.session(&id).transfer_to_queue("billing").stay().note("Charged twice for the lamp").send().await?;
    stage.tell("Bob", "transfers to billing; he is still connected").await;
    let automated = |event: &Event| match &event.kind {
        EventKind::MessagePosted { text, .. } if event.actor.kind == ActorKind::Queue => Some(text.clone()),
        _ => None,
    };
    let greeting = cast.visitor.sees(automated).await?;
    stage.tell("Billing", format!("(automated) {greeting}")).await;
    cast.bob.session(&id).leave().send().await?;
    cast.visitor.sees(left("Bob")).await?;
    stage.tell("Bob", "clicks End Chat: he leaves, Mia keeps her place in billing").await;
    ready(stage, cast).await?;
    let offer = cast.dora.rings(stage, &id).await?;
    cast.dora.accepts(stage, offer).await?;
    cast.visitor.sees(joined("Dora")).await?;
    stage.tell("Mia", "sees that Dora is connected").await;
    cast.dora.session(&id).say("One of the two is refunded, Mia.").send().await?;
    cast.visitor.sees(said("One of the two is refunded, Mia.")).await?;
    stage.tell("Dora → Mia", "One of the two is refunded, Mia.").await;
    Ok(())
}

async fn ready(stage: &Stage, cast: &mut Cast) -> Result<(), Failure> {
    cast.dora.set_ready().await?;
    stage.tell("Dora", "is ready for billing").await;
    Ok(())
}

/// The customer ends the chat; the agent says what came of it.
async fn end(stage: &Stage, cast: &mut Cast) -> Result<(), Failure> {
    scene("The end, and after-chat work");
    let id = cast.visitor.session.id().to_owned();
    cast.visitor.session.end().send().await?;
    let ended = |event: &Event| matches!(event.kind, EventKind::SessionEnded { .. }).then_some(());
    cast.visitor.sees(ended).await?;
    stage.tell("Mia", "ends the chat").await;
    wrap_up(stage, &mut cast.dora, "Dora", &id).await
}

/// After-chat work begins when the agent has left, and is done when they say so.
async fn wrap_up(stage: &Stage, colleague: &mut Colleague, name: &str, id: &str) -> Result<(), Failure> {
    colleague.until(|event| matches!(event, DeskEvent::WrapUp(work) if work.session_id == id).then_some(())).await?;
    stage.tell(name, "has after-chat work").await;
    let session = colleague.session(id);
    session.set_disposition("solved").notes("One of two charges refunded").send().await?;
    session.complete_wrap_up().send().await?;
    let done = |event: &DeskEvent| match event {
        DeskEvent::WrapUpEnded { session_id, .. } if session_id == id => Some(()),
        _ => None,
    };
    colleague.until(done).await?;
    stage.tell(name, "sets the disposition “solved” and completes it").await;
    Ok(())
}
