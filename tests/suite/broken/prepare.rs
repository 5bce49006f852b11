//! What lies ready before the servers start.

use super::ask::{run, told};
use super::{Bench, Case, Frontend, Where, all, service};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The port of the good Tomcat; each other has one from here on.
pub const GOOD: u16 = 8080;
const FIRST: u16 = 8101;

/// A server.xml with the good `Service` and that of every case; each case's own is laid down in a folder.
pub fn side_by_side(frontend: Frontend, folder: &Path) -> String {
    let put = |name: &str, text: &str, mode| {
        fs::write(folder.join(name), text).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    let own = tempfile::tempdir().unwrap();
    let mut services = String::new();
    let mut tomcats: Vec<(Option<&Case>, u16)> = vec![(None, GOOD)];
    tomcats.extend(
        cases(frontend).into_iter().filter(|(case, _)| case.has_own_tomcat()).map(|(c, p)| (Some(c), p)),
    );
    for (case, port) in tomcats {
        let mut bench = Bench::new(own.path(), frontend, own.path(), &own.path().join("server.xml"));
        bench.lay_good(port);
        if let Some(case) = case {
            bench.break_it(case, port);
        }
        let text = fs::read_to_string(&bench.server_xml).unwrap();
        put(&format!("{port}.xml"), &text, 0o644);
        if port == GOOD {
            put("closed.xml", &text, 0o600);
        }
        services.push_str(&service(&text, port));
        services.push('\n');
        bench.restore();
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Server port=\"-1\" shutdown=\"SHUTDOWN\">\n{services}</Server>\n"
    )
}

/// One key, a certificate for a.test that is good and one whose time is over.
pub fn certificates(folder: &Path) {
    let key = rcgen::KeyPair::generate().unwrap();
    let put = |name: &str, what: &str, der: &[u8]| {
        let from = folder.join("der");
        fs::write(&from, der).unwrap();
        let (from, to) = (from.to_str().unwrap().to_owned(), folder.join(name));
        let output = run("openssl", &[what, "-inform", "DER", "-in", &from, "-out", to.to_str().unwrap()]);
        assert!(output.status.success(), "{}", told(&output));
    };
    put("key.pem", "pkey", &key.serialize_der());
    for (name, from, to) in [("good.pem", 2020, 2099), ("old.pem", 2001, 2002)] {
        let mut parameters = rcgen::CertificateParams::new(["a.test".to_owned()]).unwrap();
        parameters.not_before = rcgen::date_time_ymd(from, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(to, 1, 1);
        put(name, "x509", parameters.self_signed(&key).unwrap().der());
    }
}

/// Cases of a frontend, each with the port of its Tomcat.
pub fn cases(frontend: Frontend) -> Vec<(&'static Case, u16)> {
    let own = all().filter(|case| case.frontend == frontend);
    let real = own.filter(|case| !matches!(case.place, Where::FilesAlone(_)));
    let mut next = FIRST;
    let mut port = |case: &Case| {
        if !case.has_own_tomcat() {
            return GOOD;
        }
        next += 1;
        next
    };
    real.map(|case| (case, port(case))).collect()
}
