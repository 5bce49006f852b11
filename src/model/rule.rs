//! What can be wrong with a Guacamole behind a proxy: every rule with its code, its symptom and its cure.

mod apache;
mod nginx;
mod system;
mod tomcat;

use std::fmt;

/// How much a breach of a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; Guacamole works.
    Info,
    /// Guacamole works, but worse or less safely than it should.
    Warning,
    /// Guacamole, or the protection around it, does not work.
    Error,
}

/// What stands on a rule's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The code, the same for ever: `N03`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// As a person meets it.
    pub symptom: &'static str,
    /// Why it is so.
    pub why: &'static str,
    /// Where that is written.
    pub source: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// Makes the closed set of rules: a variant and its page each.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident = $page:path;)*) => {
        /// A rule that a configuration or a machine can break.
        ///
        /// # Shape
        /// T: Tomcat, N: nginx, A: Apache httpd, S: the machine around them. A code is never given to another rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule,)*
        }

        impl Rule {
            /// Every rule, by code.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// Its page.
            pub fn page(self) -> &'static Page {
                match self {
                    $(Self::$rule => &$page,)*
                }
            }
        }
    };
}

rules! {
    /// The proxy's port belongs to an AJP connector.
    AjpUsed = tomcat::AJP_USED;
    /// An AJP connector is there beside the HTTP one.
    AjpOpen = tomcat::AJP_OPEN;
    /// No HTTP connector answers the proxy.
    NoHttpConnector = tomcat::NO_HTTP_CONNECTOR;
    /// Names in URLs are not read as UTF-8.
    UriEncoding = tomcat::URI_ENCODING;
    /// The connector is open to the network although the proxy is local.
    ConnectorOpen = tomcat::CONNECTOR_OPEN;
    /// No `RemoteIpValve`.
    ValveMissing = tomcat::VALVE_MISSING;
    /// The `RemoteIpValve` stands in a comment.
    ValveCommented = tomcat::VALVE_COMMENTED;
    /// Several `RemoteIpValve`s in one pipeline.
    ValveDoubled = tomcat::VALVE_DOUBLED;
    /// A valve that needs the client's address runs first.
    ValveLate = tomcat::VALVE_LATE;
    /// `remoteIpProxiesHeader`, which no valve knows.
    ProxiesHeader = tomcat::PROXIES_HEADER;
    /// `internalProxies` in the grammar of another version.
    ProxiesGrammar = tomcat::PROXIES_GRAMMAR;
    /// `internalProxies` that Tomcat cannot read.
    ProxiesInvalid = tomcat::PROXIES_INVALID;
    /// `internalProxies` that trusts everybody.
    ProxiesOpen = tomcat::PROXIES_OPEN;
    /// No `internalProxies`: the default.
    ProxiesDefault = tomcat::PROXIES_DEFAULT;
    /// The proxy may come from `::1`, which is not trusted.
    ProxiesOneFamily = tomcat::PROXIES_ONE_FAMILY;
    /// The proxy that is configured is not trusted.
    ProxiesLackProxy = tomcat::PROXIES_LACK_PROXY;
    /// Tomcat's access log has the proxy's address.
    AccessLogProxy = tomcat::ACCESS_LOG_PROXY;
    /// Tomcat warned of its own configuration.
    ConfigWarnings = tomcat::CONFIG_WARNINGS;
    /// An application for Tomcat 9 in a later one.
    Unconverted = tomcat::UNCONVERTED;
    /// The context path that is proxied is not deployed.
    NotDeployed = tomcat::NOT_DEPLOYED;
    /// The Tomcat that is asked has a server.xml that is not known here.
    TomcatUnknown = tomcat::TOMCAT_UNKNOWN;

    /// `proxy_buffering` is on.
    Buffering = nginx::BUFFERING;
    /// HTTP/1.0 to the backend.
    HttpVersion = nginx::HTTP_VERSION;
    /// The `Upgrade` header is not handed on.
    Upgrade = nginx::UPGRADE;
    /// The `Connection` header is not handed on.
    Connection = nginx::CONNECTION;
    /// `X-Forwarded-For` is not sent.
    ForwardedFor = nginx::FORWARDED_FOR;
    /// `X-Forwarded-Proto` is not sent, so that a client's own passes.
    ForwardedProto = nginx::FORWARDED_PROTO;
    /// Location and `proxy_pass` do not both end in a slash.
    Slash = nginx::SLASH;
    /// A regular expression takes requests from Guacamole's location.
    RegexHijack = nginx::REGEX_HIJACK;
    /// No request reaches this server block.
    DeadServer = nginx::DEAD_SERVER;
    /// Uploads are cut at the default limit, or by one further in.
    BodyLimit = nginx::BODY_LIMIT;
    /// The tunnel's requests are logged.
    TunnelLogged = nginx::TUNNEL_LOGGED;
    /// Headers set further out are lost.
    HeadersLost = nginx::HEADERS_LOST;
    /// `localhost` may be the address that Tomcat does not listen on.
    Localhost = nginx::LOCALHOST;
    /// The server speaks HTTP/2 or HTTP/3 alone.
    NoHttp11 = nginx::NO_HTTP_1_1;
    /// A location in Guacamole's does not proxy.
    NestedLocation = nginx::NESTED_LOCATION;
    /// `/..;` reaches Tomcat.
    Climbing = nginx::CLIMBING;
    /// A `return` or `rewrite` answers before any location.
    AnsweredFirst = nginx::ANSWERED_FIRST;
    /// An access rule holds for Guacamole too.
    KeepsOut = nginx::KEEPS_OUT;
    /// Another location answers part of Guacamole's path.
    TakenOver = nginx::TAKEN_OVER;
    /// The path is handed on decoded.
    PathDecoded = nginx::PATH_DECODED;
    /// Settings of the site change what passes between a browser and Guacamole.
    ChangedOnTheWay = nginx::CHANGED_ON_THE_WAY;

    /// A module is missing.
    ModuleMissing = apache::MODULE_MISSING;
    /// The WebSocket's section stands on the wrong side of the general one.
    WebSocketOrder = apache::WEBSOCKET_ORDER;
    /// Nothing hands the WebSocket on.
    WebSocketMissing = apache::WEBSOCKET_MISSING;
    /// `upgrade=websocket` is dropped.
    UpgradeDropped = apache::UPGRADE_DROPPED;
    /// `Order` and `Allow` without `mod_access_compat`.
    AccessCompat = apache::ACCESS_COMPAT;
    /// A `Require` takes an outer restriction away.
    RequireOpens = apache::REQUIRE_OPENS;
    /// A `Require` keeps everybody out.
    RequireCloses = apache::REQUIRE_CLOSES;
    /// The path without its slash is not found.
    NoSlashRedirect = apache::NO_SLASH_REDIRECT;
    /// A second `CustomLog` was meant to silence the first.
    SecondLog = apache::SECOND_LOG;
    /// The tunnel's requests are logged.
    ApacheTunnelLogged = apache::TUNNEL_LOGGED;
    /// `X-Forwarded-Proto` is not set.
    ApacheForwardedProto = apache::FORWARDED_PROTO;
    /// A section outside of any virtual host serves all of them.
    GlobalLocation = apache::GLOBAL_LOCATION;
    /// `ProxyPass` without `mapping=servlet`.
    Mapping = apache::MAPPING;
    /// Public path and backend do not both end in a slash.
    ApacheSlash = apache::SLASH;
    /// A rewriting or redirect leads Guacamole's requests away.
    LeadsAway = apache::LEADS_AWAY;
    /// No request reaches this virtual host.
    DeadVirtualHost = apache::DEAD_VIRTUAL_HOST;
    /// An access rule holds for Guacamole too.
    ApacheKeepsOut = apache::KEEPS_OUT;
    /// The client's address is not sent.
    ApacheForwardedFor = apache::FORWARDED_FOR;
    /// Another line or section takes Guacamole's requests.
    ApacheTakenOver = apache::TAKEN_OVER;
    /// httpd's own error pages come in place of Guacamole's answers.
    ErrorsReplaced = apache::ERRORS_REPLACED;

    /// `SELinux` forbids the connection to Tomcat.
    Selinux = system::SELINUX;
    /// A server is not running.
    NotRunning = system::NOT_RUNNING;
    /// Another program has the port.
    PortTaken = system::PORT_TAKEN;
    /// fail2ban's filter matches nothing.
    Fail2ban = system::FAIL2BAN;
    /// A firewall is in force.
    Firewall = system::FIREWALL;
    /// A configuration cannot be read as its server reads it.
    Unreadable = system::UNREADABLE;
    /// No site serves Guacamole.
    NoSite = system::NO_SITE;
    /// Tomcat runs with the server.xml of before.
    Outdated = system::OUTDATED;
    /// A configuration that this user may not read.
    Forbidden = system::FORBIDDEN;
}

impl Severity {
    /// The word for it in arguments and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warn",
            Self::Error => "error",
        }
    }
}

impl Rule {
    /// Its code.
    pub fn code(self) -> &'static str {
        self.page().code
    }

    /// The rule of a code, in upper or lower case.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code().eq_ignore_ascii_case(code.trim()))
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        self.page().severity
    }

    /// What the rule is about.
    pub fn subject(self) -> &'static str {
        match self.code().as_bytes().first() {
            Some(b'T') => "Tomcat",
            Some(b'N') => "nginx",
            Some(b'A') => "Apache httpd",
            _ => "This machine",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_one_rule_s_alone_and_found_by_it() {
        let codes: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
        for &rule in Rule::ALL {
            assert_eq!(Rule::of_code(&rule.code().to_lowercase()), Some(rule));
            assert!(rule.code().len() == 3 && rule.code()[1..].parse::<u8>().is_ok_and(|number| number > 0));
        }
        assert_eq!(Rule::of_code("X01"), None);
    }

    #[test]
    fn every_page_is_full() {
        for rule in Rule::ALL {
            let page = rule.page();
            for text in [page.title, page.symptom, page.why, page.source, page.fix] {
                assert!(text.len() > 10 && !text.ends_with('.') && !text.contains("  "), "{rule}: {text:?}");
            }
        }
    }
}
