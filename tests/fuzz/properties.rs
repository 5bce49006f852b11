//! What holds of any file whatever is in it: the bodies of the fuzz targets, and of the suite's own property tests.

use guacfront::apply::{self, Options};
use guacfront::config::{MemoryFiles, Span, apache, nginx, tomcat};
use guacfront::model::{Draft, Findings, Plan, Server, Step};
use guacfront::system::System;
use guacfront::{plan, probe, wizard};
use std::path::Path;

const MAIN: &str = "/etc/main.conf";

/// A file that nginx may read: its tokens tile it, its directives stand inside their parents in order, and whatever
/// looks for sites in it ends.
pub fn nginx(bytes: &[u8]) {
    let tree = nginx::Tree::parse(bytes);
    let tokens = nginx::tokens(bytes);
    assert_eq!(tree.is_ok(), tokens.is_ok(), "both read it or none does");
    let (Ok(tree), Ok(tokens)) = (tree, tokens) else { return };
    tiles(bytes, tokens.into_iter().map(|token| token.span));
    inside(0..bytes.len(), tree.directives());
    let loaded = nginx::Loaded::read(Path::new(MAIN), &alone(bytes));
    for block in nginx::server_blocks(&loaded) {
        let _ = nginx::Section::find(&loaded, &block);
    }
}

fn inside<'a>(outer: Span, directives: impl Iterator<Item = nginx::Directive<'a>>) {
    let mut at = outer.start;
    for directive in directives {
        let span = directive.span();
        assert!(at <= span.start && span.end <= outer.end, "{directive:?} at {span:?} is not in {outer:?}");
        at = span.end;
        for word in std::iter::once(directive.name()).chain(directive.arguments()) {
            assert!(span.start <= word.span().start && word.span().end <= span.end);
            assert!(word.is(&word.text()) || word.text().contains('\u{fffd}'), "{word:?} is itself");
        }
        if let Some(block) = directive.block() {
            inside(block.open + 1..block.close, directive.children());
        }
    }
}

/// A file that Apache httpd may read: its lines tile it, and whatever looks for sites in it ends.
pub fn apache(bytes: &[u8]) {
    let Ok(tree) = apache::Tree::parse(bytes) else { return };
    tiles(bytes, tree.lines.iter().map(apache::Line::span));
    let loaded = apache::Loaded::read(Path::new(MAIN), &apache::Facts::default(), &alone(bytes));
    for host in apache::virtual_hosts(&loaded) {
        assert!(loaded.line(host.item) > 0);
    }
}

/// A server.xml: what the reader finds has its place in the text, in order.
pub fn tomcat(bytes: &[u8]) {
    let Ok(configuration) = tomcat::Configuration::read(bytes) else { return };
    let view = configuration.view();
    for service in configuration.services() {
        for host in service.hosts().filter(|host| !host.is_from_entity()) {
            assert!(view[host.span()].starts_with("<Host"), "{:?}", &view[host.span()]);
            assert!(configuration.line(host) <= view.matches('\n').count() + 1);
        }
    }
    for mark in configuration.marks() {
        assert!(mark.span.start <= mark.body.start && mark.body.end <= mark.span.end);
    }
}

/// A machine with one file of these bytes, which one its first byte says: a plan changes that file in the plan's own
/// spans alone, a second plan has nothing to do, and undo gives every byte back. Whether the plan had anything to do.
pub fn undo(bytes: &[u8]) -> bool {
    let Some((first, bytes)) = bytes.split_first() else { return false };
    let (server, path) = match first % 3 {
        0 => (Server::Nginx, "etc/nginx/nginx.conf"),
        1 => (Server::Apache, "etc/apache2/apache2.conf"),
        _ => (Server::Nginx, "var/lib/tomcat10/conf/server.xml"),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        std::fs::write(path, bytes).expect("the file is written");
    };
    put("etc/nginx/nginx.conf", b"http { server { listen 80; } }\n");
    put(path, bytes);
    let system = System::below(folder.path()).expect("the folder is there");
    let look = || probe::probe(&system);
    let Some(plan) = planned(server, &look()) else { return false };
    let options = Options { reload: false, restart: false };
    apply::apply(&system, &plan, options, &mut |_| {}).expect("a plan can be carried out");
    let read =
        |path: &Path| std::fs::read(folder.path().join(path.strip_prefix("/").expect("it is absolute")));
    for step in &plan.steps {
        if let Step::File(change) = step {
            taken_back(&change.before.bytes, &change.after, change.changes.iter().map(|c| (&c.from, &c.to)));
            assert_eq!(
                read(&change.before.target).expect("it is there"),
                *change.after,
                "what was shown was done"
            );
        }
    }
    let again = plan::plan(&plan.answers, &look()).map(|plan| plan.steps);
    assert_eq!(again.expect("it can be planned again"), [], "a second plan has nothing to do");
    apply::undo(&system, None, false, options, &[], &mut |_| {}).expect("it can be undone");
    assert_eq!(read(Path::new("/").join(path).as_path()).expect("it is there"), bytes, "every byte is back");
    true
}

/// The plan that the machine suggests, where it changes anything.
fn planned(server: Server, findings: &Findings) -> Option<Plan> {
    let site = findings.sites(server).first()?;
    let draft = Draft {
        server: server.key().into(),
        site: Some(plan::site_reference(findings, server, site)),
        ..wizard::prefill(findings)
    };
    let plan = plan::plan(&draft.parse().ok()?, findings).ok()?;
    (!plan.is_empty()).then_some(plan)
}

/// Shows that the edits' spans account for every byte that is not the same.
fn taken_back<'a>(before: &[u8], after: &[u8], changes: impl Iterator<Item = (&'a Span, &'a Span)>) {
    let (mut back, mut at) = (Vec::new(), 0);
    for (from, to) in changes {
        back.extend_from_slice(&after[at..to.start]);
        back.extend_from_slice(&before[from.clone()]);
        at = to.end;
    }
    back.extend_from_slice(&after[at..]);
    assert_eq!(back, before, "taken back by its spans it is as it was");
}

fn tiles(bytes: &[u8], spans: impl Iterator<Item = Span>) {
    let end = spans.fold(0, |at, span| {
        assert_eq!(span.start, at, "no gap and no overlap");
        span.end
    });
    assert_eq!(end, bytes.len(), "to the last byte");
}

fn alone(bytes: &[u8]) -> MemoryFiles {
    MemoryFiles([(MAIN.into(), bytes.into())].into_iter().collect())
}
