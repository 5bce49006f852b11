//! A new site with TLS on servers that run: made, asked by a browser's means, and taken away again.

use super::layouts::{certify, renewed_by_webroot};
use super::real_servers::{again_as_root, is_root, sandbox, server_xml};
use std::fs;

const SCRIPT: &str = r#"
cd "$WORK"
ask() { curl -sk --max-time 10 --resolve guac.example.org:443:127.0.0.1 --resolve guac.example.org:80:127.0.0.1 "$@"; }
cp -a /var/www/html html && mount -t tmpfs none /var/www && cp -a html /var/www/ || exit 1
mkdir -p /var/www/acme/.well-known/acme-challenge
echo proof >/var/www/acme/.well-known/acme-challenge/token; chmod -R a+rX /var/www
curl -s http://127.0.0.1/ >own-before
"$GUACFRONT" apply --answers answers.toml --yes --json >applied.json 2>applied.err; echo $? >applied
# After a reload a worker of before may take one more connection of a port that it had.
for try in 1 2 3 4 5 6 7 8 9 10; do
    ask -o /dev/null -w '%{http_code} %{redirect_url}' http://guac.example.org/any?x=1 >redirect
    [ "$(cut -c1-3 redirect)" = 301 ] && break
    sleep 0.3
done
ask http://guac.example.org/.well-known/acme-challenge/token >token
ask -o /dev/null -w '%{http_code} %{http_version} %{redirect_url}' https://guac.example.org/ >root
ask -D headers -o page -w '%{http_code} %{ssl_verify_result}' https://guac.example.org/remote/ >page-code
curl -s http://127.0.0.1/ >own-after
"$GUACFRONT" apply --answers answers.toml --yes >again 2>&1
"$GUACFRONT" undo --yes >undone 2>&1; echo $? >undone-code
for try in 1 2 3 4 5 6 7 8 9 10; do
    ask -o /dev/null -w '%{http_code}' https://guac.example.org/remote/ >gone
    [ "$(cat gone)" = 000 ] && break
    sleep 0.3
done
"#;

fn served(name: &str, server: &str, config: &str, logs: &str, http: &str) {
    if !is_root() {
        return again_as_root(&format!("new_site_real::{name}"));
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| work.path().join(name);
    let text = |name: &str| fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    certify(work.path(), "guac.example.org", "30");
    renewed_by_webroot(work.path());
    let live = path("etc/letsencrypt/live/guac.example.org");
    let live = live.display();
    let answers = format!(
        "version = 1\n[frontend]\nserver = \"{server}\"\npublic_path = \"/remote/\"\n[new_site]\n\
         name = \"guac.example.org\"\ncertificate = \"{live}/fullchain.pem\"\nkey = \"{live}/privkey.pem\"\n\
         hsts = true\n[backend]\nserver_xml = \"{}\"\n",
        server_xml()
    );
    fs::write(path("answers.toml"), answers).expect("the answers are written");
    let serve = format!(
        "exec \"$LAB\" serve --in-place --{server} {config} --server-xml $SERVER_XML --url \
         http://127.0.0.1/remote/ --log-dir {logs} -- sh -c \"$SCRIPT\""
    );
    let told = sandbox(&serve, &[("SCRIPT", SCRIPT.as_ref()), ("WORK", work.path().as_os_str())]);
    assert_eq!(text("applied").trim(), "0", "{told}\n{}", text("applied.err"));
    let applied: serde_json::Value = serde_json::from_str(&text("applied.json")).expect("one object");
    let checks = applied["checks"].as_array().expect("a list of checks");
    let failed: Vec<_> = checks.iter().filter(|check| check["verdict"] == "fail").collect();
    assert!(failed.is_empty() && checks.len() > 3, "{failed:#?}");
    assert_eq!(text("redirect"), "301 https://guac.example.org/any?x=1");
    assert_eq!(text("token"), "proof\n", "certbot's file is not led to https, where nobody would find it");
    assert_eq!(text("root"), format!("302 {http} https://guac.example.org/remote/"));
    assert!(text("page-code").starts_with("200 "), "{}", text("page-code"));
    let headers = text("headers").to_ascii_lowercase();
    assert!(headers.contains("strict-transport-security: max-age=63072000"), "{headers}");
    assert_eq!(text("own-before"), text("own-after"), "the server's own pages stay where they are");
    assert!(text("again").contains("Nothing to do"), "{}", text("again"));
    assert_eq!((text("undone-code").trim(), text("gone").as_str()), ("0", "000"), "{}", text("undone"));
}

#[test]
fn nginx_serves_a_new_site_with_tls() {
    served("nginx_serves_a_new_site_with_tls", "nginx", "/etc/nginx", "/var/log/nginx", "2");
}

#[test]
fn apache_serves_a_new_site_with_tls() {
    // mod_http2 is an offer: it is used where it is loaded, and not loaded for it.
    served("apache_serves_a_new_site_with_tls", "apache", "/etc/apache2", "/var/log/apache2", "1.1");
}
