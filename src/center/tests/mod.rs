//! Rules, as given, when, then. After every step the invariants hold and the log folds to the same bytes.

mod access;
mod admin;
mod chats;
mod deadlines;
mod end;
mod favourites;
mod invite;
mod leave;
mod messages;
mod offers;
mod presence;
mod properties;
mod recovery;
mod requests;
mod routing;
mod start;
mod state;
mod transfer;
mod words;
mod world;
mod wrap_up;

use super::*;
use words::*;
use world::*;
