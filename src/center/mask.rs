//! What is made unreadable before it is stored: whatever a center's patterns match in messages and notes, and payment
//! cards' numbers. What was masked is nowhere: neither in the log's content nor in anything made of it.

use minicbor::{Decode, Encode};
use regex::{Regex, RegexBuilder};

use super::settings::Settings;

mod cards;

/// Bytes that one compiled pattern may take: a search takes a time that grows with them. Ten times what patterns of account
/// numbers take.
const COMPILED: usize = 256 * 1024;

/// Bytes that are looked at for all masks of one text, at most. The search for each match may go to the text's end, so very many
/// matches in a long text cost their product, on the thread that all centers of a shard share: what lies behind this is hidden
/// whole. In a text of 2 KiB there is room for two thousand matches.
const LOOKED_AT: usize = 2 * 1024 * 1024;

/// What stands for a rest that is hidden.
pub(super) const HIDDEN: &str = "…";

/// Patterns of a center: each is searched for in every message.
pub const MAX_MASKS: usize = 20;

/// The longest text after masking, in bytes: that of a message. A replacement that is longer than what it replaces must not
/// make a text outgrow a record.
const LONGEST: usize = 16 * 1024;

/// What a center masks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Masking {
    /// Patterns, in the order in which they are applied.
    #[n(0)]
    pub masks: Vec<Mask>,
    /// Card numbers too, before all patterns.
    #[n(1)]
    pub card_numbers: bool,
}

/// One pattern.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Mask {
    /// For people.
    #[n(0)]
    pub name: String,
    /// A regular expression in the syntax of Rust's `regex`.
    #[n(1)]
    pub pattern: String,
    /// What stands in a match's place; `$1` is the first group, `$$` a dollar sign.
    #[n(2)]
    pub replacement: String,
}

impl Mask {
    fn compile(&self) -> Result<Regex, String> {
        let compiled = RegexBuilder::new(&self.pattern).size_limit(COMPILED).dfa_size_limit(COMPILED).build();
        let regex = compiled.map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "takes too much room when compiled; make its repetitions smaller".to_owned()
            }
            // The message quotes the pattern over several lines; what is wrong is in the last.
            error => {
                let error = error.to_string();
                let why = error.lines().last().unwrap_or_default();
                format!("isn't a regular expression: {}", why.trim_start_matches("error: "))
            }
        })?;
        match regex.is_match("") {
            true => Err("matches the empty text, and so everywhere".into()),
            false => Ok(regex),
        }
    }

    /// What is wrong with the pattern, if anything is.
    pub fn fault(&self) -> Option<String> {
        self.compile().err()
    }
}

/// A center's masks, compiled once. Derived.
#[derive(Clone, Debug, Default)]
pub(super) struct Masks {
    patterns: Vec<(Regex, String)>,
    card_numbers: bool,
}

impl Masks {
    pub(super) fn of(settings: &Settings) -> Self {
        let Some(masking) = &settings.masking else { return Self::default() };
        // Only what compiles is put. Were another version of the library to refuse one, its center would still be read.
        let compiled = masking.masks.iter().filter_map(|mask| Some((mask.compile().ok()?, mask.replacement.clone())));
        Self { patterns: compiled.collect(), card_numbers: masking.card_numbers }
    }

    /// A text as it may be stored.
    pub(super) fn apply(&self, text: String) -> String {
        let mut masked = if self.card_numbers { cards::mask(text) } else { text };
        let mut left = LOOKED_AT;
        for (pattern, replacement) in &self.patterns {
            if let Some(other) = replaced(pattern, replacement, &masked, &mut left) {
                masked = other;
            }
        }
        masked
    }
}

/// The text with every match replaced, cut where it became too long, its rest hidden where too much was looked at; none where
/// nothing matches.
fn replaced(pattern: &Regex, replacement: &str, text: &str, left: &mut usize) -> Option<String> {
    *left = left.saturating_sub(text.len());
    let mut matches = pattern.captures_iter(text).peekable();
    matches.peek()?;
    let (mut masked, mut rest) = (String::with_capacity(text.len()), 0);
    for captures in matches {
        let Some(whole) = captures.get(0) else { continue };
        masked.push_str(&text[rest..whole.start()]);
        captures.expand(replacement, &mut masked);
        rest = whole.end();
        if masked.len() > LONGEST {
            break;
        }
        *left = left.saturating_sub(text.len() - rest);
        if *left == 0 {
            masked.push_str(HIDDEN);
            rest = text.len();
            break;
        }
    }
    if masked.len() <= LONGEST {
        masked.push_str(&text[rest..]);
    }
    let end = (0..=masked.len().min(LONGEST)).rev().find(|at| masked.is_char_boundary(*at));
    masked.truncate(end.unwrap_or(0));
    Some(masked)
}

/// What is masked, as [`Settings`] keep it: nothing where nothing is.
pub fn masking(masks: Vec<Mask>, card_numbers: bool) -> Option<Box<Masking>> {
    (card_numbers || !masks.is_empty()).then(|| Box::new(Masking { masks, card_numbers }))
}

impl super::commit::Commit<'_> {
    /// What somebody wrote, as it may be stored.
    pub(super) fn masked(&self, text: String) -> String {
        self.center.masks.apply(text)
    }
}
