//! Conditional sections: what is in them counts or is skipped when the file is read.

use crate::config::Files;
use crate::model::Version;
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
    pub(super) fn holds(&self, name: &str, arguments: &[String]) -> Option<bool> {
        let argument = arguments.first().map(String::as_str).unwrap_or_default();
        let (negated, bare) = match argument.strip_prefix('!') {
            Some(bare) => (true, bare),
            None => (false, argument),
        };
        let holds = match name {
            "ifmodule" => self.modules.iter().any(|module| module == module_name(bare)),
            "ifdefine" => self.defined.iter().any(|own| own == bare),
            "iffile" => {
                let path = self.server_root.join(bare);
                self.files.read(&path).is_ok() || self.files.is_dir(&path)
            }
            "ifversion" => return Some(self.version_holds(arguments)),
            // A directive that a module's absence makes unknown does no harm where it is read in vain.
            "ifdirective" | "ifsection" => true,
            _ => return None,
        };
        Some(holds != negated)
    }

    /// `[!][op] version`; a version that is not known is taken for a present one of 2.4.
    fn version_holds(&self, arguments: &[String]) -> bool {
        let (operator, wanted) = match arguments {
            [operator, wanted, ..] => (operator.as_str(), wanted.as_str()),
            [wanted] => ("=", wanted.as_str()),
            [] => return true,
        };
        let (negated, operator) = match operator.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, operator),
        };
        let Some(wanted) = Version::parse(wanted.trim_matches('/')) else { return true };
        let fallback = Version(vec![2, 4, 99]);
        let own = self.version.unwrap_or(&fallback);
        let at_least = own.at_least(&wanted.0);
        // `= 2.4` means any 2.4: parts that are not given are not compared.
        let same = own.0.len() >= wanted.0.len() && own.0[..wanted.0.len()] == wanted.0[..];
        let holds = match operator {
            ">=" => at_least,
            ">" => at_least && !same,
            "<" => !at_least,
            "<=" => !at_least || same,
            _ => same,
        };
        holds != negated
    }
}

/// `mod_ssl.c` and `ssl_module` both name the module `ssl`.
pub(super) fn module_name(text: &str) -> &str {
    let name = text.strip_suffix("_module").unwrap_or(text);
    name.strip_prefix("mod_")
        .and_then(|name| name.strip_suffix(".c"))
        .unwrap_or_else(|| name.strip_suffix(".c").unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MemoryFiles;

    fn holds(name: &str, arguments: &[&str]) -> Option<bool> {
        let files = MemoryFiles([("/r/x".into(), (&b""[..]).into())].into());
        let judge = Judge {
            modules: &["ssl".into(), "core".into()],
            defined: &["D".into()],
            version: Some(&Version(vec![2, 4, 57])),
            server_root: Path::new("/r"),
            files: &files,
        };
        judge.holds(name, &arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn each_kind_and_its_negation() {
        for (name, arguments, wanted) in [
            ("ifmodule", &["mod_ssl.c"][..], Some(true)),
            ("ifmodule", &["ssl_module"], Some(true)),
            ("ifmodule", &["!mod_ssl.c"], Some(false)),
            ("ifmodule", &["core.c"], Some(true)),
            ("ifmodule", &["mod_php.c"], Some(false)),
            ("ifdefine", &["D"], Some(true)),
            ("ifdefine", &["!D"], Some(false)),
            ("iffile", &["x"], Some(true)),
            ("iffile", &["/r/y"], Some(false)),
            ("ifversion", &["2.4"], Some(true)),
            ("ifversion", &[">=", "2.4.57"], Some(true)),
            ("ifversion", &["<", "2.4"], Some(false)),
            ("ifversion", &["!>", "2.4.60"], Some(true)),
            ("location", &["/"], None),
        ] {
            assert_eq!(holds(name, arguments), wanted, "{name} {arguments:?}");
        }
    }
}
