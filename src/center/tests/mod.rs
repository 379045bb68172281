//! Rules, as given, when, then. After every step the invariants hold and the log folds to the same bytes.

mod access;
mod admin;
mod archived;
mod attachments;
mod canned;
mod chats;
mod complaints;
mod deadlines;
mod end;
mod favourites;
mod figures;
mod invite;
mod leave;
mod masking;
mod messages;
mod offers;
mod presence;
mod properties;
mod queues;
mod quoting;
mod recovery;
mod requests;
mod routing;
mod skills;
mod start;
mod state;
mod supervise;
mod transfer;
mod words;
mod world;
mod wrap_up;

use super::*;
use words::*;
use world::*;
