//! Which of a balancer's members get a new session.

use super::Backend;
use crate::config::apache::load::{Item, Loaded};
use std::borrow::Cow;

const BALANCER: &str = "balancer://";

/// Where a URL leads.
pub(super) struct Reached<'a> {
    /// The server, a balancer's member for the balancer.
    pub(super) backend: Option<Backend>,
    /// The member that a balancer takes first.
    pub(super) member: Option<&'a Item>,
    /// Those among which it shares new sessions.
    pub(super) sharing: Vec<&'a Item>,
}

/// How readily a balancer takes a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// At any time.
    Usual,
    /// In the place of one of its set that is out: a hot spare.
    Spare,
    /// Where none of its set is left: a hot standby.
    Standby,
    /// Not for a new session: disabled, stopped, in error, failed, unusable, or draining.
    Out,
}

/// A member and where it stands in its balancer.
struct Member<'a> {
    item: &'a Item,
    url: Cow<'a, str>,
    /// The set that it is of: a lower one comes first.
    set: u32,
    rank: Rank,
}

impl Rank {
    /// What its `status=` says, which takes flags after a `+` and takes them off after a `-`.
    ///
    /// # Source
    /// `set_worker_param` and `ap_proxy_set_wstatus` in httpd's `mod_proxy.c` and `proxy_util.c`.
    fn of(member: &Item) -> Self {
        let mut flags = String::new();
        for value in values(member, "status") {
            let mut sets = true;
            for flag in value.to_ascii_uppercase().chars() {
                match flag {
                    '+' | '-' => sets = flag == '+',
                    _ if sets => flags.push(flag),
                    _ => flags.retain(|own| own != flag),
                }
            }
        }
        let has = |any: &[char]| flags.contains(any);
        if has(&['D', 'S', 'E', 'C', 'U', 'N']) {
            Self::Out
        } else if has(&['H']) {
            Self::Standby
        } else if has(&['R']) {
            Self::Spare
        } else {
            Self::Usual
        }
    }
}

impl<'a> Reached<'a> {
    /// Where a URL leads that stands among these directives.
    pub(super) fn by(loaded: &'a Loaded, around: &'a [Item], url: &str) -> Self {
        if !is_balancer(url) {
            return Self { backend: Backend::parse(url), member: None, sharing: Vec::new() };
        }
        let end = url[BALANCER.len()..].find('/').map_or(url.len(), |at| BALANCER.len() + at);
        let (name, path) = url.split_at(end);
        let members = members(loaded, around, name);
        let first = members.iter().min_by_key(|own| (own.rank == Rank::Out, own.set, own.rank));
        let shares = |own: &&Member<'_>, first: &Member<'_>| {
            own.set == first.set
                && own.rank != Rank::Out
                && own.rank.max(Rank::Spare) == first.rank.max(Rank::Spare)
        };
        let sharing = first.map(|first| members.iter().filter(|own| shares(own, first)).map(|own| own.item));
        Self {
            backend: first.and_then(|first| Backend::of_member(&first.url, path)),
            member: first.map(|first| first.item),
            sharing: sharing.into_iter().flatten().collect(),
        }
    }
}

impl Backend {
    /// A balancer's member, with what the balancer's own URL adds to its path.
    fn of_member(url: &str, path: &str) -> Option<Self> {
        let own = Self::parse(url)?;
        let path = format!("{}/{}", own.path.trim_end_matches('/'), path.trim_start_matches('/'));
        Some(Self { path, ..own })
    }
}

/// The members of a balancer as they are configured, each once; what httpd is told of them elsewhere, as by a manager, is
/// not known here.
///
/// # Source
/// httpd's `mod_proxy`, measured with 2.4.71: the sets are tried by their number, in each first the usual ones, then hot
/// standbys; a hot spare comes in beside the usual ones where one of its set is out. A member that is named again stays
/// what it was. `ProxySet` takes nothing of a member's, and in a section of its URL it says nothing to a balancer.
fn members<'a>(loaded: &'a Loaded, around: &'a [Item], name: &str) -> Vec<Member<'a>> {
    let is_it = |own: &str| own.trim_end_matches('/').eq_ignore_ascii_case(name);
    let is_own = |item: &&Item| item.name == "proxy" && is_it(&item.first_argument());
    let all = || around.iter().chain(&loaded.items);
    let inner = all().filter(is_own).flat_map(|proxy| proxy.named("balancermember"));
    let outside = |item: &&Item| item.name == "balancermember" && is_it(&item.first_argument());
    let mut members: Vec<Member<'_>> = Vec::new();
    for item in inner.chain(all().filter(outside)) {
        let Some(url) = member_url(item) else { continue };
        if members.iter().all(|own| own.url != url) {
            let set = values(item, "lbset").last().map_or(0, |set| number(set));
            members.push(Member { item, url, set, rank: Rank::of(item) });
        }
    }
    let out: Vec<u32> = members.iter().filter(|own| own.rank == Rank::Out).map(|own| own.set).collect();
    for spare in members.iter_mut().filter(|own| own.rank == Rank::Spare && !out.contains(&own.set)) {
        spare.rank = Rank::Out;
    }
    members
}

pub(super) fn is_balancer(url: &str) -> bool {
    url.get(..BALANCER.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(BALANCER))
}

/// The URL of a `BalancerMember`, which stands behind the balancer's own where it stands outside of its section.
pub fn member_url(member: &Item) -> Option<Cow<'_, str>> {
    let is_url = |argument: &Cow<'_, str>| argument.contains("://") && !is_balancer(argument);
    member.arguments().into_iter().find(is_url)
}

/// What a member's parameter of this name is set to, each time that it is.
fn values(member: &Item, name: &str) -> Vec<String> {
    let value = |argument: Cow<'_, str>| {
        let (key, value) = argument.split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.to_owned())
    };
    member.arguments().into_iter().filter_map(value).collect()
}

/// A number as C's `atoi` reads it.
fn number(text: &str) -> u32 {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}
