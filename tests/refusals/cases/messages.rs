//! What a message can't be beyond its text, and canned responses that can't be.

use super::*;

pub(super) fn messages(stage: &Stage) -> Vec<Row> {
    let mut rows = parts(stage);
    rows.extend(canned_responses(stage));
    rows
}

fn parts(stage: &Stage) -> Vec<Row> {
    let (ann, c1, c3, id) = (agent("ann"), customer("c1"), customer("c3"), unused);
    let (s, say) = (&stage.attended, "ChatSession/SendMessage");
    let create = "ChatSession/CreateAttachment";
    let file = |name: &str, kind: &str, size: u64| {
        m!(CreateAttachmentRequest { request_id: id(), session_id: s, file_name: name, content_type: kind, size: size })
    };
    let answers =
        |to: u64| m!(SendMessageRequest { request_id: id(), session_id: s, text: "t", reply_to_revision: to });
    let ids = |ids: &[&str]| -> Vec<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
    let sends = |named: &[&str]| m!(SendMessageRequest { request_id: id(), session_id: s, attachment_ids: ids(named) });
    let nobodys = "01890000-0000-7000-8000-000000000000";
    vec![
        (say, "a reply to no message", ann, answers(1)),
        (say, "a reply to the future", c1, answers(999)),
        (say, "a bad attachment id", ann, sends(&["a b"])),
        (say, "an unknown attachment", ann, sends(&[nobodys])),
        (say, "21 attachments", ann, sends(&[nobodys; 21])),
        (create, "all wrong", ann, file("a/b", "IMAGE", 0)),
        (create, "a long name", ann, file(&"x".repeat(256), "image/png; charset=x", 1)),
        (create, "a large file", ann, file("a.png", "image/png", 26 << 20)),
        (create, "a type that isn't allowed", ann, file("a.html", "text/html", 1)),
        (create, "a supervisor outside", SUE, file("a.png", "image/png", 1)),
        (
            create,
            "it has ended",
            c3,
            m!(CreateAttachmentRequest {
                request_id: id(),
                session_id: &stage.ended,
                file_name: "a.png",
                content_type: "image/png",
                size: 1u64
            }),
        ),
        ("ChatSession/GetAttachment", "a bad id", ann, m!(GetAttachmentRequest { session_id: s, attachment_id: "?" })),
        (
            "AgentDesk/Renew",
            "a bad position",
            ann,
            m!(AgentDeskRenewRequest { received: [pb::SessionPosition { session_id: "?".into(), after_revision: 1 }] }),
        ),
    ]
}

fn canned_responses(stage: &Stage) -> Vec<Row> {
    let (ann, c6, id) = (agent("ann"), customer("c6"), unused);
    let (put, list) = ("AgentDesk/PutCannedResponse", "AgentDesk/ListCannedResponses");
    let choices = "AgentDesk/ListDispositions";
    let with = |change: fn(&mut pb::CannedResponse)| {
        let mut response = canned("x");
        response.iter_mut().for_each(change);
        m!(PutCannedResponseRequest { request_id: id(), response: response })
    };
    let apply = |change: fn(&mut pb::CannedResponse)| {
        let mut response = canned("x").unwrap();
        change(&mut response);
        object(Object::CannedResponse(response))
    };
    vec![
        (put, "a customer", c6, with(|_| {})),
        (put, "a bad id", ann, with(|it| it.response_id = "a b".into())),
        (put, "no title", ann, with(|it| it.title.clear())),
        (put, "a long text", ann, with(|it| it.text = "x".repeat(4097))),
        (put, "a long shortcut", ann, with(|it| it.shortcut = "x".repeat(33))),
        (put, "a bad language", ann, with(|it| it.language = "d".into())),
        (put, "an unknown queue", ann, with(|it| it.queue_ids = vec!["none".into()])),
        (list, "a customer", c6, vec![]),
        (
            list,
            "all wrong",
            ann,
            m!(ListCannedResponsesRequest {
                query: "x".repeat(65),
                queue_id: "?",
                session_id: "?",
                page_size: 101,
                page_token: "?"
            }),
        ),
        (list, "another's session", ann, m!(ListCannedResponsesRequest { session_id: &stage.waiting })),
        (choices, "a customer", c6, m!(ListDispositionsRequest { session_id: &stage.attended })),
        (choices, "another's session", ann, m!(ListDispositionsRequest { session_id: &stage.waiting })),
        ("Administration/Apply", "a response without a text", BACKEND, apply(|it| it.text.clear())),
        ("Administration/Apply", "a response for no queue", BACKEND, apply(|it| it.queue_ids = vec!["none".into()])),
        (
            "Administration/Apply",
            "a bad type of files",
            BACKEND,
            object(Object::Settings(pb::CenterSettings {
                attachments: Some(pb::AttachmentSettings {
                    content_types: vec!["image/png".into(), "png".into()],
                    ..Default::default()
                }),
                ..Default::default()
            })),
        ),
    ]
}
