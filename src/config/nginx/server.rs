//! The server blocks of the http context: names, listens, and which of them no request reaches.
//!
//! # Source
//! `ngx_http_core_listen`, `ngx_http_core_server_name` and `ngx_http_server_names` in nginx's src/http.

use super::load::{Loaded, Placed};
use crate::model::Listen;
use foldhash::{HashMap, HashMapExt as _, HashSet};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::rc::Rc;

/// A server block.
#[derive(Clone, Debug)]
pub struct ServerBlock<'a> {
    /// The `server` directive.
    pub placed: Placed<'a>,
    /// What stands in it, includes followed.
    pub children: Vec<Placed<'a>>,
    /// What stands beside it in the http context, includes followed.
    pub http: Rc<[Placed<'a>]>,
    /// Its names as nginx reads them: in lower case, but a regular expression as it is.
    pub names: Vec<String>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// File and line of the earlier server block that gets every request for this one.
    pub shadowed_by: Option<String>,
}

/// Every server block of the http context, in load order.
pub fn server_blocks(loaded: &Loaded) -> Vec<ServerBlock<'_>> {
    let mut blocks = Vec::new();
    for http in loaded.top().into_iter().filter(|placed| placed.directive.is("http")) {
        let beside: Rc<[Placed<'_>]> = loaded.children(http).into();
        let tls = beside.iter().any(is_ssl_on);
        for &placed in beside.iter().filter(|p| p.directive.is("server") && p.directive.block().is_some()) {
            blocks.push(ServerBlock::read(loaded, placed, Rc::clone(&beside), tls));
        }
    }
    choose_defaults(&mut blocks);
    find_shadows(loaded, &mut blocks);
    blocks
}

/// The server block of the http context that begins at a byte of a file, looked at without the others: that it is the
/// default of a listen without saying so, or shadowed, is not known of it.
pub fn server_block_at<'a>(loaded: &'a Loaded, file: &Path, offset: usize) -> Option<ServerBlock<'a>> {
    let file = loaded.files.iter().position(|own| own.path.as_os_str() == file.as_os_str())?;
    loaded.top().into_iter().filter(|placed| placed.directive.is("http")).find_map(|http| {
        let beside = loaded.children(http);
        let is_meant = |p: &&Placed<'_>| {
            p.file == file
                && p.directive.start() == offset
                && p.directive.is("server")
                && p.directive.block().is_some()
        };
        let placed = beside.iter().copied().find(|placed| is_meant(&placed))?;
        let tls = beside.iter().any(is_ssl_on);
        Some(ServerBlock::read(loaded, placed, beside.into(), tls))
    })
}

impl<'a> ServerBlock<'a> {
    fn read(loaded: &'a Loaded, placed: Placed<'a>, http: Rc<[Placed<'a>]>, tls: bool) -> Self {
        let children = loaded.children(placed);
        let tls = tls || children.iter().any(is_ssl_on);
        let (names, listens) = (names(&children), listens(&children, tls));
        Self { placed, children, http, names, listens, shadowed_by: None }
    }
}

/// The `ssl on;` of the time before 1.25.1, when TLS was a property of the server and not of the listen.
fn is_ssl_on(placed: &Placed<'_>) -> bool {
    placed.directive.is("ssl") && placed.directive.first_argument() == "on"
}

fn names(children: &[Placed<'_>]) -> Vec<String> {
    let directives = children.iter().filter(|p| p.directive.is("server_name"));
    directives
        .flat_map(|placed| placed.directive.arguments())
        .map(|word| match word.text() {
            regex if regex.starts_with('~') => regex.into_owned(),
            name => name.to_ascii_lowercase(),
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn listens(children: &[Placed<'_>], tls: bool) -> Vec<Listen> {
    let mut found: Vec<Listen> = Vec::new();
    let mut any = false;
    for placed in children.iter().filter(|p| p.directive.is("listen")) {
        any = true;
        let mut parameters = placed.directive.arguments();
        let Some(address) = parameters.next() else { continue };
        let has = |name: &str| parameters.clone().any(|parameter| parameter.is(name));
        // QUIC is UDP: what is asked over TCP goes to the plain listen beside it.
        if has("quic") {
            continue;
        }
        let text = address.text().into_owned();
        let (ip, port) = address_of(&text);
        let default = has("default_server") || has("default");
        let (tls, proxied) = (tls || has("ssl"), has("proxy_protocol"));
        found.push(Listen { address: ip, port, tls, default, proxied, text });
    }
    if !any {
        let text = "80".to_owned();
        found.push(Listen { text, address: None, port: Some(80), tls, default: false, proxied: false });
    }
    found
}

/// Address and port of a `listen`; no address: every one, or a name that only DNS could tell.
fn address_of(text: &str) -> (Option<IpAddr>, Option<u16>) {
    if text.starts_with("unix:") {
        return (None, None);
    }
    // A range of ports, 8000-8010, is known by its first.
    let port_of = |text: &str| text.split('-').next().and_then(|first| first.parse::<u16>().ok());
    if let Some(port) = port_of(text).filter(|_| text.bytes().all(|b| b.is_ascii_digit() || b == b'-')) {
        return (None, Some(port));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port_of(port)),
        _ => (text, Some(80)),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = match bare {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        bare => bare.parse::<IpAddr>().ok().filter(|address| !address.is_unspecified()),
    };
    (address, port)
}

/// What makes two listens one socket.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Socket<'a> {
    /// A port of an address.
    Inet(IpAddr, u16),
    /// A path, or a host name that only DNS could resolve.
    Text(&'a str),
}

fn socket(listen: &Listen) -> Socket<'_> {
    let Some(port) = listen.port else { return Socket::Text(&listen.text) };
    let is_ipv6 = listen.text.starts_with('[');
    let any: IpAddr = if is_ipv6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    let name = listen.text.rsplit_once(':').map_or("", |(host, _)| host);
    match listen.address {
        None if name.bytes().any(|b| b.is_ascii_alphabetic()) => Socket::Text(&listen.text),
        address => Socket::Inet(address.unwrap_or(any), port),
    }
}

/// Where no server of a socket says that it is the default, the first is.
fn choose_defaults(blocks: &mut [ServerBlock<'_>]) {
    let listens = || {
        blocks.iter().enumerate().flat_map(|(block, own)| (0..own.listens.len()).map(move |at| (block, at)))
    };
    let mut taken: HashSet<Socket<'_>> =
        blocks.iter().flat_map(|block| &block.listens).filter(|listen| listen.default).map(socket).collect();
    let first: Vec<_> =
        listens().filter(|&(block, at)| taken.insert(socket(&blocks[block].listens[at]))).collect();
    for (block, at) in first {
        blocks[block].listens[at].default = true;
    }
}

/// nginx takes the first of equal names on a socket and ignores the later with a warning.
fn find_shadows(loaded: &Loaded, blocks: &mut [ServerBlock<'_>]) {
    let mut taken: HashMap<(Socket<'_>, Cow<'_, str>), usize> = HashMap::new();
    let mut shadows = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let mut first = None;
        let mut reached = false;
        for listen in &block.listens {
            reached |= listen.default;
            for name in matched_names(&block.names) {
                let earlier = *taken.entry((socket(listen), name)).or_insert(index);
                if earlier == index {
                    reached = true;
                } else {
                    first = first.or(Some(earlier));
                }
            }
        }
        if let Some(earlier) = first.filter(|_| !reached) {
            shadows.push((index, loaded.place(blocks[earlier].placed)));
        }
    }
    for (index, place) in shadows {
        blocks[index].shadowed_by = Some(place);
    }
}

/// The names to look for in a request: `.x` is `x` and `*.x`; a server without a name has the empty one.
fn matched_names(names: &[String]) -> Vec<Cow<'_, str>> {
    if names.is_empty() {
        return vec![Cow::Borrowed("")];
    }
    let mut matched = Vec::with_capacity(names.len());
    for name in names {
        match name.strip_prefix('.') {
            Some(rest) => matched.extend([Cow::Borrowed(rest), Cow::Owned(format!("*.{rest}"))]),
            None => matched.push(Cow::Borrowed(name.as_str())),
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;
    use std::path::Path;
    use std::sync::Arc;

    fn loaded(http: &str) -> Loaded {
        let files = [("/n".into(), Arc::from(format!("events {{}}\nhttp {{\n{http}\n}}\n").as_bytes()))];
        Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()))
    }

    #[test]
    fn names_are_lower_cased_but_regular_expressions_kept() {
        let loaded = loaded("server { server_name A.Test .b.test _; server_name ~^W \"\" $hostname; }");
        assert_eq!(server_blocks(&loaded)[0].names, ["a.test", ".b.test", "_", "~^W", "$hostname"]);
    }

    #[test]
    fn reads_every_way_to_write_a_listen() {
        let loaded = loaded(
            "server { listen 80; listen *:81; listen [::]:82 ipv6only=on; listen 127.0.0.1; listen [::1];\n\
             listen 10.0.0.1:443 ssl; listen unix:/run/x; listen localhost:8000; listen 0.0.0.0:83;\n\
             listen 443 quic; }",
        );
        let found: Vec<_> = server_blocks(&loaded)[0]
            .listens
            .iter()
            .map(|l| (l.address.map(|a| a.to_string()).unwrap_or_default(), l.port, l.tls))
            .collect();
        let expected = [
            ("", Some(80), false),
            ("", Some(81), false),
            ("", Some(82), false),
            ("127.0.0.1", Some(80), false),
            ("::1", Some(80), false),
            ("10.0.0.1", Some(443), true),
            ("", None, false),
            ("127.0.0.1", Some(8000), false),
            ("", Some(83), false),
        ];
        assert_eq!(found, expected.map(|(address, port, tls)| (address.to_owned(), port, tls)));
    }

    #[test]
    fn a_listen_for_the_proxy_protocol_is_told_from_one_for_browsers() {
        let loaded = loaded("server { listen 443 ssl proxy_protocol; listen 80; }");
        let proxied: Vec<_> = server_blocks(&loaded)[0].listens.iter().map(|l| l.proxied).collect();
        assert_eq!(proxied, [true, false]);
    }

    #[test]
    fn a_server_without_listen_listens_on_80_and_ssl_on_counts() {
        let loaded = loaded("server { ssl on; }");
        let listens = &server_blocks(&loaded)[0].listens;
        assert_eq!((listens.len(), listens[0].port, listens[0].tls), (1, Some(80), true));
    }

    #[test]
    fn the_first_server_of_a_socket_is_its_default_unless_one_says_so() {
        let loaded = loaded("server { listen 80; } server { listen 80 default_server; listen 81; }");
        let blocks = server_blocks(&loaded);
        let defaults: Vec<Vec<bool>> =
            blocks.iter().map(|b| b.listens.iter().map(|l| l.default).collect()).collect();
        assert_eq!(defaults, [vec![false], vec![true, true]]);
    }

    #[test]
    fn a_later_server_of_the_same_name_and_socket_is_shadowed() {
        let loaded = loaded(
            "server { server_name a.test; }\nserver { listen 80; server_name A.TEST; }\n\
             server { listen *:80; server_name a.test b.test; }\nserver { listen 81; server_name a.test; }\n\
             server { server_name c.test; listen 80; listen 80; }",
        );
        let shadows: Vec<_> = server_blocks(&loaded).into_iter().map(|b| b.shadowed_by).collect();
        assert_eq!(shadows, [None, Some("/n:3".to_owned()), None, None, None]);
    }

    #[test]
    fn server_blocks_of_stream_and_mail_are_no_sites() {
        let files = [("/n".into(), Arc::from(&b"stream { server { listen 1; } } mail { server {} }"[..]))];
        let loaded = Loaded::read(Path::new("/n"), &MemoryFiles(files.into_iter().collect()));
        assert!(server_blocks(&loaded).is_empty());
    }
}
