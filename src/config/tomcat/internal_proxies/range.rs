//! Patterns for ranges of numbers without leading zeros.

/// Matches the decimal numbers from `low` to `high`.
pub(super) fn octet(low: u8, high: u8) -> String {
    one_of(&range(u32::from(low), u32::from(high), 10))
}

/// Matches the lower-case hexadecimal numbers from `low` to `high`.
pub(super) fn hextet(low: u16, high: u16) -> String {
    if (low, high) == (0, 0xffff) {
        // Shorter than what the general way gives, and written up to eight times.
        return "(0|[1-9a-f][0-9a-f]{0,3})".to_owned();
    }
    one_of(&range(u32::from(low), u32::from(high), 16))
}

fn one_of(alternatives: &[String]) -> String {
    match alternatives {
        [one] => one.clone(),
        several => format!("({})", several.join("|")),
    }
}

/// Alternatives that together match the numbers from `low` to `high` in a base, shorter numbers first.
fn range(low: u32, high: u32, base: u32) -> Vec<String> {
    let mut alternatives = Vec::new();
    let mut first = 0;
    for count in 1..=4 {
        let last = base.pow(count) - 1;
        let (from, to) = (low.max(first), high.min(last));
        if from <= to {
            alternatives.extend(same_length(&digits(from, base, count), &digits(to, base, count), base));
        }
        first = last + 1;
    }
    alternatives
}

fn digits(number: u32, base: u32, count: u32) -> Vec<u32> {
    (0..count).rev().map(|place| number / base.pow(place) % base).collect()
}

/// Alternatives for the numbers from `low` to `high`, which have as many digits.
fn same_length(low: &[u32], high: &[u32], base: u32) -> Vec<String> {
    let (Some((&from, low)), Some((&to, high))) = (low.split_first(), high.split_first()) else {
        return vec![String::new()];
    };
    let then = |digit: u32, rest: Vec<String>| -> Vec<String> {
        rest.into_iter().map(|rest| class(digit, digit, base) + &rest).collect()
    };
    if from == to {
        return then(from, same_length(low, high, base));
    }
    let lowest = vec![0; low.len()];
    let highest = vec![base - 1; low.len()];
    // The first and the last leading digit may not bear every following one; those between them do.
    let head = low.iter().any(|digit| *digit != 0);
    let tail = high.iter().any(|digit| *digit != base - 1);
    let (inner_from, inner_to) = (from + u32::from(head), to - u32::from(tail));
    let mut alternatives = Vec::new();
    if head {
        alternatives.extend(then(from, same_length(low, &highest, base)));
    }
    if inner_from <= inner_to {
        alternatives.push(class(inner_from, inner_to, base) + &any(low.len(), base));
    }
    if tail {
        alternatives.extend(then(to, same_length(&lowest, high, base)));
    }
    alternatives
}

fn class(from: u32, to: u32, base: u32) -> String {
    let digit = |value: u32| char::from_digit(value, base).unwrap_or('0');
    match (from, to) {
        (from, to) if from == to => digit(from).to_string(),
        (0, 9) if base == 10 => r"\d".to_owned(),
        (from, to) if from <= 9 && to > 9 => {
            let decimals = if from == 9 { "9".to_owned() } else { format!("{}-9", digit(from)) };
            let letters = if to == 10 { "a".to_owned() } else { format!("a-{}", digit(to)) };
            format!("[{decimals}{letters}]")
        }
        (from, to) => format!("[{}-{}]", digit(from), digit(to)),
    }
}

fn any(count: usize, base: u32) -> String {
    let one = class(0, base - 1, base);
    match (count, base) {
        (0, _) => String::new(),
        (1, _) => one,
        (count, 10) => one.repeat(count),
        (count, _) => format!("{one}{{{count}}}"),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's own patterns of numbers")]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn an_octet_range_matches_its_numbers_alone() {
        for (low, high) in
            [(0, 255), (0, 0), (7, 9), (8, 15), (96, 127), (128, 255), (99, 100), (160, 175), (252, 253)]
        {
            let pattern = Regex::new(&format!("^{}$", octet(low, high))).expect("it is a pattern");
            for value in 0..=999_u16 {
                let inside = (u16::from(low)..=u16::from(high)).contains(&value);
                assert_eq!(pattern.is_match(&value.to_string()), inside, "{low}-{high}: {value}");
            }
            assert!(!pattern.is_match("00") && !pattern.is_match("007") && !pattern.is_match(""));
        }
    }

    #[test]
    fn a_hextet_range_matches_its_numbers_alone() {
        for (low, high) in
            [(0, 0xffff), (0, 0xfff), (0, 1), (0x100, 0x1ff), (0xfe80, 0xfebf), (0x8, 0xf), (0x9ff, 0xa00)]
        {
            let pattern = Regex::new(&format!("^{}$", hextet(low, high))).expect("it is a pattern");
            for value in 0..=0xffff_u16 {
                assert_eq!(
                    pattern.is_match(&format!("{value:x}")),
                    (low..=high).contains(&value),
                    "{low:x}-{high:x}: {value:x}"
                );
            }
            assert!(!pattern.is_match("00") && !pattern.is_match("01ff") && !pattern.is_match("FE80"));
        }
    }
}
