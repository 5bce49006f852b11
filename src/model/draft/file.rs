//! The answers file: TOML, versioned, every key known or refused.

use super::{Draft, Field, FieldError, NewSiteDraft, yes_no};
use crate::model::{Answers, SiteRef};
use std::fmt;
use std::path::PathBuf;
use toml::{Table, Value};

/// What is wrong with an answers file: every fault of it, one a line.
#[derive(Debug)]
pub struct AnswersFileError {
    faults: Vec<String>,
}

impl AnswersFileError {
    /// One sentence a fault, each beginning with the key it is about.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

impl fmt::Display for AnswersFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults.join("\n"))
    }
}

impl std::error::Error for AnswersFileError {}

impl From<Vec<FieldError>> for AnswersFileError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self { faults: errors.iter().map(ToString::to_string).collect() }
    }
}

impl Answers {
    /// Reads an answers file.
    ///
    /// # Shape
    /// TOML; `version = 1` and the tables `frontend`, `new_site`, `backend` and `trust`. Keys left out have the value of
    /// [`Draft::default`].
    ///
    /// # Errors
    /// Every fault of the file: a key that is not known (the nearest known one is named), a value of the wrong
    /// kind, a value that its field refuses.
    pub fn from_toml(text: &str) -> Result<Self, AnswersFileError> {
        Draft::from_toml(text)?.parse().map_err(AnswersFileError::from)
    }
}

impl Draft {
    /// Reads an answers file as a draft, its values not yet judged.
    ///
    /// # Errors
    /// As [`Answers::from_toml`], but for the values' own faults.
    pub fn from_toml(text: &str) -> Result<Self, AnswersFileError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| AnswersFileError {
            faults: vec![error.to_string().trim_end().to_owned()],
        })?;
        let mut reader = Reader { draft: Self::default(), faults: Vec::new() };
        reader.version(table.get("version"));
        for (key, value) in &table {
            match key.as_str() {
                "version" => {}
                "frontend" | "new_site" | "backend" | "trust" => reader.section(key, value),
                _ => reader.unknown("", key, &["version", "frontend", "new_site", "backend", "trust"]),
            }
        }
        if reader.faults.is_empty() {
            Ok(reader.draft)
        } else {
            Err(AnswersFileError { faults: reader.faults })
        }
    }
}

struct Reader {
    draft: Draft,
    faults: Vec<String>,
}

impl Reader {
    fn version(&mut self, value: Option<&Value>) {
        match value {
            Some(Value::Integer(1)) => {}
            Some(other) => self
                .faults
                .push(format!("version: {other} is not known to this guacfront; it reads version 1")),
            None => self.faults.push("version: missing; write version = 1".into()),
        }
    }

    fn section(&mut self, section: &str, value: &Value) {
        let Value::Table(table) = value else {
            self.faults.push(format!("{section}: a table is needed, [{section}]"));
            return;
        };
        if section == "new_site" {
            self.draft.new_site = Some(NewSiteDraft::default());
        }
        let known: Vec<_> =
            Field::ALL.into_iter().filter_map(|field| Some((field, field.key().split_once('.')?))).collect();
        for (key, value) in table {
            match known.iter().find(|(_, at)| *at == (section, key.as_str())) {
                Some((field, _)) => self.value(*field, value),
                None => {
                    let keys: Vec<_> =
                        known.iter().filter(|(_, at)| at.0 == section).map(|(_, at)| at.1).collect();
                    self.unknown(section, key, &keys);
                }
            }
        }
    }

    fn value(&mut self, field: Field, value: &Value) {
        let text = match (field, value) {
            (Field::Site, Value::Table(table)) => return self.site(table),
            (Field::Site, _) => return self.wrong(field, "a table { file = \"…\", name = \"…\" }", value),
            (field, Value::Boolean(yes)) if field.is_yes_or_no() => yes_no(*yes).to_owned(),
            (field, _) if field.is_yes_or_no() => return self.wrong(field, "true or false", value),
            (field, Value::Integer(port)) if field.is_port() => port.to_string(),
            (field, _) if field.is_port() => return self.wrong(field, "a number without quotes", value),
            (Field::Proxies, Value::Array(list)) if list.iter().all(Value::is_str) => {
                list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
            (Field::Proxies, _) => return self.wrong(field, "a list of strings", value),
            (_, Value::String(text)) => text.clone(),
            _ => return self.wrong(field, "a string", value),
        };
        self.draft.set_text(field, text);
    }

    fn site(&mut self, table: &Table) {
        let mut site = SiteRef { file: PathBuf::new(), name: None, listen: None };
        for (key, value) in table {
            let Some(text) = value.as_str() else {
                self.faults
                    .push(format!("frontend.site.{key}: a string is needed, not {}", value.type_str()));
                continue;
            };
            match key.as_str() {
                "file" => site.file = PathBuf::from(text),
                "name" => site.name = Some(text.to_owned()),
                "listen" => site.listen = Some(text.to_owned()),
                _ => self.unknown("frontend.site", key, &["file", "name", "listen"]),
            }
        }
        if !table.contains_key("file") {
            self.faults.push("frontend.site: file is missing".into());
        }
        self.draft.site = Some(site);
    }

    fn wrong(&mut self, field: Field, needed: &str, value: &Value) {
        self.faults.push(format!("{}: {needed} is needed, not {}", field.key(), value.type_str()));
    }

    fn unknown(&mut self, section: &str, key: &str, known: &[&str]) {
        let nearest =
            known.iter().max_by(|a, b| strsim::jaro_winkler(key, a).total_cmp(&strsim::jaro_winkler(key, b)));
        let at = if section.is_empty() { String::new() } else { format!("{section}.") };
        let hint = nearest.map(|n| format!("; the nearest known one is {at}{n}")).unwrap_or_default();
        self.faults.push(format!("{at}{}: unknown key{hint}", crate::model::printable(key)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW_SITE: &str = r#"
[new_site]
name = "guac.example.org"
http_port = 80
https_port = 8443
certificate = "/c.pem"
key = "/k.pem"
redirect = false
hsts = true
"#;

    #[test]
    fn a_new_site_is_written_back_too() {
        let full = FULL.replace("\n[backend]", &format!("{NEW_SITE}\n[backend]"));
        assert_eq!(Answers::from_toml(&full).expect("the file is good").to_toml(), full);
        let plain =
            FULL.replace("\n[backend]", "\n[new_site]\nname = \"a.test\"\nhttp_port = 80\n\n[backend]");
        assert_eq!(Answers::from_toml(&plain).expect("the file is good").to_toml(), plain);
    }

    #[test]
    fn a_new_site_without_a_name_is_refused_by_its_key() {
        let error = Answers::from_toml("version = 1\n[new_site]\nhsts = \"yes\"\n").expect_err("no boolean");
        assert_eq!(error.to_string(), "new_site.hsts: true or false is needed, not string");
        let error = Answers::from_toml("version = 1\n[new_site]\n").expect_err("no name").to_string();
        assert!(error.starts_with("new_site.name: a name is needed"), "{error}");
    }

    const FULL: &str = r#"version = 1

[frontend]
server = "apache"
site = { file = "/etc/apache2/sites-available/000-default.conf", name = "a.test", listen = "80" }
public_path = "/remote/"
beside = true
max_upload = "0"
log_tunnel = true
websocket = false
read_timeout = "7200s"
pass_host = false

[backend]
host = "::1"
port = 8081
context = "/guacamole/"
server_xml = "none"
loopback_only = true
log_client = true

[trust]
proxies = ["127.0.0.1", "10.1.0.0/24"]
"#;

    #[test]
    fn writes_back_what_it_read() {
        assert_eq!(Answers::from_toml(FULL).expect("the file is good").to_toml(), FULL);
    }

    #[test]
    fn keys_left_out_have_the_draft_s_defaults() {
        let answers = Answers::from_toml("version = 1").expect("every key may be left out");
        assert_eq!(answers, Draft::default().parse().expect("the default draft is good"));
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        for (text, words) in [
            (
                "version = 1\n[frontend]\npubic_path = \"/\"",
                "frontend.pubic_path: unknown key; the nearest known one is frontend.public_path",
            ),
            ("version = 1\n[fronted]\n", "fronted: unknown key; the nearest known one is frontend"),
            ("version = 1\n[frontend]\nsite = { fil = \"/x\" }", "nearest known one is frontend.site.file"),
        ] {
            let error = Answers::from_toml(text).expect_err("a key is unknown").to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn collects_every_fault() {
        let text =
            "[frontend]\nserver = 1\nlog_tunnel = \"x\"\n[backend]\nport = \"80\"\n[trust]\nproxies = \"x\"";
        let error = Answers::from_toml(text).expect_err("five faults");
        assert_eq!(error.faults().len(), 5, "{error}");
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        let error = Answers::from_toml("version = 1\n[frontend\n").expect_err("no TOML").to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
