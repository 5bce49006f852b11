//! Text from outside, made safe and fitting.

use crate::plan::diff::Text;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns a tab takes in the preview: enough to see the structure, few enough to see the line.
const TAB: usize = 4;

/// A line of a file as it can be shown: tabs widened, other control characters and bytes that are no UTF-8 replaced,
/// secrets masked.
pub(super) fn shown(text: &Text) -> String {
    let text = text.masked();
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        if c == '\t' {
            let blanks = TAB - column % TAB;
            out.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        } else {
            let c = if c.is_control() { '\u{fffd}' } else { c };
            column += c.width().unwrap_or(0);
            out.push(c);
        }
    }
    out
}

/// The text with its control characters replaced.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The text cut to so many columns, from the middle where it is too long: both ends of a path matter.
pub(super) fn fitted(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let keep = width.saturating_sub(1);
    let (head, tail) = (keep / 2, keep - keep / 2);
    let start = take(text.chars(), head);
    let end: String = take(text.chars().rev(), tail).chars().rev().collect();
    format!("{start}~{end}")
}

/// The columns of a text from one on, so many.
pub(super) fn columns(text: &str, from: usize, width: usize) -> String {
    let mut skipped = 0;
    let rest = text.chars().skip_while(|c| {
        let skip = skipped < from;
        skipped += c.width().unwrap_or(0);
        skip
    });
    take(rest, width)
}

fn take(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut left = width;
    chars
        .take_while(|c| {
            let own = c.width().unwrap_or(0);
            let fits = own <= left;
            left = left.saturating_sub(own);
            fits
        })
        .collect()
}

/// The text in lines of at most so many columns, broken at blanks; a word that is too long is cut, behind a slash where
/// it has one.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let mut word = clean(word);
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            }
            while word.width() > width {
                let mut head = take(word.chars(), width);
                // A character wider than the line cannot be placed; going on would not end.
                if head.is_empty() {
                    break;
                }
                // A path is cut behind a slash where that does not waste half of the line.
                if let Some(slash) = head.rfind('/').filter(|at| *at * 2 > head.len()) {
                    head.truncate(slash + 1);
                }
                word.drain(..head.len());
                lines.push(head);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_file_reaches_the_terminal_raw() {
        assert_eq!(shown(&Text::of(b"\tx\x1b[31m\x07\xff\r\n")), "    x\u{fffd}[31m\u{fffd}\u{fffd}");
    }

    #[test]
    fn long_text_keeps_both_ends() {
        assert_eq!(fitted("/etc/nginx/sites-available/default", 15), "/etc/ng~default");
        assert_eq!(fitted("short", 15), "short");
    }

    #[test]
    fn wraps_at_blanks_and_cuts_long_words() {
        assert_eq!(wrapped("ab cd efghij", 5), ["ab cd", "efghi", "j"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
        assert_eq!(wrapped("/etc/nginx/default:2,", 14), ["/etc/nginx/", "default:2,"]);
        assert_eq!(wrapped("/averylongname/x", 8), ["/averylo", "ngname/x"]);
    }
}
