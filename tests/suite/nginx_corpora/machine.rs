//! Findings of a machine that is held in memory, or that a folder stands for.

use guacfront::config::nginx::{Directive, Loaded, Tree, server_blocks};
use guacfront::config::{Files, MemoryFiles};
use guacfront::model::{
    Answers, ContextPath, Draft, FileImage, Findings, Meta, NginxFindings, Plan, Service, Site,
};
use guacfront::plan::{PlanError, plan};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub fn answers(public: &str, context: &str) -> Answers {
    let draft = Draft { public_path: public.into(), server_xml: "none".into(), ..Draft::default() };
    let mut answers = draft.parse().expect("the answers are good");
    answers.backend.context = ContextPath::parse(context).expect("a path");
    answers
}

/// The findings that a configuration comes to.
pub fn findings(main: &Path, files: &dyn Files) -> Findings {
    let loaded = Loaded::read(main, files);
    assert_eq!(loaded.problem, None);
    let images = loaded.files.iter().map(|file| FileImage {
        path: file.path.clone(),
        target: file.path.clone(),
        bytes: Arc::clone(&file.bytes),
        meta: Meta { mode: 0o644, uid: 0, gid: 0 },
    });
    let sites = server_blocks(&loaded).into_iter().map(|block| Site {
        file: loaded.files[block.placed.file].path.clone(),
        offset: block.placed.directive.start(),
        line: loaded.line(block.placed),
        names: block.names,
        listens: block.listens,
        guacamoles: Vec::new(),
        shadowed_by: None,
    });
    let nginx = NginxFindings {
        version: None,
        main: main.to_owned(),
        files: images.collect(),
        sites: sites.collect(),
        problem: None,
        service: Service::default(),
        memo: guacfront::model::Memo::default(),
    };
    Findings { nginx: Some(nginx), ..Findings::default() }
}

/// The findings of a machine with this main file, in which every file included by name is there and empty.
pub fn machine(bytes: &[u8]) -> Findings {
    let main = PathBuf::from("/etc/nginx/nginx.conf");
    let tree = Tree::parse(bytes).expect("it can be read");
    let mut files = BTreeMap::new();
    for name in included_by_name(&tree) {
        let path: PathBuf = Path::new("/etc/nginx").join(name).components().collect();
        files.insert(path, Arc::from(&b""[..]));
    }
    files.insert(main.clone(), Arc::from(bytes));
    findings(&main, &MemoryFiles(files))
}

/// How many server blocks were found.
pub fn sites(findings: &Findings) -> usize {
    findings.nginx.as_ref().map_or(0, |nginx| nginx.sites.len())
}

/// The plan for one of the sites, chosen by keeping it alone.
pub fn plan_for(findings: &Findings, answers: &Answers, index: usize) -> Result<Plan, PlanError> {
    let mut findings = findings.clone();
    let nginx = findings.nginx.as_mut().expect("nginx is there");
    nginx.sites = vec![nginx.sites[index].clone()];
    plan(answers, &findings)
}

fn included_by_name(tree: &Tree) -> Vec<String> {
    let included = tree.all().filter(|directive| directive.is("include")).map(Directive::first_argument);
    included.filter(|name| !name.contains(['*', '?', '['])).map(Cow::into_owned).collect()
}
