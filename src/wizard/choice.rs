//! What a field offers that is picked from a list.

/// The draft's word for a frontend on another machine.
pub(super) const NO_SERVER: &str = "none";
/// The word for a Tomcat on another machine.
pub(super) const NO_TOMCAT: &str = "none";

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The entry.
    pub label: String,
    /// What is to be known about it.
    pub detail: String,
    /// Whether it can be picked.
    pub enabled: bool,
    /// Whether it is picked.
    pub picked: bool,
}
