//! A location that somebody wrote by hand, made right in place: what is wrong is mended, what is missing is added,
//! whatever else they put there stays.

use super::around::settings_in;
use super::doubles::apart;
use super::line::{self, Line, header, refusal, tunnel_log_guard};
use super::pass;
use super::place::{Place, indent_at, line_indent};
use super::setting::{IN_THE_WAY, Setting, is_in_the_way, upgrade};
use super::{PlanError, refused};
use crate::config::nginx::{
    Directive, Loaded, Location, Modifier, Placed, Section, ServerBlock, Word, levels_around, refuse_climbing,
};
use crate::config::{Edit, Span, line_ending};
use crate::model::{Answers, ContextPath, Field, Note, masked, printable};

/// The edits that make the location right, in the file that it stands in.
///
/// # Errors
/// Where what is wrong stands in an included file, which other locations may use too.
pub(super) fn edits(
    answers: &Answers,
    loaded: &Loaded,
    server: &ServerBlock<'_>,
    location: &Location<'_>,
    section: Option<&Section<'_>>,
    is_guacamole: bool,
    notes: &mut Vec<Note>,
) -> Result<Vec<Edit>, PlanError> {
    let mut adoption = Adoption {
        answers,
        loaded,
        server,
        location,
        section,
        is_guacamole,
        rewrite: section.and_then(|section| pass::kept_rewrite(answers, section)),
        children: loaded.children(location.placed),
        edits: Vec::new(),
        missing: Vec::new(),
        first: Vec::new(),
    };
    adoption.move_to_path()?;
    adoption.clear_the_way(notes)?;
    adoption.mend_settings(notes)?;
    adoption.mend_websocket(notes)?;
    if !is_guacamole {
        notes.extend(adoption.lost_backend());
    }
    adoption.refuse_climbing();
    adoption.mend_tunnel_log(notes)?;
    Ok(adoption.finish())
}

struct Adoption<'a> {
    answers: &'a Answers,
    loaded: &'a Loaded,
    server: &'a ServerBlock<'a>,
    location: &'a Location<'a>,
    /// The same, where it proxies already.
    section: Option<&'a Section<'a>>,
    /// Whether it served Guacamole before.
    is_guacamole: bool,
    /// The rewriting that stays, as it makes the context path of the public path.
    rewrite: Option<Placed<'a>>,
    children: Vec<Placed<'a>>,
    edits: Vec<Edit>,
    /// Lines for the end of the location.
    missing: Vec<Line>,
    /// Lines that have to come before that rewriting, which ends the conditions.
    first: Vec<Line>,
}

impl<'a> Adoption<'a> {
    fn bytes(&self) -> &'a [u8] {
        &self.loaded.files[self.location.placed.file].bytes
    }

    fn move_to_path(&mut self) -> Result<(), PlanError> {
        let path = self.answers.frontend.public_path.as_str();
        let outside = |inner: &Location<'_>| match inner.modifier {
            Modifier::Regex | Modifier::Named => false,
            _ => !inner.uri.starts_with(path),
        };
        if let Some(inner) = self.children.iter().copied().filter_map(Location::read).find(outside) {
            let message = format!("this location stands inside one that would move to {path}");
            return Err(refused(self.loaded, inner.placed, message, "move or remove it, and start again"));
        }
        let around = self.server.children.iter().copied().filter_map(Location::read);
        let mut outer = around.filter(|outer| {
            let (own, span) = (self.location.placed, outer.placed.directive.span());
            outer.placed.file == own.file
                && span.start < own.directive.start()
                && own.directive.start() < span.end
        });
        let leaves =
            |outer: &Location<'_>| outer.modifier != Modifier::Regex && !path.starts_with(&*outer.uri);
        if let Some(outer) = outer.find(leaves) {
            let message = format!("Guacamole's location stands inside this one, below which {path} is not");
            let hint = "take Guacamole's location out of it, or choose a path below it, and start again";
            return Err(refused(self.loaded, outer.placed, message, hint));
        }
        if self.location.modifier == Modifier::FinalPrefix && self.location.uri == path {
            return Ok(());
        }
        let arguments = self.location.placed.directive.arguments();
        self.replace(
            whole(arguments),
            header(self.answers),
            Some(Field::PublicPath),
            "the public path, before any regular expression",
        );
        Ok(())
    }

    fn clear_the_way(&mut self, notes: &mut Vec<Note>) -> Result<(), PlanError> {
        let in_the_way = |directive: Directive<'_>| {
            IN_THE_WAY.iter().any(|name| directive.is(name)) || self.undoes(directive)
        };
        let stays = |placed: &Placed<'_>| self.rewrite.is_some_and(|own| own == *placed);
        let found: Vec<Placed<'a>> = self
            .children
            .iter()
            .copied()
            .filter(|placed| in_the_way(placed.directive) && !stays(placed))
            .collect();
        let mut taken = Vec::new();
        for placed in found {
            taken.push(placed.directive.name().text().into_owned());
            self.comment_out(
                placed,
                Field::PublicPath,
                "it would answer instead of Guacamole, or send it astray",
            )?;
        }
        taken.dedup();
        if !taken.is_empty() {
            let place = self.loaded.place(self.location.placed);
            let (taken, uri) = (taken.join(", "), printable(&self.location.uri));
            let text = if self.is_guacamole {
                format!("{place}: {taken} in Guacamole's location stands in its way and is commented out")
            } else {
                format!(
                    "{place}: the location {uri} becomes Guacamole's. Its {taken} is commented out, and what it served \
                     before is served no more"
                )
            };
            notes.push(Note { warning: !self.is_guacamole, text, rule: None });
        }
        Ok(())
    }

    /// Whether a directive is left over from another path.
    fn undoes(&self, directive: Directive<'_>) -> bool {
        let before = self.section.and_then(Section::context).and_then(|path| ContextPath::parse(&path).ok());
        is_in_the_way(self.answers, before.as_ref(), directive)
    }

    fn mend_settings(&mut self, notes: &mut Vec<Note>) -> Result<(), PlanError> {
        let around = levels_around(self.loaded, self.server, self.location.placed);
        for mut setting in settings_in(self.answers, self.server, &self.children, &around) {
            let there: Vec<Placed<'a>> =
                self.children.iter().copied().filter(|p| setting.same_thing(p.directive)).collect();
            let there: Vec<_> = there.into_iter().filter(|p| !self.undoes(p.directive)).collect();
            let (there, doubles) = apart(&setting, self.location.placed.file, there);
            for placed in doubles {
                let field = setting.field.unwrap_or(Field::PublicPath);
                self.comment_out(placed, field, "nginx would send both, and only one can be true")?;
            }
            match there.as_slice() {
                [] => self.missing.push(Line::setting(0, &setting)),
                several if several.iter().any(|p| self.is_met(&setting, p.directive)) => {}
                [first, ..] if setting.name == "proxy_pass" => {
                    let (answers, section) = (self.answers, self.section);
                    let still = pass::decoded_still(answers, section, (self.loaded, *first));
                    // That alone is no reason to refuse.
                    if let Some(note) = still.filter(|_| self.own(*first).is_err()) {
                        notes.push(note);
                        continue;
                    }
                    let reached = section.and_then(|section| section.reached(self.loaded, self.server));
                    setting.value =
                        pass::wanted(answers, section, reached.as_ref(), first.directive, &setting.value);
                    notes.extend(pass::lost(answers, section, (self.loaded, *first), &setting.value));
                    // Of another application that is taken over nothing is handed on any more.
                    if reached.is_some_and(|to| pass::leads_there(answers, &to)) {
                        notes.extend(pass::decoded_no_more(answers, section, (self.loaded, *first)));
                    }
                    self.mend(*first, &setting)?;
                }
                [first, ..] => self.mend(*first, &setting)?,
            }
        }
        Ok(())
    }

    /// Takes away what a WebSocket needs where it is switched off, and keeps in a comment that it was.
    fn mend_websocket(&mut self, notes: &mut Vec<Note>) -> Result<(), PlanError> {
        let asked = line::asked(self.answers);
        if asked.no_websocket {
            let carries = |placed: &Placed<'_>| upgrade().iter().any(|own| own.same_thing(placed.directive));
            let found: Vec<Placed<'a>> = self.children.iter().copied().filter(carries).collect();
            for placed in found {
                self.comment_out(placed, Field::WebSocket, "the WebSocket is switched off")?;
            }
            let tunnel = format!("{}/websocket-tunnel", self.location.uri.trim_end_matches('/'));
            let is_tunnel = |location: &Location<'_>| location.uri.trim_end_matches('/') == tunnel;
            let beside = self.server.children.iter().chain(&self.children).copied();
            for own in beside.filter_map(Location::read).filter(is_tunnel) {
                let place = self.loaded.place(own.placed);
                let text = format!(
                    "{place}: this location may still pass the WebSocket on; remove it to switch it off"
                );
                notes.push(Note::warning(text));
            }
        }
        let kept = self.location.asked_comment(self.loaded);
        if kept.as_ref().map(|(own, _)| *own).unwrap_or_default() == asked {
            return Ok(());
        }
        let why = "what was asked for stands in a comment where no directive says it";
        if let Some((_, line)) = kept {
            self.replace(line, String::new(), Some(Field::WebSocket), why);
        }
        if !asked.is_empty() {
            self.missing.push(Line::new(0, asked.comment(), Some(Field::WebSocket), why));
        }
        Ok(())
    }

    fn is_met(&self, setting: &Setting, directive: Directive<'_>) -> bool {
        if setting.name != "proxy_pass" {
            return setting.is_met_by(directive);
        }
        self.section.is_some_and(|section| pass::is_met(self.answers, section, directive))
    }

    /// Says that a location which led to another program leads there no more.
    fn lost_backend(&self) -> Option<Note> {
        let pass = self.section?.directive("proxy_pass")?;
        let text = format!(
            "{}: the location {} becomes Guacamole's, and {} is no longer reached through it",
            self.loaded.place(pass),
            printable(&self.location.uri),
            printable(&masked(&pass.directive.first_argument()))
        );
        Some(Note::warning(text))
    }

    fn mend(&mut self, placed: Placed<'a>, setting: &Setting) -> Result<(), PlanError> {
        self.own(placed)?;
        let values = placed.directive.arguments().skip(usize::from(setting.key.is_some()));
        if values.len() == 0 {
            let message = format!("{} has no value", setting.name);
            return Err(refused(self.loaded, placed, message, "give it one, or remove the line"));
        }
        self.replace(whole(values), setting.value_for(placed.directive), setting.field, setting.why);
        Ok(())
    }

    fn refuse_climbing(&mut self) {
        // What comes after a rewriting that ends the conditions is never looked at.
        let end = self.rewrite.and_then(|own| self.children.iter().position(|other| own == *other));
        if !refuse_climbing(&self.children[..end.unwrap_or(self.children.len())]) {
            self.add_conditions(refusal(0));
        }
    }

    fn add_conditions(&mut self, lines: Vec<Line>) {
        if self.rewrite.is_some() { self.first.extend(lines) } else { self.missing.extend(lines) }
    }

    fn mend_tunnel_log(&mut self, notes: &mut Vec<Note>) -> Result<(), PlanError> {
        let path = self.answers.frontend.public_path.as_str();
        let guard = self.section.and_then(Section::tunnel_log_guard);
        let off = self
            .children
            .iter()
            .copied()
            .find(|p| p.directive.is("access_log") && p.directive.first_argument() == "off");
        if self.answers.frontend.log_tunnel {
            for placed in guard.into_iter().chain(off) {
                self.comment_out(placed, Field::LogTunnel, "the tunnel's requests are to be logged")?;
            }
            return Ok(());
        }
        if let Some(off) = off {
            let text = format!(
                "{}: nothing of Guacamole is logged here, logins included; take access_log off out to log all but the tunnel",
                self.loaded.place(off)
            );
            notes.push(Note::info(text));
            return Ok(());
        }
        match guard {
            Some(guard) => {
                let word = guard.directive.arguments().nth(2);
                let wanted = format!("{path}tunnel)");
                if let Some(word) = word.filter(|word| !word.is(&wanted)) {
                    self.own(guard)?;
                    self.replace(word.span(), wanted, Some(Field::LogTunnel), "the tunnel's path");
                }
            }
            // Where a condition of theirs decides, it decides on.
            None if self.section.is_some_and(|section| section.logs_tunnel().is_none()) => {}
            None => self.add_conditions(tunnel_log_guard(0, path)),
        }
        Ok(())
    }

    fn finish(mut self) -> Vec<Edit> {
        let directive = self.location.placed.directive;
        let Some(block) = directive.block() else { return self.edits };
        let bytes = self.bytes();
        let place = Place::at_end(bytes, directive, block);
        if !self.first.is_empty() {
            let own = self.rewrite.filter(|own| own.file == self.location.placed.file);
            let at = own.map(|own| own.directive).or_else(|| directive.children().next());
            let at = at.map_or(block.close, Directive::start);
            let first = Place::before(bytes, at, place.layout.clone()).write(&self.first);
            // At one offset with what is commented out they come first, not into its comment.
            self.edits.splice(0..0, first);
        }
        if !self.missing.is_empty() {
            // What is added begins a new line itself, right after a directive that was commented out.
            self.edits.retain(|edit| {
                !(edit.span == (place.start()..place.start()) && edit.text.trim_ascii().is_empty())
            });
            self.edits.extend(place.write(&self.missing));
        }
        self.edits
    }

    fn replace(&mut self, span: Span, text: String, field: Option<Field>, why: &str) {
        self.edits.push(Edit { span, text: text.into_bytes(), field, why: why.to_owned() });
    }

    /// Puts `#` before each line of a directive, and what follows it on its last line on a line of its own.
    fn comment_out(&mut self, placed: Placed<'a>, field: Field, why: &str) -> Result<(), PlanError> {
        self.own(placed)?;
        let bytes = self.bytes();
        let span = placed.directive.span();
        let mut insert = |at: usize, text: String| {
            self.edits.push(Edit {
                span: at..at,
                text: text.into_bytes(),
                field: Some(field),
                why: why.to_owned(),
            });
        };
        insert(span.start, "# taken out by guacfront: ".to_owned());
        for at in span.clone().filter(|&at| bytes[at] == b'\n') {
            insert(at + 1, "# ".to_owned());
        }
        let rest = bytes[span.end..].iter().copied().find(|&b| b != b' ' && b != b'\t');
        if !matches!(rest, None | Some(b'\n' | b'\r' | b'#')) {
            let indent = indent_at(bytes, span.start).unwrap_or_else(|| line_indent(bytes, span.start));
            insert(span.end, format!("{}{indent}", line_ending(bytes)));
        }
        Ok(())
    }

    /// An included file is not this location's alone.
    fn own(&self, placed: Placed<'_>) -> Result<(), PlanError> {
        let location = self.location.placed;
        let inside = placed.file == location.file
            && location.directive.start() <= placed.directive.start()
            && placed.directive.span().end <= location.directive.span().end;
        if inside {
            return Ok(());
        }
        let message = format!(
            "{} is set here, in a file that the location at {} includes; Guacamole needs another value",
            placed.directive.name().text(),
            self.loaded.place(location)
        );
        let hint = "change it here, or take the include out of the location, and start again";
        Err(refused(self.loaded, placed, message, hint))
    }
}

fn whole<'a>(mut words: impl DoubleEndedIterator<Item = Word<'a>> + Clone) -> Span {
    match (words.clone().next(), words.next_back()) {
        (Some(first), Some(last)) => first.span().start..last.span().end,
        _ => 0..0,
    }
}
