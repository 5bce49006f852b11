//! Which site an answer means, and how a site is named so that it is meant again.

use super::PlanError;
use crate::model::{Findings, Server, Site, SiteRef, printable};
use std::collections::HashMap;
use std::path::Path;

/// The one site that is meant.
///
/// # Errors
/// Where none or several match; a site that an earlier one shadows counts only where nothing else matches.
pub fn resolve<'a>(
    findings: &'a Findings,
    server: Server,
    wanted: Option<&SiteRef>,
) -> Result<&'a Site, PlanError> {
    let sites = findings.sites(server);
    let matching: Vec<&Site> = match wanted {
        None => sites.iter().collect(),
        Some(wanted) => {
            let paths = paths_of(findings, &wanted.file);
            sites.iter().filter(|site| matches(&paths, wanted, site)).collect()
        }
    };
    let live: Vec<&Site> = matching.iter().copied().filter(|site| site.shadowed_by.is_none()).collect();
    let named = |sites: &[&Site]| sites.iter().map(|site| describe(findings, site)).collect();
    match (live.as_slice(), matching.as_slice()) {
        ([site], _) | ([], [site]) => Ok(site),
        ([], []) => Err(PlanError::NoSite {
            server,
            wanted: wanted.cloned(),
            sites: named(&sites.iter().collect::<Vec<_>>()),
        }),
        ([], several) | (several, _) => {
            Err(PlanError::ManySites { server, wanted: wanted.cloned(), sites: named(several) })
        }
    }
}

/// The shortest reference that means this site and no other: its file, then its name, then where it listens.
pub fn reference(findings: &Findings, server: Server, site: &Site) -> SiteRef {
    let file = findings.file(&site.file).map_or(&site.file, |image| &image.target).clone();
    let means_it =
        |wanted: &SiteRef| resolve(findings, server, Some(wanted)).is_ok_and(|found| found == site);
    // The name is written even where the file alone would do: it is what a person looks for.
    let by_name = SiteRef { file, name: site.names.first().cloned(), listen: None };
    if means_it(&by_name) {
        return by_name;
    }
    let candidates = site.names.iter().map(Some).chain([None]).flat_map(|name| {
        let listens = site
            .listens
            .iter()
            .flat_map(|l| l.port.map(|p| p.to_string()).into_iter().chain([l.text.clone()]));
        listens.map(move |listen| (name.cloned(), listen))
    });
    candidates
        .map(|(name, listen)| SiteRef { name, listen: Some(listen), ..by_name.clone() })
        .find(|wanted| means_it(wanted))
        .unwrap_or(by_name)
}

/// A site as a person would name it: names, listens, file and line.
pub fn describe(findings: &Findings, site: &Site) -> String {
    described(findings.file(&site.file).map_or(&site.file, |image| &image.target), site)
}

/// Every site of a frontend as a person would name it, in load order.
pub fn describe_all(findings: &Findings, server: Server) -> Vec<String> {
    let targets: HashMap<&Path, &Path> =
        findings.images().map(|image| (image.path.as_path(), image.target.as_path())).collect();
    let target = |site: &Site| targets.get(site.file.as_path()).copied().unwrap_or(&site.file).to_owned();
    findings.sites(server).iter().map(|site| described(&target(site), site)).collect()
}

fn described(file: &Path, site: &Site) -> String {
    let names = if site.names.is_empty() { "no name".to_owned() } else { site.names.join(" ") };
    let listens: Vec<_> = site.listens.iter().map(|listen| listen.text.as_str()).collect();
    // The name first: it is what a person looks for, and where there is little room the path loses its middle.
    printable(&format!("{names} ({}) in {}:{}", listens.join(", "), file.display(), site.line))
}

/// Every path by which a server reads the file that is called or that really is `file`.
fn paths_of<'a>(findings: &'a Findings, file: &'a Path) -> Vec<&'a Path> {
    let links = findings.images().filter(|image| image.target == file).map(|image| image.path.as_path());
    std::iter::once(file).chain(links).collect()
}

fn matches(paths: &[&Path], wanted: &SiteRef, site: &Site) -> bool {
    wanted.name.as_deref().is_none_or(|name| site.names.iter().any(|own| own.eq_ignore_ascii_case(name)))
        && paths.contains(&site.file.as_path())
        && wanted.listen.as_deref().is_none_or(|listen| {
            site.listens
                .iter()
                .any(|own| own.text == listen || own.port.is_some_and(|port| port.to_string() == listen))
        })
}
