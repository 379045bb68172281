use std::time::Duration;

use secrecy::ExposeSecret;

use super::*;
use crate::config::{AuthMode, LogFormat};

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn file(ending: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("settings.{ending}"));
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn set(of: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    load(&Sources { overrides: pairs(of), ..Sources::default() })
}

fn refusal(of: &[(&str, &str)]) -> String {
    set(of).unwrap_err().to_string()
}

#[test]
fn nothing_set_gives_the_defaults() {
    let settings = set(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:7700");
    assert_eq!(settings.auth.mode, AuthMode::Development);
    assert_eq!(settings.limits.rates.customer.burst, 20);
    insta::assert_snapshot!(render(&settings).unwrap());
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let (_folder, path) = file(
        "toml",
        "listen = '127.0.0.1:1'\ndata = 'from-file'\n[limits.rates.agent]\nburst = 8\n[limits.connections]\nage = '1h 30m'\n",
    );
    let settings = load(&Sources {
        file: Some(path),
        environment: pairs(&[
            ("CHATSESSION_LISTEN", "127.0.0.1:2"),
            ("CHATSESSION_LIMITS__RATES__AGENT__BURST", "9"),
            ("CHATSESSION_LOG__FORMAT", "json"),
            ("PATH", "/bin"),
        ]),
        overrides: pairs(&[("listen", "127.0.0.1:3"), ("limits.connections.idle", "90s")]),
    })
    .unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.data, PathBuf::from("from-file"));
    assert_eq!((settings.limits.rates.agent.per_second, settings.limits.rates.agent.burst), (20, 9));
    assert_eq!(settings.limits.connections.age, Duration::from_secs(90 * 60));
    assert_eq!(settings.limits.connections.idle, Duration::from_secs(90));
    assert_eq!(settings.log.format, LogFormat::Json);
    assert_eq!(settings.limits.messages.request_bytes, 256 << 10);
}

#[test]
fn a_list_is_read_from_a_flag_and_from_the_environment_too() {
    let wanted = ["https://shop.example.com", "https://www.example.com"];
    let text = wanted.join(", ");
    let flag = Sources { overrides: pairs(&[("web.origins", &text)]), ..Sources::default() };
    let variable = Sources { environment: pairs(&[("CHATSESSION_WEB__ORIGINS", &text)]), ..Sources::default() };
    let (_folder, path) = file("toml", &format!("web.origins = {wanted:?}"));
    let file = Sources { file: Some(path), ..Sources::default() };
    for sources in [flag, variable, file] {
        assert_eq!(load(&sources).unwrap().web.origins, wanted, "{sources:?}");
    }
    let none = Sources { overrides: pairs(&[("web.origins", "")]), ..Sources::default() };
    assert_eq!(load(&none).unwrap().web.origins, Vec::<String>::new());
}

#[test]
fn what_is_printed_can_be_read_again_without_its_secrets() {
    let environment = pairs(&[("CHATSESSION_AUTH__HS256_SECRET", "0123456789012345678901234567890123456789")]);
    let settings = load(&Sources { environment, ..Sources::default() }).unwrap();
    assert_eq!(settings.auth.hs256_secret.as_ref().unwrap().expose_secret().len(), 40);
    let printed = render(&settings).unwrap();
    assert!(!printed.contains("0123456789") && printed.contains("[redacted]"), "{printed}");
    assert!(!format!("{settings:?}").contains("0123456789"));

    let (_folder, path) = file("yaml", &render(&Settings::default()).unwrap());
    let again = load(&Sources { file: Some(path), ..Sources::default() }).unwrap();
    assert_eq!(render(&again).unwrap(), render(&Settings::default()).unwrap());
}

#[test]
fn what_cannot_be_is_refused_by_name_with_what_was_expected() {
    insta::assert_snapshot!(
        [
            refusal(&[("limits.rates.agnet.burst", "1")]),
            refusal(&[("nonsense", "1")]),
            refusal(&[("limits.connections.idle", "soon")]),
            refusal(&[("limits.connections.idle", "-5s")]),
            refusal(&[("limits.watches.customer", "many")]),
            refusal(&[("limits.watches.customer", "-1")]),
            refusal(&[("log.format", "xml")]),
            refusal(&[("auth.mode", "trusting")]),
            refusal(&[("listen", "everywhere")]),
            refusal(&[("tls.cert", "server.pem")]),
            refusal(&[("limits.watches.customer", "0")]),
            refusal(&[("limits.connections.handshake", "0s")]),
            refusal(&[("limits.deadlines.default", "1m")]),
            refusal(&[("auth.mode", "keys")]),
            refusal(&[("auth.mode", "keys"), ("auth.jwks_url", "http://issuer.example.com/keys")]),
            refusal(&[("auth.hs256_secret", "x")]),
            refusal(&[("worker_threads", "0")]),
            refusal(&[("files.s3.bucket", "chats"), ("files.store", "/srv/files")]),
            refusal(&[("files.s3.bucket", "chats"), ("files.s3.access_key_id", "ours")]),
            refusal(&[("files.s3.bucket", "chats"), ("files.s3.endpoint", "s3.example.com")]),
            refusal(&[("files.s3.bucket", "chats"), ("files.s3.secret_access_key", "x")]),
            refusal(&[("files.s3.region", "eu-central-1")]),
        ]
        .join("\n")
    );
}

#[test]
fn without_authentication_only_loopback_is_served() {
    assert!(set(&[("auth.mode", "none"), ("listen", "127.0.0.1:7700")]).is_ok());
    assert!(set(&[("auth.mode", "none"), ("listen", "[::1]:7700")]).is_ok());
    for open in ["0.0.0.0:7700", "[::]:7700", "10.0.0.1:7700"] {
        let refused = refusal(&[("auth.mode", "none"), ("listen", open)]);
        assert!(refused.contains("`listen` is refused"), "{refused}");
    }
}

#[test]
fn a_misspelt_variable_is_refused_and_a_foreign_one_is_not() {
    let from =
        |name: &str| load(&Sources { environment: pairs(&[(name, "tcp://10.0.0.1:7700")]), ..Sources::default() });
    assert!(from("CHATSESSION_LISTN").is_err());
    for foreign in [
        "CHATSESSION_SERVICE_HOST",
        "CHATSESSION_PORT",
        "CHATSESSION_PORT_7700_TCP_ADDR",
        "CHATSESSION_CONFIG",
        "CHATSESSION_URL",
    ] {
        assert!(from(foreign).is_ok(), "{foreign}");
    }
}

#[test]
fn the_settings_that_the_documents_propose_are_settings() {
    let page = include_str!("../../../docs/production.md");
    let (_, example) = page.split_once("```yaml\n").unwrap();
    let (_folder, path) = file("yaml", example.split_once("```").unwrap().0);
    let settings = load(&Sources { file: Some(path), ..Sources::default() }).unwrap();
    assert_eq!(settings.auth.mode, AuthMode::Keys);
    assert!(settings.tls.is_some());
}

#[test]
fn a_file_that_cannot_be_read_is_refused_without_quoting_it() {
    let (_folder, path) = file("toml", "[auth]\nhs256_secret = \"very-secret\n");
    let refused = load(&Sources { file: Some(path), ..Sources::default() }).unwrap_err().to_string();
    assert!(!refused.contains("very-secret") && refused.contains("line 2"), "{refused}");
    assert!(load(&Sources { file: Some("/nowhere.toml".into()), ..Sources::default() }).is_err());
}
