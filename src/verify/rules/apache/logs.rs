//! Whether the tunnel's many requests are logged.

use super::Site;
use crate::config::apache::Item;
use crate::model::Rule;

pub(super) fn look(site: &mut Site<'_, '_>) {
    let of = |items: &'_ [Item]| items.iter().filter(|item| item.name == "customlog").count();
    // Without a log of its own a virtual host is logged where the server is.
    let items = if of(&site.scope.children) > 0 { &*site.scope.children } else { &site.loaded.items };
    let logs: Vec<&Item> = items.iter().filter(|item| item.name == "customlog").collect();
    let (conditional, open): (Vec<&Item>, Vec<&Item>) = logs.into_iter().partition(|log| is_conditional(log));
    match (open.first(), conditional.is_empty()) {
        (Some(log), false) => {
            let detail = "this log has no condition, whatever another log's is";
            site.tell(Rule::SecondLog, log, detail);
        }
        // Between marks it is as it was asked for.
        (Some(log), true) if !site.section.marked => {
            site.tell(Rule::ApacheTunnelLogged, log, "this log has every request of the tunnel");
        }
        _ => {}
    }
}

fn is_conditional(log: &Item) -> bool {
    log.arguments()
        .iter()
        .skip(1)
        .any(|argument| argument.starts_with("env=") || argument.starts_with("expr="))
}
