//! The site that answers open at.

use super::*;
use crate::model::SiteRef;

#[test]
fn answers_that_name_a_site_by_its_file_alone_open_at_that_site_and_not_at_the_default_one() {
    let mut findings = findings();
    let nginx = findings.nginx.as_mut().expect("it is there");
    let mut other = nginx.sites[0].clone();
    (other.file, other.offset) = ("/etc/nginx/conf.d/other.conf".into(), 0);
    (other.names, other.listens) = (vec!["other.test".to_owned()], Vec::new());
    let place = nginx.sites.len();
    nginx.sites.push(other);
    let mut draft = prefill(&findings);
    draft.site = Some(SiteRef { file: "/etc/nginx/conf.d/other.conf".into(), name: None, listen: None });
    let wizard = Wizard::new(findings, draft);
    assert_eq!(wizard.site, place);
}
