//! Conditional sections: what is in them counts or is skipped when the file is read.

use crate::config::Files;
use crate::model::Version;
use std::borrow::Cow;
use std::path::Path;

/// What conditions are judged by.
pub(super) struct Judge<'a> {
    pub(super) modules: &'a [String],
    pub(super) defined: &'a [String],
    pub(super) version: Option<&'a Version>,
    pub(super) server_root: &'a Path,
    pub(super) files: &'a dyn Files,
}

impl Judge<'_> {
    /// Whether what is in a conditional section counts; `None` where the section is no such conditional.
    pub(super) fn holds(&self, name: &str, arguments: &[Cow<'_, str>]) -> Option<bool> {
        let argument = arguments.first().map(|argument| &**argument).unwrap_or_default();
        let (negated, bare) = match argument.strip_prefix('!') {
            Some(bare) => (true, bare),
            None => (false, argument),
        };
        let holds = match name {
            "ifmodule" => {
                module_meant(bare).is_some_and(|wanted| self.modules.iter().any(|own| own == wanted))
            }
            "ifdefine" => self.defined.iter().any(|own| own == bare),
            "iffile" => self.is_there(&self.server_root.join(bare)),
            "ifversion" => return Some(self.version_holds(arguments)),
            // A directive that a module's absence makes unknown does no harm where it is read in vain.
            "ifdirective" | "ifsection" => true,
            _ => return None,
        };
        Some(holds != negated)
    }

    /// Asked for by name and not read: it may be a key.
    fn is_there(&self, path: &Path) -> bool {
        self.files.exists(path)
    }

    /// `[!][op] version`; a version that is not known is taken for a present one of 2.4.
    ///
    /// # Source
    /// `mod_version`: parts that are left out are 0, so `= 2.4` is 2.4.0 alone; `~ pattern` and `= /pattern/` take a
    /// regular expression.
    fn version_holds(&self, arguments: &[Cow<'_, str>]) -> bool {
        let (operator, wanted) = match arguments {
            [operator, wanted, ..] => (&**operator, &**wanted),
            [wanted] => ("=", &**wanted),
            [] => return true,
        };
        let (negated, operator) = match operator.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, operator),
        };
        let fallback = Version(vec![2, 4, 99]);
        let own = self.version.unwrap_or(&fallback);
        let pattern = wanted.strip_prefix('/').and_then(|inner| inner.strip_suffix('/'));
        if let Some(pattern) = pattern.or((operator == "~").then_some(wanted)) {
            let matches = crate::config::matches(pattern, &own.to_string()) == Some(true);
            return matches != negated;
        }
        let Some(wanted) = Version::parse(wanted) else { return !negated };
        let (at_least, at_most) = (own.at_least(&wanted.0), wanted.at_least(&own.0));
        let holds = match operator {
            ">=" => at_least,
            ">" => !at_most,
            "<" => !at_least,
            "<=" => at_most,
            _ => at_least && at_most,
        };
        holds != negated
    }
}

/// The module that `IfModule` names, without `_module`: by identifier, or by the name of its source file.
///
/// # Source
/// `find_module` in httpd's server/core.c. Most source files are called `mod_NAME.c`.
fn module_meant(text: &str) -> Option<&str> {
    match text {
        "core.c" => Some("core"),
        "http_module" | "http_core.c" => Some("http_core"),
        "event.c" => Some("mpm_event"),
        "worker.c" => Some("mpm_worker"),
        "prefork.c" => Some("mpm_prefork"),
        "util_ldap.c" => Some("ldap"),
        _ => text.strip_suffix("_module").or_else(|| text.strip_prefix("mod_")?.strip_suffix(".c")),
    }
}

/// A module's name without `_module`: `ssl` of `ssl_module`.
pub(super) fn module_name(identifier: &str) -> &str {
    identifier.strip_suffix("_module").unwrap_or(identifier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;

    fn holds(name: &str, arguments: &[&str]) -> Option<bool> {
        let files = MemoryFiles([("/r/x".into(), (&b""[..]).into())].into());
        let judge = Judge {
            modules: &["ssl".into(), "core".into(), "mpm_event".into()],
            defined: &["D".into()],
            version: Some(&Version(vec![2, 4, 57])),
            server_root: Path::new("/r"),
            files: &files,
        };
        judge.holds(name, &arguments.iter().map(|argument| Cow::Borrowed(*argument)).collect::<Vec<_>>())
    }

    #[test]
    fn each_kind_and_its_negation() {
        for (name, arguments, wanted) in [
            ("ifmodule", &["mod_ssl.c"][..], Some(true)),
            ("ifmodule", &["ssl_module"], Some(true)),
            ("ifmodule", &["!mod_ssl.c"], Some(false)),
            ("ifmodule", &["core.c"], Some(true)),
            ("ifmodule", &["mod_php.c"], Some(false)),
            ("ifmodule", &["ssl"], Some(false)),
            ("ifmodule", &["ssl.c"], Some(false)),
            ("ifmodule", &["event.c"], Some(true)),
            ("ifmodule", &["mpm_event_module"], Some(true)),
            ("ifdefine", &["D"], Some(true)),
            ("ifdefine", &["!D"], Some(false)),
            ("iffile", &["x"], Some(true)),
            ("iffile", &["/r/y"], Some(false)),
            ("ifversion", &["2.4"], Some(false)),
            ("ifversion", &["2.4.57"], Some(true)),
            ("ifversion", &["~", "^2\\.4\\."], Some(true)),
            ("ifversion", &["=", "/^2\\.2/"], Some(false)),
            ("ifversion", &["<=", "2.4.57"], Some(true)),
            ("ifversion", &[">", "2.4.57"], Some(false)),
            ("ifversion", &[">=", "2.4.57"], Some(true)),
            ("ifversion", &["<", "2.4"], Some(false)),
            ("ifversion", &["!>", "2.4.60"], Some(true)),
            ("location", &["/"], None),
        ] {
            assert_eq!(holds(name, arguments), wanted, "{name} {arguments:?}");
        }
    }
}
