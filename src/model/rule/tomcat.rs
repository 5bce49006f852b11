//! Pages of the rules about Tomcat.

use super::{Page, Severity};

const VALVE: &str = "Tomcat, configuration reference, Remote IP Valve";

pub(super) const AJP_USED: Page = Page {
    code: "T01",
    severity: Severity::Error,
    title: "the proxy speaks to an AJP connector",
    symptom: "sessions lag, as no WebSocket opens: everything goes through the HTTP tunnel, or nothing comes at all",
    why: "AJP cannot carry an upgraded connection: Tomcat refuses to make a WebSocket out of an AJP request",
    source: "Tomcat, AbstractAjpProtocol.createUpgradeProcessor; guacamole-manual, reverse-proxy",
    fix: "let an HTTP connector listen on the port that the proxy uses: protocol=\"HTTP/1.1\"",
};
pub(super) const AJP_OPEN: Page = Page {
    code: "T02",
    severity: Severity::Warning,
    title: "an AJP connector is open that Guacamole does not need",
    symptom: "none, until somebody speaks AJP to it: whoever reaches the port may pose as the proxy (CVE-2020-1938)",
    why: "AJP believes its peer about address, user and attributes; before 9.0.31, 8.5.51 and 7.0.100 it listened on \
          every address, without a secret",
    source: "Tomcat, configuration reference, AJP Connector",
    fix: "remove the connector, or bind it: address=\"127.0.0.1\" and a secret",
};
pub(super) const NO_HTTP_CONNECTOR: Page = Page {
    code: "T03",
    severity: Severity::Error,
    title: "no HTTP connector answers the proxy",
    symptom: "502 Bad Gateway or 503 Service Unavailable instead of Guacamole",
    why: "nothing in server.xml listens for HTTP on the port that the proxy connects to",
    source: "Tomcat, configuration reference, HTTP Connector",
    fix: "add a Connector with protocol=\"HTTP/1.1\" on that port, or mend the port in the proxy",
};
pub(super) const URI_ENCODING: Page = Page {
    code: "T04",
    severity: Severity::Warning,
    title: "URLs are not read as UTF-8",
    symptom: "names of users, connections and files with other than Latin letters are broken or not found",
    why: "Tomcat 7 takes ISO-8859-1 where URIEncoding is not said, and any version takes what is said",
    source: "Tomcat, configuration reference, HTTP Connector, URIEncoding; guacamole-manual, reverse-proxy",
    fix: "set URIEncoding=\"UTF-8\" on the connector",
};
pub(super) const CONNECTOR_OPEN: Page = Page {
    code: "T05",
    severity: Severity::Info,
    title: "the connector is open to the network although the proxy is local",
    symptom: "none: Guacamole can also be reached past the proxy, in the clear",
    why: "without address a connector listens on every address of the machine",
    source: "Tomcat, configuration reference, HTTP Connector, address",
    fix: "set address=\"127.0.0.1\" on the connector, unless somebody needs it from elsewhere: backend.loopback_only in \
          the answers file",
};
pub(super) const VALVE_MISSING: Page = Page {
    code: "T06",
    severity: Severity::Error,
    title: "no RemoteIpValve: Tomcat takes every user for the proxy",
    symptom: "history and logs show 127.0.0.1 or [203.0.113.9, 127.0.0.1]; five wrong passwords of one user lock \
              everybody out",
    why: "Guacamole asks Tomcat for the client's address and looks at no header itself",
    source: "guacamole-client, RequestDetails.getRemoteAddress; guacamole-manual, reverse-proxy",
    fix: "put into the Host: <Valve className=\"org.apache.catalina.valves.RemoteIpValve\" \
          internalProxies=\"127\\.0\\.0\\.1|0:0:0:0:0:0:0:1\" remoteIpHeader=\"X-Forwarded-For\" \
          protocolHeader=\"X-Forwarded-Proto\"/> for a proxy on this machine; from Tomcat 12 on \
          internalProxies=\"127.0.0.1/32,::1/128\"",
};
pub(super) const VALVE_COMMENTED: Page = Page {
    code: "T07",
    severity: Severity::Error,
    title: "the RemoteIpValve stands in a comment",
    symptom: "history and logs show the proxy instead of the client, although the valve seems to be there",
    why: "what stands between <!-- and --> is no configuration",
    source: VALVE,
    fix: "take the comment marks away from around the valve",
};
pub(super) const VALVE_DOUBLED: Page = Page {
    code: "T08",
    severity: Severity::Warning,
    title: "several RemoteIpValves in one pipeline",
    symptom: "a client that the second one trusts can make up its address, whatever the first one says; a correction of one \
              of them does nothing",
    why: "each runs in turn, the second on what the first has made of the request",
    source: VALVE,
    fix: "keep one of them",
};
pub(super) const VALVE_LATE: Page = Page {
    code: "T09",
    severity: Severity::Warning,
    title: "a valve that asks for the client's address runs before the RemoteIpValve",
    symptom: "an address filter lets everybody in or nobody",
    why: "valves run in file order, an Engine's before a Host's: the earlier one still sees the proxy",
    source: VALVE,
    fix: "put the RemoteIpValve first",
};
pub(super) const PROXIES_HEADER: Page = Page {
    code: "T10",
    severity: Severity::Warning,
    title: "remoteIpProxiesHeader is no attribute of the valve",
    symptom: "a warning at each start of Tomcat: failed to set property [remoteIpProxiesHeader]",
    why: "the valve's own word is proxiesHeader; Guacamole's manual has the wrong one",
    source: "Tomcat, RemoteIpValve.setProxiesHeader",
    fix: "write proxiesHeader instead",
};
pub(super) const PROXIES_GRAMMAR: Page = Page {
    code: "T11",
    severity: Severity::Error,
    title: "internalProxies never matches an address",
    symptom: "history and logs show the proxy instead of the client, and Tomcat warns of nothing",
    why: "up to 11.0.12 it is one regular expression for the whole address as Java prints it, IPv6 in eight groups; \
          lists with commas and blocks such as 127.0.0.0/8 match nothing there. From 12 on only blocks are read",
    source: "Tomcat's changelog, 11.0.13 and 12.0.0; RemoteIpValve.setInternalProxies",
    fix: "write it in the version's grammar: internalProxies=\"127\\.0\\.0\\.1|0:0:0:0:0:0:0:1\" up to 11.0.12, \
          \"127.0.0.1/32,::1/128\" from 12 on, either between them",
};
pub(super) const PROXIES_INVALID: Page = Page {
    code: "T12",
    severity: Severity::Error,
    title: "internalProxies cannot be read, so that the default is in force",
    symptom: "any machine with a private address can make up its address; one warning at Tomcat's start says why",
    why: "where the value is refused the valve keeps its default, which trusts every private range; configtest ends \
          with 0 all the same",
    source: "Tomcat, RemoteIpValve.internalProxies and IntrospectionUtils.setProperty",
    fix: "write it in the version's grammar: internalProxies=\"127\\.0\\.0\\.1|0:0:0:0:0:0:0:1\" up to 11.0.12, \
          \"127.0.0.1/32,::1/128\" from 12 on, for a proxy on this machine",
};
pub(super) const PROXIES_OPEN: Page = Page {
    code: "T13",
    severity: Severity::Error,
    title: "internalProxies trusts everybody",
    symptom: "anybody can write any address into history, logs and bans",
    why: "a proxy that is trusted is believed about the client: .* believes the client itself",
    source: VALVE,
    fix: "name the proxy's own address alone: internalProxies=\"127\\.0\\.0\\.1|0:0:0:0:0:0:0:1\" for one on this \
          machine, \"127.0.0.1/32,::1/128\" from Tomcat 12 on",
};
pub(super) const PROXIES_DEFAULT: Page = Page {
    code: "T14",
    severity: Severity::Warning,
    title: "internalProxies is not said: every private range is trusted",
    symptom: "any machine of the local network can make up its address",
    why: "the default holds 10.0.0.0/8, 192.168.0.0/16, 172.16.0.0/12 and more; a user's own machine is often in one",
    source: VALVE,
    fix: "name the proxy's own address alone: internalProxies=\"127\\.0\\.0\\.1|0:0:0:0:0:0:0:1\" for one on this \
          machine, \"127.0.0.1/32,::1/128\" from Tomcat 12 on",
};
pub(super) const PROXIES_ONE_FAMILY: Page = Page {
    code: "T15",
    severity: Severity::Warning,
    title: "the proxy may come from an address family that is not trusted",
    symptom: "some logins have the client's address, others the proxy's",
    why: "localhost is 127.0.0.1 and ::1, and Java prints the latter as 0:0:0:0:0:0:0:1: both have to be trusted",
    source: "guacamole-manual, reverse-proxy; Java, InetAddress.getHostAddress",
    fix: "trust both, 127\\.0\\.0\\.1|0:0:0:0:0:0:0:1, or write 127.0.0.1 in the proxy",
};
pub(super) const PROXIES_LACK_PROXY: Page = Page {
    code: "T16",
    severity: Severity::Error,
    title: "the proxy is not among the trusted ones",
    symptom: "history and logs show the proxy instead of the client, although the valve is there",
    why: "the valve leaves a request alone whose peer is not in internalProxies",
    source: VALVE,
    fix: "add the address that the proxy connects from to internalProxies",
};
pub(super) const ACCESS_LOG_PROXY: Page = Page {
    code: "T17",
    severity: Severity::Info,
    title: "Tomcat's access log has the proxy's address",
    symptom: "localhost_access_log names the proxy on every line; Guacamole's own log is right",
    why: "the RemoteIpValve puts the connection's own values back before the log is written; the log has the client where it \
          asks for the request's attributes",
    source: "Tomcat, configuration reference, Access Log Valve, requestAttributesEnabled",
    fix: "set requestAttributesEnabled=\"true\" on the AccessLogValve: backend.log_client in the answers file",
};
pub(super) const CONFIG_WARNINGS: Page = Page {
    code: "T18",
    severity: Severity::Warning,
    title: "Tomcat warned of its own server.xml",
    symptom: "something that stands in server.xml is not in force",
    why: "Tomcat leaves out what it does not know and starts. The line is of its last start: catalina.sh configtest would \
          say it too, and end with 0, but it takes the connectors' ports and writes to Tomcat's logs, so check does not \
          run it",
    source: "Tomcat, Digester's SetPropertiesRule; Catalina.load, which initialises the connectors",
    fix: "mend the attribute that the line names, and restart Tomcat",
};
pub(super) const UNCONVERTED: Page = Page {
    code: "T19",
    severity: Severity::Error,
    title: "the application was built for Tomcat 9 and does not start here",
    symptom: "404 at Guacamole's path, through the proxy and without it",
    why: "Guacamole uses javax.servlet, which Tomcat 10 and later call jakarta.servlet",
    source: "Tomcat, migration guide 10.0; configuration reference, Host, legacyAppBase",
    fix: "move the .war from webapps to webapps-javaee, where Tomcat converts it, or run Tomcat 9",
};
pub(super) const NOT_DEPLOYED: Page = Page {
    code: "T20",
    severity: Severity::Error,
    title: "nothing is deployed under the path that the proxy asks for",
    symptom: "404 at Guacamole's path, or Tomcat's own page",
    why: "Tomcat serves an application under the name of its .war or context file",
    source: "Tomcat, configuration reference, Context, Naming",
    fix: "mend the path in the proxy, or deploy Guacamole under it",
};
pub(super) const TOMCAT_UNKNOWN: Page = Page {
    code: "T21",
    severity: Severity::Info,
    title: "the server.xml of the Tomcat that is asked is not known here",
    symptom: "none: whether history and logs have the client's address is not judged",
    why: "it runs on another machine, in a container, or with files of its own user that nothing but a person's word makes \
          this machine's",
    source: "guacamole-manual, reverse-proxy: the valve is Tomcat's half",
    fix: "name the file in backend.server_xml where it is on this machine, run guacfront check where Tomcat is, or log in while \
          guacfront check --watch waits: it says which address Guacamole records",
};
