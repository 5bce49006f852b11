//! Pages of the rules about the machine around the servers.

use super::{Page, Severity};

pub(super) const SELINUX: Page = Page {
    code: "S01",
    severity: Severity::Error,
    title: "SELinux forbids the web server to connect to Tomcat",
    symptom: "502 or 503; nginx's error log says connect() failed (13: Permission denied)",
    why: "nginx and httpd run as httpd_t, which may open connections only where a boolean allows it",
    source: "SELinux reference policy, apache module, httpd_can_network_relay",
    fix: "setsebool -P httpd_can_network_relay 1 allows Tomcat's port 8080 and no more than needed; for other ports \
          httpd_can_network_connect",
};
pub(super) const NOT_RUNNING: Page = Page {
    code: "S02",
    severity: Severity::Error,
    title: "a server is not running",
    symptom: "no connection, or 502 where it is Tomcat",
    why: "the web server takes the requests, Tomcat serves Guacamole: both have to run",
    source: "the machine's own list of processes",
    fix: "start it, and look at its log where it ends again",
};
pub(super) const PORT_TAKEN: Page = Page {
    code: "S03",
    severity: Severity::Error,
    title: "another program has the port",
    symptom: "the server does not start: Address already in use",
    why: "one program alone can listen on an address and a port",
    source: "listen(2), EADDRINUSE",
    fix: "stop the other program, or give one of them another port",
};
pub(super) const FAIL2BAN: Page = Page {
    code: "S04",
    severity: Severity::Warning,
    title: "fail2ban's filter cannot match what Guacamole writes",
    symptom: "nobody is ever banned, however often a password is wrong",
    why: "since 1.6.0 a failed login is logged by EventLoggingListener and its line ends in a reason after the word failed",
    source: "guacamole-client, EventLoggingListener and RemoteAddress",
    fix: "let failregex allow text after failed, whatever the logger's name, and see that <HOST> is the client and not \
          [client, proxy]",
};
pub(super) const FIREWALL: Page = Page {
    code: "S05",
    severity: Severity::Info,
    title: "a firewall is in force",
    symptom: "none here; from outside the site may time out",
    why: "it is named so that you look there; guacfront never touches it",
    source: "ufw.conf, firewalld's and nftables' units",
    fix: "see that it lets the web server's ports in, and Tomcat's not",
};
pub(super) const UNREADABLE: Page = Page {
    code: "S06",
    severity: Severity::Error,
    title: "a configuration cannot be read as its server reads it",
    symptom: "the server does not start, or does not reload",
    why: "a bracket is missing, an included file is not there, or the file is not what it says it is",
    source: "the server's own configuration test",
    fix: "mend the line, and ask the server again: nginx -t, or apachectl -t",
};
pub(super) const NO_SITE: Page = Page {
    code: "S07",
    severity: Severity::Error,
    title: "no site of this machine serves Guacamole",
    symptom: "404, or some other page, wherever Guacamole is looked for",
    why: "no server block and no virtual host hands requests to a Guacamole",
    source: "the configuration of the web servers of this machine",
    fix: "guacfront without a command sets it up; where a file is named that nothing loads, put it where its server looks: \
          by a link in sites-enabled, or under a name that ends in .conf",
};
pub(super) const OUTDATED: Page = Page {
    code: "S08",
    severity: Severity::Warning,
    title: "Tomcat has not read its server.xml since it was changed",
    symptom: "what was changed last shows no effect: Guacamole may still take the proxy for the client",
    why: "Tomcat reads server.xml at its start alone, and the one that runs was started before",
    source: "the time of the process's start, and that of the file's last change",
    fix: "restart Tomcat; running Guacamole sessions end",
};
pub(super) const FORBIDDEN: Page = Page {
    code: "S09",
    severity: Severity::Warning,
    title: "this user may not read a configuration",
    symptom: "none but here: what stands in it is not looked at",
    why: "server.xml and its like may be read by root and by the server's own group alone, as passwords stand in them",
    source: "open(2), EACCES",
    fix: "run check as root: sudo guacfront check",
};
