//! A bare virtual host, and its place among httpd's files.

use super::place::{Place, files};
use super::text::{CHALLENGE, CIPHERS, HSTS, PROFILE, Style, suffix};
use super::{Made, Wanted, absent};
use crate::config::MemoryFiles;
use crate::config::apache::{Facts, Item, Loaded, VirtualHost, virtual_hosts};
use crate::model::{ApacheFindings, Findings, Listen, Memo, NewSite, NewTls, Note, Site};
use crate::plan::PlanError;
use std::path::{Path, PathBuf};

pub(super) fn make(
    findings: &Findings,
    wanted: &Wanted<'_>,
    notes: &mut Vec<Note>,
) -> Result<Made, PlanError> {
    let new = wanted.new;
    let Some(apache) = &findings.apache else {
        return Err(PlanError::NoFrontend { server: crate::model::Server::Apache });
    };
    // With TLS mod_ssl will be there, and what a distribution keeps for it in IfModule counts.
    let loaded = load(apache, new.tls.is_some());
    let hosts = virtual_hosts(&loaded);
    let has_flags = apache.sysconfig.is_some();
    let lines = Block { wanted, new, loaded: &loaded, hosts: &hosts, has_flags }.lines(notes);
    let main = &apache.files[0];
    let text = Style::of(&main.bytes, 0).text(&lines);
    let name = new.name.to_string();
    let end = Place::Within { path: main.path.clone(), at: main.bytes.len() };
    for place in files(&patterns(&loaded), &name, true).into_iter().chain([end]) {
        let text = match place {
            Place::Within { .. } if !main.bytes.ends_with(b"\n") => format!("\n{text}"),
            _ => text.clone(),
        };
        let with = with(apache, &place, &text);
        let reloaded = load(&with, new.tls.is_some());
        if let Some(problem) = reloaded.problem {
            return Err(PlanError::Unreadable(problem));
        }
        let after = virtual_hosts(&reloaded);
        let sites = after.iter().map(|host| describe(&reloaded, host));
        let Some(site) = place.made(sites, new) else { continue };
        if defaults(&reloaded, &after, &place) != defaults(&loaded, &hosts, &place) {
            continue;
        }
        let before = match &place {
            Place::File { .. } => absent(place.target().clone(), main),
            Place::Within { .. } => main.clone(),
        };
        let findings = Findings { apache: Some(with), ..findings.clone() };
        return Ok(Made { findings, site, place, before, len: text.len() });
    }
    Err(PlanError::Refused {
        file: apache.main.clone(),
        line: 1,
        message: format!(
            "httpd has no place where a virtual host for {name} would take nothing from the others"
        ),
        hint: "include a folder of virtual hosts after the present ones, or paste what guacfront show prints"
            .into(),
    })
}

fn load(apache: &ApacheFindings, with_ssl: bool) -> Loaded {
    let mut modules = apache.built_in.clone();
    modules.extend(with_ssl.then(|| "ssl".to_owned()));
    let facts = Facts {
        server_root: apache.server_root.clone(),
        variables: apache.defines.clone(),
        modules,
        version: apache.version.clone(),
    };
    let files = apache.files.iter().map(|file| (file.path.clone(), file.bytes.clone())).collect();
    Loaded::read(&apache.main, &facts, &MemoryFiles(files))
}

/// httpd as it would be with the block in its place.
fn with(apache: &ApacheFindings, place: &Place, text: &str) -> ApacheFindings {
    let mut with = ApacheFindings { memo: Memo::default(), ..apache.clone() };
    match place {
        Place::File { path, .. } => {
            let mut image = absent(path.clone(), &apache.files[0]);
            image.bytes = text.as_bytes().into();
            with.files.push(image);
        }
        Place::Within { .. } => {
            with.files[0].bytes = [&apache.files[0].bytes, text.as_bytes()].concat().into();
        }
    }
    let loaded = load(&with, false);
    with.sites = virtual_hosts(&loaded).iter().map(|host| describe(&loaded, host)).collect();
    with
}

fn describe(loaded: &Loaded, host: &VirtualHost<'_>) -> Site {
    let file = loaded.file(host.item);
    Site {
        file: file.path.clone(),
        offset: file.tree.line(host.item.node()).content().start,
        line: loaded.line(host.item),
        names: host.names.clone(),
        listens: host.listens.clone(),
        guacamoles: Vec::new(),
        shadowed_by: host.shadowed_by.clone(),
    }
}

/// What answers where no name matches, for every virtual host that is there already.
fn defaults<'a>(
    loaded: &Loaded,
    hosts: &'a [VirtualHost<'_>],
    place: &Place,
) -> Vec<(PathBuf, usize, Vec<&'a Listen>)> {
    let key = |host: &'a VirtualHost<'_>| {
        let file = loaded.files.get(host.item.file())?;
        let offset = file.tree.line(host.item.node()).content().start;
        let is_new = file.path == *place.path() && offset >= place.offset();
        let listens = host.listens.iter().filter(|listen| listen.default).collect();
        (!is_new).then(|| (file.path.clone(), offset, listens))
    };
    let mut all: Vec<_> = hosts.iter().filter_map(key).collect();
    all.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    all
}

/// The glob patterns that the main file includes outside of any section.
fn patterns(loaded: &Loaded) -> Vec<PathBuf> {
    let Some(main) = loaded.files.first() else { return Vec::new() };
    let tree = &main.tree;
    let lines = tree.top().filter(|node| !tree.is_section(*node)).map(|node| tree.line(node));
    lines
        .filter_map(|line| {
            let text = String::from_utf8_lossy(line.text()).into_owned();
            let (name, argument) = text.split_once([' ', '\t'])?;
            let is_include =
                name.eq_ignore_ascii_case("include") || name.eq_ignore_ascii_case("includeoptional");
            is_include.then(|| loaded.server_root.join(Path::new(argument.trim().trim_matches('"'))))
        })
        .collect()
}

/// What the lines are made of.
struct Block<'a> {
    wanted: &'a Wanted<'a>,
    new: &'a NewSite,
    loaded: &'a Loaded,
    hosts: &'a [VirtualHost<'a>],
    /// Whether flags of a start script decide what counts, as on openSUSE.
    has_flags: bool,
}

impl Block<'_> {
    fn lines(&self, notes: &mut Vec<Note>) -> Vec<String> {
        let (name, http) = (&self.new.name, self.new.http.number());
        let mut lines = Vec::new();
        match &self.new.tls {
            Some(tls) => {
                lines.extend(self.listen(tls.port.number()));
                if tls.redirect && self.name_is_free(notes) {
                    if !self.is_listened_to(http) {
                        self.wanted.warn_of_standalone(notes);
                    }
                    lines.extend(self.listen(http));
                    lines.extend(self.server_s_own(http, notes));
                    lines.push(format!("<VirtualHost {}>", self.addresses(http)));
                    lines.push(format!(">ServerName {name}"));
                    let port = suffix(tls.port.number(), 443);
                    match self.wanted.webroot(notes) {
                        None => lines.push(format!(">Redirect permanent / https://{name}{port}/")),
                        Some(folder) => {
                            let challenge = CHALLENGE.replace('.', "\\.");
                            lines.push(format!(">DocumentRoot \"{}\"", folder.display()));
                            lines.push(format!(
                                ">RedirectMatch permanent \"^(?!{challenge})(.*)$\" \"https://{name}{port}$1\""
                            ));
                        }
                    }
                    lines.extend(["</VirtualHost>", ""].map(ToOwned::to_owned));
                }
                lines.push(format!("<VirtualHost {}>", self.addresses(tls.port.number())));
                lines.push(format!(">ServerName {name}"));
                lines.extend(tls_lines(tls));
            }
            None => {
                lines.extend(self.listen(http));
                lines.extend(self.server_s_own(http, notes));
                lines.push(format!("<VirtualHost {}>", self.addresses(http)));
                lines.push(format!(">ServerName {name}"));
            }
        }
        lines.extend(self.wanted.root_leads_to.map(|path| format!(">RedirectMatch \"^/$\" \"{path}\"")));
        lines.push("</VirtualHost>".to_owned());
        lines
    }

    fn hosts_on(&self, port: u16) -> impl Iterator<Item = &Listen> {
        self.hosts.iter().flat_map(|host| &host.listens).filter(move |listen| listen.port == Some(port))
    }

    /// `*:443`, or the very addresses that others have there: a virtual host of an address goes before one of all.
    fn addresses(&self, port: u16) -> String {
        let mut found: Vec<&str> = Vec::new();
        for listen in self.hosts_on(port) {
            if listen.address.is_none() {
                return format!("*:{port}");
            }
            if !found.contains(&listen.text.as_str()) {
                found.push(&listen.text);
            }
        }
        if found.is_empty() { format!("*:{port}") } else { found.join(" ") }
    }

    fn is_listened_to(&self, port: u16) -> bool {
        let listens = self.loaded.items.iter().filter(|item| item.name == "listen");
        let mut listens = listens.map(Item::first_argument);
        listens.any(|own| own.rsplit(':').next() == Some(&*port.to_string()))
    }

    /// openSUSE's own listen.conf listens to 443 where the flag `SSL` is set: whoever sets it later would have httpd
    /// listen there twice, which it refuses.
    fn listen(&self, port: u16) -> Vec<String> {
        match port {
            _ if self.is_listened_to(port) => Vec::new(),
            443 if self.has_flags => {
                ["<IfDefine !SSL>", ">Listen 443", "</IfDefine>"].map(ToOwned::to_owned).into()
            }
            _ => vec![format!("Listen {port}")],
        }
    }

    /// Where httpd answers a port without any virtual host, the first one would take every request from it: an empty
    /// one before it has all that the server has.
    fn server_s_own(&self, port: u16, notes: &mut Vec<Note>) -> Vec<String> {
        if !self.is_listened_to(port) || self.hosts_on(port).next().is_some() {
            return Vec::new();
        }
        notes.push(Note::info(format!(
            "an empty virtual host goes first on port {port}, so that httpd's own pages stay where they are"
        )));
        let mut lines = vec![
            "# httpd's own pages, as before: without this the virtual host below would answer for every name.".to_owned(),
            format!("<VirtualHost *:{port}>"),
        ];
        if self.loaded.items.iter().any(|item| item.name == "rewriteengine") {
            lines.extend([">RewriteEngine On", ">RewriteOptions Inherit"].map(ToOwned::to_owned));
        }
        lines.extend(["</VirtualHost>", ""].map(ToOwned::to_owned));
        lines
    }

    /// Whether no other virtual host has the name on the port for plain HTTP.
    fn name_is_free(&self, notes: &mut Vec<Note>) -> bool {
        let (name, port) = (self.new.name.to_string(), Some(self.new.http.number()));
        let taken = self
            .hosts
            .iter()
            .find(|host| host.names.contains(&name) && host.listens.iter().any(|listen| listen.port == port));
        if let Some(taken) = taken {
            notes.push(Note::info(format!(
                "{}:{} has the name {name} already: it is left as it is, and does not lead to https",
                self.loaded.file(taken.item).path.display(),
                self.loaded.line(taken.item)
            )));
        }
        taken.is_none()
    }
}

fn tls_lines(tls: &NewTls) -> Vec<String> {
    let mut lines = vec![
        ">SSLEngine on".to_owned(),
        format!(">SSLCertificateFile \"{}\"", tls.certificate.display()),
        format!(">SSLCertificateKeyFile \"{}\"", tls.key.display()),
        String::new(),
        format!(">{PROFILE}"),
        ">SSLProtocol -all +TLSv1.2 +TLSv1.3".to_owned(),
        format!(">SSLCipherSuite {CIPHERS}"),
        ">SSLHonorCipherOrder off".to_owned(),
        ">SSLSessionTickets off".to_owned(),
        // Whether the module is there is the distribution's; where its MPM cannot do it httpd says so and goes on.
        "><IfModule http2_module>".to_owned(),
        ">>Protocols h2 http/1.1".to_owned(),
        "></IfModule>".to_owned(),
    ];
    if tls.hsts {
        lines.push(format!(">Header always set Strict-Transport-Security \"{HSTS}\""));
    }
    lines
}
