//! The words that httpd is started with: what they define decides which conditional sections count.

use crate::config::Files as _;
use crate::config::apache::exported;
use crate::system::System;
use std::path::Path;

/// The files that start scripts and units take them from, and the variable: openSUSE, whose flags are names that may go
/// without their `-D`; Red Hat; Alpine and Gentoo.
const FILES: [(&str, &str); 3] = [
    ("/etc/sysconfig/apache2", "APACHE_SERVER_FLAGS"),
    ("/etc/sysconfig/httpd", "OPTIONS"),
    ("/etc/conf.d/apache2", "APACHE2_OPTS"),
];

/// What the files have httpd started with, as words of a command line.
pub(super) fn by_files(system: &System) -> String {
    let mut words: Vec<String> = Vec::new();
    for (file, name) in FILES {
        let Ok(bytes) = system.read(Path::new(file)) else { continue };
        let values = exported(&String::from_utf8_lossy(&bytes));
        let Some((_, value)) = values.iter().find(|(own, _)| own == name) else { continue };
        let takes_names = name == "APACHE_SERVER_FLAGS";
        for word in value.split_whitespace() {
            let is_name =
                takes_names && !word.starts_with('-') && words.last().is_none_or(|last| last != "-D");
            words.push(if is_name { format!("-D{word}") } else { word.to_owned() });
        }
    }
    words.join(" ")
}

/// The variable of Debian's `envvars` whose words its control script hands to httpd.
const ARGUMENTS: &str = "APACHE_ARGUMENTS";

/// Adds more words to those that the environment has httpd started with.
pub(super) fn tell(variables: &mut Vec<(String, String)>, more: impl Iterator<Item = String>) {
    let own = variables.iter().find(|(name, _)| name == ARGUMENTS).map(|(_, words)| words.clone());
    let words: Vec<String> = own.into_iter().chain(more).filter(|words| !words.is_empty()).collect();
    if !words.is_empty() {
        variables.retain(|(name, _)| name != ARGUMENTS);
        variables.push((ARGUMENTS.to_owned(), words.join(" ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::tree::tree;

    #[test]
    fn flags_of_every_distribution_are_words() {
        let (_folder, system) = tree(
            &[
                (
                    "/etc/sysconfig/apache2",
                    "APACHE_MODULES=\"ssl\"\nAPACHE_SERVER_FLAGS=\"SSL -D STATUS -DX\"\n",
                ),
                ("/etc/sysconfig/httpd", "# OPTIONS=\nOPTIONS=\"-D ONE\"\nLANG=C\n"),
            ],
            &[],
        );
        assert_eq!(by_files(&system), "-DSSL -D STATUS -DX -D ONE");
    }

    #[test]
    fn what_is_told_is_added_to_what_the_environment_says() {
        let mut variables =
            vec![("A".to_owned(), "1".to_owned()), (ARGUMENTS.to_owned(), "-D OWN".to_owned())];
        tell(&mut variables, ["-DSSL", ""].map(ToOwned::to_owned).into_iter());
        let arguments = (ARGUMENTS.to_owned(), "-D OWN -DSSL".to_owned());
        assert_eq!(variables, [("A".to_owned(), "1".to_owned()), arguments]);
        tell(&mut variables, std::iter::empty());
        assert_eq!(variables.len(), 2);
    }
}
