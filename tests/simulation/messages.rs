//! What people send beyond text, and the texts that agents keep.

use chatsession::center::*;

use crate::people::{AGENTS, People, agent_id};

/// Files that one person announces in a session; what each is called.
const FILES: u64 = 3;

/// Whose file it is, in its id.
fn file(owner: Option<&AgentId>, number: u64) -> AttachmentId {
    let whose =
        owner.map_or(0, |owner| AGENTS.iter().position(|name| agent_id(name) == *owner).unwrap_or(AGENTS.len()) + 1);
    AttachmentId::from_bytes([(whose as u64 * FILES + number) as u8; 16])
}

impl People<'_> {
    /// Mostly nothing; sometimes a reply to what everyone sees, or to what nobody said; sometimes a file. What is drawn
    /// doesn't depend on what only staff sees.
    pub fn parts(&mut self, about: &Session, owner: Option<&AgentId>) -> Option<Box<MessageParts>> {
        let (what, public, number) =
            (self.rng.below(8), self.rng.below(u64::from(about.public) + 1), self.rng.below(FILES));
        let public = public as u32;
        let parts = match what {
            0 | 1 => {
                let reply_to = Some(if owner.is_some() { about.staff_revision(public) } else { public });
                MessageParts { reply_to, ..MessageParts::default() }
            }
            2 | 3 => {
                let named = NamedAttachment { id: file(owner, number), name: "a file".into() };
                MessageParts { attachments: vec![named], ..MessageParts::default() }
            }
            _ => return None,
        };
        Some(Box::new(parts))
    }

    /// A reply of staff's to staff.
    pub fn whispered(&mut self, about: &Session) -> Option<Box<MessageParts>> {
        let reply_to = Some(self.rng.below(u64::from(about.public) + 1) as u32);
        self.rng.one_in(3).then(|| Box::new(MessageParts { reply_to, ..MessageParts::default() }))
    }

    /// A file is announced.
    pub fn announcement(&mut self, about: &Session, owner: Option<&AgentId>) -> Command {
        let number = self.rng.below(FILES);
        let (session, id, content_type) = (about.id, file(owner, number), "image/png".into());
        Command::CreateAttachment { session, id, name: "a file".into(), content_type, size: 100 + number }
    }

    /// An agent keeps a canned response, or deletes one.
    pub fn canned(&mut self) -> (Caller, Command) {
        let caller = crate::people::person(Who::Agent(self.agent()));
        let id = ResponseId::parse(&format!("c{}", self.rng.below(3))).unwrap();
        let text = format!("Hello {}", self.rng.below(2)).as_str().into();
        let (title, shortcut) = ("Hello".into(), "".into());
        let command = match self.rng.one_in(3) {
            true => Command::DeleteCannedResponse { id },
            false => Command::PutCannedResponse(Box::new(CannedResponse {
                id,
                title,
                text,
                shortcut,
                language: None,
                queues: Default::default(),
            })),
        };
        (caller, command)
    }
}
