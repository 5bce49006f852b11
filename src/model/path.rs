//! The two paths: where the public finds Guacamole, and where Tomcat serves it.

use std::fmt;

/// The path under which the frontend serves Guacamole.
///
/// # Shape
/// Begins and ends with `/`; between them segments of letters, digits, `-`, `_`, `.` and `~`, none of them empty,
/// `.` or `..`. `/` alone is the root of the site. Guacamole computes every URL relative to its page, so the last
/// slash is part of the address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicPath(String);

/// The path under which Tomcat serves Guacamole: its context path with a last slash.
///
/// # Shape
/// As [`PublicPath`]; `/` is Tomcat's `ROOT` application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContextPath(String);

impl PublicPath {
    /// What a browser asks of Guacamole below this path, beside its page: one file of each kind that the page loads, what an
    /// extension adds to it, its interface, its two tunnels.
    ///
    /// # Source
    /// `guacamole/src/main/frontend` of guacamole-client: `src/index.html`, `webpack.config.js`, and what they name.
    pub const ASKED: [&'static str; 13] = [
        "index.html",
        "app.js",
        "app.css",
        "images/logo-64.png",
        "images/guac-tricolor.svg",
        "fonts/carlito/Carlito-Regular.woff",
        "layouts/en-us-qwerty.json",
        "translations/en.json",
        "app/ext/extension/app.html",
        "api/languages",
        "api/session",
        "tunnel",
        "websocket-tunnel",
    ];

    /// The methods by which it asks.
    pub const METHODS: [&'static str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// Reads a path as a person types it; a missing first or last slash is added.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        normalized(text).map(Self)
    }

    /// With both slashes: `/guacamole/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the last slash, `/guacamole`; `None` for the root, which has no such form.
    pub fn bare(&self) -> Option<&str> {
        bare(&self.0)
    }

    /// Whether this is the root of the site.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }
}

impl ContextPath {
    /// Reads a path as a person types it; a missing first or last slash is added.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what would do.
    pub fn parse(text: &str) -> Result<Self, String> {
        normalized(text).map(Self)
    }

    /// With both slashes: `/guacamole/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the last slash, `/guacamole`; `None` for the root application.
    pub fn bare(&self) -> Option<&str> {
        bare(&self.0)
    }
}

impl fmt::Display for PublicPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ContextPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn bare(path: &str) -> Option<&str> {
    path.strip_suffix('/').filter(|bare| !bare.is_empty())
}

/// Only characters that need no quoting in any of the three languages nor escaping in a URL are let in: what
/// cannot be written wrongly cannot be read wrongly.
fn normalized(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a path is needed, such as /guacamole/; / alone is the whole site".into());
    }
    if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~".contains(*c))) {
        let shown = match bad {
            ' ' => "a space".to_owned(),
            c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
            c => format!("the character {c}"),
        };
        return Err(format!("{shown} cannot stand in the path; use letters, digits, - _ . ~ and /"));
    }
    let mut path = String::with_capacity(text.len() + 2);
    path.push('/');
    path.push_str(text.strip_prefix('/').unwrap_or(text));
    if !path.ends_with('/') {
        path.push('/');
    }
    if path.len() > 255 {
        return Err("the path is longer than 255 characters".into());
    }
    if path != "/" {
        for segment in path[1..path.len() - 1].split('/') {
            match segment {
                "" => return Err("two slashes in a row; write one".into()),
                "." | ".." => {
                    return Err(format!("{segment} cannot stand in the path; write it out in full"));
                }
                _ => {}
            }
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_the_slashes_a_person_leaves_out() {
        assert_eq!(PublicPath::parse("remote").map(|p| p.to_string()), Ok("/remote/".into()));
        assert_eq!(PublicPath::parse(" /a/b ").map(|p| p.to_string()), Ok("/a/b/".into()));
        assert_eq!(PublicPath::parse("/").map(|p| p.to_string()), Ok("/".into()));
    }

    #[test]
    fn refuses_what_could_be_read_wrongly_somewhere() {
        for text in [
            "", " ", "/a b/", "/../", "/a/../b", "/./", "//", "/a//b", "/a\"/", "/a;/", "/{/", "/$x/",
            "/a\n/", "/a%20/", "/é/", "/a\\/", "/a'/", "/a#/", "/a?/",
        ] {
            assert!(PublicPath::parse(text).is_err(), "{text:?} was let in");
        }
    }

    #[test]
    fn root_has_no_bare_form() {
        let root = ContextPath::parse("/").expect("the root is a context path");
        assert_eq!(root.bare(), None);
        assert_eq!(
            ContextPath::parse("guacamole").expect("a name is a context path").bare(),
            Some("/guacamole")
        );
    }
}
