//! A login as Guacamole logs it: the one proof of the client's address on a machine in use.

use super::outcome::{Outcome, Trial, Verdict};
use super::words::brief;
use std::net::IpAddr;

/// The words before the address, of a login that succeeded and of one that failed.
///
/// # Source
/// guacamole-client, `EventLoggingListener` since 1.6.0, `AuthenticationService` before.
const BEFORE: [&str; 2] = [" successfully authenticated from ", "Authentication attempt from "];

/// The addresses of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// What Tomcat took for the client.
    pub address: String,
    /// What an `X-Forwarded-For` said that Tomcat left alone, the nearest proxy last.
    pub claimed: Vec<String>,
}

impl Login {
    /// Reads a line of the log; `None`: it tells of no login. The user's name is not taken from it.
    ///
    /// # Source
    /// guacamole-client, `RemoteAddress`: where the header is still there it stands before the address, in brackets.
    pub fn read(line: &str) -> Option<Self> {
        // A user may call himself as he likes: what comes last is Guacamole's own for a success, what comes first for a
        // failure, where the name follows.
        let [success, failure] = BEFORE;
        let rest = match (line.rfind(success), line.find(failure)) {
            (_, Some(at)) if !line[..at].contains('"') => &line[at + failure.len()..],
            (Some(at), _) => &line[at + success.len()..],
            _ => return None,
        };
        if let Some(inner) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner)
        {
            let mut all: Vec<String> = inner.split(", ").map(brief).collect();
            return Some(Self { address: all.pop()?, claimed: all });
        }
        let address = rest.split_whitespace().next()?.trim_end_matches('.');
        // Java adds the interface to an address of the link: fe80:0:0:0:0:0:0:1%eth0.
        address.split('%').next()?.parse::<IpAddr>().ok()?;
        Some(Self { address: brief(address), claimed: Vec::new() })
    }

    /// What the addresses say about the valve; `is_own` tells this machine's addresses.
    pub fn outcome(&self, log: &str, is_own: impl Fn(IpAddr) -> bool) -> Outcome {
        let Self { address, claimed } = self;
        let is_here = address
            .split('%')
            .next()
            .unwrap_or_default()
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || is_own(ip));
        let recorded = match claimed.as_slice() {
            [] => address.clone(),
            claimed => format!("[{}, {address}]", claimed.join(", ")),
        };
        let evidence = format!("a login was recorded from {recorded}");
        let outcome = |verdict| Outcome::new(Trial::Login, log, verdict, evidence.clone());
        match (claimed.as_slice(), is_here) {
            ([], false) => {
                outcome(Verdict::Pass).with_next("it is the client's where it is the address that you came from")
            }
            ([], true) => outcome(Verdict::Warn).with_next(
                "it is this machine's own: right where you logged in from here; else the frontend sends no \
                 X-Forwarded-For",
            ),
            ([.., client], true) => outcome(Verdict::Fail).with_next(format!(
                "the valve does not work: the header named {client} and Tomcat left it alone. The RemoteIpValve is \
                 missing, its internalProxies does not match {address}, or Tomcat has not been restarted since"
            )),
            ([.., client], false) => outcome(Verdict::Warn).with_next(format!(
                "Tomcat took {address} for the client and left {client} alone: where {address} is a proxy of yours it is \
                 missing in internalProxies, else the client made the header up and was not believed"
            )),
        }
    }

    /// The outcome where nobody has logged in.
    pub fn missed(log: &str, seconds: u64) -> Outcome {
        let evidence = format!("nobody has logged in within {seconds} s");
        Outcome::new(Trial::Login, log, Verdict::Warn, evidence)
            .with_next("log in while it waits; where Guacamole logs elsewhere name the file: --log FILE")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(address: &str, claimed: &[&str]) -> Login {
        Login { address: address.into(), claimed: claimed.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn the_lines_of_every_version_are_read() {
        for (line, wanted) in [
            (
                "12:00:00.000 [http-nio-8080-exec-1] INFO  o.a.g.event.EventLoggingListener - User \"ada\" successfully \
                 authenticated from 203.0.113.9",
                Some(login("203.0.113.9", &[])),
            ),
            (
                "INFO  o.a.g.r.auth.AuthenticationService - User \"ada\" successfully authenticated from [203.0.113.9, \
                 127.0.0.1].",
                Some(login("127.0.0.1", &["203.0.113.9"])),
            ),
            (
                "WARN  o.a.g.event.EventLoggingListener - Authentication attempt from 2001:db8:0:0:0:0:0:7 for user \
                 \"ada\" failed: Permission Denied. (rejected by \"mysql\")",
                Some(login("2001:db8:0:0:0:0:0:7", &[])),
            ),
            (
                "Authentication attempt from [1.2.3.4, 5.6.7.8, 127.0.0.1] for user \"a\" failed.",
                Some(login("127.0.0.1", &["1.2.3.4", "5.6.7.8"])),
            ),
            (
                "Authentication attempt from fe80:0:0:0:a00:27ff:fe4e:66a1%eth0 failed.",
                Some(login("fe80:0:0:0:a00:27ff:fe4e:66a1%eth0", &[])),
            ),
            ("User \"ada\" has logged out, or their session has expired or been terminated.", None),
            ("User \"ada\" successfully authenticated from nowhere", None),
        ] {
            assert_eq!(Login::read(line), wanted, "{line}");
        }
    }

    #[test]
    fn a_user_s_name_cannot_pass_for_an_address() {
        let name = "x successfully authenticated from 1.1.1.1 \" y";
        let line = format!("User \"{name}\" successfully authenticated from 203.0.113.9");
        assert_eq!(Login::read(&line), Some(login("203.0.113.9", &[])));
        let line = format!("Authentication attempt from 203.0.113.9 for user \"{name}\" failed: no");
        assert_eq!(Login::read(&line), Some(login("203.0.113.9", &[])));
        let line =
            "User \"Authentication attempt from 1.1.1.1 \" successfully authenticated from 203.0.113.9";
        assert_eq!(Login::read(line), Some(login("203.0.113.9", &[])));
    }

    #[test]
    fn each_pair_of_addresses_says_what_it_means() {
        let said = |line: &str| {
            let login =
                Login::read(&format!("User \"a\" successfully authenticated from {line}")).expect("a login");
            let outcome = login.outcome("/log", |ip| ip.to_string() == "192.168.1.2");
            (outcome.verdict, outcome.next.unwrap_or_default())
        };
        assert_eq!(said("203.0.113.9").0, Verdict::Pass);
        let (verdict, next) = said("[203.0.113.9, 127.0.0.1]");
        assert!(verdict == Verdict::Fail && next.contains("the valve does not work"), "{next}");
        let (verdict, next) = said("[203.0.113.9, 192.168.1.2]");
        assert!(verdict == Verdict::Fail && next.contains("does not match 192.168.1.2"), "{next}");
        let (verdict, next) = said("127.0.0.1");
        assert!(verdict == Verdict::Warn && next.contains("sends no X-Forwarded-For"), "{next}");
        let (verdict, next) = said("[10.9.9.9, 203.0.113.9]");
        assert!(verdict == Verdict::Warn && next.contains("was not believed"), "{next}");
    }
}
