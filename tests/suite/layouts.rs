//! The whole journey on machines of other distributions: show, plan, apply, check, apply again, undo.

#[path = "layouts/halves.rs"]
mod halves;
#[path = "layouts/judged.rs"]
mod judged;
#[path = "layouts/lay.rs"]
mod lay;
#[path = "layouts/new_site.rs"]
mod new_site;
#[path = "layouts/new_site_wizard.rs"]
mod new_site_wizard;
#[path = "layouts/tomcats.rs"]
mod tomcats;
#[path = "layouts/wizard.rs"]
mod wizard;

use super::program::Machine;
use super::tree::Tree;
use lay::lay_out;
pub use new_site::{certify, renewed_by_webroot};

/// A machine of tests/layouts.
pub fn machine(layout: &str) -> Machine {
    Machine::laid_out(|root| lay_out(layout, root))
}

fn answers(server: &str, site: &str) -> String {
    format!(
        "version = 1\n[frontend]\nserver = \"{server}\"\nsite = {{ file = \"{site}\" }}\npublic_path = \"/remote/\"\n"
    )
}

/// Goes through everything; `touched` is every file and link that differs in between.
#[track_caller]
fn journey(layout: &str, server: &str, site: &str, touched: &[&str]) {
    let machine = machine(layout);
    let before = Tree::read(&machine.root());
    let answers = answers(server, site);
    let expect = |code: i32, command: &[&str]| {
        let ran = machine.with_answers(command, &answers);
        assert_eq!(ran.code, code, "{layout}, {server}, {command:?}: {ran:#?}");
        ran
    };
    let shown = expect(0, &["show"]).out;
    assert!(shown.contains("/remote/") && shown.contains("RemoteIpValve"), "{shown}");
    expect(1, &["plan", "--exit-code"]);
    expect(0, &["apply", "--yes"]);
    let after = Tree::read(&machine.root());
    assert_eq!(before.differing(&after, "var/lib/guacfront"), touched, "{layout}, {server}");
    let checked = machine.run(&["check", "--rules-only"]);
    assert_eq!(checked.code, 0, "{layout}, {server}: {checked:#?}");
    let again = expect(0, &["apply", "--yes"]);
    assert!(again.err.contains("Nothing to do"), "{again:#?}");
    expect(0, &["plan", "--exit-code"]);
    let undone = machine.run(&["undo", "--yes"]);
    assert_eq!(undone.code, 0, "{layout}, {server}: {undone:#?}");
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", layout);
}

#[test]
fn rhel_nginx_has_its_server_in_nginx_conf() {
    journey("rhel", "nginx", "/etc/nginx/nginx.conf", &["etc/nginx/nginx.conf", "etc/tomcat/server.xml"]);
}

#[test]
fn rhel_httpd_loads_its_modules_in_conf_modules_d() {
    let modules = "etc/httpd/conf.modules.d/00-proxy.conf";
    journey(
        "rhel",
        "apache",
        "/etc/httpd/conf.d/portal.conf",
        &["etc/httpd/conf.d/portal.conf", modules, "etc/tomcat/server.xml"],
    );
}

#[test]
fn alpine_nginx_has_its_sites_in_http_d() {
    let site = "etc/nginx/http.d/default.conf";
    journey("alpine", "nginx", "/etc/nginx/http.d/default.conf", &[site, "opt/tomcat/conf/server.xml"]);
}

#[test]
fn alpine_httpd_has_its_proxy_modules_by_a_package_of_their_own() {
    // The virtual host has no log of its own: the server's, in httpd.conf, gets the condition.
    let (site, log) = ("etc/apache2/conf.d/portal.conf", "etc/apache2/httpd.conf");
    journey(
        "alpine",
        "apache",
        "/etc/apache2/conf.d/portal.conf",
        &[site, log, "opt/tomcat/conf/server.xml"],
    );
}

#[test]
fn alpine_without_that_package_is_told_its_name() {
    let machine = machine("alpine");
    std::fs::remove_file(machine.path("/etc/apache2/conf.d/proxy.conf")).unwrap();
    for module in ["proxy", "proxy_http", "proxy_wstunnel"] {
        std::fs::remove_file(machine.path(&format!("/usr/lib/apache2/mod_{module}.so"))).unwrap();
    }
    machine.write("/usr/lib/apache2/mod_alias.so", "");
    let ran = machine.with_answers(&["plan"], &answers("apache", "/etc/apache2/conf.d/portal.conf"));
    assert_eq!(ran.code, 2, "{ran:#?}");
    assert!(ran.err.contains("no mod_proxy.so") && ran.err.contains("apache2-proxy on Alpine"), "{ran:#?}");
}

#[test]
fn opensuse_nginx_has_a_server_between_its_two_includes() {
    journey("opensuse", "nginx", "/etc/nginx/nginx.conf", &["etc/nginx/nginx.conf", "etc/tomcat/server.xml"]);
}

#[test]
fn opensuse_httpd_names_its_modules_in_sysconfig() {
    let site = "etc/apache2/vhosts.d/portal.conf";
    let modules = "etc/sysconfig/apache2";
    journey(
        "opensuse",
        "apache",
        "/etc/apache2/vhosts.d/portal.conf",
        &[site, modules, "etc/tomcat/server.xml"],
    );
    let machine = machine("opensuse");
    machine.with_answers(&["apply", "--yes"], &answers("apache", "/etc/apache2/vhosts.d/portal.conf"));
    let list = "APACHE_MODULES=\"alias authz_core authz_host dir log_config mime setenvif proxy proxy_http \
                proxy_wstunnel headers\"\n";
    assert!(machine.text("/etc/sysconfig/apache2").contains(list));
}

/// openSUSE's own template of a virtual host with TLS stands in `IfDefine SSL`, which the flags in sysconfig define.
#[test]
fn opensuse_s_virtual_hosts_with_tls_count_where_the_flags_say_so() {
    let machine = machine("opensuse");
    let site = "/etc/apache2/vhosts.d/guac-ssl.conf";
    let host =
        "<VirtualHost _default_:443>\n    ServerName guac.example.org\n    SSLEngine on\n</VirtualHost>\n";
    machine.write(site, format!("<IfDefine SSL>\n<IfDefine !NOSSL>\n{host}</IfDefine>\n</IfDefine>\n"));
    let answers = answers("apache", site);
    let ran = machine.with_answers(&["plan"], &answers);
    assert_eq!(ran.code, 2, "without the flag it is no site: {ran:#?}");
    let sysconfig = machine.text("/etc/sysconfig/apache2");
    machine.write("/etc/sysconfig/apache2", format!("{sysconfig}APACHE_SERVER_FLAGS=\"SSL\"\n"));
    let ran = machine.with_answers(&["plan"], &answers);
    assert!(ran.code == 0 && ran.out.contains("guac-ssl.conf"), "{ran:#?}");
}

#[test]
fn arch_nginx_has_one_file() {
    journey("arch", "nginx", "/etc/nginx/nginx.conf", &["etc/nginx/nginx.conf", "etc/tomcat10/server.xml"]);
}

#[test]
fn arch_httpd_has_its_modules_as_comments() {
    let (site, modules) = ("etc/httpd/conf/extra/httpd-vhosts.conf", "etc/httpd/conf/httpd.conf");
    journey(
        "arch",
        "apache",
        "/etc/httpd/conf/extra/httpd-vhosts.conf",
        &[site, modules, "etc/tomcat10/server.xml"],
    );
    let machine = machine("arch");
    machine.with_answers(&["apply", "--yes"], &answers("apache", "/etc/httpd/conf/extra/httpd-vhosts.conf"));
    let text = machine.text("/etc/httpd/conf/httpd.conf");
    assert!(text.contains("\nLoadModule proxy_wstunnel_module modules/mod_proxy_wstunnel.so\n"), "{text}");
    assert!(text.contains("\n#LoadModule proxy_connect_module "), "{text}");
}

#[test]
fn freebsd_nginx_is_below_usr_local() {
    let (site, tomcat) = ("usr/local/etc/nginx/nginx.conf", "usr/local/apache-tomcat-9.0/conf/server.xml");
    journey("freebsd", "nginx", "/usr/local/etc/nginx/nginx.conf", &[tomcat, site]);
}

#[test]
fn freebsd_httpd_is_below_usr_local() {
    let (site, modules) =
        ("usr/local/etc/apache24/Includes/portal.conf", "usr/local/etc/apache24/httpd.conf");
    let tomcat = "usr/local/apache-tomcat-9.0/conf/server.xml";
    journey("freebsd", "apache", "/usr/local/etc/apache24/Includes/portal.conf", &[tomcat, site, modules]);
}

#[test]
fn nginx_org_s_packages_have_their_site_in_conf_d() {
    let (site, tomcat) = ("etc/nginx/conf.d/default.conf", "opt/apache-tomcat-11.0.7/conf/server.xml");
    journey("nginx-org", "nginx", "/etc/nginx/conf.d/default.conf", &[site, tomcat]);
}

#[test]
fn openresty_has_its_own_prefix_and_a_tomee_is_a_tomcat() {
    let site = "usr/local/openresty/nginx/conf/nginx.conf";
    let tomcat = "opt/apache-tomee-webprofile-9.1.3/conf/server.xml";
    journey("openresty", "nginx", "/usr/local/openresty/nginx/conf/nginx.conf", &[tomcat, site]);
}

#[test]
fn a_build_of_one_s_own_has_its_prefix() {
    let tomcat = "usr/local/tomcat/conf/server.xml";
    let site = "usr/local/nginx/conf/nginx.conf";
    journey("own-prefix", "nginx", "/usr/local/nginx/conf/nginx.conf", &[site, tomcat]);
    let site = "usr/local/apache2/conf/httpd.conf";
    journey("own-prefix", "apache", "/usr/local/apache2/conf/httpd.conf", &[site, tomcat]);
}
