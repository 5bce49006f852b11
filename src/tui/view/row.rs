//! A line of a file: styled piece by piece, then cut or broken to the columns there are.

use crate::tui::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::ops::Range;
use unicode_width::UnicodeWidthChar as _;

/// Columns of a line kept before the part that must be seen.
const LEAD: usize = 8;

type Styled = (char, Style);

/// A line with a style for every character.
pub(super) struct Row {
    chars: Vec<Styled>,
}

impl Row {
    /// A line of one style.
    pub(super) fn new(text: &str, style: Style) -> Self {
        Self { chars: text.chars().map(|c| (c, style)).collect() }
    }

    /// Adds to the styles of parts, given in order and in bytes of the text.
    pub(super) fn patch(&mut self, parts: impl IntoIterator<Item = (Range<usize>, Style)>) {
        let mut parts = parts.into_iter().peekable();
        let mut byte = 0;
        for (c, own) in &mut self.chars {
            while parts.next_if(|(part, _)| part.end <= byte).is_some() {}
            if let Some((_, style)) = parts.peek().filter(|(part, _)| part.contains(&byte)) {
                *own = own.patch(*style);
            }
            byte += c.len_utf8();
        }
    }

    /// One line of at most so many columns, that shows the part, given in bytes of the text; what is cut is marked.
    pub(super) fn cut(self, width: usize, part: Option<&Range<usize>>, theme: Theme) -> Vec<Span<'static>> {
        if columns(&self.chars) <= width {
            return spans(&self.chars);
        }
        let start = part.map_or(0, |part| self.start(width, part));
        let (rest, marked) = (&self.chars[start..], usize::from(start > 0));
        let goes_on = usize::from(columns(rest) + marked > width);
        let room = width.saturating_sub(marked + goes_on);
        let (shown, left) = taken(rest, room);
        let mut out = Vec::new();
        if start > 0 {
            out.push(theme.more(false));
        }
        out.extend(spans(shown));
        if !left.is_empty() {
            out.push(Span::raw(" ".repeat(room - columns(shown))));
            out.push(theme.more(true));
        }
        out
    }

    /// As many lines as it takes.
    pub(super) fn broken(self, width: usize) -> Vec<Vec<Span<'static>>> {
        let mut lines = Vec::new();
        let mut rest = &self.chars[..];
        while !rest.is_empty() {
            let (line, left) = taken(rest, width);
            // A character wider than the line cannot be placed; going on would not end.
            if line.is_empty() {
                break;
            }
            lines.push(spans(line));
            rest = left;
        }
        if lines.is_empty() {
            lines.push(Vec::new());
        }
        lines
    }

    /// The first character to be shown, so that the part's end is in sight and its beginning where both fit.
    fn start(&self, width: usize, part: &Range<usize>) -> usize {
        let (mut byte, mut first, mut last) = (0, self.chars.len(), 0);
        for (at, (c, _)) in self.chars.iter().enumerate() {
            if part.contains(&byte) {
                first = first.min(at);
                last = at + 1;
            }
            byte += c.len_utf8();
        }
        if last == 0 || columns(&self.chars[..last]) < width {
            return 0;
        }
        // No column stays empty for what has gone out of sight on the left, whose mark takes one.
        let mut tail = width.saturating_sub(1);
        let fits = |(c, _): &&Styled| {
            let own = c.width().unwrap_or(0);
            let fits = own <= tail;
            tail = tail.saturating_sub(own);
            fits
        };
        let last = self.chars.len() - self.chars.iter().rev().take_while(fits).count();
        first.saturating_sub(LEAD).min(last)
    }
}

/// A line of pieces behind its gutter.
pub(super) fn behind(gutter: Span<'static>, pieces: Vec<Span<'static>>) -> Line<'static> {
    std::iter::once(gutter).chain(pieces).collect()
}

fn columns(chars: &[Styled]) -> usize {
    chars.iter().map(|(c, _)| c.width().unwrap_or(0)).sum()
}

/// What fits into so many columns, and the rest.
fn taken(chars: &[Styled], width: usize) -> (&[Styled], &[Styled]) {
    let mut used = 0;
    let fits = |(c, _): &Styled| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    let end = chars.iter().copied().take_while(fits).count();
    chars.split_at(end)
}

fn spans(chars: &[Styled]) -> Vec<Span<'static>> {
    chars
        .chunk_by(|a, b| a.1 == b.1)
        .map(|piece| Span::styled(piece.iter().map(|(c, _)| c).collect::<String>(), piece[0].1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::Characters;

    const THEME: Theme = Theme { color: false, characters: Characters::All, synchronized: false };

    fn text(spans: &[Span]) -> String {
        spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn what_is_cut_is_marked() {
        let row = || Row::new("0123456789", Style::new());
        assert_eq!(text(&row().cut(10, None, THEME)), "0123456789");
        assert_eq!(text(&row().cut(6, None, THEME)), "01234…");
    }

    #[test]
    fn the_part_that_matters_is_in_sight() {
        let row = Row::new("0123456789abcdefghijklmnopq", Style::new());
        assert_eq!(text(&row.cut(14, Some(&(20..22)), THEME)), "…cdefghijklmn…");
        let row = Row::new("0123456789abcdefghijklmnopq", Style::new());
        assert_eq!(text(&row.cut(14, Some(&(24..26)), THEME)), "…efghijklmnopq");
    }

    #[test]
    fn a_wide_character_is_not_halved() {
        let row = || Row::new("日本語x", Style::new());
        assert_eq!(text(&row().cut(6, None, THEME)), "日本 …");
        let lines: Vec<String> = row().broken(5).iter().map(|line| text(line)).collect();
        assert_eq!(lines, ["日本", "語x"]);
        assert_eq!(Row::new("日", Style::new()).broken(1).len(), 1);
    }
}
