//! The bytes of attachments: where they lie, the links by which they come and go, and what they must look like. Which of
//! them count, and who may see them, is the core's to say.

mod kind;
mod link;
mod store;

pub use kind::{HEAD, mismatch};
pub use link::{Link, LinkKey, PREFIX, Refused, Way};
pub use store::{Kept, Store, StoreError, Writing};
