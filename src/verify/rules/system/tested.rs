//! What a server says of its own configuration when it is asked to test it, which changes nothing.

use crate::config::Files as _;
use crate::model::{Findings, Rule, Server, Service, printable_lines};
use crate::system::{CommandRequest, System};
use crate::verify::Diagnosis;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A test looks names up, which takes its time where DNS does not answer.
const DEADLINE: Duration = Duration::from_secs(20);

/// Why the servers that have a Guacamole refuse their configuration, where they do and nothing that is known says it.
pub(in crate::verify) fn refused(
    system: &System,
    findings: &Findings,
    known: &[Diagnosis],
) -> Vec<Diagnosis> {
    let services = [
        (Server::Nginx, findings.nginx.as_ref().map(|nginx| &nginx.service)),
        (Server::Apache, findings.apache.as_ref().map(|apache| &apache.service)),
    ];
    let has_guacamole =
        |server: Server| findings.sites(server).iter().any(|site| !site.guacamoles.is_empty());
    let asked = services.into_iter().filter(|(server, _)| has_guacamole(*server));
    asked
        .filter_map(|(server, service)| of(system, server, service?))
        .filter(|found| !known.iter().any(|own| tells(own, found)))
        .collect()
}

/// Whether a finding says already why the server refuses the line that its own words name.
fn tells(known: &Diagnosis, found: &Diagnosis) -> bool {
    let name = |own: &Diagnosis| own.file.as_deref().and_then(Path::file_name).map(ToOwned::to_owned);
    let is_cause = matches!(known.rule, Rule::AccessCompat | Rule::ModuleMissing);
    known.rule == Rule::Unreadable || (is_cause && known.line == found.line && name(known) == name(found))
}

fn of(system: &System, server: Server, service: &Service) -> Option<Diagnosis> {
    let argv = service.command(&["-t"])?;
    let output = system.run(&CommandRequest { argv, deadline: DEADLINE }).ok()?;
    let said = format!("{}\n{}", output.stderr, output.stdout);
    // Who is not root may not read keys and logs, which says nothing of the configuration.
    let is_denied = !system.is_root() && said.contains("Permission denied");
    if output.succeeded() || output.timed_out || output.code.is_none() || is_denied {
        return None;
    }
    let (place, words) = match server {
        Server::Nginx => nginx(&said),
        Server::Apache => apache(&said),
    };
    let detail = format!("{} refuses it: {}", server.title(), printable_lines(words.trim()));
    Some(match place {
        Some((file, line)) => {
            let bytes = system.read(&file).unwrap_or_default();
            Diagnosis::at(Rule::Unreadable, &file, &bytes, line, detail)
        }
        None => Diagnosis::new(Rule::Unreadable, detail),
    })
}

/// The place that the server's own words name, where they name one, and the words.
///
/// # Source
/// nginx, `ngx_conf_log_error`: `in FILE:LINE`; httpd, `ap_config`: `on line LINE of FILE:`.
type Said = (Option<(PathBuf, usize)>, String);

fn nginx(said: &str) -> Said {
    let line = said.lines().find(|line| line.contains("[emerg]")).or_else(|| said.lines().next());
    let line = line.unwrap_or_default();
    let words = line.split_once("[emerg] ").map_or(line, |(_, words)| words).trim_end();
    // Before the first file is read the words come with the process's number.
    let is_number = |head: &str| head.contains('#') && head.bytes().all(|b| b.is_ascii_digit() || b == b'#');
    let words = words.split_once(": ").filter(|(head, _)| is_number(head)).map_or(words, |(_, rest)| rest);
    let place = words.rsplit_once(" in /").and_then(|(words, place)| {
        let (file, line) = place.rsplit_once(':')?;
        Some((words, PathBuf::from(format!("/{file}")), line.parse().ok()?))
    });
    match place {
        Some((words, file, line)) => (Some((file, line)), words.to_owned()),
        None => (None, words.to_owned()),
    }
}

fn apache(said: &str) -> Said {
    let mut lines = said.lines().skip_while(|line| !line.contains("Syntax error"));
    let Some(first) = lines.next() else {
        let is_said = |line: &&str| !line.trim().is_empty() && !line.contains("AH00558");
        return (None, said.lines().find(is_said).unwrap_or_default().to_owned());
    };
    let place = first.rsplit_once(" on line ").and_then(|(_, place)| {
        let (line, file) = place.trim_end().trim_end_matches(':').split_once(" of ")?;
        Some((PathBuf::from(file), line.parse().ok()?))
    });
    (place, lines.next().unwrap_or(first).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_and_the_words_are_read_as_each_server_says_them() {
        let said = "nginx: [warn] conflicting server name\nnginx: [emerg] unknown \"connection_upgrade\" variable\n\
                    nginx: configuration file /etc/nginx/nginx.conf test failed\n";
        assert_eq!(nginx(said), (None, "unknown \"connection_upgrade\" variable".to_owned()));
        let said = "2026/11/27 04:22:04 [emerg] 353#353: unknown directive \"x\" in /etc/nginx/sites-enabled/default:1\n\
                    nginx: configuration file /etc/nginx/nginx.conf test failed\n";
        let place = Some(("/etc/nginx/sites-enabled/default".into(), 1));
        assert_eq!(nginx(said), (place, "unknown directive \"x\"".to_owned()));
        let said = "nginx: [emerg] unknown directive \"proxy_bufering\" in /etc/nginx/conf.d/a.conf:12\n";
        let place = Some(("/etc/nginx/conf.d/a.conf".into(), 12));
        assert_eq!(nginx(said), (place, "unknown directive \"proxy_bufering\"".to_owned()));
        let said = "AH00558: apache2: Could not determine\nAH00526: Syntax error on line 9 of \
                    /etc/apache2/sites-enabled/a.conf:\nInvalid command 'ProxyPas', perhaps misspelled\n";
        let place = Some(("/etc/apache2/sites-enabled/a.conf".into(), 9));
        assert_eq!(apache(said), (place, "Invalid command 'ProxyPas', perhaps misspelled".to_owned()));
        assert_eq!(
            apache("AH00558: x\nAH00013: Pre-configuration failed\n").1,
            "AH00013: Pre-configuration failed"
        );
    }
}
