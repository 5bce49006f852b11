//! From text to the parser's tree, with errors that say where and what was expected.

use super::text::Text;
use crate::config::SyntaxError;
use roxmltree::{Document, Error, Node, ParsingOptions};

/// Tomcat's own elements nest eight deep; what nests deeper than this is no server.xml.
const DEPTH: usize = 100;

/// The parser's tree of a file's text, which `text` leads back to the file's bytes.
pub(super) fn parse<'a>(view: &'a str, text: &Text) -> Result<Document<'a>, SyntaxError> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(view, options).map_err(|error| explain(&error, view, text))?;
    refuse_external_subset(view, text)?;
    refuse_depth(&document, text)?;
    Ok(document)
}

/// Deep nesting would be walked by recursion in the proof. The parser itself does not recurse.
fn refuse_depth(document: &Document<'_>, text: &Text) -> Result<(), SyntaxError> {
    // Parents come before what is in them, so that none before the first that is too deep is walked for long.
    let mut elements = document.descendants().filter(Node::is_element);
    match elements.find(|node| node.ancestors().count() > DEPTH + 1) {
        None => Ok(()),
        Some(node) => {
            let message = format!("elements nest deeper than {DEPTH}; Tomcat's own nest eight deep");
            Err(SyntaxError { offset: text.offset(node.range().start), message })
        }
    }
}

/// A DTD in another file may add attributes and entities that are invisible here.
fn refuse_external_subset(view: &str, text: &Text) -> Result<(), SyntaxError> {
    let Some(at) = memchr::memmem::find(view.as_bytes(), b"<!DOCTYPE") else { return Ok(()) };
    let head = &view[at..at + view[at..].find(['[', '>']).unwrap_or(0)];
    // A comment of the file may hold the word; a DOCTYPE stands before the root and outside comments.
    if view[..at].matches("<!--").count() > view[..at].matches("-->").count() {
        return Ok(());
    }
    let mut words = head.split_ascii_whitespace().skip(2);
    if matches!(words.next(), Some("SYSTEM" | "PUBLIC")) {
        let message = "the DOCTYPE names a DTD in another file, which is not read here; take the name out, \
                       Tomcat does not need it";
        return Err(SyntaxError { offset: text.offset(at), message: message.to_owned() });
    }
    Ok(())
}

/// Says what was expected in words of server.xml, and where in bytes of the file.
fn explain(error: &Error, view: &str, text: &Text) -> SyntaxError {
    let pos = error.pos();
    let mut at = byte_of(view, pos.row, pos.col);
    let message = match error {
        Error::UnexpectedCloseTag(expected, actual, _) => {
            format!("</{expected}> is expected, not </{actual}>; every element ends before the one around it")
        }
        Error::UnknownEntityReference(name, _) if is_external(view, name) => format!(
            "&{name}; takes in another file, which Tomcat reads and guacfront does not; put that file's text in \
             the place of &{name}; and run again"
        ),
        Error::UnknownEntityReference(name, _) => {
            format!("&{name}; is not declared; a plain & is written &amp;")
        }
        Error::MalformedEntityReference(_) => "a plain & is written &amp;".to_owned(),
        Error::InvalidAttributeValue(_) | Error::InvalidChar(b'"' | b'\'', b'<', _) => {
            "a < in an attribute's value is written &lt;".to_owned()
        }
        Error::DuplicatedAttribute(name, _) => format!("the attribute {name} stands twice in one element"),
        Error::InvalidComment(_) => "-- cannot stand in a comment; it ends with --> alone".to_owned(),
        Error::NonXmlChar(c, _) => format!("the character U+{:04X} cannot stand in XML", u32::from(*c)),
        Error::NoRootNode => "an element is expected; the file holds none".to_owned(),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
            at = view.len();
            "the file ends before its elements do; an end tag is expected".to_owned()
        }
        Error::UnexpectedDeclaration(_) => {
            "<?xml …?> is expected at the file's first byte or not at all".to_owned()
        }
        Error::UnknownToken(_) => "an element, a comment or the end of the file is expected here".to_owned(),
        other => other.to_string(),
    };
    SyntaxError { offset: text.offset(at), message }
}

fn is_external(view: &str, name: &str) -> bool {
    view.split("<!ENTITY").skip(1).any(|declaration| {
        let mut words = declaration.split_ascii_whitespace();
        words.next() == Some(name) && matches!(words.next(), Some("SYSTEM" | "PUBLIC"))
    })
}

/// The byte of a row and column, both counted from 1, the column in characters.
fn byte_of(view: &str, row: u32, col: u32) -> usize {
    let rows = usize::try_from(row).unwrap_or(1).saturating_sub(1);
    let cols = usize::try_from(col).unwrap_or(1).saturating_sub(1);
    let line = view.split_inclusive('\n').take(rows).map(str::len).sum::<usize>();
    line + view[line..].chars().take(cols).map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use crate::config::tomcat::{Configuration, Element};

    fn error(text: &str) -> (usize, String) {
        let error = Configuration::read(text.as_bytes()).expect_err("it cannot be read");
        (error.offset, error.message)
    }

    #[test]
    fn says_where_and_what_is_expected() {
        assert_eq!(error("<a>\n</b>").0, 4);
        assert!(error("<a>\n</b>").1.contains("</a> is expected"));
        assert!(error("<a><!-- x -- y --></a>").1.contains("comment"));
        assert!(error("<a b='<'/>").1.contains("&lt;"));
        assert!(error("<a b='&'/>").1.contains("&amp;"));
        assert!(error("<a>").1.contains("ends before"));
        assert!(error("<a/>x").1.contains("end of the file"));
        assert!(error("\n<?xml version='1.0'?><a/>").1.contains("first byte"));
    }

    #[test]
    fn refuses_parts_from_other_files_and_says_what_to_do() {
        let (_, message) = error("<!DOCTYPE a [ <!ENTITY h SYSTEM 'x.inc'> ]><a>&h;</a>");
        assert!(message.contains("&h;") && message.contains("in the place"), "{message}");
        assert!(error("<!DOCTYPE a SYSTEM 'x.dtd'><a/>").1.contains("DTD"));
    }

    #[test]
    fn refuses_nesting_that_would_exhaust_the_stack() {
        let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
        assert!(error(&deep).1.contains("deeper"));
    }

    #[test]
    fn knows_what_comes_out_of_an_entity() {
        let text = "<!DOCTYPE a [ <!ENTITY h '<Host/>'> ]><a><Host/>&h;</a>";
        let configuration = Configuration::read(text.as_bytes()).expect("it is well-formed");
        let from: Vec<_> = configuration.root().children().map(Element::is_from_entity).collect();
        assert_eq!(from, [false, true]);
    }
}
