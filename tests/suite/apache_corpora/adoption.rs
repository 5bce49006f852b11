//! Guacamole as people, guides and installers have it behind httpd: recognised, edited in place, the rest of it kept.

use super::debian::Tree;
use super::judged::{config_test, main_around, require_httpd};
use guacfront::model::{Answers, Draft, Rule};

struct Found {
    /// Whose it is.
    name: &'static str,
    /// What stands in the virtual host.
    site: &'static str,
    /// What stands outside of it.
    conf: &'static str,
    /// Public path, host, port, context path, and whether the tunnel is logged, as they are recognised.
    values: (&'static str, &'static str, &'static str, &'static str, &'static str),
    /// What nobody asked to change.
    kept: &'static [&'static str],
}

const NOTHING: Found =
    Found { name: "", site: "", conf: "", values: ("", "", "", "", ""), kept: &["ServerName a.test\n"] };

const ALL: [Found; 12] = [
    Found {
        name: "the older manual, another path",
        site: "    <Location /new-path/>
        Order allow,deny
        Allow from all
        ProxyPass http://localhost:8080/guacamole/ flushpackets=on
        ProxyPassReverse http://localhost:8080/guacamole/
        ProxyPassReverseCookiePath /guacamole/ /new-path/
    </Location>
    <Location /new-path/websocket-tunnel>
        Order allow,deny
        Allow from all
        ProxyPass ws://localhost:8080/guacamole/websocket-tunnel
        ProxyPassReverse ws://localhost:8080/guacamole/websocket-tunnel
    </Location>
    SetEnvIf Request_URI \"^/new-path/tunnel\" dontlog
    CustomLog  ${APACHE_LOG_DIR}/guac.log common env=!dontlog
",
        values: ("/new-path/", "localhost", "8080", "/guacamole/", "no"),
        kept: &[
            "        Allow from all\n",
            "    CustomLog  ${APACHE_LOG_DIR}/guac.log common env=!dontlog\n",
        ],
        ..NOTHING
    },
    Found {
        name: "the present manual, a renamed application",
        site: "    <Location /new-path/>
        Order allow,deny
        Allow from all
        ProxyPass http://10.0.0.5:8080/new-path/ flushpackets=on
        ProxyPassReverse http://10.0.0.5:8080/new-path/
    </Location>
    <Location /new-path/websocket-tunnel>
        ProxyPass ws://10.0.0.5:8080/new-path/websocket-tunnel
        ProxyPassReverse ws://10.0.0.5:8080/new-path/websocket-tunnel
    </Location>
",
        values: ("/new-path/", "10.0.0.5", "8080", "/new-path/", "no"),
        kept: &["        Allow from all\n"],
        ..NOTHING
    },
    Found {
        name: "a site of its own, without a WebSocket",
        site: "    ProxyPreserveHost On
    <Location />
        ProxyPass http://127.0.0.1:8080/guacamole/
        ProxyPassReverse http://127.0.0.1:8080/guacamole/
    </Location>
    ErrorLog ${APACHE_LOG_DIR}/guac_error.log
    CustomLog ${APACHE_LOG_DIR}/guac.log combined
",
        values: ("/", "127.0.0.1", "8080", "/guacamole/", "yes"),
        kept: &["    ProxyPreserveHost On\n", "    ErrorLog ${APACHE_LOG_DIR}/guac_error.log\n"],
        ..NOTHING
    },
    Found {
        name: "a vendor's guide, the root application",
        site: "    <Location />
        Order allow,deny
        Allow from all
        ProxyPass http://guac.internal:8080/ flushpackets=on
        ProxyPassReverse http://guac.internal:8080/
    </Location>
    <Location /websocket-tunnel>
        Order allow,deny
        Allow from all
        ProxyPass ws://guac.internal:8080/websocket-tunnel
        ProxyPassReverse ws://guac.internal:8080/websocket-tunnel
    </Location>
",
        values: ("/", "guac.internal", "8080", "/", "no"),
        kept: &["        Order allow,deny\n"],
        ..NOTHING
    },
    Found {
        name: "a network lab's console",
        site: "    Alias /Exports /opt/lab/Exports
    <Location /html5/>
        Order allow,deny
        Allow from all
        ProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on
        ProxyPassReverse http://127.0.0.1:8080/guacamole/
    </Location>
    <Location /html5/websocket-tunnel>
        Order allow,deny
        Allow from all
        ProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel
        ProxyPassReverse ws://127.0.0.1:8080/guacamole/websocket-tunnel
    </Location>
",
        values: ("/html5/", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &["    Alias /Exports /opt/lab/Exports\n"],
        ..NOTHING
    },
    Found {
        name: "one line that upgrades, with a time limit",
        site: "    # Guacamole, ask Ann
    ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/ upgrade=websocket timeout=3600
    ProxyPassReverse /guacamole/ http://127.0.0.1:8080/guacamole/
    ProxyPass /app/ http://127.0.0.2:3000/
",
        values: ("/guacamole/", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &[
            "    # Guacamole, ask Ann\n",
            " timeout=3600\n",
            "    ProxyPass /app/ http://127.0.0.2:3000/\n",
        ],
        ..NOTHING
    },
    Found {
        name: "an upgrade rewritten",
        site: "    RewriteEngine On
    RewriteCond %{HTTP:Upgrade} =websocket [NC]
    RewriteRule ^/guacamole/(.*)$ ws://127.0.0.1:8080/guacamole/$1 [P,L]
    <Location \"/guacamole\">
        ProxyPass \"http://127.0.0.1:8080/guacamole\"
        Require ip 10.0.0.0/8
    </Location>
",
        values: ("/guacamole", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &["    RewriteEngine On\n", "        Require ip 10.0.0.0/8\n"],
        ..NOTHING
    },
    Found {
        name: "single sign-on in front",
        site: "\t<Location /guacamole/>
\t\tAuthType Basic
\t\tAuthName \"desk\"
\t\tAuthUserFile /etc/passwd
\t\tRequire valid-user
\t\tRequestHeader set REMOTE_USER expr=%{REMOTE_USER}
\t\tProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on
\t\tProxyPassReverse http://127.0.0.1:8080/guacamole/
\t</Location>
\t<Location /guacamole/websocket-tunnel>
\t\tProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel
\t\tProxyPassReverse ws://127.0.0.1:8080/guacamole/websocket-tunnel
\t</Location>
",
        values: ("/guacamole/", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &["\t\tRequire valid-user\n", "\t\tRequestHeader set REMOTE_USER expr=%{REMOTE_USER}\n"],
        ..NOTHING
    },
    Found {
        name: "a file for the whole server",
        conf: "# for everybody
<Location /guacamole/>
  ProxyPass http://127.0.0.1:8080/guacamole/ flushpackets=on
  ProxyPassReverse http://127.0.0.1:8080/guacamole/
  Require all granted
</Location>
<Location /guacamole/websocket-tunnel>
  ProxyPass ws://127.0.0.1:8080/guacamole/websocket-tunnel
</Location>
",
        values: ("/guacamole/", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &["# for everybody\n", "  Require all granted\n"],
        ..NOTHING
    },
    Found {
        name: "variables and conditions",
        conf: "Define GUAC_HOST 10.0.0.7\n",
        site: "    <IfModule mod_proxy.c>
        <Location /guac/>
            ProxyPass http://${GUAC_HOST}:8080/guacamole/
        </Location>
    </IfModule>
",
        values: ("/guac/", "10.0.0.7", "8080", "/guacamole/", "no"),
        kept: &["Define GUAC_HOST 10.0.0.7\n", "    </IfModule>\n"],
    },
    Found {
        name: "lines of their own kind",
        site: "   <location  '/guacamole/' > # Guacamole\r
\tproxypass \\\r
\t  http://127.0.0.1:8080/guacamole/ \\\r
\t  retry=0\r
   </location> # it ends here\r
",
        values: ("/guacamole/", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &["   </location> # it ends here\r\n"],
        ..NOTHING
    },
    Found {
        name: "lines for the whole server",
        conf: "ProxyPass /guacamole/websocket-tunnel ws://127.0.0.1:8080/guacamole/websocket-tunnel
ProxyPass /guacamole/ http://127.0.0.1:8080/guacamole/
ProxyPassReverse /guacamole/ http://127.0.0.1:8080/guacamole/
ProxyTimeout 700
",
        values: ("/guacamole/", "127.0.0.1", "8080", "/guacamole/", "no"),
        kept: &["ProxyTimeout 700\n"],
        ..NOTHING
    },
];

impl Found {
    fn tree(&self) -> Tree {
        Tree::new(
            &format!("<VirtualHost *:80>\n    ServerName a.test\n{}</VirtualHost>\n", self.site),
            self.conf,
        )
    }
}

/// How many lines hand requests that are no WebSocket's on to the backend.
fn general_lines(text: &str, host: &str) -> usize {
    let is_general = |line: &&str| {
        let line = line.trim().to_ascii_lowercase();
        !line.starts_with("proxypassreverse")
            && (line.contains(&format!("http://{host}:")) || line.contains("http://${guac_host}:"))
            && !line.contains("websocket-tunnel")
    };
    text.lines().filter(is_general).count()
}

#[test]
fn its_values_become_the_wizard_s_defaults() {
    for found in &ALL {
        let draft = found.tree().draft();
        let Draft { public_path, host, port, context, log_tunnel, .. } = &draft;
        let values =
            (public_path.as_str(), host.as_str(), port.as_str(), context.as_str(), log_tunnel.as_str());
        assert_eq!(values, found.values, "{}", found.name);
    }
}

#[test]
fn it_is_edited_in_place_and_never_doubled() {
    for found in &ALL {
        let tree = found.tree();
        let first: Answers = tree.draft().parse().expect("what is found are good answers");
        let mut other = tree.draft();
        (other.public_path, other.context, other.host) = ("/desk/".into(), "/".into(), "10.9.9.9".into());
        let other = other.parse().expect("good answers");
        for (answers, host) in [(&first, found.values.1), (&other, "10.9.9.9"), (&first, found.values.1)] {
            tree.apply(answers);
            let text = tree.text();
            for line in found.kept {
                assert!(text.contains(line), "{}: {line} is gone from\n{text}", found.name);
            }
            assert_eq!(general_lines(&text, host), 1, "{}:\n{text}", found.name);
            let path = answers.frontend.public_path.as_str();
            assert_eq!(
                text.matches(&format!("\"^{}$\"", path.trim_end_matches('/'))).count(),
                usize::from(path != "/"),
                "{}:\n{text}",
                found.name
            );
            assert!(
                !text.contains("/desk/") || path == "/desk/",
                "{}: an earlier path is left in\n{text}",
                found.name
            );
            assert_eq!(tree.apply(answers), 0, "{}: a second plan changes\n{text}", found.name);
        }
    }
}

#[test]
fn httpd_accepts_what_becomes_of_it() {
    require_httpd();
    for found in &ALL {
        let tree = found.tree();
        let work = tempfile::tempdir().expect("a temporary folder");
        let file = work.path().join("judged.conf");
        let main = main_around(work.path(), &file);
        for (public, context) in [(found.values.0, found.values.3), ("/desk/", "/"), ("/", "/guacamole/")] {
            let mut draft = tree.draft();
            (draft.public_path, draft.context) = (public.into(), context.into());
            tree.apply(&draft.parse().expect("good answers"));
            // The variables have to be defined before the site that uses them.
            let text = format!(
                "{}\n{}",
                found.conf.lines().next().filter(|l| l.starts_with("Define")).unwrap_or(""),
                tree.text()
            );
            std::fs::write(&file, &text).expect("the file is written");
            let (accepted, said) = config_test(&main);
            assert!(accepted && !said.contains("AH01146"), "{} at {public}: {said}\n{text}", found.name);
        }
    }
}

#[test]
fn a_redirect_that_leads_nowhere_was_taken_for_the_one_that_is_wanted() {
    let redirect = |path: &str| format!("    RedirectMatch \"^{path}$\" \"{path}/\"\n");
    let in_section = |path: &str| {
        format!(
            "    <Location \"{path}\">\n        RedirectMatch \"^{path}$\" \"{path}/\"\n    </Location>\n"
        )
    };
    let site = format!(
        "<VirtualHost *:80>\n    ServerName a.test\n    ProxyPass / http://127.0.0.2:3000/\n{}    \
         <Location /guacamole/>\n        ProxyPass http://127.0.0.1:8080/guacamole/\n    </Location>\n</VirtualHost>\n",
        redirect("/guacamole")
    );
    let tree = Tree::new(&site, "");
    let warned = || {
        let rules = guacfront::verify::rules(&tree.findings());
        rules.iter().any(|diagnosis| diagnosis.rule == Rule::NoSlashRedirect)
    };
    assert!(warned(), "the other application takes the path without its slash");
    for path in ["/guacamole", "/desk", "/guacamole"] {
        let mut draft = tree.draft();
        draft.public_path = format!("{path}/");
        let answers = draft.parse().expect("good answers");
        tree.apply(&answers);
        let text = tree.text();
        assert_eq!(text.matches(&in_section(path)).count(), 1, "{text}");
        assert!(!warned(), "{text}");
        assert!(path != "/desk" || !text.contains("\"^/guacamole"), "an earlier path is left in\n{text}");
        assert_eq!(tree.apply(&answers), 0, "a second plan changes\n{text}");
    }
}
