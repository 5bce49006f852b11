//! The nouns of the house: pure types, no files, no clock, no terminal.

mod answers;
mod certificate;
mod draft;
mod edited;
mod fault;
mod findings;
mod led;
mod limit;
pub mod markdown;
mod mask;
mod memo;
mod new_site;
mod path;
mod plan;
mod rule;
mod shell;
mod text;
mod timeout;
mod trust;
mod upstream;
mod url;

pub use answers::{Answers, BackendAnswers, FrontendAnswers, Server, ServerXml, SiteRef};
pub use certificate::{Certificate, Renewal};
pub use draft::{AnswersFileError, Draft, Field, FieldError, NewSiteDraft, yes_no};
pub use edited::{Edited, EditedRegion};
pub use fault::Fault;
pub use findings::{
    ApacheFindings, Connector, ConnectorKind, Container, ContextProblem, ContextValve, Existing, FileImage,
    Findings, FoundValve, FrontendFindings, Listen, Meta, NginxFindings, Problem, Service, Site, Stranger,
    TomcatFindings, Version,
};
pub use led::{Led, can_lead};
pub use limit::UploadLimit;
pub use mask::{masked, masked_in};
pub use memo::Memo;
pub use new_site::{NewSite, NewSiteField, NewTls};
pub use path::{ContextPath, PublicPath};
pub use plan::{
    CONFIRM_SECONDS, Change, Command, FileChange, Note, Options, Plan, PublicAddress, Purpose, STATE_FOLDER,
    Step,
};
pub use rule::{Page, Rule, Severity};
pub use shell::{quoted, undo_line, with_sudo};
pub use text::{io_words, paragraph, printable, printable_lines, printable_path};
pub use timeout::{ReadTimeout, seconds};
pub use trust::TrustedProxies;
pub use upstream::{Host, Port};
pub use url::BackendUrl;
