//! ChatSession: the live chats of a contact centre.

pub mod center;
