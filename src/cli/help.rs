//! `guacfront help`: what is too long for a flag's line. The manual page is made of the same texts.

use super::arguments::Arguments;
use super::error::CliError;
use super::output;
use crate::model::printable;
use clap::CommandFactory as _;
use std::fmt::Write as _;

/// A topic.
///
/// # Shape
/// A title; then, parted by empty lines, paragraphs, words with what they mean four columns further right, and lines
/// that stand as they are, all of them four columns further right.
pub(super) struct Topic {
    /// The word for it.
    pub(super) name: &'static str,
    /// Title and text.
    pub(super) text: &'static str,
}

/// A part of a topic's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// Running text.
    Paragraph(&'a str),
    /// A word, and what it means.
    Meaning(&'a str, &'a str),
    /// Lines that stand as they are.
    Example(&'a str),
}

/// Every topic, in the manual page's order.
pub(super) const TOPICS: [Topic; 6] = [
    Topic { name: "answers", text: include_str!("../../assets/help/answers.txt") },
    Topic { name: "check", text: include_str!("../../assets/help/check.txt") },
    Topic { name: "safety", text: include_str!("../../assets/help/safety.txt") },
    Topic { name: "files", text: include_str!("../../assets/help/files.txt") },
    Topic { name: "exit-codes", text: include_str!("../../assets/help/exit-codes.txt") },
    Topic { name: "json", text: include_str!("../../assets/help/json.txt") },
];

impl Topic {
    /// What it is about.
    pub(super) fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default()
    }

    /// Its text after the title.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Block<'static>> + use<> {
        self.text.trim_end().split("\n\n").skip(1).map(|block| {
            let is_inner = |line: &str| line.starts_with("    ");
            match block.split_once('\n') {
                _ if block.lines().all(is_inner) => Block::Example(block),
                Some((word, meaning)) if meaning.lines().all(is_inner) => Block::Meaning(word, meaning),
                _ => Block::Paragraph(block),
            }
        })
    }
}

pub(super) fn run(topic: Option<&str>) -> Result<u8, CliError> {
    let mut command = Arguments::command();
    command.build();
    let text = match topic {
        None => format!("{}\n{}", command.render_help(), list()),
        Some(name) => {
            match (TOPICS.iter().find(|topic| topic.name == name), command.find_subcommand_mut(name)) {
                (Some(topic), _) => topic.text.to_owned(),
                (None, Some(sub)) => sub.render_long_help().to_string(),
                (None, None) => return Err(unknown(name)),
            }
        }
    };
    output::result(text.as_bytes());
    Ok(0)
}

fn list() -> String {
    TOPICS.iter().fold("Topics of guacfront help TOPIC:\n".to_owned(), |mut out, topic| {
        let _ = writeln!(out, "  {:<11} {}", topic.name, topic.title());
        out
    })
}

fn unknown(name: &str) -> CliError {
    let likeness = |topic: &Topic| strsim::jaro_winkler(topic.name, name);
    let near = TOPICS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let near = near.map(|topic| format!("; did you mean {}?", topic.name)).unwrap_or_default();
    CliError::operator(
        format!("{} is no topic and no command{near}", printable(name)),
        "guacfront help names all of them",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_fits_a_terminal_and_is_made_of_blocks() {
        for topic in TOPICS {
            assert!(topic.text.lines().all(|line| line.len() <= 84), "{}", topic.name);
            assert!(!topic.title().is_empty() && topic.blocks().count() > 2, "{}", topic.name);
        }
    }

    #[test]
    fn blocks_are_told_by_their_indentation() {
        let topic =
            Topic { name: "x", text: "Title\n\nA b\nc.\n\nword = 1\n    It is\n    so.\n\n    a\n      b\n" };
        let blocks: Vec<Block<'_>> = topic.blocks().collect();
        assert_eq!(
            blocks,
            [
                Block::Paragraph("A b\nc."),
                Block::Meaning("word = 1", "    It is\n    so."),
                Block::Example("    a\n      b"),
            ]
        );
    }
}
