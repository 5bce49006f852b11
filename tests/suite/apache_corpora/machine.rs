//! Findings of a machine that is held in memory.

use guacfront::config::apache::{Facts, Loaded, Tree, virtual_hosts};
use guacfront::config::{Files, MemoryFiles};
use guacfront::model::{
    Answers, ApacheFindings, Draft, FileImage, Findings, Memo, Meta, Plan, Service, Site,
};
use guacfront::plan::{PlanError, plan};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Modules that every one of these machines has, beside those that its files load.
const MODULES: [&str; 12] = [
    "core",
    "http_core",
    "so",
    "log_config",
    "version",
    "alias",
    "setenvif",
    "headers",
    "proxy",
    "proxy_http",
    "proxy_wstunnel",
    "ssl",
];

pub fn answers(public: &str, context: &str, log_tunnel: bool) -> Answers {
    let draft = Draft {
        server: "apache".into(),
        public_path: public.into(),
        context: context.into(),
        server_xml: "none".into(),
        log_tunnel: if log_tunnel { "yes" } else { "no" }.into(),
        ..Draft::default()
    };
    draft.parse().expect("the answers are good")
}

/// The findings that a configuration comes to.
pub fn findings(main: &Path, root: &Path, files: &dyn Files) -> Findings {
    let facts = Facts {
        server_root: root.to_owned(),
        modules: MODULES.map(ToOwned::to_owned).into(),
        ..Facts::default()
    };
    let loaded = Loaded::read(main, &facts, files);
    assert_eq!(loaded.problem, None);
    let images = loaded.files.iter().map(|file| FileImage {
        path: file.path.clone(),
        target: file.path.clone(),
        bytes: Arc::clone(&file.bytes),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    });
    let sites = virtual_hosts(&loaded).into_iter().map(|host| {
        let file = loaded.file(host.item);
        Site {
            file: file.path.clone(),
            offset: loaded.offset(host.item),
            line: loaded.line(host.item),
            names: host.names,
            listens: host.listens,
            guacamoles: Vec::new(),
            shadowed_by: None,
        }
    });
    let apache = ApacheFindings {
        version: None,
        main: main.to_owned(),
        server_root: root.to_owned(),
        files: images.collect(),
        sites: sites.collect(),
        modules: loaded.modules.clone(),
        built_in: facts.modules,
        available: Vec::new(),
        mod_folders: None,
        sysconfig: None,
        defines: Vec::new(),
        problem: None,
        service: Service::default(),
        memo: Memo::default(),
    };
    Findings { apache: Some(apache), ..Findings::default() }
}

/// The findings of a machine with this main file, in which everything that is included is there and empty.
pub fn machine(bytes: &[u8]) -> Findings {
    let main = PathBuf::from("/etc/httpd/httpd.conf");
    let mut files = BTreeMap::new();
    let tree = Tree::parse(bytes).expect("it can be read");
    let mut root = PathBuf::from("/etc/httpd");
    for line in tree.lines.iter() {
        let text = String::from_utf8_lossy(line.text()).into_owned();
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or_default().to_ascii_lowercase();
        let argument = words.next().unwrap_or_default().trim_matches('"').to_owned();
        match name.as_str() {
            "serverroot" => root = argument.into(),
            "include" => {
                let inside = if argument.ends_with('/') { format!("{argument}x.conf") } else { argument };
                let literal = literal(&inside);
                files.insert(root.join(literal).components().collect(), Arc::from(&b""[..]));
            }
            _ => {}
        }
    }
    files.insert(main.clone(), Arc::from(bytes));
    findings(&main, Path::new("/etc/httpd"), &MemoryFiles(files))
}

/// A name that a pattern matches.
fn literal(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['*', '?', '[']) {
        out.push_str(&rest[..at]);
        out.push('x');
        let set = rest[at..].starts_with('[').then(|| rest[at..].find(']')).flatten();
        rest = &rest[at + set.unwrap_or(0) + 1..];
    }
    out + rest
}

/// How many virtual hosts were found.
pub fn sites(findings: &Findings) -> usize {
    findings.apache.as_ref().map_or(0, |apache| apache.sites.len())
}

/// The plan for one of the sites, chosen by keeping it alone.
pub fn plan_for(findings: &Findings, answers: &Answers, index: usize) -> Result<Plan, PlanError> {
    let mut findings = findings.clone();
    let apache = findings.apache.as_mut().expect("httpd is there");
    apache.sites = vec![apache.sites[index].clone()];
    plan(answers, &findings)
}
