//! What both servers' blocks have in common: layout, and Mozilla's profile.

/// How the lines are set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// In front of every line.
    pub(super) indent: String,
    /// What a block adds.
    pub(super) unit: &'static str,
    /// At the end of every line.
    pub(super) end: &'static str,
}

impl Style {
    /// As a file is set, its lines shifted by so many blocks.
    pub(super) fn of(bytes: &[u8], depth: usize) -> Self {
        let has_tabs = bytes.windows(2).any(|pair| pair == b"\n\t");
        let unit = if has_tabs { "\t" } else { "    " };
        Self { indent: unit.repeat(depth), unit, end: crate::config::line_ending(bytes) }
    }

    /// The lines as text; each begins with as many `>` as it stands in blocks.
    pub(super) fn text(&self, lines: &[String]) -> String {
        let mut text = String::new();
        for line in lines {
            let bare = line.trim_start_matches('>');
            if !bare.is_empty() {
                text.push_str(&self.indent);
                text.push_str(&self.unit.repeat(line.len() - bare.len()));
                text.push_str(bare);
            }
            text.push_str(self.end);
        }
        text
    }
}

/// What the block says of where its TLS settings come from.
pub(super) const PROFILE: &str =
    "# TLS after Mozilla's intermediate profile, guideline 5.7: https://ssl-config.mozilla.org";

/// The ciphers of TLS 1.2.
///
/// # Source
/// Mozilla's Server Side TLS, intermediate configuration, guideline 5.7.
pub(super) const CIPHERS: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
                                  ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
                                  ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:\
                                  DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305";

/// Where certificate authorities ask for the file that proves a name.
///
/// # Source
/// RFC 8555, 8.3.
pub(super) const CHALLENGE: &str = "/.well-known/acme-challenge/";

/// What the header of HSTS says: two years, as browsers' preload lists ask for.
pub(super) const HSTS: &str = "max-age=63072000";

/// `:8443` where a port has to be said.
pub(super) fn suffix(port: u16, usual: u16) -> String {
    if port == usual { String::new() } else { format!(":{port}") }
}
