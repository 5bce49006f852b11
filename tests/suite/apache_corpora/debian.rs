//! A tree as Debian lays it out, below a folder: looked at, planned for and written as on a machine.

use guacfront::model::{Answers, Draft, Findings, Plan};
use guacfront::plan::{PlanError, plan};
use guacfront::probe::probe;
use guacfront::system::System;
use guacfront::wizard::prefill;

/// The main file: what Debian's includes, with the modules loaded in it.
const MAIN: &str = "LoadModule alias_module m\nLoadModule setenvif_module m\nLoadModule headers_module m\n\
    LoadModule proxy_module m\nLoadModule proxy_http_module m\nLoadModule proxy_wstunnel_module m\n\
    LoadModule rewrite_module m\nIncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n";

pub struct Tree {
    folder: tempfile::TempDir,
    pub system: System,
}

impl Tree {
    /// A tree with one site and what its server has beside it.
    pub fn new(site: &str, conf: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let etc = folder.path().join("etc/apache2");
        for part in ["sites-available", "sites-enabled", "conf-enabled"] {
            std::fs::create_dir_all(etc.join(part)).expect("a folder");
        }
        let put = |name: &str, text: &str| std::fs::write(etc.join(name), text).expect("the file is written");
        put("apache2.conf", MAIN);
        put("envvars", "export APACHE_LOG_DIR=/var/log/apache2$SUFFIX\n");
        put("sites-available/site.conf", site);
        put("conf-enabled/own.conf", conf);
        std::os::unix::fs::symlink("../sites-available/site.conf", etc.join("sites-enabled/site.conf"))
            .expect("the link is made");
        let system = System::below(folder.path()).expect("the folder is there");
        Self { folder, system }
    }

    pub fn findings(&self) -> Findings {
        probe(&self.system)
    }

    /// The draft that the wizard begins with.
    pub fn draft(&self) -> Draft {
        prefill(&self.findings())
    }

    pub fn plan(&self, answers: &Answers) -> Result<Plan, PlanError> {
        plan(answers, &self.findings())
    }

    /// Plans and writes; how many files were changed.
    pub fn apply(&self, answers: &Answers) -> usize {
        let plan = self.plan(answers).unwrap_or_else(|error| panic!("{error}: {}", error.hint()));
        for change in plan.changes() {
            std::fs::write(self.system.real(&change.before.target), &change.after)
                .expect("the file is written");
        }
        plan.changes().count()
    }

    /// The site's text and what stands beside it.
    pub fn text(&self) -> String {
        let read = |name: &str| {
            let path = self.folder.path().join("etc/apache2").join(name);
            std::fs::read_to_string(path).expect("the file is text")
        };
        read("sites-available/site.conf") + &read("conf-enabled/own.conf")
    }
}
