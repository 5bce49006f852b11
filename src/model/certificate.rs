//! A certificate on this machine.

use super::Host;
use std::path::{Path, PathBuf};

/// A certificate and the key beside it, judged when they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate with its chain, PEM.
    pub file: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// The names it is for, `*.example.org` among them.
    pub names: Vec<String>,
    /// The day it ends, `2027-01-31`, where it could be read.
    pub until: Option<String>,
    /// Why no site can have it: it has ended, the key is another one's; safe to show.
    pub fault: Option<String>,
    /// How it is renewed, where that needs something of port 80.
    pub renewal: Option<Renewal>,
    /// The folder for certbot's hooks, where certbot renews it and has nothing make a server read it anew.
    pub unread: Option<PathBuf>,
}

/// How certbot renews a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// By files below a folder that plain HTTP serves: each name's folder.
    Webroot(Vec<(String, PathBuf)>),
    /// By a server of its own on port 80.
    Standalone,
}

impl Certificate {
    /// The folder whose files certbot has a name proved by.
    pub fn webroot(&self, name: &Host) -> Option<&Path> {
        let Some(Renewal::Webroot(folders)) = &self.renewal else { return None };
        let name = name.to_string();
        let own = folders.iter().find(|(own, _)| own.eq_ignore_ascii_case(&name));
        own.or_else(|| folders.first()).map(|(_, folder)| folder.as_path())
    }

    /// Whether it is for a name; `*` stands for one part, the first.
    pub fn is_for(&self, name: &Host) -> bool {
        let name = name.to_string();
        let rest = name.split_once('.').map(|(_, rest)| rest);
        self.names.iter().any(|own| match own.strip_prefix("*.") {
            Some(parent) => rest.is_some_and(|rest| rest.eq_ignore_ascii_case(parent)),
            None => own.eq_ignore_ascii_case(&name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_part() {
        let names = ["a.test", "*.b.test"].map(ToOwned::to_owned).into();
        let certificate = Certificate {
            file: "/c".into(),
            key: "/k".into(),
            names,
            until: None,
            fault: None,
            renewal: None,
            unread: None,
        };
        let is_for = |name: &str| certificate.is_for(&Host::parse(name).expect("a name"));
        assert!(is_for("A.test") && is_for("x.b.test"));
        assert!(!is_for("b.test") && !is_for("x.y.b.test") && !is_for("x.a.test"));
    }
}
