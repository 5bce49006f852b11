//! The location, line by line, and the region between marks that holds it.

use super::setting::Setting;
use crate::config::{Asked, Edit, MARK_BEGIN, MARK_END, Mark, Span};
use crate::model::{Answers, Field};

/// One line that is written.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// How many blocks of ours it stands in.
    pub(super) depth: usize,
    /// Its text, without indentation and line ending.
    pub(super) text: String,
    /// The field it follows from.
    pub(super) field: Option<Field>,
    /// Why it is there.
    pub(super) why: String,
}

/// How the file around the lines is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// What each line begins with.
    pub(super) indent: String,
    /// What a block adds to that.
    pub(super) unit: String,
    /// What each line ends with.
    pub(super) ending: &'static str,
}

impl Line {
    pub(super) fn new(depth: usize, text: impl Into<String>, field: Option<Field>, why: &str) -> Self {
        Self { depth, text: text.into(), field, why: why.to_owned() }
    }

    /// The line of a setting.
    pub(super) fn setting(depth: usize, setting: &Setting) -> Self {
        Self::new(depth, setting.text(), setting.field, setting.why)
    }

    fn written(&self, layout: &Layout) -> String {
        format!("{}{}{}{}", layout.indent, layout.unit.repeat(self.depth), self.text, layout.ending)
    }
}

/// The whole location, with these settings.
pub(super) fn location(answers: &Answers, settings: &[Setting]) -> Vec<Line> {
    let path = answers.frontend.public_path.as_str();
    let header = format!("location {} {{", header(answers));
    let why = "Guacamole is served under this path, and no regular expression takes its files away";
    let mut lines = vec![Line::new(0, header, Some(Field::PublicPath), why)];
    lines.extend(refusal(1));
    lines.extend(settings.iter().map(|setting| Line::setting(1, setting)));
    if !answers.frontend.log_tunnel {
        lines.extend(tunnel_log_guard(1, path));
    }
    lines.push(Line::new(0, "}", Some(Field::PublicPath), "ends the location"));
    lines
}

/// What follows the word `location`.
pub(super) fn header(answers: &Answers) -> String {
    format!("^~ {}", answers.frontend.public_path)
}

/// Refuses a path parameter that climbs: Tomcat strips `;…` before it resolves `..`, nginx does not.
pub(super) fn refusal(depth: usize) -> Vec<Line> {
    let why = "a path with /..; would climb to Tomcat's other applications";
    vec![
        Line::new(depth, "if ($uri ~ \"/\\.\\.;\") {", None, why),
        Line::new(depth + 1, "return 400;", None, why),
        Line::new(depth, "}", None, why),
    ]
}

/// Keeps the HTTP tunnel's requests out of whichever access log is in force, as the site's own conditions and
/// formats stay.
pub(super) fn tunnel_log_guard(depth: usize, path: &str) -> Vec<Line> {
    let why = "the HTTP tunnel sends several requests a second, which would fill the access log";
    vec![
        Line::new(depth, format!("if ($uri = {path}tunnel) {{"), Some(Field::LogTunnel), why),
        Line::new(depth + 1, "access_log off;", Some(Field::LogTunnel), why),
        Line::new(depth, "}", Some(Field::LogTunnel), why),
    ]
}

/// The lines as edits that together replace `span`, so that each keeps its field and its reason.
pub(super) fn edits(span: &Span, lines: &[Line], layout: &Layout) -> Vec<Edit> {
    let mut edits: Vec<Edit> = lines
        .iter()
        .map(|line| Edit {
            span: span.end..span.end,
            text: line.written(layout).into_bytes(),
            field: line.field,
            why: line.why.clone(),
        })
        .collect();
    // Insertions keep their order; the first of them takes away what was there.
    if let Some(first) = edits.first_mut() {
        first.span = span.clone();
    }
    edits
}

/// The location between marks.
pub(super) fn region(answers: &Answers, settings: &[Setting], layout: &Layout) -> Vec<Line> {
    let body = location(answers, settings);
    let hash = Mark::hash(text(&body, layout).as_bytes());
    let why = "by these marks guacfront finds what it wrote";
    let asked = asked(answers);
    let asked = if asked.is_empty() { String::new() } else { format!("; {asked}") };
    let begin = format!("# {MARK_BEGIN} {hash} (Apache Guacamole; guacfront changes and removes it){asked}");
    let mut lines = vec![Line::new(0, begin, None, why)];
    lines.extend(body);
    lines.push(Line::new(0, format!("# {MARK_END}"), None, why));
    lines
}

/// What no directive says: that the WebSocket is left out is a fault where nobody asked for it.
pub(super) fn asked(answers: &Answers) -> Asked {
    Asked { no_websocket: !answers.frontend.websocket, ..Asked::default() }
}

/// The lines as text.
pub(super) fn text(lines: &[Line], layout: &Layout) -> String {
    lines.iter().map(|line| line.written(layout)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::nginx::setting::settings;
    use crate::plan::nginx::tests::answers;

    #[test]
    fn the_location_is_complete() {
        let layout = Layout { indent: String::new(), unit: "    ".into(), ending: "\n" };
        let answers = answers("/guacamole/", "/guacamole/");
        let written = text(&location(&answers, &settings(&answers)), &layout);
        insta::assert_snapshot!(written, @r#"
        location ^~ /guacamole/ {
            if ($uri ~ "/\.\.;") {
                return 400;
            }
            proxy_pass http://127.0.0.1:8080;
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
            client_max_body_size 1g;
            proxy_read_timeout 3600s;
            proxy_send_timeout 3600s;
            proxy_redirect off;
            if ($uri = /guacamole/tunnel) {
                access_log off;
            }
        }
        "#);
    }
}
