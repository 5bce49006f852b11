//! Answers that no directive of the server holds, kept in a comment so that they are found again.

use super::Mark;
use crate::model::{UploadLimit, yes_no};
use std::fmt;

/// The words before such answers, in the begin mark or in a comment of its own.
const WORDS: &str = "asked:";

/// Answers that no directive holds.
///
/// # Shape
/// `asked: max_upload 512m, log_tunnel yes`; what no other way tells stands in it and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The upload limit, which httpd does not apply to what it proxies.
    pub max_upload: Option<UploadLimit>,
    /// Whether the tunnel is to be logged, where no log has a say in it.
    pub log_tunnel: Option<bool>,
    /// That the WebSocket is not to be passed on: left out by hand it would be a fault.
    pub no_websocket: bool,
}

impl Asked {
    /// Reads the words of a comment; what is not there stays untold.
    pub fn read(comment: &str) -> Self {
        let mut asked = Self::default();
        let Some((_, told)) = comment.split_once(WORDS) else { return asked };
        for pair in told.split(',') {
            match pair.trim().split_once(' ') {
                Some(("max_upload", value)) => asked.max_upload = UploadLimit::parse(value).ok(),
                Some(("log_tunnel", value)) => asked.log_tunnel = Some(value.trim() == "yes"),
                Some(("websocket", value)) => asked.no_websocket = value.trim() == "no",
                _ => {}
            }
        }
        asked
    }

    /// What the begin mark of a region says.
    pub fn of_mark(bytes: &[u8], mark: &Mark) -> Self {
        let end = mark.body.start.max(mark.span.start);
        Self::read(&String::from_utf8_lossy(&bytes[mark.span.start..end]))
    }

    /// What a comment says that [`Self::comment`] wrote; `None` for any other.
    pub fn of_comment(text: &str) -> Option<Self> {
        text.contains(&format!("guacfront {WORDS}")).then(|| Self::read(text))
    }

    /// The comment that keeps them in a section that somebody wrote by hand.
    pub fn comment(&self) -> String {
        format!("# guacfront {self}")
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.max_upload.map(|limit| format!("max_upload {limit}"));
        let log = self.log_tunnel.map(|log| format!("log_tunnel {}", yes_no(log)));
        let websocket = self.no_websocket.then(|| "websocket no".to_owned());
        let told: Vec<String> = limit.into_iter().chain(log).chain(websocket).collect();
        write!(f, "{WORDS} {}", told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (limit, log, no_websocket) in [
            (Some("512m"), None, false),
            (None, Some(true), true),
            (Some("0"), Some(false), true),
            (None, None, true),
            (None, None, false),
        ] {
            let max_upload = limit.and_then(|limit| UploadLimit::parse(limit).ok());
            let asked = Asked { max_upload, log_tunnel: log, no_websocket };
            assert_eq!(Asked::read(&format!("# guacfront begin 12 at /x/; {asked}")), asked);
            assert_eq!(Asked::of_comment(&asked.comment()), Some(asked));
        }
        assert_eq!(Asked::of_comment("# asked: websocket no"), None);
        assert_eq!(Asked::read("# guacfront begin 12 at /x/"), Asked::default());
    }
}
