//! Payment cards' numbers in a text.

/// Digits of a card's number (ISO/IEC 7812-1).
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// Digits that stay readable, for who has to tell cards apart (PCI DSS, requirement 3.4).
const KEPT: usize = 4;

/// Characters that may stand between two digits of a number, as ` - ` does.
const BETWEEN: usize = 3;

/// The text with every card's number masked but for its last digits. A number is 13 to 19 digits, in one piece or in groups
/// set apart by spaces, hyphens or dots, that pass the check of Luhn; whatever stands beside it, another number too, is left.
pub(super) fn mask(text: String) -> String {
    let groups = groups(&text);
    let mut hidden: Vec<usize> = Vec::new();
    let mut first = 0;
    while first < groups.len() {
        match number_from(&text, &groups[first..]) {
            Some(count) => {
                let digits = groups[first..first + count].iter().flat_map(|group| group.start..group.end);
                let digits: Vec<usize> = digits.collect();
                hidden.extend(&digits[..digits.len() - KEPT]);
                first += count;
            }
            None => first += 1,
        }
    }
    if hidden.is_empty() {
        return text;
    }
    let mut hidden = hidden.into_iter().peekable();
    let mask = |(at, character): (usize, char)| if hidden.next_if_eq(&at).is_some() { '*' } else { character };
    text.char_indices().map(mask).collect()
}

/// Digits without anything between them.
struct Group {
    start: usize,
    end: usize,
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
        match groups.last_mut().filter(|group| group.end == at) {
            Some(group) => group.end = at + 1,
            None => groups.push(Group { start: at, end: at + 1 }),
        }
    }
    groups
}

/// How many of these groups, from the first one on, are a card's number: the longest one counts.
fn number_from(text: &str, groups: &[Group]) -> Option<usize> {
    let (mut digits, mut found, mut end) = (Vec::new(), None, None);
    for (at, group) in groups.iter().enumerate() {
        if end.is_some_and(|end| !joins(&text[end..group.start])) {
            break;
        }
        digits.extend(text.as_bytes()[group.start..group.end].iter().map(|digit| u32::from(digit - b'0')));
        if digits.len() > *DIGITS.end() {
            break;
        }
        if DIGITS.contains(&digits.len()) && passes_luhn(&digits) {
            found = Some(at + 1);
        }
        end = Some(group.end);
    }
    found
}

fn joins(between: &str) -> bool {
    between.chars().count() <= BETWEEN
        && between.chars().all(|it| matches!(it, ' ' | '\u{a0}' | '-' | '\u{2013}' | '.'))
}

fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    sum.is_multiple_of(10) && digits.iter().any(|digit| *digit > 0)
}
