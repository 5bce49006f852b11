//! Whether Guacamole answers where the backend is said to be: asked behind the person's back and never waited for.

use super::{Effect, FindingLine, Screen, Wizard};
use crate::model::{ContextPath, Host, Port};

/// Where a backend is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendAddress {
    /// Where Tomcat listens.
    pub host: Host,
    /// The port.
    pub port: Port,
    /// Where it serves Guacamole.
    pub context: ContextPath,
}

/// What is known of the address that the fields hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendLook<'a> {
    /// It will be asked when nobody types for a moment.
    Unasked,
    /// It is being asked.
    Asking,
    /// What came of it.
    Known(&'a FindingLine),
}

/// The one look that is under way, and what the last one found.
#[derive(Clone, Debug, Default)]
pub(super) struct Looks {
    asking: Option<BackendAddress>,
    known: Option<(BackendAddress, FindingLine)>,
}

impl Looks {
    /// What was found may be otherwise by now.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }
}

impl Wizard {
    /// What is known of the backend; `None` where it is not asked: on another screen, below a root prefix, or while a
    /// field of the address is wrong.
    pub fn backend(&self) -> Option<BackendLook<'_>> {
        let address = self.backend_address()?;
        Some(match (&self.looks.known, &self.looks.asking) {
            (Some((known, line)), _) if *known == address => BackendLook::Known(line),
            (_, Some(asking)) if *asking == address => BackendLook::Asking,
            _ => BackendLook::Unasked,
        })
    }

    /// Whether [`Msg::Paused`](super::Msg::Paused) would have something looked at: only then it is worth telling.
    pub fn is_to_ask(&self) -> bool {
        self.is_to_look() || self.is_backend_to_ask()
    }

    fn is_backend_to_ask(&self) -> bool {
        self.looks.asking.is_none() && self.backend() == Some(BackendLook::Unasked)
    }

    /// Has the backend asked, where it is to be.
    pub(super) fn ask_backend(&mut self) -> Vec<Effect> {
        if !self.is_backend_to_ask() {
            return Vec::new();
        }
        self.looks.asking = self.backend_address();
        self.looks.asking.clone().map(Effect::AskBackend).into_iter().collect()
    }

    /// Takes what came of a look; what is told of an address that was typed over meanwhile is dropped.
    pub(super) fn take_answer(&mut self, address: BackendAddress, line: FindingLine) {
        self.looks.asking = None;
        let is_current = self.backend_typed().as_ref() == Some(&address);
        self.looks.known = is_current.then_some((address, line));
    }

    fn backend_address(&self) -> Option<BackendAddress> {
        let is_asked = self.screen == Screen::Backend && !self.is_looking() && self.findings.root.is_none();
        is_asked.then(|| self.backend_typed()).flatten()
    }

    /// The address that the fields hold; `None` while one of them is wrong.
    pub fn backend_typed(&self) -> Option<BackendAddress> {
        Some(BackendAddress {
            host: Host::parse(&self.draft.host).ok()?,
            port: Port::parse(&self.draft.port).ok()?,
            context: ContextPath::parse(&self.draft.context).ok()?,
        })
    }
}
