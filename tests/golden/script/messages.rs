//! What messages are beyond their text, and canned responses.

use chatsession::center::*;

use super::{Script, agent, customer, system};

fn response(id: &str) -> Box<CannedResponse> {
    Box::new(CannedResponse {
        id: ResponseId::parse(id).unwrap(),
        title: "Greeting".into(),
        text: "Hello {{customer.name}}".into(),
        shortcut: "/hi".into(),
        language: Some("en".into()),
        queues: [QueueId::parse("first").unwrap()].into(),
    })
}

fn announced(day: &mut Script, who: u8, session: SessionId, number: u8) -> AttachmentId {
    let (id, name) = (AttachmentId::from_bytes([number; 16]), "bill.pdf".to_owned());
    let content_type = "application/pdf".into();
    day.ask(customer(who), Command::CreateAttachment { session, id, name, content_type, size: 1_000 });
    id
}

/// A customer answers with a file; agents keep canned responses.
pub fn beyond_text(day: &mut Script, session: SessionId, said: u32) {
    day.ask(system(), Command::Put(Object::CannedResponse(response("hello"))));
    for id in ["one", "two"] {
        day.ask(agent("ann"), Command::PutCannedResponse(response(id)));
    }
    day.ask(agent("ann"), Command::DeleteCannedResponse { id: ResponseId::parse("two").unwrap() });
    day.ask(system(), Command::DeleteShared { id: ResponseId::parse("hello").unwrap() });
    let id = announced(day, 1, session, 1);
    day.ask(system(), Command::FinishUpload { session, id, file: FileId::from_bytes([9; 16]) });
    let attachments = vec![NamedAttachment { id, name: "bill.pdf".into() }];
    let with = Some(Box::new(MessageParts { reply_to: Some(said), attachments }));
    let (text, audience) = ("this one".to_owned(), Audience::Everyone);
    day.ask(customer(1), Command::SendMessage { session, text, audience, with });
}

/// A file that nobody sends, in a chat that waits for more than a day.
pub fn unsent(day: &mut Script) {
    let settings = Settings { max_age: 26 * HOUR, ..Settings::default() };
    day.ask(system(), Command::Put(Object::Settings(Box::new(settings))));
    let slow = Queue {
        id: QueueId::parse("slow").unwrap(),
        max_wait: 70 * HOUR,
        ..day.center().queues.values().next().unwrap().clone()
    };
    day.ask(system(), Command::Put(Object::Queue(Box::new(slow))));
    let session = day.start(5, "slow");
    announced(day, 5, session, 2);
}
