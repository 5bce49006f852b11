//! Why each directive of a bare block is there.

/// By directive of either server: what it does, and what breaks without it.
const EXPLANATIONS: [(&str, &str); 33] = [
    (
        "server",
        "Begins a site of its own. The other sites are not touched, and none of them loses a request to it.",
    ),
    (
        "listen",
        "Answers on this port. Where other sites listen on certain addresses it is the same ones: a listen on every \
         address would not be asked there.",
    ),
    (
        "server_name",
        "The name that browsers ask for. Requests for other names go to the other sites, as before.",
    ),
    (
        "http2",
        "Lets browsers load the page's many small files over one connection. The tunnel does not need it.",
    ),
    (
        "ssl_certificate",
        "The certificate with its chain, by which browsers know this server. Without it there is no https.",
    ),
    ("ssl_certificate_key", "The certificate's key. It is read by the server alone and copied nowhere."),
    (
        "ssl_protocols",
        "TLS 1.2 and 1.3, as Mozilla's intermediate profile has it. Older versions are broken.",
    ),
    (
        "ssl_ciphers",
        "The ciphers of Mozilla's intermediate profile. All of them keep what was recorded secret later, too.",
    ),
    (
        "ssl_prefer_server_ciphers",
        "Leaves the choice to the browser, which knows what its machine does fast.",
    ),
    ("ssl_session_timeout", "Lets a browser that comes back within a day skip half of the handshake."),
    ("ssl_session_cache", "Where sessions are remembered for that, one place for all worker processes."),
    (
        "ssl_session_tickets",
        "Off: their key is made anew only by a restart, and opens what was recorded before.",
    ),
    (
        "add_header",
        "Tells browsers to ask for this name by https alone for two years. It cannot be called back.",
    ),
    (
        "location",
        "Catches what is not Guacamole's: the bare name, or all of plain http. Without it people meet an empty page there.",
    ),
    ("return", "Leads to https, or from the bare name to Guacamole. Without it people meet an empty page."),
    (
        "VirtualHost",
        "Begins a site of its own. The other sites are not touched, and none of them loses a request to it.",
    ),
    ("Listen", "Answers on this port. Nothing else of httpd's files does so yet."),
    (
        "ServerName",
        "The name that browsers ask for. Requests for other names go to the other sites, as before.",
    ),
    (
        "Redirect",
        "Leads from http to https, so that nobody sends a password in the clear by an old bookmark.",
    ),
    ("root", "Serves the files by which certbot renews the certificate. Without it the renewal would fail."),
    (
        "DocumentRoot",
        "Serves the files by which certbot renews the certificate, and nothing else: the rest is led to https.",
    ),
    ("SSLEngine", "Speaks TLS here. Without it the port would speak plain HTTP."),
    (
        "SSLCertificateFile",
        "The certificate with its chain, by which browsers know this server. Without it there is no https.",
    ),
    ("SSLCertificateKeyFile", "The certificate's key. It is read by the server alone and copied nowhere."),
    ("SSLProtocol", "TLS 1.2 and 1.3, as Mozilla's intermediate profile has it. Older versions are broken."),
    (
        "SSLCipherSuite",
        "The ciphers of Mozilla's intermediate profile. All of them keep what was recorded secret later, too.",
    ),
    ("SSLHonorCipherOrder", "Leaves the choice to the browser, which knows what its machine does fast."),
    (
        "SSLSessionTickets",
        "Off: their key is made anew only by a restart, and opens what was recorded before.",
    ),
    ("IfModule", "Holds what is in it only where the module is loaded. Elsewhere httpd would not start."),
    ("Header", "Tells browsers to ask for this name by https alone for two years. It cannot be called back."),
    (
        "RewriteEngine",
        "Lets the server's own rewrites go on in this virtual host. Each virtual host has them off by itself.",
    ),
    ("RewriteOptions", "Takes the server's own rules over. Without it they would not be asked here."),
    ("Protocols", "Offers HTTP/2 where the module for it is loaded. The tunnel does not need it."),
];

/// What a line of a new site does and what breaks without it; `None` for one that is in no new site.
pub(crate) fn explain(line: &str) -> Option<&'static str> {
    let name = line.split_whitespace().next()?.trim_start_matches('<').trim_end_matches([';', '>']);
    EXPLANATIONS.iter().find(|(own, _)| *own == name).map(|(_, why)| *why)
}
