//! The screens, one flat list, so that Back always leads to the one before.

use super::Wizard;
use super::choice::{NO_SERVER, NO_TOMCAT};
use crate::model::{Field, NewSiteField, Server};

const NEW_SITE: [Field; 7] = [
    Field::NewSite(NewSiteField::Name),
    Field::NewSite(NewSiteField::Certificate),
    Field::NewSite(NewSiteField::Key),
    Field::NewSite(NewSiteField::HttpPort),
    Field::NewSite(NewSiteField::HttpsPort),
    Field::NewSite(NewSiteField::Redirect),
    Field::NewSite(NewSiteField::Hsts),
];

const OPTIONS: [Field; 7] = [
    Field::MaxUpload,
    Field::ReadTimeout,
    Field::LogTunnel,
    Field::WebSocket,
    Field::PassHost,
    Field::LoopbackOnly,
    Field::LogClient,
];

/// One screen of the wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Screen {
    /// What was found.
    Machine,
    /// Which server faces the public.
    Frontend,
    /// Which of its sites gets Guacamole.
    Site,
    /// What the site is that is to be made; left out where one that is there was picked.
    NewSite,
    /// Where the public finds it.
    PublicPath,
    /// Where Tomcat serves it.
    Backend,
    /// Whose word about the client Tomcat takes.
    Trust,
    /// What is right as it is on nearly every machine.
    Options,
    /// What will be done.
    Review,
    /// What was done, and whether it works.
    Result,
}

impl Screen {
    /// Every screen, in order.
    pub const ALL: [Self; 10] = [
        Self::Machine,
        Self::Frontend,
        Self::Site,
        Self::NewSite,
        Self::PublicPath,
        Self::Backend,
        Self::Trust,
        Self::Options,
        Self::Review,
        Self::Result,
    ];

    /// The word for it in the line of steps.
    pub fn title(self) -> &'static str {
        match self {
            Self::Machine => "Machine",
            Self::Frontend => "Frontend",
            Self::Site => "Site",
            Self::NewSite => "New",
            Self::PublicPath => "Path",
            Self::Backend => "Backend",
            Self::Trust => "Trust",
            Self::Options => "Options",
            Self::Review => "Review",
            Self::Result => "Result",
        }
    }

    /// What it asks.
    pub fn question(self, server: Option<Server>) -> String {
        match self {
            Self::Machine => "This is what was found here. Enter begins.".into(),
            Self::Frontend => "Which server faces the public?".into(),
            Self::Site => {
                format!("Which {} gets Guacamole?", server.map_or("site", Server::site_word))
            }
            Self::NewSite => format!("What is the new {}?", server.map_or("site", Server::site_word)),
            Self::PublicPath => "Under which path will people find Guacamole?".into(),
            Self::Backend => "Where does Tomcat serve Guacamole?".into(),
            Self::Trust => "Which proxies may tell Tomcat who the client is?".into(),
            Self::Options => "Uploads, waiting, logs and the connector".into(),
            Self::Review => "This will be done. Nothing has been changed yet.".into(),
            Self::Result => "What was done".into(),
        }
    }

    /// The fields it asks for, top to bottom.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Machine | Self::Review | Self::Result => &[],
            Self::Frontend => &[Field::Server],
            Self::Site => &[Field::Site],
            Self::NewSite => &NEW_SITE,
            Self::PublicPath => &[Field::PublicPath, Field::Beside],
            Self::Backend => &[Field::Host, Field::Port, Field::Context, Field::ServerXml],
            Self::Trust => &[Field::Proxies],
            Self::Options => &OPTIONS,
        }
    }

    /// Its place in the order, from 0.
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|own| *own == self).unwrap_or(0)
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.index() + 1).copied()
    }

    /// The one before it.
    pub fn previous(self) -> Option<Self> {
        self.index().checked_sub(1).and_then(|at| Self::ALL.get(at)).copied()
    }
}

impl Wizard {
    /// Whether a screen has anything to ask as things stand.
    pub fn asks(&self, screen: Screen) -> bool {
        match screen {
            Screen::NewSite => self.draft.new_site.is_some(),
            Screen::Site | Screen::PublicPath | Screen::Options => self.draft.server != NO_SERVER,
            _ => true,
        }
    }

    /// The screens that have anything to ask, in order.
    pub fn screens(&self) -> impl Iterator<Item = Screen> {
        Screen::ALL.into_iter().filter(|screen| self.asks(*screen))
    }

    /// The fields that the screen asks for, as things stand.
    pub fn fields(&self, screen: Screen) -> &'static [Field] {
        let has_one = self.chosen_site().is_some_and(|site| site.guacamole().is_some());
        let has_tls = self.draft.new_site.as_ref().is_some_and(|site| !site.certificate.is_empty());
        match screen.fields() {
            // Whether to move a Guacamole is asked only where there is one.
            [asked @ .., Field::Beside] if !has_one => asked,
            // What Tomcat itself does is not asked where its file is not here.
            [asked @ .., Field::LoopbackOnly, Field::LogClient] if self.draft.server_xml == NO_TOMCAT => {
                asked
            }
            // What TLS alone has is not asked without; but for what is wrong there, which would bar the way unseen.
            [asked @ .., https_port @ Field::NewSite(NewSiteField::HttpsPort), _, _]
                if !has_tls && self.errors(*https_port).next().is_none() =>
            {
                asked
            }
            asked => asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_asked_on_exactly_one_screen() {
        for field in Field::ALL {
            let asked = Screen::ALL.iter().filter(|screen| screen.fields().contains(&field)).count();
            assert_eq!(asked, 1, "{field:?}");
        }
    }
}
