//! What the contract says, as checks that every back end passes. Each check gets an empty journal of its own.

use std::sync::Arc;

use bytes::Bytes;

use super::*;

mod blobs;
mod erasure;
mod log;

/// Runs all checks; `make` makes an empty journal.
pub(crate) async fn conformance<J: Journal>(make: impl AsyncFn() -> Arc<J>) {
    log::an_empty_log_has_bounds_and_no_batches(&*make().await).await;
    log::positions_are_dense_from_one(&*make().await).await;
    log::what_is_appended_is_read(&*make().await).await;
    log::only_the_tail_can_be_followed(&*make().await).await;
    log::a_failed_append_takes_those_behind_it_along(&*make().await).await;
    log::appends_in_a_pipeline_keep_their_order(&*make().await).await;
    log::of_two_writers_one_wins_each_position(make().await).await;
    log::a_read_is_bounded(&*make().await).await;
    log::a_batch_over_the_limit_is_invalid(&*make().await).await;
    erasure::a_scrub_erases_items_and_nothing_else(&*make().await).await;
    erasure::a_scrub_of_what_never_was_is_invalid(&*make().await).await;
    erasure::what_is_dropped_is_compacted(&*make().await).await;
    erasure::all_can_be_dropped(&*make().await).await;
    erasure::a_long_log_is_dropped_beside_appends(&*make().await).await;
    blobs::blobs_are_replaced_listed_and_deleted(&*make().await).await;
    blobs::blob_names_are_checked(&*make().await).await;
}

/// A batch with a payload and one text, so that both parts can be told apart.
pub(crate) fn text(name: &str) -> Batch {
    let item = Item { salt: [3; 16], text: format!("text of {name}").into() };
    Batch { payload: Bytes::copy_from_slice(name.as_bytes()), content: vec![Some(item)] }
}

/// Appends `count` batches to a log that ends at `tail`, each named by its position.
pub(crate) async fn fill(journal: &dyn Journal, tail: Position, count: u64) {
    for position in tail + 1..=tail + count {
        assert_eq!(journal.append(position - 1, text(&position.to_string())).await, Ok(position));
    }
}

async fn positions(journal: &dyn Journal, from: Position, most: usize) -> Vec<Position> {
    journal.read(from, most).await.unwrap().iter().map(|stored| stored.position).collect()
}
