//! Pages of lists by id.

use tonic::Status;

use super::{
    from_pb::{self, All},
    status,
};

/// A page ends at about this many bytes, whatever was asked: with the largest object behind it, it stays well below what
/// clients accept.
pub(super) const PAGE_BYTES: usize = 1024 * 1024;

/// The size of a page and the id behind which it starts.
pub(super) fn asked(size: i32, token: &str) -> Result<(usize, String), Status> {
    let after = from_pb::optional("page_token", token, from_pb::code);
    let after = after.map_err(|wrong| from_pb::Violation { why: "is none of ours".into(), ..wrong });
    let (most, after) = (from_pb::page_size(size, 100, 500), after).all().map_err(status::invalid)?;
    Ok((most, after.map(|after| after.to_string()).unwrap_or_default()))
}

/// A page, from one object more than it has, and the token of the next one.
pub(super) fn cut<T: prost::Message>(mut found: Vec<T>, most: usize, id: impl Fn(&T) -> String) -> (Vec<T>, String) {
    let mut bytes = 0;
    let fit = found.iter().take_while(|object| {
        let fits = bytes < PAGE_BYTES;
        bytes += object.encoded_len();
        fits
    });
    let fit = fit.count().min(most);
    let more = found.len() > fit;
    found.truncate(fit);
    let next = found.last().filter(|_| more).map(id).unwrap_or_default();
    (found, next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::pb;

    fn page(sizes: &[usize], most: usize) -> (usize, String) {
        let objects = sizes.iter().enumerate().map(|(at, size)| pb::CannedResponse {
            response_id: at.to_string(),
            text: "x".repeat(*size),
            ..pb::CannedResponse::default()
        });
        let (page, next) = cut(objects.collect(), most, |it| it.response_id.clone());
        (page.len(), next)
    }

    #[test]
    fn a_page_ends_at_its_size_or_at_its_bytes() {
        assert_eq!(page(&[1, 1], 2), (2, String::new()));
        assert_eq!(page(&[1, 1, 1], 2), (2, "1".into()));
        assert_eq!(page(&[PAGE_BYTES / 2; 5], 5), (2, "1".into()));
        assert_eq!(page(&[2 * PAGE_BYTES, 1], 5), (1, "0".into()), "whatever its size, one comes");
        assert_eq!(page(&[], 5), (0, String::new()));
    }
}
