//! What every command does first: find the machine, finish what was cut short, look.

use super::error::CliError;
use super::{output, rights};
use crate::apply::{self, Receipt};
use crate::model::{Answers, Draft, Edited, Findings, Plan, io_words, printable};
use crate::probe;
use crate::system::System;
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Where the wizard saves the answers, in the working directory.
pub(super) const ANSWERS_FILE: &str = "guacfront-answers.toml";
/// The largest answers file that is read: a real one is under a kilobyte.
const ANSWERS_LIMIT: u64 = 1 << 20;

/// The machine itself, or the tree that stands for it.
pub fn system(root: Option<&Path>) -> Result<System, CliError> {
    match root {
        None => Ok(System::machine()),
        Some(root) => System::below(root).map_err(|error| {
            CliError::operator(
                format!("{}: {}", root.display(), io_words(&error)),
                "--root needs a folder that is there",
            )
        }),
    }
}

/// Takes back what an earlier run had begun and not ended; whether there was any.
pub fn recover(system: &System) -> Result<bool, CliError> {
    let recovered = apply::recover(system, &mut |event| output::words(&event.to_string()))?;
    if recovered.is_some() {
        output::words("An earlier run was cut short; what it had begun has been taken back.");
    }
    Ok(recovered.is_some())
}

/// Says that a run is going on or was cut short, and leaves it as it is.
pub fn tell_unfinished(system: &System) {
    if let Some(unfinished) = apply::unfinished(system) {
        output::words(&format!("Note: {unfinished}."));
    }
}

/// What the machine has, with what receipts tell of it: since when files are guacfront's, and which server.xml a person
/// named; and with the one named now.
pub fn known(system: &System, named: Option<&Path>) -> Findings {
    let receipts = apply::history(system).map(|history| history.receipts).unwrap_or_default();
    let in_force = receipts.iter().filter(|own| own.undoes.is_none() && own.undone_by.is_none());
    let named_before = in_force.filter_map(|own| named_in(system, own));
    let named: Vec<PathBuf> = named.map(ToOwned::to_owned).into_iter().chain(named_before).collect();
    let mut findings = probe::probe_with(system, &named);
    // The newest comes first.
    for (receipt, file) in receipts.iter().flat_map(|own| own.files.iter().map(move |file| (own, file))) {
        findings.since.entry(file.target.clone()).or_insert_with(|| moment(&receipt.time));
    }
    findings
}

/// The server.xml that a person named in a receipt's answers, so long as it is the file that was changed then and its
/// owner's still: a name alone could lead anywhere by now.
fn named_in(system: &System, receipt: &Receipt) -> Option<PathBuf> {
    let answers = Answers::from_toml(&receipt.answers).ok()?;
    let named = answers.backend.server_xml.file()?;
    let target = system.resolve(named).ok()?;
    let written = receipt.files.iter().find(|file| file.target == target)?.after.as_ref()?;
    (system.owner(&target) == Some(written.uid)).then(|| named.to_owned())
}

/// What the machine has, and for who is not root what this user may not write of it.
pub fn look(system: &System) -> Findings {
    look_with(system, None)
}

fn look_with(system: &System, named: Option<&Path>) -> Findings {
    let mut findings = known(system, named);
    findings.as_root = rights::as_root(system);
    findings.apply_as_root = rights::apply_as_root(system, ANSWERS_FILE);
    // Root may write nearly everything, and asking for many files takes its time.
    if findings.as_root.is_some() {
        findings.unwritable = apply::unwritable(system, &candidates(&findings));
    }
    findings
}

/// What the machine has, and what this user may not write of it, to be told before anything is typed; with the Tomcat whose
/// server.xml a person names.
pub fn look_closely(system: &System, named: Option<&Path>) -> Findings {
    let mut findings = look_with(system, named);
    if findings.as_root.is_none() {
        findings.unwritable = apply::unwritable(system, &candidates(&findings));
    }
    findings
}

/// A time of a receipt to the minute: its seconds are of no use to a person.
fn moment(time: &str) -> String {
    let minute: String = time.chars().take("2026-01-02T03:04".len()).collect();
    let zone = if time.ends_with('Z') { " UTC" } else { "" };
    printable(&minute.replace('T', " ")) + zone
}

/// The plan, or why there is none and what to paste by hand instead.
pub fn plan(answers: &Answers, findings: &Findings, edited: Option<Edited>) -> Result<Plan, CliError> {
    crate::plan::plan_with(answers, findings, edited).map_err(|error| {
        let by_hand = crate::plan::by_hand(answers, findings, &error);
        let barred = error.file().is_some_and(|file| findings.unwritable.iter().any(|path| path == file));
        let error = match findings.as_root.as_ref().filter(|_| barred) {
            Some(line) => CliError::from(error).with(&format!("{line}\ndoes it as root")),
            None => error.into(),
        };
        match by_hand {
            Some((place, text)) => {
                error.with(&format!("To be pasted by hand meanwhile, {place}:\n\n{}", text.trim_end()))
            }
            None => error,
        }
    })
}

/// What the machine has, and the certificate and the Tomcat that answers name, wherever they are.
pub fn look_for(system: &System, answers: &Answers) -> Findings {
    let mut findings = look_with(system, answers.backend.server_xml.file());
    if let Some(tls) = answers.frontend.new_site.as_ref().and_then(|new| new.tls.as_ref())
        && !findings.certificates.iter().any(|own| own.file == tls.certificate && own.key == tls.key)
    {
        findings.certificates.push(probe::certificate(system, &tls.certificate, &tls.key));
    }
    findings
}

/// The answers in a file.
pub fn answers(file: &Path) -> Result<Answers, CliError> {
    Ok(Answers::from_toml(&text(file)?)?)
}

/// Writes a file that is not there yet, for its owner alone: lines around a change may hold a secret.
pub fn save(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}

/// The draft in a file.
pub fn draft(file: &Path) -> Result<Draft, CliError> {
    Ok(Draft::from_toml(&text(file)?)?)
}

fn text(file: &Path) -> Result<String, CliError> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(ANSWERS_LIMIT).read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(ANSWERS_LIMIT).read_to_string(&mut text))
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => Err(CliError::operator(
            format!("{}: {}", file.display(), io_words(&error)),
            "guacfront answers prints what this machine holds as an answers file to begin with",
        )),
    }
}

/// The files that some plan could edit: every site's, every server.xml.
fn candidates(findings: &Findings) -> Vec<PathBuf> {
    let targets: HashMap<&Path, &Path> =
        findings.images().map(|image| (image.path.as_path(), image.target.as_path())).collect();
    let mut paths: Vec<PathBuf> = crate::model::Server::ALL
        .into_iter()
        .flat_map(|server| findings.sites(server))
        .map(|site| targets.get(site.file.as_path()).copied().unwrap_or(&site.file).to_owned())
        .chain(findings.tomcats.iter().map(|tomcat| tomcat.server_xml.target.clone()))
        // A file that could not even be read is known by the path it was asked for alone.
        .chain(findings.tomcats.iter().filter_map(|tomcat| Some(tomcat.problem.as_ref()?.file.clone())))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
