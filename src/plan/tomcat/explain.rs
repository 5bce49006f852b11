//! What each attribute does, and what breaks without it.

/// Two sentences on an attribute that guacfront writes, mends or takes out.
pub fn explain(attribute: &str) -> Option<&'static str> {
    TABLE.iter().find(|(name, _)| *name == attribute).map(|(_, words)| *words)
}

/// Tomcat's own attributes of an AJP connector, which an HTTP connector does not know.
pub(super) const AJP_ONLY: [&str; 8] = [
    "secret",
    "requiredSecret",
    "secretRequired",
    "allowedRequestAttributesPattern",
    "tomcatAuthentication",
    "tomcatAuthorization",
    "packetSize",
    "ajpFlush",
];

const OF_AJP: &str = "It belongs to AJP, and an HTTP connector does not know it. Left in place, Tomcat would warn about it at \
     every start.";

const TABLE: [(&str, &str); 23] = [
    (
        "port",
        "The port on which Tomcat answers HTTP, to which the proxy sends its requests. Without a connector there, every \
         request would end in an error of the proxy.",
    ),
    (
        "protocol",
        "HTTP/1.1 carries a WebSocket; AJP cannot. Over AJP, Guacamole falls back to its slower HTTP tunnel.",
    ),
    (
        "address",
        "It binds the connector to the one address the proxy uses. Without it, anyone on the network could reach Tomcat \
         without the proxy.",
    ),
    (
        "requestAttributesEnabled",
        "Lets Tomcat's access log name the client as the valve has found it. Without it every line of the log names the \
         proxy.",
    ),
    (
        "connectionTimeout",
        "How many milliseconds a new connection may stay silent. It is Tomcat's stock value; without it a minute is waited.",
    ),
    (
        "URIEncoding",
        "Tomcat reads the characters of addresses as UTF-8. Without it, Tomcat 7 reads names that are not Latin wrongly, \
         and later ones rely on their default.",
    ),
    (
        "redirectPort",
        "Where an application that insists on TLS is redirected to. It is Tomcat's stock value; Guacamole does not use it.",
    ),
    (
        "className",
        "The RemoteIpValve takes the client's address from the proxy's headers. Without it, every user has the proxy's \
         address in Guacamole's history and bans.",
    ),
    (
        "internalProxies",
        "The proxies whose word about the client is believed, and no others. Without it, Tomcat believes every private \
         address, so that anyone on the local network could forge theirs.",
    ),
    (
        "remoteIpHeader",
        "The header in which the proxy names the client. Another name here, and the client's address would not be found.",
    ),
    (
        "proxiesHeader",
        "The header in which Tomcat hands the proxies that were passed on to the application. It is how the application \
         can tell that a proxy was there.",
    ),
    (
        "remoteIpProxiesHeader",
        "The attribute that is meant is called proxiesHeader; Tomcat knows none of this name. Left as it is, Tomcat warns \
         at every start and uses its default.",
    ),
    (
        "protocolHeader",
        "The header in which the proxy says whether the client came by https. Without it, the application takes a TLS \
         connection for plain http and builds wrong addresses.",
    ),
    (
        "protocolHeaderHttpsValue",
        "What the proxy's header says where the client came by https. With another value than https, the application \
         takes a TLS connection for plain http.",
    ),
    (
        "trustedProxies",
        "Further proxies that are believed, and named in the proxies header. guacfront leaves it as it is; whoever it \
         matches can choose the address a client is seen with.",
    ),
    (AJP_ONLY[0], OF_AJP),
    (AJP_ONLY[1], OF_AJP),
    (AJP_ONLY[2], OF_AJP),
    (AJP_ONLY[3], OF_AJP),
    (AJP_ONLY[4], OF_AJP),
    (AJP_ONLY[5], OF_AJP),
    (AJP_ONLY[6], OF_AJP),
    (AJP_ONLY[7], OF_AJP),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_explanation_is_two_sentences() {
        for (name, words) in TABLE {
            assert_eq!(words.matches(". ").count() + 1, 2, "{name}: {words}");
            assert!(words.ends_with('.'), "{name}");
        }
    }
}
