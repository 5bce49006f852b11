//! The official image of Guacamole: what server.xml gets elsewhere is a variable of its environment here.

use crate::config::tomcat::to_grammar;
use crate::model::{Answers, Findings, Version};

/// The Tomcat that the image brings.
const IMAGE: [u32; 2] = [9, 0];

/// Lines for docker-compose.yml, to be pasted by hand.
///
/// # Source
/// guacamole-docker of guacamole-client 1.6.0: `REMOTE_IP_VALVE_*` become attributes of the valve, `WEBAPP_CONTEXT` the
/// name of the .war; `entrypoint.sh` makes server.xml anew at every start.
pub fn docker_snippet(answers: &Answers, findings: &Findings) -> String {
    let proxies = to_grammar(&answers.trust, Some(&Version(IMAGE.to_vec())));
    let gateway = findings.containers_at(&answers.backend.host).find_map(|container| container.gateway);
    let seen = match gateway {
        Some(gateway) => format!(
            "# The proxies are as the container sees them: this machine comes from {gateway}, the gateway of the\n\
             # container's network, which changes where that network is made anew; another machine from its own address.\n"
        ),
        None => "# The proxies are as the container sees them: a proxy on the container's host comes from the gateway of the\n\
                 # container's network, 172.18.0.1 for instance, and not from 127.0.0.1; docker network inspect names it. One\n\
                 # on another machine comes from its own address.\n"
            .to_owned(),
    };
    let port = answers.backend.port;
    let mut text = format!(
        "# in the service with the image guacamole/guacamole, version 1.6.0 or later. An edit of server.xml inside the\n\
         # container would not last: it is made anew at every start.\n\
         {seen}\
         # Publish its port to the host alone where the proxy is there, ports: [\"127.0.0.1:{port}:8080\"]: who comes past\n\
         # the proxy through that gateway is believed, too.\n\
         environment:\n  REMOTE_IP_VALVE_ENABLED: \"true\"\n  REMOTE_IP_VALVE_INTERNAL_PROXIES: '{proxies}'\n"
    );
    if let Some(name) = context(answers) {
        text.push_str(&format!("  WEBAPP_CONTEXT: \"{name}\"\n"));
    }
    text
}

/// What the image calls the context path, where it is not its own `/guacamole/`.
fn context(answers: &Answers) -> Option<String> {
    match answers.backend.context.as_str() {
        "/guacamole/" => None,
        "/" => Some("ROOT".to_owned()),
        path => Some(path.trim_matches('/').replace('/', "#")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(backend: &str) -> String {
        let text = format!("version = 1\n[backend]\n{backend}\n[trust]\nproxies = [\"172.18.0.1\"]\n");
        let answers = Answers::from_toml(&text).expect("the answers are good");
        docker_snippet(&answers, &Findings::default())
    }

    #[test]
    fn the_proxies_are_written_as_the_image_s_tomcat_reads_them() {
        assert!(
            lines("").contains("\n  REMOTE_IP_VALVE_INTERNAL_PROXIES: '172\\.18\\.0\\.1'\n"),
            "{}",
            lines("")
        );
        assert!(!lines("").contains("WEBAPP_CONTEXT"));
    }

    #[test]
    fn another_context_is_the_name_of_the_war() {
        for (path, name) in [("/", "ROOT"), ("/a/b/", "a#b"), ("/remote/", "remote")] {
            let text = lines(&format!("context = \"{path}\""));
            assert!(text.contains(&format!("  WEBAPP_CONTEXT: \"{name}\"\n")), "{text}");
        }
    }
}
