//! Modules enabled as openSUSE's `a2enmod` does it: one more word in `APACHE_MODULES`.

use crate::config::{Edit, splice};
use crate::model::{FileChange, FileImage};
use crate::plan::PlanError;

const NAME: &str = "APACHE_MODULES=";

/// The file with the modules named in it; the `LoadModule` lines that the start script makes of it are not touched.
///
/// # Source
/// openSUSE's `sysconfig.apache2` and `a2enmod`: one quoted list, in the order of loading.
pub(super) fn change(file: &FileImage, missing: &[&str]) -> Result<FileChange, PlanError> {
    let refused = |line: usize, message: &str| PlanError::Refused {
        file: file.path.clone(),
        line,
        message: message.to_owned(),
        hint: format!("enable them by hand: a2enmod {}", missing.join(" ")),
    };
    let text = String::from_utf8_lossy(&file.bytes);
    let mut at = 0;
    let mut found = None;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.starts_with(NAME) {
            found = Some((number + 1, at, line.trim_end()));
        }
        at += line.len();
    }
    let Some((number, start, line)) = found else {
        return Err(refused(1, "there is no APACHE_MODULES to name modules in"));
    };
    let value = &line[NAME.len()..];
    let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote));
    let closed =
        quote.is_some_and(|quote| value.len() > 1 && value[1..].find(quote) == Some(value.len() - 2));
    // Where bytes were replaced to show the text, its offsets are not the file's.
    if !closed || text.len() != file.bytes.len() {
        return Err(refused(number, "APACHE_MODULES is not one list between quotes"));
    }
    let end = start + line.len() - 1;
    let edit = Edit {
        span: end..end,
        text: format!(" {}", missing.join(" ")).into_bytes(),
        field: Some(crate::model::Field::Server),
        why: format!("enables {}", missing.join(", ")),
    };
    let (after, changes) = splice(&file.bytes, vec![edit]).expect("one insertion overlaps nothing");
    Ok(FileChange { before: file.clone(), after, changes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Meta;

    fn after(text: &str) -> Result<String, PlanError> {
        let meta = Meta { mode: 0o644, uid: 0, gid: 0 };
        let path = std::path::PathBuf::from("/etc/sysconfig/apache2");
        let file = FileImage { target: path.clone(), path, bytes: text.as_bytes().into(), meta };
        change(&file, &["proxy", "headers"]).map(|change| String::from_utf8_lossy(&change.after).into_owned())
    }

    #[test]
    fn words_are_added_to_the_list_and_nothing_else() {
        let text = "# APACHE_MODULES=\"x\"\nAPACHE_MODULES=\"alias dir\"\nAPACHE_SERVER_FLAGS=\"\"\n";
        let wanted = text.replace("alias dir\"", "alias dir proxy headers\"");
        assert_eq!(after(text).expect("a change"), wanted);
    }

    #[test]
    fn a_list_of_another_shape_is_left_to_its_owner() {
        for text in ["", "APACHE_MODULES=alias\n", "APACHE_MODULES=\"a\"\"b\"\n", "APACHE_MODULES=\"a\n"] {
            let hint = after(text).expect_err("no list between quotes").hint();
            assert_eq!(hint, "enable them by hand: a2enmod proxy headers", "{text}");
        }
    }
}
