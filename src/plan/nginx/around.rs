//! What the location needs because of what stands around it.

use super::setting::{Setting, settings};
use crate::config::nginx::{Placed, ServerBlock, to_undo};
use crate::model::Answers;

/// The directives that a location of this server block needs, with what undoes the settings around it; of those `inner` is
/// what stands in the location already.
pub(super) fn settings_in(
    answers: &Answers,
    server: &ServerBlock<'_>,
    inner: &[Placed<'_>],
    around: &[Vec<Placed<'_>>],
) -> Vec<Setting> {
    let levels: Vec<_> = std::iter::once(inner).chain(around.iter().map(Vec::as_slice)).collect();
    let undone = to_undo(&levels);
    let undone = undone.into_iter().map(|own| Setting::new(own.name, own.wanted, own.why));
    let mut settings = settings(answers);
    // The name of an upstream has no port; nginx does not start where it is given one.
    if is_upstream(answers, server) {
        let (host, port) = (answers.backend.host.in_url(), answers.backend.port);
        let pass = settings.iter_mut().filter(|own| own.name == "proxy_pass");
        pass.for_each(|own| own.value = own.value.replacen(&format!("{host}:{port}"), &host, 1));
    }
    settings.into_iter().chain(undone).collect()
}

/// Whether an upstream bears the backend's name, and leads to it.
fn is_upstream(answers: &Answers, server: &ServerBlock<'_>) -> bool {
    let (host, port) = (answers.backend.host.to_string(), answers.backend.port);
    let at = format!("{host}:{port}");
    let leads = |placed: &Placed<'_>| {
        placed.directive.is("upstream")
            && placed.directive.first_argument().eq_ignore_ascii_case(&host)
            && placed.directive.children().any(|own| own.is("server") && own.first_argument() == at)
    };
    server.http.iter().any(leads)
}
