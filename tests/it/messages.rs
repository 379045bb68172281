//! What a message is beyond its text.

use std::time::Duration;

use chatsession_sdk::{CenterSettings, Reason};

use crate::world::{World, said};

fn settings() -> CenterSettings {
    CenterSettings::new().recovery_hold(Duration::ZERO)
}

#[tokio::test]
async fn what_is_masked_is_read_by_nobody() {
    let world = World::new().await;
    let administration = world.integrator().await.administration();
    let masked = settings().mask_card_numbers().mask("passwords", r"(?i)(password: )\S+", "$1[removed]");
    administration.apply([masked.into()]).await.unwrap();
    let (mut mia, mut ann) = world.attended().await;
    mia.session.say("My card is 4111 1111 1111 1111").send().await.unwrap();
    mia.sees(said("My card is **** **** **** 1111")).await;
    ann.sees(said("My card is **** **** **** 1111")).await;
    ann.on(&mia.session).whisper("her password: hunter2!").send().await.unwrap();
    ann.sees(said("her password: [removed]")).await;
    let broken = settings().mask("open", "(", "");
    let refused = administration.apply([broken.into()]).await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::FieldInvalid));
    assert_eq!(refused.field_violations()[0].field, "objects[0].settings.masks[0].pattern");
}
