//! `guacfront generate`: what a package installs beside the program, from the one definition of the command line.

use super::arguments::{Arguments, Generated};
use super::error::CliError;
use super::help::{Block, TOPICS, Topic};
use super::output;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

pub(super) fn run(what: Generated) -> Result<u8, CliError> {
    output::result(&text(what)?);
    Ok(0)
}

fn text(what: Generated) -> io::Result<Vec<u8>> {
    let shell = match what {
        Generated::Man => return man(),
        Generated::Bash => Shell::Bash,
        Generated::Zsh => Shell::Zsh,
        Generated::Fish => Shell::Fish,
    };
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "guacfront", &mut out);
    Ok(out)
}

/// One page for the program, and under it every command with its arguments.
fn man() -> io::Result<Vec<u8>> {
    let mut command = Arguments::command();
    command.build();
    let mut out = Vec::new();
    // What an administrator runs stands in section 8.
    let page = Man::new(command.clone()).section("8");
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    described(&command, &mut out)?;
    for topic in TOPICS {
        written(&topic).to_writer(&mut out)?;
    }
    page.render_extra_section(&mut out)?;
    page.render_version_section(&mut out)?;
    Ok(out)
}

/// A topic of `guacfront help` as a section.
fn written(topic: &Topic) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [topic.title().to_uppercase().as_str()]);
    for block in topic.blocks() {
        match block {
            Block::Paragraph(text) => roff.control("PP", []).text([roman(text)]),
            Block::Meaning(word, text) => {
                let text: Vec<&str> = text.lines().map(str::trim).collect();
                roff.control("TP", []).text([bold(word)]).text([roman(text.join("\n"))])
            }
            // The man page of an example keeps its lines.
            Block::Example(text) => {
                roff.control("PP", []).control("nf", []).text([roman(text)]).control("fi", [])
            }
        };
    }
    roff
}

fn described(command: &Command, out: &mut Vec<u8>) -> io::Result<()> {
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        let page = Man::new(sub.clone());
        let mut section = Vec::new();
        page.render_description_section(&mut section)?;
        page.render_options_section(&mut section)?;
        // The name of the command takes the place of the first heading; its options stand below it.
        let name = sub.get_bin_name().unwrap_or(sub.get_name()).to_uppercase();
        let section = String::from_utf8_lossy(&section)
            .replacen(".SH DESCRIPTION", &format!(".SH \"{name}\""), 1)
            .replace(".SH OPTIONS", ".SS Options");
        out.extend(section.bytes());
        described(sub, out)?;
    }
    Ok(())
}
