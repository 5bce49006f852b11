//! Macros: a body of lines that a `Use` fills in.

use super::line::Line;
use std::borrow::Cow;
use std::ops::Range;

/// A macro as it is defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Macro {
    parameters: Vec<String>,
    /// Index of the file that defines it.
    pub(super) file: usize,
    /// The lines of its body in that file.
    pub(super) lines: Range<usize>,
}

impl Macro {
    /// The macro that `<Macro name parameter …>` defines, with its name in lower case.
    pub(super) fn defined(
        arguments: &[Cow<'_, str>],
        file: usize,
        lines: Range<usize>,
    ) -> Option<(String, Self)> {
        let (name, parameters) = arguments.split_first()?;
        Some((
            name.to_ascii_lowercase(),
            Self { parameters: parameters.iter().map(ToString::to_string).collect(), file, lines },
        ))
    }

    /// Its body with arguments for its parameters; `None` where their numbers differ.
    ///
    /// # Source
    /// `mod_macro`: parameters are replaced wherever they stand in a line, of several at one place the longest.
    pub(super) fn filled_in<'a>(
        &self,
        body: impl Iterator<Item = Line<'a>>,
        arguments: &[Cow<'_, str>],
    ) -> Option<Vec<u8>> {
        if arguments.len() != self.parameters.len() {
            return None;
        }
        let mut pairs: Vec<(&[u8], &[u8])> = self
            .parameters
            .iter()
            .zip(arguments)
            .map(|(parameter, argument)| (parameter.as_bytes(), argument.as_bytes()))
            .filter(|(parameter, _)| !parameter.is_empty())
            .collect();
        pairs.sort_by_key(|(parameter, _)| std::cmp::Reverse(parameter.len()));
        let mut out = Vec::new();
        for line in body {
            let mut rest = line.text();
            while let [first, tail @ ..] = rest {
                match pairs.iter().find(|(parameter, _)| rest.starts_with(parameter)) {
                    Some((parameter, argument)) => {
                        out.extend_from_slice(argument);
                        rest = &rest[parameter.len()..];
                    }
                    None => {
                        out.push(*first);
                        rest = tail;
                    }
                }
            }
            out.push(b'\n');
        }
        Some(out)
    }
}
