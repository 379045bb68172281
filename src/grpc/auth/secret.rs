//! Secrets in files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

/// RFC 7518, section 3.2: a key for HS256 is at least as long as its hash.
const SECRET_BYTES: usize = 32;

/// No file of keys is larger.
const FILE_BYTES: u64 = 1 << 20;

/// The secret that a development server and the `token` command share: made on first use, readable by its owner only.
pub fn development_secret(data: &Path) -> io::Result<SecretString> {
    let path = data.join("development.secret");
    if !path.try_exists()? {
        fs::create_dir_all(data)?;
        make(&path)?;
    }
    refuse_if_others_may_read(&path)?;
    read(&path)
}

/// Makes the secret of a data folder the one that a cluster's nodes share.
pub fn share_development_secret(data: &Path, secret: &str) -> io::Result<()> {
    let path = data.join("development.secret");
    if fs::read_to_string(&path).is_ok_and(|kept| kept == secret) {
        return Ok(());
    }
    fs::rename(draft(&path, secret)?, path)
}

/// A secret from a file, without the white space around it.
pub(super) fn read(path: &Path) -> io::Result<SecretString> {
    let text = String::from_utf8(bytes(path)?).map_err(|_| refused(path, "expected text"))?;
    sound(SecretString::from(text.trim())).ok_or_else(|| refused(path, "expected at least 32 bytes"))
}

/// The secret, if it's long enough.
pub(super) fn sound(secret: SecretString) -> Option<SecretString> {
    (secret.expose_secret().len() >= SECRET_BYTES).then_some(secret)
}

/// A whole file of at most a megabyte.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(FILE_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > FILE_BYTES {
        return Err(refused(path, "expected at most 1 MiB"));
    }
    Ok(content)
}

/// Written whole under another name and then linked: of two processes that start at once, one wins and none reads half.
fn make(path: &Path) -> io::Result<()> {
    let mut random = [0_u8; SECRET_BYTES];
    rand::RngExt::fill(&mut rand::rng(), &mut random[..]);
    let text: String = random.iter().map(|byte| format!("{byte:02x}")).collect();

    let draft = draft(path, &text)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A secret, whole, beside where it is to be.
fn draft(path: &Path, text: &str) -> io::Result<PathBuf> {
    let draft = PathBuf::from(format!("{}.{}", path.display(), uuid::Uuid::now_v7()));
    let mut file = private().open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(draft)
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}

#[cfg(unix)]
fn refuse_if_others_may_read(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match fs::metadata(path)?.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(refused(path, "expected to be readable by its owner only (chmod 600)")),
    }
}

#[cfg(not(unix))]
fn refuse_if_others_may_read(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn refused(path: &Path, expected: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{} is refused, {expected}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_development_secret_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let made: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..8).map(|_| scope.spawn(|| development_secret(&data).unwrap())).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert!(made.iter().all(|secret| secret.expose_secret() == made[0].expose_secret()));
        assert_eq!(made[0].expose_secret().len(), 64);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_development_secret_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        development_secret(folder.path()).unwrap();
        let path = folder.path().join("development.secret");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(development_secret(folder.path()).is_err());
    }

    #[test]
    fn a_short_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, format!("  {}\n", "x".repeat(31))).unwrap();
        assert!(read(&path).is_err());
        fs::write(&path, format!("  {}\n", "x".repeat(32))).unwrap();
        assert_eq!(read(&path).unwrap().expose_secret().len(), 32);
    }
}
