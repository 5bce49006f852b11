//! Why no plan can be made, and what to do about it.

use crate::model::{EditedRegion, Problem, Server, SiteRef, Stranger, printable_path};
use std::path::{Path, PathBuf};

/// Why no plan can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The frontend asked for is not here.
    #[error("{server} was not found on this machine")]
    NoFrontend {
        /// The frontend.
        server: Server,
    },
    /// No site matches, or there is none.
    #[error("no {} of {server} matches {}", server.site_word(), wanted.as_ref().map_or_else(|| "(none named)".to_owned(), ToString::to_string))]
    NoSite {
        /// The frontend.
        server: Server,
        /// What was asked for.
        wanted: Option<SiteRef>,
        /// The sites there are, each as a person would name it.
        sites: Vec<String>,
    },
    /// Several sites match.
    #[error("{} {}s of {server} match{}", sites.len(), server.site_word(), wanted.as_ref().map_or_else(String::new, |w| format!(" {w}")))]
    ManySites {
        /// The frontend.
        server: Server,
        /// What was asked for.
        wanted: Option<SiteRef>,
        /// The sites that match, each as a person would name it.
        sites: Vec<String>,
    },
    /// A file cannot be read as its server reads it.
    #[error("{0}")]
    Unreadable(Problem),
    /// No Tomcat here, or not the one named.
    #[error("{}", no_tomcat(wanted.as_deref(), strangers))]
    NoTomcat {
        /// The server.xml asked for.
        wanted: Option<PathBuf>,
        /// Those that run and that only a person's word makes this machine's.
        strangers: Vec<Stranger>,
    },
    /// Several Tomcats and none named.
    #[error("several Tomcats were found: {}", files.iter().map(|file| printable_path(file)).collect::<Vec<_>>().join(", "))]
    ManyTomcats {
        /// Their server.xml files.
        files: Vec<PathBuf>,
    },
    /// The certificate of a new site cannot serve it.
    #[error("{}: {message}", printable_path(file))]
    Certificate {
        /// The certificate.
        file: PathBuf,
        /// Why not; safe to show.
        message: String,
    },
    /// What stands in a file does not let the answers be carried out.
    #[error("{}:{line}: {message}", printable_path(file))]
    Refused {
        /// The file.
        file: PathBuf,
        /// Line, 1-based.
        line: usize,
        /// What stands there and why it is in the way.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Regions of guacfront's were edited by hand since, and nobody has said whose lines count.
    #[error("{}", edited(regions))]
    Edited {
        /// The regions, in the order of the files.
        regions: Vec<EditedRegion>,
    },
    /// An edit could not be shown to change what was meant alone: a fault of this program, nothing is written.
    #[error("{}: {message}", printable_path(file))]
    Unproven {
        /// The file.
        file: PathBuf,
        /// What does not hold.
        message: String,
    },
}

impl PlanError {
    /// The file that stands in the way as it is.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Unreadable(problem) => Some(&problem.file),
            Self::Refused { file, .. } | Self::Unproven { file, .. } => Some(file),
            Self::NoFrontend { .. }
            | Self::Certificate { .. }
            | Self::NoSite { .. }
            | Self::ManySites { .. }
            | Self::NoTomcat { .. }
            | Self::ManyTomcats { .. }
            | Self::Edited { .. } => None,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::NoFrontend { server } => format!("install {server}, or choose the other frontend"),
            Self::NoSite { server, sites, .. } if sites.is_empty() => {
                let word = server.site_word();
                format!("give {server} a {word} first, or let guacfront make one: write [new_site] and its name")
            }
            Self::NoSite { sites, .. } => format!("name one of these in frontend.site:\n{}", listed(sites)),
            Self::ManySites { sites, .. } => {
                format!("say which one by file, name and listen in frontend.site:\n{}", listed(sites))
            }
            Self::Certificate { .. } => {
                "name another one in new_site.certificate, with its key in new_site.key; certbot renews one that has ended"
                    .into()
            }
            Self::Unreadable(problem) => {
                format!("mend {} and start again; nothing was changed", printable_path(&problem.file))
            }
            Self::NoTomcat { wanted: Some(path), strangers } if is_among(path, strangers) => {
                "wait until it is, or name another".into()
            }
            Self::NoTomcat { strangers, .. } if !strangers.is_empty() => {
                let named = |own: &Stranger| {
                    format!("\n  {}, which belongs to {}", printable_path(&own.server_xml), own.owner)
                };
                let named: String = strangers.iter().map(named).collect();
                format!("one that runs is taken when backend.server_xml names it:{named}")
            }
            Self::NoTomcat { wanted: None, .. } => {
                "where Tomcat runs on another machine, say backend.server_xml = \"none\"".into()
            }
            Self::NoTomcat { wanted: Some(_), .. } => {
                "name the server.xml that Tomcat reads, or say backend.server_xml = \"none\"".into()
            }
            Self::ManyTomcats { .. } => "name one of them in backend.server_xml".into(),
            Self::Refused { hint, .. } => hint.clone(),
            Self::Edited { .. } => "say whose lines count: --edited keep leaves them as they stand, --edited replace writes \
                                    guacfront's; guacfront plan --edited replace shows the difference"
                .into(),
            Self::Unproven { .. } => "nothing was changed; please report this with the file".into(),
        }
    }
}

fn is_among(server_xml: &Path, strangers: &[Stranger]) -> bool {
    strangers.iter().any(|own| own.server_xml == server_xml)
}

fn no_tomcat(wanted: Option<&Path>, strangers: &[Stranger]) -> String {
    match wanted {
        None => "no Tomcat was found on this machine".to_owned(),
        Some(path) if is_among(path, strangers) => format!("{} is not looked at yet", printable_path(path)),
        Some(path) => format!("no server.xml of a Tomcat was found at {}", printable_path(path)),
    }
}

fn listed(sites: &[String]) -> String {
    sites.iter().map(|site| format!("  {site}")).collect::<Vec<_>>().join("\n")
}

fn edited(regions: &[EditedRegion]) -> String {
    let line = |region: &EditedRegion| {
        let file = printable_path(&region.file);
        format!("{file}:{}: what stands between guacfront's marks was edited by hand since", region.line)
    };
    regions.iter().map(line).collect::<Vec<_>>().join("\n")
}
