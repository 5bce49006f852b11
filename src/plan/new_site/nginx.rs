//! A bare server block, and its place among nginx's files.

use super::place::{Place, files};
use super::text::{CHALLENGE, CIPHERS, HSTS, PROFILE, Style, suffix};
use super::{Made, Wanted, absent};
use crate::config::line_start;
use crate::config::nginx::{Directive, Loaded, ServerBlock, server_blocks};
use crate::model::{FileImage, Findings, Listen, Memo, NewSite, NewTls, NginxFindings, Note, Site};
use crate::plan::PlanError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn make(
    findings: &Findings,
    wanted: &Wanted<'_>,
    notes: &mut Vec<Note>,
) -> Result<Made, PlanError> {
    let new = wanted.new;
    let Some(nginx) = &findings.nginx else {
        return Err(PlanError::NoFrontend { server: crate::model::Server::Nginx });
    };
    let loaded = Loaded::of(nginx);
    let blocks = server_blocks(&loaded);
    let lines = Block { wanted, new, nginx, blocks: &blocks }.lines(notes);
    let name = new.name.to_string();
    let main = &nginx.files[0];
    let own_files = files(&patterns(&loaded, &nginx.main), &name, false);
    for place in own_files.into_iter().chain(within(&loaded, main)) {
        let depth = usize::from(matches!(place, Place::Within { .. }));
        let text = Style::of(&main.bytes, depth).text(&lines);
        let (with, reloaded) = with(nginx, &place, &text);
        if let Some(problem) = &reloaded.problem {
            return Err(PlanError::Unreadable(problem.clone()));
        }
        let after = server_blocks(&reloaded);
        let sites = after.iter().map(|block| describe(&reloaded, block));
        let Some(site) = place.made(sites, new) else { continue };
        if defaults(&reloaded, &after, &place, text.len()) != defaults(&loaded, &blocks, &place, 0) {
            continue;
        }
        let before = match &place {
            Place::File { .. } => absent(place.target().clone(), main),
            Place::Within { .. } => main.clone(),
        };
        let findings = Findings { nginx: Some(with), ..findings.clone() };
        return Ok(Made { findings, site, place, before, len: text.len() });
    }
    Err(PlanError::Refused {
        file: nginx.main.clone(),
        line: 1,
        message: format!("nginx has no place where a server block for {name} would take nothing from the others"),
        hint: "give one of the present server blocks default_server on its listen, or paste what guacfront show prints"
            .into(),
    })
}

/// nginx as it would be with the block in its place, and what is read of it then.
fn with(nginx: &NginxFindings, place: &Place, text: &str) -> (NginxFindings, Arc<Loaded>) {
    let mut with = NginxFindings { memo: Memo::default(), ..nginx.clone() };
    match place {
        Place::File { path, .. } => {
            let mut image = absent(path.clone(), &nginx.files[0]);
            image.bytes = text.as_bytes().into();
            with.files.push(image);
        }
        Place::Within { at, .. } => {
            let bytes = &nginx.files[0].bytes;
            with.files[0].bytes = [&bytes[..*at], text.as_bytes(), &bytes[*at..]].concat().into();
        }
    }
    let loaded = Loaded::of(&with);
    // What is found is in the order in which it is loaded.
    let order: HashMap<&Path, usize> =
        loaded.files.iter().enumerate().map(|(at, file)| (file.path.as_path(), at)).collect();
    with.files.sort_by_key(|image| order.get(image.path.as_path()).copied().unwrap_or(usize::MAX));
    with.sites = server_blocks(&loaded).iter().map(|block| describe(&loaded, block)).collect();
    with.memo = Memo::of(Arc::clone(&loaded));
    (with, loaded)
}

fn describe(loaded: &Loaded, block: &ServerBlock<'_>) -> Site {
    Site {
        file: loaded.files[block.placed.file].path.clone(),
        offset: block.placed.directive.start(),
        line: loaded.line(block.placed),
        names: block.names.clone(),
        listens: block.listens.clone(),
        guacamoles: Vec::new(),
        shadowed_by: block.shadowed_by.clone(),
    }
}

/// What answers where no name matches, for every listen of the blocks that are there already.
fn defaults<'a>(
    loaded: &'a Loaded,
    blocks: &'a [ServerBlock<'_>],
    place: &Place,
    len: usize,
) -> Vec<(PathBuf, usize, Vec<&'a Listen>)> {
    let is_new = |file: &Path, offset: usize| match place {
        Place::File { path, .. } => file == path,
        Place::Within { path, at } => file == path && (*at..*at + len).contains(&offset),
    };
    let key = |block: &'a ServerBlock<'_>| {
        let file = loaded.files.iter().map(|file| &file.path).nth(block.placed.file)?;
        let offset = block.placed.directive.start();
        let shift = if file == place.path() && offset >= place.offset() + len { len } else { 0 };
        let listens = block.listens.iter().filter(|listen| listen.default).collect();
        (!is_new(file, offset)).then(|| (file.clone(), offset - shift, listens))
    };
    let mut all: Vec<_> = blocks.iter().filter_map(key).collect();
    all.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    all
}

/// The glob patterns that the http block of the main file includes.
fn patterns(loaded: &Loaded, main: &Path) -> Vec<PathBuf> {
    let folder = main.parent().unwrap_or(Path::new("/"));
    let includes =
        http(loaded).into_iter().flat_map(Directive::children).filter(|inside| inside.is("include"));
    includes.map(|include| folder.join(&*include.first_argument())).collect()
}

fn http(loaded: &Loaded) -> Option<Directive<'_>> {
    loaded.files.first()?.tree.directives().find(|directive| directive.is("http"))
}

/// The end of the main file's http block, where its closing brace has a line of its own.
fn within(loaded: &Loaded, main: &FileImage) -> Option<Place> {
    let close = http(loaded)?.block()?.close;
    let line = line_start(&main.bytes, close);
    main.bytes[line..close]
        .trim_ascii()
        .is_empty()
        .then(|| Place::Within { path: main.path.clone(), at: line })
}

/// What the lines are made of.
struct Block<'a> {
    wanted: &'a Wanted<'a>,
    new: &'a NewSite,
    nginx: &'a NginxFindings,
    blocks: &'a [ServerBlock<'a>],
}

impl Block<'_> {
    fn lines(&self, notes: &mut Vec<Note>) -> Vec<String> {
        let name = &self.new.name;
        let mut lines = Vec::new();
        match &self.new.tls {
            Some(tls) if tls.redirect && self.name_is_free(notes) => {
                let http = Some(self.new.http.number());
                if !self.blocks.iter().flat_map(|block| &block.listens).any(|listen| listen.port == http) {
                    self.wanted.warn_of_standalone(notes);
                }
                lines.push("server {".to_owned());
                lines.extend(self.listens(self.new.http.number(), ""));
                lines.push(format!(">server_name {name};"));
                if let Some(folder) = self.wanted.webroot(notes) {
                    lines.push(format!(">location ^~ {CHALLENGE} {{"));
                    lines.extend([format!(">>root \"{}\";", folder.display()), ">}".to_owned()]);
                }
                lines.push(">location / {".to_owned());
                let port = suffix(tls.port.number(), 443);
                lines.push(format!(">>return 301 https://$host{port}$request_uri;"));
                lines.extend([">}", "}", ""].map(ToOwned::to_owned));
            }
            _ => {}
        }
        lines.push("server {".to_owned());
        if let Some(tls) = &self.new.tls {
            lines.extend(self.tls(tls, notes));
        } else {
            lines.extend(self.listens(self.new.http.number(), ""));
            lines.push(format!(">server_name {name};"));
        }
        if let Some(path) = self.wanted.root_leads_to {
            let location = [String::new(), ">location = / {".to_owned(), format!(">>return 302 {path};")];
            lines.extend(location.into_iter().chain([">}".to_owned()]));
        }
        lines.push("}".to_owned());
        lines
    }

    fn tls(&self, tls: &NewTls, notes: &mut Vec<Note>) -> Vec<String> {
        let (on_listen, directive) = self.http2(tls.port.number(), notes);
        let mut lines = self.listens(tls.port.number(), if on_listen { " ssl http2" } else { " ssl" });
        lines.extend(directive.then(|| ">http2 on;".to_owned()));
        lines.push(format!(">server_name {};", self.new.name));
        lines.push(format!(">ssl_certificate \"{}\";", tls.certificate.display()));
        lines.push(format!(">ssl_certificate_key \"{}\";", tls.key.display()));
        lines.push(String::new());
        lines.push(format!(">{PROFILE}"));
        lines.push(">ssl_protocols TLSv1.2 TLSv1.3;".to_owned());
        lines.push(format!(">ssl_ciphers {CIPHERS};"));
        for rest in [
            "ssl_prefer_server_ciphers off;",
            "ssl_session_timeout 1d;",
            // A name of its own: two zones of one name and different sizes would keep nginx from starting.
            "ssl_session_cache shared:guacfront:10m;",
            "ssl_session_tickets off;",
        ] {
            lines.push(format!(">{rest}"));
        }
        if tls.hsts {
            lines.push(format!(">add_header Strict-Transport-Security \"{HSTS}\" always;"));
        }
        lines
    }

    /// Whether HTTP/2 is said on the listen, or by a directive of its own, which came with 1.25.1.
    ///
    /// On the listen it holds for every site of the socket: it is not turned on for others.
    fn http2(&self, port: u16, notes: &mut Vec<Note>) -> (bool, bool) {
        if self.nginx.version.as_ref().is_some_and(|version| version.at_least(&[1, 25, 1])) {
            return (false, true);
        }
        let others: Vec<bool> = self
            .blocks
            .iter()
            .filter(|block| block.listens.iter().any(|listen| listen.port == Some(port)))
            .map(|block| {
                let listens = block.children.iter().filter(|child| child.directive.is("listen"));
                listens.flat_map(|l| l.directive.arguments()).any(|word| word.is("http2"))
            })
            .collect();
        if others.is_empty() || others.contains(&true) {
            return (true, false);
        }
        notes.push(Note::info(format!(
            "HTTP/2 stays off on port {port}: this nginx would turn it on for the other sites there as well"
        )));
        (false, false)
    }

    /// The listens of a port: as the other sites there have them, else every address.
    fn listens(&self, port: u16, parameters: &str) -> Vec<String> {
        let all = || self.blocks.iter().flat_map(|block| &block.listens);
        let mut addresses: Vec<String> = Vec::new();
        for listen in all().filter(|listen| listen.port == Some(port)) {
            if !addresses.contains(&listen.text) {
                addresses.push(listen.text.clone());
            }
        }
        if addresses.is_empty() {
            addresses.push(port.to_string());
            // Where the kernel has no IPv6 nginx does not start with such a listen: only where one is there already.
            if all().any(|listen| listen.text.starts_with("[::]")) {
                addresses.push(format!("[::]:{port}"));
            }
        }
        addresses.into_iter().map(|address| format!(">listen {address}{parameters};")).collect()
    }

    /// Whether no other block has the name on the port for plain HTTP.
    fn name_is_free(&self, notes: &mut Vec<Note>) -> bool {
        let name = self.new.name.to_string();
        let taken = self.blocks.iter().find(|block| {
            block.names.contains(&name)
                && block.listens.iter().any(|listen| listen.port == Some(self.new.http.number()))
        });
        if let Some(taken) = taken {
            let listens: Vec<&str> = taken.listens.iter().map(|listen| listen.text.as_str()).collect();
            notes.push(Note::info(format!(
                "another server block has the name {name} on {} already: it is left as it is, and does not lead to https",
                listens.join(", ")
            )));
        }
        taken.is_none()
    }
}
