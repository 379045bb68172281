//! Whether a file looks like what it was said to be: by its first bytes, which say more than its name.

/// Bytes that are looked at.
pub const HEAD: usize = 8 * 1024;

/// Names of one kind: what is declared, and how its bytes may be called.
const KINDS: [(&str, &[&str]); 21] = [
    ("image/heic", &["image/heif"]),
    ("image/heif", &["image/heic"]),
    ("application/rtf", &["text/rtf"]),
    ("application/msword", &[OLE]),
    ("application/vnd.ms-excel", &[OLE]),
    ("application/vnd.ms-powerpoint", &[OLE]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &[ZIP]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &[ZIP]),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", &[ZIP]),
    ("application/vnd.oasis.opendocument.text", &[ZIP]),
    ("application/vnd.oasis.opendocument.spreadsheet", &[ZIP]),
    ("application/vnd.oasis.opendocument.presentation", &[ZIP]),
    ("audio/mp4", &["audio/m4a", "video/mp4", "video/x-m4v"]),
    ("audio/aac", &["audio/m4a"]),
    ("audio/ogg", &["audio/opus", "video/ogg"]),
    ("audio/wav", &["audio/x-wav"]),
    ("audio/webm", &["video/webm", "video/x-matroska"]),
    ("audio/flac", &["audio/x-flac"]),
    ("video/mp4", &["video/x-m4v", "audio/m4a"]),
    ("video/webm", &["video/x-matroska"]),
    ("video/quicktime", &["video/mp4"]),
];

/// A container of the older office formats.
const OLE: &str = "application/x-ole-storage";

/// A container of the newer ones: which it is may stand behind the bytes that are looked at.
const ZIP: &str = "application/zip";

/// The first bytes of an OLE container.
const OLE_MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// What a file looks like, where that isn't what was declared of it; none where it may be.
pub fn mismatch(declared: &str, head: &[u8]) -> Option<&'static str> {
    let seen = infer::get(head).map(|kind| kind.mime_type());
    let seen = if head.starts_with(&OLE_MAGIC) { Some(OLE) } else { seen };
    if declared.starts_with("text/") {
        return match seen {
            Some(seen) if seen != declared => Some(seen),
            None if !is_text(head) => Some("binary data"),
            _ => None,
        };
    }
    let Some(seen) = seen else {
        return Some(if is_text(head) { "text" } else { "something unknown" });
    };
    let zipped = infer::get(head).is_some_and(|kind| kind.matcher_type() == infer::MatcherType::Doc);
    let also = KINDS.iter().find(|(kind, _)| *kind == declared).map_or(&[][..], |(_, also)| also);
    let fits = seen == declared || also.contains(&seen) || (declared == ZIP && zipped && head.starts_with(b"PK"));
    (!fits).then_some(seen)
}

/// UTF-8, or another encoding of a byte a character: no control characters but those of lines and pages.
fn is_text(head: &[u8]) -> bool {
    let utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    utf16 || head.iter().all(|byte| !matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_as_declared_may_pass() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let zip = b"PK\x03\x04\x14\0\0\0\0\0something";
        for (declared, head) in [
            ("image/png", &png[..]),
            ("text/plain", "Grüße".as_bytes()),
            ("text/plain", b"caf\xe9 in Latin-1"),
            ("text/plain", b""),
            ("text/csv", b"a;b\r\n1;2\r\n"),
            ("application/pdf", b"%PDF-1.7"),
            ("application/zip", zip),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", zip),
            ("application/msword", &[&OLE_MAGIC[..], &[0; 512]].concat()),
            ("video/webm", &[&b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"[..], &[0; 300]].concat()),
            ("audio/mpeg", b"ID3\x03\0"),
        ] {
            assert_eq!(mismatch(declared, head), None, "{declared}");
        }
    }

    #[test]
    fn what_does_not_is_named() {
        let html = b"<!DOCTYPE html><script>";
        for (declared, head, seen) in [
            ("image/png", &b"GIF89a"[..], "image/gif"),
            ("application/pdf", b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            ("text/plain", html, "text/html"),
            ("image/png", html, "text/html"),
            ("text/plain", b"PK\x03\x04\x14\0\0\0\0\0", "application/zip"),
            ("text/plain", b"\0\x01\x02", "binary data"),
            ("image/jpeg", b"hello", "text"),
            ("application/zip", b"\x01\x02\x03", "something unknown"),
            ("image/png", b"", "text"),
        ] {
            assert_eq!(mismatch(declared, head), Some(seen), "{declared}");
        }
    }
}
