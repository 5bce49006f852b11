//! A site that is made where none fits, on every layout: the whole journey, and the real servers' word on it.

use super::super::program::Machine;
use super::super::tree::Tree;
use super::judged::{judge, judge_apache, judge_opensuse, lend_modules, relocate};
use super::machine;
use std::fs;
use std::path::Path;
use std::process::Command;

const NAME: &str = "guac.example.org";
const LIVE: &str = "/etc/letsencrypt/live/guac.example.org";

/// Makes a certificate of this name and its key, as certbot leaves them.
pub fn certify(root: &Path, name: &str, days: &str) {
    let folder = root.join(LIVE.trim_start_matches('/'));
    fs::create_dir_all(&folder).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-days", days, "-subj", "/CN=test", "-addext", &format!("subjectAltName=DNS:{name}")])
        .arg("-keyout")
        .arg(folder.join("privkey.pem"))
        .arg("-out")
        .arg(folder.join("fullchain.pem"))
        .output()
        .expect("openssl is here");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What `certbot certonly --webroot -w /var/www/acme` leaves for later runs.
pub fn renewed_by_webroot(root: &Path) {
    let folder = root.join("etc/letsencrypt/renewal");
    fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "version = 5.8.0\ncert = {LIVE}/cert.pem\n[renewalparams]\naccount = 0\nauthenticator = webroot\n\
         webroot_path = /var/www/acme,\n[[webroot_map]]\n{NAME} = /var/www/acme\n"
    );
    fs::write(folder.join(format!("{NAME}.conf")), text).unwrap();
}

fn answers(server: &str, more: &str) -> String {
    format!(
        "version = 1\n[frontend]\nserver = \"{server}\"\npublic_path = \"/remote/\"\n[new_site]\nname = \"{NAME}\"\n\
         certificate = \"{LIVE}/fullchain.pem\"\nkey = \"{LIVE}/privkey.pem\"\n{more}"
    )
}

fn certified(layout: &str, prepare: impl FnOnce(&Machine)) -> Machine {
    let machine = if layout == "debian" { Machine::new() } else { machine(layout) };
    certify(&machine.root(), NAME, "30");
    if layout == "rhel" {
        // A machine with httpd's own pages and no virtual host.
        fs::remove_file(machine.path("/etc/httpd/conf.d/portal.conf")).unwrap();
    }
    prepare(&machine);
    machine
}

/// Goes through everything; `made` is the file of the new site, `link` the link that enables it.
#[track_caller]
fn journey(layout: &str, server: &str, made: &str, link: Option<&str>) -> Machine {
    journey_on(certified(layout, |_| {}), server, made, link)
}

#[track_caller]
fn journey_on(machine: Machine, server: &str, made: &str, link: Option<&str>) -> Machine {
    let before = Tree::read(&machine.root());
    let answers = answers(server, "");
    let expect = |code: i32, command: &[&str]| {
        let ran = machine.with_answers(command, &answers);
        assert_eq!(ran.code, code, "{made}, {command:?}: {ran:#?}");
        ran
    };
    expect(1, &["plan", "--exit-code"]);
    expect(0, &["apply", "--yes"]);
    let text = machine.text(made);
    assert!(text.contains(NAME) && text.contains("guacfront begin"), "{text}");
    if let Some(link) = link {
        let leads_to = fs::read_link(machine.path(link)).expect("a link");
        let name = Path::new(made).file_name();
        assert!(
            leads_to.ends_with(Path::new("sites-available").join(name.unwrap())),
            "{}",
            leads_to.display()
        );
    }
    let checked = machine.run(&["check", "--rules-only"]);
    assert_eq!(checked.code, 0, "{made}: {checked:#?}");
    let again = expect(0, &["apply", "--yes"]);
    assert!(again.err.contains("Nothing to do"), "{again:#?}");
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    before.assert_same_but(&Tree::read(&machine.root()), "/var/lib/guacfront", made);
    // For the judge it is made once more.
    expect(0, &["apply", "--yes"]);
    machine
}

/// nginx's own word on the files as they stand.
#[track_caller]
fn nginx_takes(machine: &Machine, main: &str) {
    let root = machine.root();
    relocate(&root);
    fs::create_dir_all(root.join("logs")).unwrap();
    let (main, prefix) = (machine.path(main), format!("{}/", root.display()));
    let pid = format!("pid {}/nginx.pid;", root.display());
    let own_pid = fs::read_to_string(&main).unwrap().contains("\npid ");
    let mut argv = vec!["/usr/sbin/nginx", "-t", "-p", &prefix, "-c", main.to_str().unwrap()];
    if !own_pid {
        argv.extend(["-g", &pid]);
    }
    judge(&argv);
}

#[track_caller]
fn httpd_takes(machine: &Machine, server_root: &str, main: &str, modules: &str) {
    let root = machine.root();
    relocate(&root);
    lend_modules(&root, modules, main);
    judge_apache(&machine.path(server_root), &machine.path(main));
}

/// portal.example.org answers on port 443 where no name matches, as it is read first; so it stays.
#[test]
fn nginx_on_debian_gets_a_file_and_a_link() {
    let (made, link) =
        ("/etc/nginx/sites-available/zz-guac.example.org", "/etc/nginx/sites-enabled/zz-guac.example.org");
    journey("debian", "nginx", made, Some(link));
}

/// Its conf.d is read before the stock server, which answers where no name matches only because it comes first.
#[test]
fn nginx_on_rhel_keeps_its_stock_server_the_default() {
    let machine = journey("rhel", "nginx", "/etc/nginx/nginx.conf", None);
    nginx_takes(&machine, "/etc/nginx/nginx.conf");
}

#[test]
fn nginx_on_alpine_gets_a_file_in_http_d() {
    let machine = journey("alpine", "nginx", "/etc/nginx/http.d/guac.example.org.conf", None);
    nginx_takes(&machine, "/etc/nginx/nginx.conf");
}

#[test]
fn nginx_on_opensuse_gets_a_file_in_vhosts_d() {
    let machine = journey("opensuse", "nginx", "/etc/nginx/vhosts.d/guac.example.org.conf", None);
    nginx_takes(&machine, "/etc/nginx/nginx.conf");
}

#[test]
fn nginx_on_arch_gets_a_block_in_its_one_file() {
    let machine = journey("arch", "nginx", "/etc/nginx/nginx.conf", None);
    nginx_takes(&machine, "/etc/nginx/nginx.conf");
}

#[test]
fn nginx_on_freebsd_gets_a_block_in_its_one_file() {
    let machine = journey("freebsd", "nginx", "/usr/local/etc/nginx/nginx.conf", None);
    nginx_takes(&machine, "/usr/local/etc/nginx/nginx.conf");
}

#[test]
fn nginx_org_s_default_conf_stays_the_default() {
    let machine = journey("nginx-org", "nginx", "/etc/nginx/conf.d/guac.example.org.conf", None);
    nginx_takes(&machine, "/etc/nginx/nginx.conf");
}

#[test]
fn httpd_on_debian_gets_a_file_and_links() {
    let made = "/etc/apache2/sites-available/guac.example.org.conf";
    let link = "/etc/apache2/sites-enabled/guac.example.org.conf";
    let machine = journey("debian", "apache", made, Some(link));
    assert!(machine.path("/etc/apache2/mods-enabled/ssl.load").is_symlink());
    assert!(!machine.text(made).contains("Listen"), "ports.conf listens to 443 where mod_ssl is there");
}

#[test]
fn httpd_on_rhel_keeps_its_own_pages_on_port_80() {
    let made = "/etc/httpd/conf.d/guac.example.org.conf";
    let machine = journey("rhel", "apache", made, None);
    let text = machine.text(made);
    assert!(text.contains("<VirtualHost *:80>\n</VirtualHost>\n") && text.contains("Listen 443\n"), "{text}");
    httpd_takes(&machine, "/etc/httpd", "/etc/httpd/conf/httpd.conf", "/etc/httpd/modules");
}

#[test]
fn httpd_on_freebsd_gets_a_file_in_includes() {
    let made = "/usr/local/etc/apache24/Includes/zz-guac.example.org.conf";
    let machine = journey("freebsd", "apache", made, None);
    let main = "/usr/local/etc/apache24/httpd.conf";
    httpd_takes(&machine, "/usr/local", main, "/usr/local/libexec/apache24");
}

#[test]
fn httpd_on_arch_gets_a_virtual_host_at_the_end_of_its_file() {
    let machine = journey("arch", "apache", "/etc/httpd/conf/httpd.conf", None);
    httpd_takes(&machine, "/etc/httpd", "/etc/httpd/conf/httpd.conf", "/etc/httpd/modules");
}

/// conf.d/ssl.conf as the package apache2-ssl brings it, cut down.
const ALPINE_SSL: &str = "LoadModule ssl_module modules/mod_ssl.so\nListen 443\n<VirtualHost _default_:443>\n    \
                          ServerName www.example.com:443\n    SSLEngine on\n    SSLCertificateFile \
                          /etc/letsencrypt/live/guac.example.org/fullchain.pem\n    SSLCertificateKeyFile \
                          /etc/letsencrypt/live/guac.example.org/privkey.pem\n</VirtualHost>\n";

/// The package's own virtual host answers on 443 where no name matches, and goes on to: it is read first.
#[test]
fn httpd_on_alpine_gets_a_file_after_the_package_s_own() {
    let made = "/etc/apache2/conf.d/zz-guac.example.org.conf";
    let prepare = |machine: &Machine| machine.write("/etc/apache2/conf.d/ssl.conf", ALPINE_SSL);
    let machine = journey_on(certified("alpine", prepare), "apache", made, None);
    httpd_takes(&machine, "/var/www", "/etc/apache2/httpd.conf", "/var/www/modules");
}

#[test]
fn httpd_on_alpine_without_that_package_is_told_its_name() {
    let ran = certified("alpine", |_| {}).with_answers(&["plan"], &answers("apache", ""));
    assert!(ran.code == 2 && ran.err.contains("apache2-ssl on Alpine"), "{ran:#?}");
}

#[test]
fn httpd_on_opensuse_gets_a_file_in_vhosts_d() {
    let made = "/etc/apache2/vhosts.d/zz-guac.example.org.conf";
    let machine = journey("opensuse", "apache", made, None);
    let list = machine.text("/etc/sysconfig/apache2");
    assert!(list.lines().any(|line| line.starts_with("APACHE_MODULES=") && line.contains(" ssl")), "{list}");
    assert!(
        machine.text(made).starts_with("<IfDefine !SSL>\n    Listen 443\n</IfDefine>\n"),
        "listen.conf has it with the flag"
    );
    judge_opensuse(&machine);
}

#[test]
fn a_build_of_one_s_own_gets_it_at_the_end_of_its_file() {
    let machine = journey("own-prefix", "nginx", "/usr/local/nginx/conf/nginx.conf", None);
    nginx_takes(&machine, "/usr/local/nginx/conf/nginx.conf");
    let main = "/usr/local/apache2/conf/httpd.conf";
    let machine = journey("own-prefix", "apache", main, None);
    httpd_takes(&machine, "/usr/local/apache2", main, "/usr/local/apache2/modules");
}

#[test]
fn openresty_gets_it_in_its_one_file() {
    journey("openresty", "nginx", "/usr/local/openresty/nginx/conf/nginx.conf", None);
}

#[test]
fn a_certificate_that_is_not_there_or_not_its_own_is_refused() {
    let machine = certified("nginx-org", |_| {});
    let refused = |answers: &str, words: &str| {
        let ran = machine.with_answers(&["plan"], answers);
        assert!(ran.code == 2 && ran.err.contains(words), "{words}: {ran:#?}");
    };
    let good = answers("nginx", "");
    refused(&good.replace("fullchain", "gone"), "gone.pem cannot be read");
    refused(&good.replace("privkey", "fullchain"), "no private key");
    let key = machine.text(&format!("{LIVE}/privkey.pem"));
    certify(&machine.root(), NAME, "30");
    machine.write("/etc/other.pem", key);
    refused(
        &good.replace(&format!("{LIVE}/privkey.pem"), "/etc/other.pem"),
        "the key is another certificate's",
    );
}

#[test]
fn a_certificate_for_another_name_and_hsts_are_warned_of() {
    let machine = machine("nginx-org");
    certify(&machine.root(), "*.other.test", "30");
    let ran = machine.with_answers(&["plan"], &answers("nginx", "hsts = true\n"));
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(
        ran.err.contains("is not for guac.example.org") && ran.err.contains("HSTS cannot be called back")
    );
    assert!(
        ran.out.contains("+    add_header Strict-Transport-Security \"max-age=63072000\" always;"),
        "{ran:#?}"
    );
}

#[test]
fn without_a_certificate_it_is_plain_http_and_says_so() {
    let machine = machine("nginx-org");
    let answers = format!("version = 1\n[new_site]\nname = \"{NAME}\"\nhttp_port = 8081\n");
    let ran = machine.with_answers(&["plan"], &answers);
    assert!(ran.code == 0 && ran.err.contains("can read the passwords"), "{ran:#?}");
    assert!(ran.out.contains("+    listen 8081;") && !ran.out.contains("ssl"), "{ran:#?}");
}

/// What certbot writes into the block later is not undone by the next run.
#[test]
fn what_certbot_has_done_since_stays() {
    let machine = certified("nginx-org", |_| {});
    let answers = answers("nginx", "");
    assert_eq!(machine.with_answers(&["apply", "--yes"], &answers).code, 0);
    let file = "/etc/nginx/conf.d/guac.example.org.conf";
    let text = machine.text(file).replace(
        &format!("ssl_certificate \"{LIVE}/fullchain.pem\";"),
        "ssl_certificate /etc/letsencrypt/live/new/fullchain.pem; # managed by Certbot",
    );
    machine.write(file, &text);
    let ran = machine.with_answers(&["plan", "--exit-code"], &answers);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let moved = answers.replace("/remote/", "/elsewhere/");
    assert_eq!(machine.with_answers(&["apply", "--yes"], &moved).code, 0);
    let after = machine.text(file);
    assert!(after.contains("# managed by Certbot") && after.contains("location ^~ /elsewhere/"), "{after}");
}

/// certbot itself reads what was made and writes another certificate into it; what it wrote stays whatever comes after.
#[track_caller]
fn certbot_goes_on(layout: &str, server: &str, made: &str) {
    let machine = certified(layout, |machine| renewed_by_webroot(&machine.root()));
    let answers = answers(server, "");
    let applied = machine.with_answers(&["apply", "--yes"], &answers);
    assert!(applied.code == 0 && applied.err.contains("by files in /var/www/acme"), "{applied:#?}");
    let python = std::env::var_os("GUACFRONT_CERTBOT").expect("GUACFRONT_CERTBOT; tests/run installs it");
    let renewed = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certbot/renew.py"))
        .arg(server)
        .arg(machine.path(made))
        .args([NAME, "/etc/letsencrypt/live/new/fullchain.pem", "/etc/letsencrypt/live/new/privkey.pem"])
        .output()
        .expect("certbot's own Python");
    assert!(renewed.status.success(), "{}", String::from_utf8_lossy(&renewed.stderr));
    let text = machine.text(made);
    assert!(text.contains("/etc/letsencrypt/live/new/privkey.pem"), "{text}");
    assert!(server != "nginx" || text.contains("# managed by Certbot"), "{text}");

    let again = machine.with_answers(&["plan", "--exit-code"], &answers);
    assert_eq!(again.code, 0, "what certbot wrote is right as it is: {again:#?}");
    let moved = answers.replace("/remote/", "/elsewhere/");
    assert_eq!(machine.with_answers(&["apply", "--yes"], &moved).code, 0);
    let after = machine.text(made);
    assert!(
        after.contains("/etc/letsencrypt/live/new/fullchain.pem") && after.contains("/elsewhere/"),
        "{after}"
    );
    assert_eq!(machine.run(&["undo", "--yes"]).code, 0);
    assert_eq!(machine.text(made), text, "undo gives back what certbot had written");
}

#[test]
fn certbot_reads_nginx_s_new_site_and_goes_on_with_it() {
    certbot_goes_on("debian", "nginx", "/etc/nginx/sites-available/zz-guac.example.org");
}

#[test]
fn certbot_reads_httpd_s_new_site_and_goes_on_with_it() {
    certbot_goes_on("debian", "apache", "/etc/apache2/sites-available/guac.example.org.conf");
}
