//! Names of directives and sections.

use foldhash::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A name in lower case. A configuration says few names many times: those of one share their letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Name {
    fn default() -> Self {
        Self(Arc::from(""))
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Every name met so far, by how it is written.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<Box<[u8]>, Name>);

impl Names {
    /// The name that a first word is.
    pub(super) fn name(&mut self, written: &[u8]) -> Name {
        if let Some(known) = self.0.get(written) {
            return known.clone();
        }
        let name = Name(String::from_utf8_lossy(written).to_ascii_lowercase().into());
        self.0.insert(written.into(), name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case_and_share_their_letters() {
        let mut names = Names::default();
        let (one, other) = (names.name(b"ServerName"), names.name(b"SERVERNAME"));
        assert!(one == other && one == "servername" && one != *"server");
        assert!(Arc::ptr_eq(&one.0, &names.name(b"ServerName").0));
    }
}
