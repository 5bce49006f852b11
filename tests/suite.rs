//! Every test that is more than one room's own: whole program, real servers, corpora, terminal journeys.
#[path = "suite/tomcat_corpora.rs"]
mod tomcat_corpora;
