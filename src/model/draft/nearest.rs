//! The right value nearest to a wrong one, for one key to take.

use super::new_site::name;
use super::{Draft, Field, absolute};
use crate::model::{
    BackendUrl, ContextPath, Host, NewSiteField, Port, ReadTimeout, TrustedProxies, UploadLimit,
};
use std::path::Path;

/// The right value nearest to what was typed; `None` where nothing near is right.
pub(super) fn nearest(field: Field, text: &str) -> Option<String> {
    let text = text.trim();
    let near = match field {
        Field::Host => host(text),
        Field::Port => port(text, "8080"),
        Field::PublicPath | Field::Context => path(text),
        // Where nothing near is right the usual value is.
        Field::MaxUpload => upload(text).or_else(|| Some(Draft::default().max_upload)),
        Field::ReadTimeout => timeout(text).or_else(|| Some(Draft::default().read_timeout)),
        Field::Proxies => TrustedProxies::nearest(text),
        Field::ServerXml => Some(format!("/{text}")).filter(|path| absolute(Path::new(path)).is_ok()),
        Field::NewSite(field) => of_new_site(field, text),
        Field::Server
        | Field::Site
        | Field::Beside
        | Field::LogTunnel
        | Field::WebSocket
        | Field::PassHost
        | Field::LoopbackOnly
        | Field::LogClient => None,
    };
    near.filter(|near| near != text)
}

fn host(text: &str) -> Option<String> {
    let good = |text: &str| Host::parse(text).ok().map(|host| host.to_string());
    if let Some(url) = BackendUrl::split(text) {
        return good(&url.host);
    }
    match text {
        "" | "0.0.0.0" => return good("127.0.0.1"),
        "::" | "[::]" => return good("::1"),
        _ => {}
    }
    if let Some((name, port)) = text.rsplit_once(':')
        && Port::parse(port).is_ok()
        && let Some(name) = good(name)
    {
        return Some(name);
    }
    let kept: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.:".contains(*c)).collect();
    good(kept.trim_matches(|c| "-.".contains(c)))
}

fn port(text: &str, usual: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(usual.into());
    }
    // One digit too many is the usual slip: the longest beginning that is a port is meant.
    (1..=digits.len()).rev().find_map(|len| Port::parse(&digits[..len]).ok()).map(|port| port.to_string())
}

fn of_new_site(field: NewSiteField, text: &str) -> Option<String> {
    match field {
        NewSiteField::Name => {
            let host = BackendUrl::split(text).map(|url| url.host);
            let text = host.as_deref().unwrap_or(text.split(['/', ':']).next().unwrap_or_default());
            let text = text.replace('_', "-");
            let kept: String =
                text.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
            name(kept.trim_matches(|c| "-.".contains(c))).ok().map(|host| host.to_string())
        }
        NewSiteField::HttpPort => port(text, "80"),
        NewSiteField::HttpsPort => port(text, "443"),
        NewSiteField::Certificate | NewSiteField::Key | NewSiteField::Redirect | NewSiteField::Hsts => None,
    }
}

fn path(text: &str) -> Option<String> {
    let text = BackendUrl::split(text).and_then(|url| url.path).unwrap_or_else(|| text.to_owned());
    let kept: String = text
        .chars()
        .map(|c| if c == '\\' { '/' } else { c })
        .filter(|c| c.is_ascii_alphanumeric() || "/-_.~".contains(*c))
        .collect();
    let segments: Vec<&str> =
        kept.split('/').filter(|segment| !matches!(*segment, "" | "." | "..")).collect();
    let path = if segments.is_empty() { "/guacamole/".into() } else { format!("/{}/", segments.join("/")) };
    ContextPath::parse(&path).ok().map(|path| path.to_string())
}

fn timeout(text: &str) -> Option<String> {
    let text: String = text.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    // The word for a unit, written out, begins with its letter; a time that is too long is cut to the longest.
    let unit = unit.chars().next().filter(|unit| "smhdw".contains(*unit)).unwrap_or('s');
    let meant = ReadTimeout::parse(&format!("{number}{unit}"));
    let longest = || ReadTimeout::parse("365d").ok().filter(|_| number.parse::<u64>().is_ok_and(|n| n > 0));
    meant.ok().or_else(longest).map(|timeout| timeout.to_string())
}

fn upload(text: &str) -> Option<String> {
    let text: String =
        text.to_ascii_lowercase().replace(',', ".").chars().filter(|c| !c.is_whitespace()).collect();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.chars().next().unwrap_or('m');
    let smaller = match unit {
        't' => 'g',
        'g' => 'm',
        'm' => 'k',
        _ => return None,
    };
    let whole = number.parse::<u32>().ok();
    let value = match (whole, unit) {
        (Some(whole), 'g' | 'm') => format!("{whole}{unit}"),
        (Some(whole), _) => format!("{}{smaller}", u64::from(whole) * 1024),
        (None, _) => {
            // A fraction is written in the next smaller unit, cut to thousandths before it is counted.
            let (before, after) = number.split_once('.')?;
            let after: String = after.chars().chain("000".chars()).take(3).collect();
            let thousandths =
                before.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(after.parse().ok()?)?;
            format!("{}{smaller}", thousandths.checked_mul(1024)?.div_ceil(1000))
        }
    };
    UploadLimit::parse(&value).ok().map(|limit| limit.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NewSiteField;

    #[test]
    fn the_nearest_right_value_is_offered() {
        for (field, typed, offered) in [
            (Field::Port, "80800", Some("8080")),
            (Field::Port, "0", Some("8080")),
            (Field::ReadTimeout, "2 hours", Some("7200s")),
            (Field::ReadTimeout, "9999d", Some("31536000s")),
            (Field::ReadTimeout, "0", Some("usual")),
            (Field::ReadTimeout, "long", Some("usual")),
            (Field::Port, "8080/", Some("8080")),
            (Field::Host, "http://10.0.0.5:8080/guacamole/", Some("10.0.0.5")),
            (Field::Host, "tomcat:8080", Some("tomcat")),
            (Field::Host, "0.0.0.0", Some("127.0.0.1")),
            (Field::Host, "300.1.1.1", None),
            (Field::PublicPath, "/a b$/", Some("/ab/")),
            (Field::PublicPath, "//x/../y", Some("/x/y/")),
            (Field::PublicPath, "https://a.test/remote/#/home", Some("/remote/")),
            (Field::PublicPath, "?", Some("/guacamole/")),
            (Field::MaxUpload, "1.5g", Some("1536m")),
            (Field::MaxUpload, "1 GB", Some("1g")),
            (Field::MaxUpload, "1t", Some("1024g")),
            (Field::MaxUpload, "much", Some("1g")),
            (
                Field::NewSite(NewSiteField::Name),
                "https://Guac.example.org:8443/guacamole/",
                Some("guac.example.org"),
            ),
            (Field::NewSite(NewSiteField::Name), "my_guac.example.org/", Some("my-guac.example.org")),
            (Field::NewSite(NewSiteField::Name), "*.example.org", Some("example.org")),
            (Field::NewSite(NewSiteField::Name), "", None),
            (Field::NewSite(NewSiteField::HttpPort), "8O", Some("8")),
            (Field::NewSite(NewSiteField::HttpPort), "http", Some("80")),
            (Field::NewSite(NewSiteField::HttpsPort), "84430", Some("8443")),
            (Field::Proxies, "10.1.0.7/24", Some("10.1.0.0/24")),
            (Field::Proxies, "127.0.0.1, 10.1.0.7/24", Some("127.0.0.1, 10.1.0.0/24")),
            (Field::Proxies, "hello", None),
            (Field::ServerXml, "etc/tomcat10/server.xml", Some("/etc/tomcat10/server.xml")),
        ] {
            assert_eq!(nearest(field, typed).as_deref(), offered, "{field:?} {typed:?}");
        }
    }

    #[test]
    fn what_is_offered_is_always_right() {
        for field in Field::ALL {
            for text in [
                "",
                "0",
                "/",
                "..",
                "a:b",
                "1.5",
                "99999999999999999999",
                "1.2.3.4/33",
                "::/0",
                "é",
                "-",
                "a b;c",
            ] {
                let Some(near) = nearest(field, text) else { continue };
                let mut draft = Draft::default();
                draft.set_text(field, near.clone());
                let wrong = draft.parse().err().unwrap_or_default();
                assert!(
                    !wrong.iter().any(|own| own.field == field),
                    "{field:?}: {text:?} is answered by {near:?}"
                );
            }
        }
    }
}
