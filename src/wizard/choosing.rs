//! Fields that are picked from a list.

use super::choice::{Choice, NO_SERVER, NO_TOMCAT};
use super::new_site;
use super::prefill::{default_site, values};
use super::words::plural;
use super::{Code, Context, Effect, Key, Wizard};
use crate::model::{Draft, Field, Findings, Server, Site, Stranger, TomcatFindings};
use crate::plan::{describe_sites, resolve_site, site_reference};
use std::path::Path;

impl Wizard {
    /// The frontend picked, where the draft names one.
    pub fn server(&self) -> Option<Server> {
        Server::ALL.into_iter().find(|server| server.key() == self.draft.server)
    }

    /// The entries of a list field, top to bottom.
    pub fn choices(&self, field: Field) -> Vec<Choice> {
        match field {
            Field::Server => {
                let here = Server::ALL.into_iter().map(|server| self.server_choice(server));
                here.chain([self.no_server_choice()]).collect()
            }
            Field::Site => {
                let sites = self.server().map_or(&[][..], |server| self.findings.sites(server));
                let labels =
                    self.server().map(|server| describe_sites(&self.findings, server)).unwrap_or_default();
                let choice = |(at, (site, label)): (usize, (&Site, String))| Choice {
                    label,
                    detail: match (site.guacamole(), &site.shadowed_by) {
                        (Some(_), _) => "has Guacamole".into(),
                        (None, Some(other)) => format!("never reached: {other} comes first"),
                        (None, None) => String::new(),
                    },
                    enabled: true,
                    picked: at == self.site,
                };
                let new = Choice { picked: self.site == sites.len(), ..new_site::choice() };
                let new = self.server().filter(|server| self.takes_site(*server)).map(|_| new);
                sites.iter().zip(labels).enumerate().map(choice).chain(new).collect()
            }
            Field::ServerXml => {
                let here = self.tomcat_choices();
                let none = Choice {
                    label: NO_TOMCAT.into(),
                    detail: "elsewhere, or in a container".into(),
                    enabled: true,
                    picked: self.draft.server_xml == NO_TOMCAT,
                };
                here.into_iter().chain([none]).collect()
            }
            Field::NewSite(field) => new_site::choices(&self.findings, &self.draft, field),
            Field::WebSocket => self.usually_yes(field, "the fast way", "the HTTP tunnel alone"),
            Field::PassHost => self.usually_yes(field, "the browser's name", "Tomcat's own"),
            Field::Beside => self.yes_or_no(field, "another beside it", "the one here moves"),
            Field::LogTunnel => self.yes_or_no(field, "log every request", "keep the log readable"),
            Field::LoopbackOnly => self.yes_or_no(field, "this machine alone", "leave it as it is"),
            Field::LogClient => self.yes_or_no(field, "name the client", "leave it as it is"),
            Field::PublicPath
            | Field::MaxUpload
            | Field::ReadTimeout
            | Field::Host
            | Field::Port
            | Field::Context
            | Field::Proxies => Vec::new(),
        }
    }

    /// No first: it is what nearly everybody picks.
    fn yes_or_no(&self, field: Field, yes: &str, no: &str) -> Vec<Choice> {
        [("no", no), ("yes", yes)].map(|word| self.word(field, word)).into()
    }

    /// Yes first, for the same reason.
    fn usually_yes(&self, field: Field, yes: &str, no: &str) -> Vec<Choice> {
        [("yes", yes), ("no", no)].map(|word| self.word(field, word)).into()
    }

    fn word(&self, field: Field, (label, detail): (&str, &str)) -> Choice {
        Choice {
            label: label.into(),
            detail: detail.into(),
            enabled: true,
            picked: self.draft.text(field) == label,
        }
    }

    /// Every Tomcat; behind them those that only a person's word makes this machine's, in an order that stays as it is when
    /// one of them has been looked at.
    fn tomcat_choices(&self) -> Vec<Choice> {
        let choice = |path: &Path, detail: String| {
            let label = path.to_string_lossy().into_owned();
            Choice { picked: self.draft.server_xml == label, label, detail, enabled: true }
        };
        let known = |tomcat: &TomcatFindings| {
            let version = tomcat.version.as_ref().map(|version| format!("Tomcat {version}"));
            let owner = tomcat.owner.as_ref().map(|owner| format!("{owner}'s"));
            choice(&tomcat.server_xml.path, version.into_iter().chain(owner).collect::<Vec<_>>().join(", "))
        };
        let (vouched, named): (Vec<_>, Vec<_>) =
            self.findings.tomcats.iter().partition(|tomcat| tomcat.owner.is_none());
        let strange = |own: &Stranger| choice(&own.server_xml, format!("{}'s, and runs", own.owner));
        let mut rest: Vec<Choice> =
            named.into_iter().map(known).chain(self.findings.strangers.iter().map(strange)).collect();
        rest.sort_by(|one, other| one.label.cmp(&other.label));
        vouched.into_iter().map(known).chain(rest).collect()
    }

    /// The Tomcat that is picked and that only a person's word makes this machine's, while it was not looked at.
    fn unread(&self) -> Option<&Path> {
        let picked = self.draft.named_server_xml()?;
        let is_strange = self.findings.strangers.iter().any(|own| own.server_xml == picked);
        (is_strange && self.named.as_deref() != Some(picked)).then_some(picked)
    }

    /// Whether the machine would be looked at again when nobody types for a moment: what is passed on the way to another
    /// choice is not meant.
    pub(super) fn is_to_look(&self) -> bool {
        !self.is_looking_again && self.unread().is_some()
    }

    /// Has the machine looked at again with the Tomcat that is picked; one look at a time, and once for each in vain.
    pub(super) fn look_at_picked(&mut self) -> Option<Effect> {
        let picked = self.unread().filter(|_| self.is_to_look())?.to_owned();
        self.is_looking_again = true;
        self.named = Some(picked.clone());
        Some(Effect::LookAgain(picked))
    }

    /// Goes on with what was found when the machine was looked at again; what has been typed stays. Where another Tomcat
    /// has been picked meanwhile it says nothing any more.
    pub(super) fn take_findings(&mut self, findings: Findings) {
        self.is_looking_again = false;
        if self.draft.named_server_xml() != self.named.as_deref() {
            self.named = None;
            return;
        }
        self.findings = findings;
        self.site = site_index(&self.findings, &self.draft);
        self.judge();
    }

    fn no_server_choice(&self) -> Choice {
        let has_tomcat = self.findings.has_tomcat();
        let detail =
            if has_tomcat { "Tomcat alone is made ready here" } else { "there is no Tomcat here either" };
        Choice {
            label: "on another machine".into(),
            detail: detail.into(),
            enabled: has_tomcat,
            picked: self.draft.server == NO_SERVER,
        }
    }

    /// Whether a frontend was found and could be read, so that a site could be made for it.
    fn takes_site(&self, server: Server) -> bool {
        self.findings.frontend(server).is_some_and(|found| found.problem.is_none())
    }

    fn server_choice(&self, server: Server) -> Choice {
        let found = self.findings.frontend(server);
        let mut detail = Vec::new();
        if let Some(found) = found {
            detail.extend(found.version.map(ToString::to_string));
            detail.push(plural(found.sites.len(), server.site_word()));
            match found.service.running {
                Some(true) => detail.push("running".into()),
                Some(false) => detail.push("not running".into()),
                None => {}
            }
        } else {
            detail.push("not on this machine".into());
        }
        Choice {
            label: server.title().into(),
            detail: detail.join(", "),
            enabled: found.is_some(),
            picked: self.draft.server == server.key(),
        }
    }

    /// Picks the next choice, or the one before; round the end where `around` says so.
    pub(super) fn choose(&mut self, field: Field, forward: bool, around: bool) {
        let choices = self.choices(field);
        let picked = choices.iter().position(|choice| choice.picked);
        let (before, after) = match picked {
            Some(at) => (0..at, at + 1..choices.len()),
            None => (0..0, 0..choices.len()),
        };
        let is_enabled = |at: &usize| choices[*at].enabled;
        let further = |range: std::ops::Range<usize>| if around { range } else { 0..0 };
        let to = if forward {
            after.chain(further(before)).find(is_enabled)
        } else {
            before.rev().chain(further(after).rev()).find(is_enabled)
        };
        if let Some(at) = to {
            self.pick(field, at);
        }
    }

    /// What has been typed of the name of a choice, to find it.
    pub fn sought(&self) -> &str {
        &self.sought
    }

    /// Goes on with a name that is being typed, where a choice has it; whether the key was taken for that.
    pub(super) fn seek_on(&mut self, key: Key) -> bool {
        let is_choice = matches!(self.context(), Context::Choice | Context::FormChoice);
        if let (Some(field), Code::Char(letter), false, false) = (self.focused(), key.code, key.ctrl, key.alt)
            && is_choice
            && letter != ' '
            && !self.sought.is_empty()
        {
            let sought = format!("{}{letter}", self.sought);
            let is_found = self.seek(field, &sought, 0);
            if is_found {
                self.judge();
            }
            return is_found;
        }
        self.sought.clear();
        false
    }

    /// Picks the next choice that begins with a letter.
    pub(super) fn choose_letter(&mut self, field: Field, letter: char) {
        if !self.seek(field, &letter.to_string(), 1) {
            self.sought.clear();
        }
    }

    /// Picks the first choice that begins so, from so many behind the one that is picked on; whether there is one.
    fn seek(&mut self, field: Field, sought: &str, skipped: usize) -> bool {
        let choices = self.choices(field);
        let at = choices.iter().position(|choice| choice.picked).unwrap_or(0);
        let wanted = sought.to_lowercase();
        let begins = |choice: &Choice| {
            choice.label.trim_start_matches('/').to_lowercase().starts_with(wanted.trim_start_matches('/'))
        };
        let found = (0..choices.len())
            .map(|step| (at + skipped + step) % choices.len())
            .find(|at| choices[*at].enabled && begins(&choices[*at]));
        if let Some(at) = found {
            sought.clone_into(&mut self.sought);
            self.pick(field, at);
        }
        found.is_some()
    }

    pub(super) fn pick(&mut self, field: Field, at: usize) {
        match field {
            Field::Server => {
                let Some(server) = Server::ALL.get(at).copied() else {
                    self.draft.server = NO_SERVER.into();
                    (self.draft.site, self.draft.new_site) = (None, None);
                    return;
                };
                if self.draft.server != server.key() {
                    self.draft.server = server.key().into();
                    self.choose_site(default_site(self.findings.sites(server)).unwrap_or(0));
                }
            }
            Field::Site => self.choose_site(at),
            Field::NewSite(field) => new_site::pick(&self.findings, &mut self.draft, field, at),
            Field::ServerXml
            | Field::Beside
            | Field::LogTunnel
            | Field::WebSocket
            | Field::PassHost
            | Field::LoopbackOnly
            | Field::LogClient => {
                if let Some(choice) = self.choices(field).into_iter().nth(at) {
                    self.draft.set_text(field, choice.label);
                }
            }
            Field::PublicPath
            | Field::MaxUpload
            | Field::ReadTimeout
            | Field::Host
            | Field::Port
            | Field::Context
            | Field::Proxies => {}
        }
    }

    pub(super) fn choose_site(&mut self, at: usize) {
        let is_other = self.site != at;
        self.site = at;
        if let Some(existing) = self.chosen_site().and_then(Site::guacamole).filter(|_| is_other) {
            self.take(values(existing));
            self.met.clone_from(&self.draft.public_path);
        }
        let Some(server) = self.server() else { return };
        let sites = self.findings.sites(server);
        self.draft.site = sites.get(at).map(|site| site_reference(&self.findings, server, site));
        if at < sites.len() {
            self.draft.new_site = None;
        } else if self.draft.new_site.is_none() && self.takes_site(server) {
            self.draft.new_site = Some(new_site::suggested(&self.findings));
        }
        self.fill_inputs();
    }
}

/// The site of a draft as a place in the list of its frontend's sites.
pub(super) fn site_index(findings: &Findings, draft: &Draft) -> usize {
    let Some(server) = Server::ALL.into_iter().find(|server| server.key() == draft.server) else { return 0 };
    let sites = findings.sites(server);
    if draft.new_site.is_some() {
        return sites.len();
    }
    let meant = draft.site.as_ref().and_then(|wanted| resolve_site(findings, server, Some(wanted)).ok());
    let chosen = meant.and_then(|meant| sites.iter().position(|site| std::ptr::eq(site, meant)));
    chosen.or_else(|| default_site(sites)).unwrap_or(0)
}
