//! Modules enabled by a `LoadModule` line: the one that stands there as a comment, else a new one beside the others.

use super::{Edits, Work, refused};
use crate::config::apache::LoadedFile;
use crate::config::line_ending;
use crate::model::Field;
use crate::plan::PlanError;
use std::path::Path;

/// A place after the `LoadModule` lines of a file, and the folder that they load from, as they write it.
struct Beside {
    file: usize,
    at: usize,
    folder: String,
}

/// The edits that load the modules.
pub(super) fn changes(work: &Work<'_>, missing: &[&str], edits: &mut Edits<'_>) -> Result<(), PlanError> {
    let mut lines = Vec::new();
    for module in missing {
        match commented(work, module) {
            Some((file, span)) => edits.replace(file, span, "", Field::Server, &why(module)),
            None => lines.push(*module),
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    let Some(beside) = beside(work) else {
        let lines: Vec<_> =
            lines.iter().map(|m| format!("  LoadModule {m}_module modules/mod_{m}.so")).collect();
        return Err(refused(
            work,
            format!("these modules are not loaded: {}", missing.join(", ")),
            format!("load them where this machine loads its modules, as in\n{}", lines.join("\n")),
        ));
    };
    let end = line_ending(&work.loaded.files[beside.file].bytes);
    for module in lines {
        let line = format!("LoadModule {module}_module {}/mod_{module}.so{end}", beside.folder);
        edits.insert(beside.file, beside.at, &line, Field::Server, &why(module));
    }
    Ok(())
}

fn why(module: &str) -> String {
    format!("loads mod_{module}")
}

/// The `#` and what follows it in front of a module's own line, as upstream's httpd.conf has it for most modules.
fn commented(work: &Work<'_>, module: &str) -> Option<(usize, crate::config::Span)> {
    work.loaded.files.iter().enumerate().find_map(|(index, file)| {
        let mut comments = file.tree.lines.iter().filter(|line| line.is_comment());
        let line = comments.find(|line| {
            let text = String::from_utf8_lossy(line.text());
            let mut words = text.trim_start_matches('#').split_whitespace();
            words.next().is_some_and(|word| word.eq_ignore_ascii_case("LoadModule"))
                && words.next() == Some(&format!("{module}_module"))
                && words.count() == 1
        })?;
        let start = line.content().start;
        let hidden = file.bytes[start..].iter().take_while(|b| matches!(b, b'#' | b' ' | b'\t')).count();
        Some((index, start..start + hidden))
    })
}

/// After the last line that loads a module in the file that loads proxy modules, else in the one that loads most.
fn beside(work: &Work<'_>) -> Option<Beside> {
    let files = work.loaded.files.iter().enumerate().filter(|(_, file)| file.loads == 1);
    files
        .filter_map(|(index, file)| {
            let loading = loading(file);
            let (at, path) = loading.last().cloned()?;
            let folder = Path::new(&path).parent()?.to_string_lossy().into_owned();
            let has_proxies = loading.iter().any(|(_, path)| path.contains("mod_proxy"));
            Some(((has_proxies, loading.len()), Beside { file: index, at, folder }))
        })
        .max_by_key(|(rank, _)| *rank)
        .map(|(_, beside)| beside)
}

/// The end of each `LoadModule` line that stands in no section, and what it loads.
fn loading(file: &LoadedFile) -> Vec<(usize, String)> {
    let tree = &file.tree;
    tree.top()
        .filter(|node| !tree.is_section(*node))
        .filter_map(|node| {
            let line = tree.line(node);
            let text = String::from_utf8_lossy(line.text());
            let words: Vec<&str> = text.split_whitespace().collect();
            let ends = file.bytes[line.span()].ends_with(b"\n");
            match words.as_slice() {
                [name, _, path] if ends && name.eq_ignore_ascii_case("LoadModule") => {
                    Some((line.span().end, path.trim_matches('"').to_owned()))
                }
                _ => None,
            }
        })
        .collect()
}
