//! How long the frontend waits for a silent backend.

use std::fmt;

/// Nobody waits longer than a year.
const LONGEST: u32 = 365 * 86_400;

/// How long the frontend waits for a word from Tomcat, or until Tomcat takes what is sent to it.
///
/// # Shape
/// `usual`, or a time as nginx writes it: digits with `ms`, `s`, `m`, `h`, `d` or `w`, several of them together. Written
/// back as seconds, `7200s`.
///
/// # Units
/// Seconds, where there is no unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadTimeout {
    /// An hour with nginx, which waits a minute on its own; with httpd its own `Timeout`.
    Usual,
    /// So many seconds, at least one.
    Seconds(u32),
}

impl ReadTimeout {
    /// What the usual one is with nginx.
    pub const HOUR: u32 = 3600;

    /// The same as nginx has it: there an hour is the usual one, however it is written.
    #[must_use]
    pub fn of_nginx(self) -> Self {
        if self == Self::Seconds(Self::HOUR) { Self::Usual } else { self }
    }

    /// Reads a time as a person types it: `usual`, `90`, `2h`, `1h 30m`.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "usual" {
            return Ok(Self::Usual);
        }
        match seconds(text) {
            None => Err("a time is needed, such as 2h or 90s, or usual".into()),
            Some(0) => Err("a server that does not wait cuts every session; 1s is the least".into()),
            Some(seconds) => match u32::try_from(seconds) {
                Ok(seconds) if seconds <= LONGEST => Ok(Self::Seconds(seconds)),
                _ => Err("a year, 365d, is the most".into()),
            },
        }
    }
}

impl fmt::Display for ReadTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usual => f.write_str("usual"),
            Self::Seconds(seconds) => write!(f, "{seconds}s"),
        }
    }
}

/// A time as nginx writes it; `None` where it is none.
///
/// # Units
/// Seconds; what is less than one is cut off.
///
/// # Source
/// `ngx_parse_time` in nginx's `src/core/ngx_parse.c`, without its months and years.
pub fn seconds(text: &str) -> Option<u64> {
    const MILLISECONDS: [(&str, u64); 6] =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];
    let mut milliseconds = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, factor) = match MILLISECONDS.into_iter().find(|(unit, _)| rest.starts_with(unit)) {
            Some(found) => found,
            None if rest.is_empty() => ("", 1000),
            None => return None,
        };
        rest = rest[unit.len()..].trim_start();
        milliseconds = milliseconds.saturating_add(number.saturating_mul(factor));
    }
    (!text.is_empty()).then_some(milliseconds / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_nginx_reads_them_and_written_as_seconds() {
        for (text, written) in
            [("usual", "usual"), ("90", "90s"), ("2h", "7200s"), ("1h 30m", "5400s"), ("1500ms", "1s")]
        {
            assert_eq!(ReadTimeout::parse(text).expect("a time").to_string(), written);
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in ["", "h", "0", "500ms", "-1", "1.5h", "366d", "99999999999999999999", "1 year", "1y"] {
            assert!(ReadTimeout::parse(text).is_err(), "{text:?} was let in");
        }
    }
}
