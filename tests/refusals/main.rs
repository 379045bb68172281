//! Everything that is refused, through a real server: the code, the reason, the fields, and that nothing changed.

mod cases;
mod stage;
mod table;
mod wire;
mod world;

/// The client's side of the contract, as the SDK has it.
#[allow(dead_code, unreachable_pub, clippy::all, reason = "generated")]
#[path = "../../sdk/src/generated/chatsession.v1.rs"]
mod pb;
