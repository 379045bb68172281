//! How single values read and print: durations as `30s`, choices by name, secrets never.

/// A [`std::time::Duration`] as people write it: `30s`, `5m`, `1h 30m`.
pub(super) mod duration {
    use std::time::Duration;

    use jiff::fmt::friendly::{Designator, SpanParser, SpanPrinter};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    static PARSER: SpanParser = SpanParser::new();
    static PRINTER: SpanPrinter = SpanPrinter::new().designator(Designator::Compact);

    pub(in crate::config) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&PRINTER.unsigned_duration_to_string(value))
    }

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(from)?;
        PARSER
            .parse_unsigned_duration(text.trim())
            .map_err(|_| D::Error::custom(format!("`{text}` isn't a duration, expected one like `30s` or `5m`")))
    }
}

/// An address to listen on, refused with an example.
pub(super) mod address {
    use std::net::SocketAddr;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer};

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("`{text}` isn't an address, expected one like `127.0.0.1:7700`")))
    }
}

/// Words: a list, or one text with commas between them, as a flag and the environment have it.
pub(super) mod words {
    use serde::{Deserialize, Deserializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<String>),
        Text(String),
    }

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        Ok(match Written::deserialize(from)? {
            Written::List(words) => words,
            Written::Text(text) => {
                text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            }
        })
    }
}

/// A secret: read as text, printed as a placeholder.
pub(super) mod secret {
    use secrecy::SecretString;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::config) fn serialize<S: Serializer>(value: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(_) => to.serialize_str("[redacted]"),
            None => to.serialize_none(),
        }
    }

    pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
        Option::deserialize(from)
    }
}

/// Gives a choice its names, and a refusal that lists them (serde's own, through `config`, doesn't).
macro_rules! named {
    ($choice:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl From<$choice> for &'static str {
            fn from(choice: $choice) -> Self {
                match choice { $($choice::$variant => $name),+ }
            }
        }

        impl TryFrom<String> for $choice {
            type Error = String;

            fn try_from(name: String) -> Result<Self, String> {
                match name.as_str() {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(format!("`{name}` isn't a choice, expected one of {}", [$(concat!("`", $name, "`")),+].join(", "))),
                }
            }
        }
    };
}

pub(super) use named;
