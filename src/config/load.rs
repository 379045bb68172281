//! Assembles the settings from where they may come, and prints them.

use std::path::PathBuf;

use config::{Config, ConfigError, Environment, File};

use super::{Settings, validate};

/// The prefix of the settings in the environment.
const PREFIX: &str = "CHATSESSION_";

/// Names under the prefix that aren't settings: the command line's own, the clients', the tests'.
const COMMAND_LINE: [&str; 6] = ["CONFIG", "SERVER", "TOKEN", "TARGET", "URL", "BIN"];

/// Names that Kubernetes sets in every pod beside a service called `chatsession`.
const KUBERNETES: [&str; 2] = ["SERVICE_", "PORT"];

/// Where settings may come from, beside the defaults.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// `--config`: a TOML or YAML file, told by its ending. It has to exist.
    pub file: Option<PathBuf>,
    /// The process's environment, whole: what isn't a setting is left alone.
    pub environment: Vec<(String, String)>,
    /// Flags: names as in `limits.rates.agent.burst`, and their values as text.
    pub overrides: Vec<(String, String)>,
}

impl Sources {
    /// Takes the environment of this process. A variable that isn't Unicode can't be a setting.
    pub fn of_this_process(file: Option<PathBuf>, overrides: Vec<(String, String)>) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { file, environment: std::env::vars_os().filter_map(text).collect(), overrides }
    }
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A name that isn't known, a value that can't be read, a file that isn't there.
    #[error("settings: {0}")]
    Unreadable(String),
    /// A value that can be read but not used.
    #[error("settings: `{name}` is refused, expected {expected}")]
    Refused {
        /// The setting.
        name: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// A flag is seen by everyone on the machine.
    #[error("settings: `{0}` is a secret, expected in a file or the environment, not in a flag")]
    SecretInFlag(String),
}

/// Assembles and checks the settings: flag, else environment, else file, else default.
pub fn load(sources: &Sources) -> Result<Settings, SettingsError> {
    // The defaults are a layer of their own, so that half of a group (a burst without its rate) may be set.
    let defaults = Config::try_from(&Settings::default()).map_err(unreadable)?;
    let mut builder = Config::builder().add_source(defaults);
    if let Some(file) = &sources.file {
        builder = builder.add_source(File::from(file.as_path()).required(true));
    }
    let environment = sources.environment.iter().filter(|(name, _)| is_setting(name)).cloned().collect();
    builder = builder.add_source(
        Environment::with_prefix(PREFIX.trim_end_matches('_'))
            .prefix_separator("_")
            .separator("__")
            .source(Some(environment)),
    );
    for (name, value) in &sources.overrides {
        if ["auth.hs256_secret", "cluster.password", "files.s3.secret_access_key"].contains(&name.as_str()) {
            return Err(SettingsError::SecretInFlag(name.clone()));
        }
        builder = builder.set_override(name, value.as_str()).map_err(unreadable)?;
    }
    let settings = builder.build().and_then(Config::try_deserialize).map_err(unreadable)?;
    validate::validate(&settings)?;
    Ok(settings)
}

/// The settings in effect, as YAML that [`load`] would read again; secrets are replaced by a placeholder.
pub fn render(settings: &Settings) -> Result<String, SettingsError> {
    serde_saphyr::to_string(settings).map_err(|error| SettingsError::Unreadable(error.to_string()))
}

fn is_setting(variable: &str) -> bool {
    let Some(name) = variable.strip_prefix(PREFIX) else {
        return false;
    };
    !COMMAND_LINE.contains(&name) && !KUBERNETES.iter().any(|foreign| name.starts_with(foreign))
}

/// A parser's message quotes the line it failed on, which may hold a secret: only where and what is kept.
fn unreadable(error: ConfigError) -> SettingsError {
    let text = error.to_string();
    let kept: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains('|')).collect();
    SettingsError::Unreadable(kept.join(": "))
}

#[cfg(test)]
mod tests;
