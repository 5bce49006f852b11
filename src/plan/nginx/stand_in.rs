//! A copy of Guacamole's locations under another path and with another backend.

use super::{change, refused};
use crate::config::nginx::{
    Directive, Loaded, Location, Placed, Section, ServerBlock, Target, Word, server_block_at,
};
use crate::config::{Edit, splice};
use crate::model::{FileChange, NginxFindings, PublicPath, Server, Site};
use crate::plan::PlanError;

/// Puts the copy before the location itself.
pub(in crate::plan) fn stand_in(
    nginx: &NginxFindings,
    (site, served_at): (&Site, &str),
    port: u16,
    path: &PublicPath,
) -> Result<FileChange, PlanError> {
    let loaded = Loaded::of(nginx);
    let missing = PlanError::NoSite { server: Server::Nginx, wanted: None, sites: Vec::new() };
    let server = server_block_at(&loaded, &site.file, site.offset).ok_or(missing)?;
    let is_it = |section: &Section<'_>| section.location.uri == served_at;
    let Some(section) = Section::each(&loaded, &server).into_iter().find(is_it) else {
        let message = "this server block has no location of Guacamole's that could be copied".to_owned();
        return Err(refused(&loaded, server.placed, message, "set Guacamole up first"));
    };
    let own = section.location.placed;
    let (from, to) = (section.location.uri.trim_end_matches('/'), path.as_str().trim_end_matches('/'));
    let copy = Copy { loaded: &loaded, from, to, port };
    let mut texts = Vec::new();
    for location in copied(&server, &section) {
        texts.push(copy.text(location)?);
    }
    let at = own.directive.start();
    let text = texts.iter().flat_map(|text| [text.as_slice(), b"\n"].concat()).collect();
    let why = "a copy that leads to a stand-in for Tomcat, to be taken out again".to_owned();
    let edit = Edit { span: at..at, text, field: None, why };
    change(nginx, &loaded, own.file, vec![edit])
}

/// The location, and those beside it that proxy one of its tunnels.
fn copied<'a>(server: &ServerBlock<'a>, section: &Section<'a>) -> Vec<Placed<'a>> {
    let base = section.location.uri.trim_end_matches('/');
    let is_tunnel = |location: &Location<'_>| {
        let uri = location.uri.trim_end_matches('/');
        ["/tunnel", "/websocket-tunnel"].iter().any(|part| uri.strip_prefix(base) == Some(part))
    };
    let beside = server.children.iter().copied().filter_map(Location::read).filter(is_tunnel);
    [section.location.placed].into_iter().chain(beside.map(|location| location.placed)).collect()
}

struct Copy<'a> {
    loaded: &'a Loaded,
    /// The public path without its last slash.
    from: &'a str,
    /// The copy's, without it.
    to: &'a str,
    port: u16,
}

impl Copy<'_> {
    /// The text of a location's copy.
    fn text(&self, placed: Placed<'_>) -> Result<Vec<u8>, PlanError> {
        let mut edits = Vec::new();
        self.replace(placed.directive, &mut edits);
        // What an included file says cannot be said otherwise here.
        if !proxies(placed.directive) {
            let message = "its proxy_pass stands in a file that it includes".to_owned();
            return Err(refused(self.loaded, placed, message, "there is no copy without a guess"));
        }
        let span = placed.directive.span();
        let bytes = &self.loaded.files[placed.file].bytes[span.clone()];
        for edit in &mut edits {
            edit.span = edit.span.start - span.start..edit.span.end - span.start;
        }
        let (text, _) = splice(bytes, edits).expect("words of one directive do not overlap");
        Ok(text.to_vec())
    }

    /// Other paths for a location and those in it, another backend for every `proxy_pass`.
    fn replace(&self, directive: Directive<'_>, edits: &mut Vec<Edit>) {
        let text = |word: Word<'_>| {
            if directive.is("location") {
                return self.moved(&word.text());
            }
            let path = Target::parse(&word.text()).and_then(|target| target.uri).unwrap_or_default();
            directive.is("proxy_pass").then(|| format!("http://127.0.0.1:{}{path}", self.port))
        };
        // The URI is a location's last word, and the URL the only one of a proxy_pass.
        let word = directive.arguments().next_back();
        edits.extend(word.and_then(|word| {
            let text = text(word)?.into_bytes();
            Some(Edit { span: word.span(), text, field: None, why: String::new() })
        }));
        for child in directive.children() {
            self.replace(child, edits);
        }
    }

    /// A location's URI, its modifier perhaps glued to it, below the copy's path.
    fn moved(&self, uri: &str) -> Option<String> {
        // Of the root path nothing is left but where it begins.
        let at = if self.from.is_empty() { uri.find('/') } else { uri.find(self.from) }?;
        Some(format!("{}{}{}", &uri[..at], self.to, &uri[at + self.from.len()..]))
    }
}

fn proxies(directive: Directive<'_>) -> bool {
    directive.children().any(|child| child.is("proxy_pass"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::nginx::tests::{findings, findings_of, site_of};

    /// What is put before the location.
    fn copy(nginx: &NginxFindings) -> Result<String, PlanError> {
        let path = PublicPath::parse("/proof/").expect("a path");
        let (loaded, site) = (Loaded::of(nginx), site_of(nginx));
        let server = server_block_at(&loaded, &site.file, site.offset).expect("it is there");
        let own = Section::find(&loaded, &server).map(|section| section.location.uri.into_owned());
        let change = stand_in(nginx, (&site, own.as_deref().unwrap_or("/guacamole/")), 9, &path)?;
        let [only] = change.changes.as_slice() else { panic!("one edit is made") };
        assert!(only.from.is_empty(), "nothing is taken away");
        Ok(String::from_utf8_lossy(&change.after[only.to.clone()]).into_owned())
    }

    fn of(location: &str) -> String {
        copy(&findings(&format!("server {{\n{location}\n}}\n"))).expect("a copy")
    }

    #[test]
    fn all_but_path_and_backend_stays_as_it_is() {
        assert_eq!(
            of("location ^~ /guacamole/ { # a\n\tproxy_buffering off;\n\tproxy_pass http://10.0.0.5:8080; }"),
            "location ^~ /proof/ { # a\n\tproxy_buffering off;\n\tproxy_pass http://127.0.0.1:9; }\n"
        );
        assert_eq!(
            of("location /guacamole/ { proxy_pass http://tomcat/guacamole/; }"),
            "location /proof/ { proxy_pass http://127.0.0.1:9/guacamole/; }\n"
        );
    }

    #[test]
    fn locations_in_it_and_of_its_tunnels_go_along() {
        assert_eq!(
            of(
                "location /guacamole { proxy_pass http://g; location /guacamole/api { proxy_pass http://g; } }\n\
                location /guacamole/websocket-tunnel { proxy_pass http://g; }"
            ),
            "location /proof { proxy_pass http://127.0.0.1:9; location /proof/api { proxy_pass http://127.0.0.1:9; } }\n\
             location /proof/websocket-tunnel { proxy_pass http://127.0.0.1:9; }\n"
        );
    }

    #[test]
    fn the_root_path_is_copied_below_the_other_one() {
        assert_eq!(
            of("location / { proxy_pass http://127.0.0.1:8080/guacamole/; }"),
            "location /proof/ { proxy_pass http://127.0.0.1:9/guacamole/; }\n"
        );
        assert_eq!(
            of("location ^~/ { proxy_pass http://127.0.0.1:8080/guacamole/; }"),
            "location ^~/proof/ { proxy_pass http://127.0.0.1:9/guacamole/; }\n"
        );
    }

    #[test]
    fn what_an_included_file_says_is_not_guessed() {
        let main = "events {}\nhttp { server { location /guacamole/ { include pass; } } }\n";
        let nginx =
            findings_of(&[("/e/nginx.conf", main), ("/e/pass", "proxy_pass http://127.0.0.1:8080;\n")]);
        let error = copy(&nginx).expect_err("there is no copy");
        assert!(error.to_string().contains("in a file that it includes"), "{error}");
        let none = copy(&findings("server { listen 80; }")).expect_err("there is nothing to copy");
        assert!(none.to_string().contains("no location of Guacamole's"), "{none}");
    }
}
