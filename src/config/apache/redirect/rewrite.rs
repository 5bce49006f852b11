//! Rewriting rules, followed for one request so far as they can be.

use super::LedAway;
use crate::config::apache::load::Item;
use crate::config::matches_in;
use crate::model::PublicPath;

/// What a rule is asked about.
pub(super) struct Request<'a> {
    /// Guacamole's path.
    pub(super) path: &'a str,
    /// The path that is asked for, that one or one below it.
    pub(super) uri: &'a str,
    /// What the rules' patterns are held against: the path, or where `mod_proxy` has sent the request already.
    pub(super) subject: &'a str,
    /// Whether it is to become a WebSocket.
    pub(super) upgrades: bool,
}

/// Whether rewriting is on, by the last word of the innermost place that says anything of it.
pub(super) fn is_on<'a>(levels: impl IntoIterator<Item = &'a [Item]>) -> bool {
    Item::in_force(levels, "rewriteengine")
        .is_some_and(|engine| engine.first_argument().eq_ignore_ascii_case("on"))
}

/// The rules that hold for a virtual host's requests: its own, and the server's where either asks for that.
///
/// # Source
/// `mod_rewrite`, `RewriteOptions`, measured with httpd 2.4.71: a virtual host that says nothing of rewriting has none,
/// whatever the server says.
pub(super) fn in_force<'a>(server: &'a [Item], host: &'a [Item]) -> Vec<&'a Item> {
    let own = || host.iter().filter(|item| item.name.starts_with("rewrite"));
    if own().next().is_none() {
        return Vec::new();
    }
    let says = |items: &[Item], option: &str| {
        let options = items.iter().filter(|item| item.name == "rewriteoptions");
        options.flat_map(Item::arguments).any(|own| own.eq_ignore_ascii_case(option))
    };
    let from_server =
        |own: &str, down: &str| says(host, own) || (says(server, down) && !says(host, "IgnoreInherit"));
    let of_server = || server.iter().filter(|item| item.name.starts_with("rewrite"));
    if from_server("InheritBefore", "InheritDownBefore") {
        of_server().chain(own()).collect()
    } else if from_server("Inherit", "InheritDown") {
        own().chain(of_server()).collect()
    } else {
        own().collect()
    }
}

/// The rules that take a request elsewhere or refuse it, up to the first that surely does.
pub(super) fn follow<'a>(rules: &[&'a Item], request: &Request<'_>, found: &mut Vec<LedAway<'a>>) {
    let (mut conditions, mut is_sure, mut skips, mut chain_broken) = (Vec::new(), true, 0_usize, false);
    for item in rules {
        match item.name.as_str() {
            "rewritecond" => conditions.push(*item),
            "rewriterule" => {
                let rule = Rule::read(item);
                let own = std::mem::take(&mut conditions);
                if skips > 0 || chain_broken {
                    skips = skips.saturating_sub(1);
                    chain_broken = chain_broken && rule.has("C", "CHAIN");
                    continue;
                }
                let held = hold(&own, request);
                if !rule.matches(request.subject) || held == Some(false) {
                    chain_broken = rule.has("C", "CHAIN");
                    continue;
                }
                let sometimes = held.is_none() || !is_sure;
                if let Some(refuses) = rule.leaves(request.path) {
                    // Whom a rule refuses by other marks than the method is no user of Guacamole's.
                    if !refuses || !sometimes || own.iter().any(|item| asks_for(item, "REQUEST_METHOD")) {
                        found.push(LedAway { item, sometimes, refuses });
                    }
                    if !sometimes {
                        return;
                    }
                } else if rule.ends() {
                    if !sometimes {
                        return;
                    }
                    is_sure = false;
                } else if let Some(skipped) = rule.skips() {
                    (skips, is_sure) = if sometimes { (0, false) } else { (skipped, is_sure) };
                }
            }
            _ => {}
        }
    }
}

/// A `RewriteRule`.
struct Rule {
    pattern: String,
    to: String,
    flags: Vec<String>,
}

impl Rule {
    fn read(item: &Item) -> Self {
        let mut words = item.arguments().into_iter().map(std::borrow::Cow::into_owned);
        let mut next = || words.next().unwrap_or_default();
        let (pattern, to, flags) = (next(), next(), next());
        Self { pattern, to, flags: flags_of(&flags) }
    }

    /// Whether it has a flag, by its short name or its long one.
    fn has(&self, short: &str, long: &str) -> bool {
        self.flags.iter().any(|flag| {
            let name = flag.split('=').next().unwrap_or_default();
            name == short || name == long
        })
    }

    fn matches(&self, subject: &str) -> bool {
        let (negated, pattern) = negation(&self.pattern);
        matches_in(pattern, subject, self.has("NC", "NOCASE")).is_some_and(|matches| matches != negated)
    }

    /// Whether what it matches leaves for elsewhere, and whether that is by being refused; a WebSocket's is Guacamole's
    /// own way, and what stays below its path leaves nowhere.
    fn leaves(&self, path: &str) -> Option<bool> {
        if self.has("F", "FORBIDDEN") || self.has("G", "GONE") {
            return Some(true);
        }
        let redirects = self.has("R", "REDIRECT") || self.has("P", "PROXY") || self.to.contains("://");
        let is_back = self.has("PT", "PASSTHROUGH") && self.to.starts_with(path);
        let stays = self.to.starts_with("ws") || (!redirects && (self.to == "-" || is_back));
        (!stays).then_some(false)
    }

    fn ends(&self) -> bool {
        self.has("L", "LAST") || self.has("END", "END")
    }

    fn skips(&self) -> Option<usize> {
        let value =
            |flag: &String| flag.strip_prefix("S=").or_else(|| flag.strip_prefix("SKIP="))?.parse().ok();
        self.flags.iter().find_map(value)
    }
}

/// Flags in upper case, `[R=301, L]`.
fn flags_of(text: &str) -> Vec<String> {
    let text = text.trim().trim_matches(['[', ']']).to_ascii_uppercase();
    text.split(',').map(|flag| flag.trim().to_owned()).collect()
}

fn negation(pattern: &str) -> (bool, &str) {
    pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest))
}

/// Whether the conditions of a rule hold; `None` where what is known here does not tell.
fn hold(conditions: &[&Item], request: &Request<'_>) -> Option<bool> {
    let mut all = Some(true);
    let mut any = Some(false);
    for condition in conditions {
        any = match (any, holds(condition, request)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        let flags = condition.arguments().get(2).map(|flags| flags_of(flags)).unwrap_or_default();
        if flags.iter().any(|flag| flag == "OR" || flag == "ORNEXT") {
            continue;
        }
        all = match (all, any.replace(false)) {
            (_, Some(false)) => return Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        any = Some(false);
    }
    all
}

fn asks_for(condition: &Item, variable: &str) -> bool {
    condition.first_argument().eq_ignore_ascii_case(&format!("%{{{variable}}}"))
}

/// Whether one condition holds: what asks for the path, for the method, or for a file that is not there.
fn holds(condition: &Item, request: &Request<'_>) -> Option<bool> {
    let arguments = condition.arguments();
    let pattern = arguments.get(1)?;
    let (negated, bare) = negation(pattern);
    let said = [("HTTP:Upgrade", "websocket"), ("HTTP:Connection", "Upgrade")];
    let header = said.iter().find(|(name, _)| asks_for(condition, name));
    let header = header.map(|(_, value)| if request.upgrades { *value } else { "" });
    let known = header.or_else(|| asks_for(condition, "REQUEST_URI").then_some(request.uri));
    if let Some(known) = known {
        return compared(condition, bare, known).map(|is| is != negated);
    }
    if asks_for(condition, "REQUEST_METHOD") {
        let of = |method: &&str| compared(condition, bare, method).map(|is| is != negated);
        let each: Option<Vec<bool>> = PublicPath::METHODS.iter().map(of).collect();
        let each = each?;
        return if each.iter().all(|is| *is == each[0]) { Some(each[0]) } else { None };
    }
    let is_file =
        ["FILENAME}", "DOCUMENT_ROOT}"].iter().any(|name| arguments[0].to_ascii_uppercase().contains(name));
    // Nothing lies at Guacamole's path; at the root of the site a folder does.
    let is_test = matches!(bare, "-f" | "-d" | "-F" | "-s" | "-l" | "-L" | "-h");
    (is_file && is_test && (request.uri != "/" || bare != "-d")).then_some(negated)
}

/// Whether a pattern of a condition, its negation taken off, means a text.
fn compared(condition: &Item, pattern: &str, text: &str) -> Option<bool> {
    let flags = condition.arguments().get(2).map(|flags| flags_of(flags)).unwrap_or_default();
    let no_case = flags.iter().any(|flag| flag == "NC" || flag == "NOCASE");
    match pattern.as_bytes() {
        [b'=', ..] => {
            let wanted = pattern[1..].trim_matches('"');
            Some(if no_case { wanted.eq_ignore_ascii_case(text) } else { wanted == text })
        }
        [b'<' | b'>' | b'-', ..] => None,
        _ => matches_in(pattern, text, no_case),
    }
}
