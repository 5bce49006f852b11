//! Other encodings, other line endings, and damage.

use super::*;

#[test]
fn keeps_other_encodings_and_line_endings() {
    let latin1 = STOCK.replace("UTF-8\"?>", "ISO-8859-1\"?>").replace("Note:", "Not\u{e9}:");
    let latin1: Vec<u8> =
        latin1.chars().map(|c| u8::try_from(u32::from(c)).expect("it is Latin-1")).collect();
    let utf16: Vec<u8> = format!("\u{feff}{}", STOCK.replace("UTF-8", "UTF-16"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let bom = format!("\u{feff}{STOCK}").into_bytes();
    let crlf = STOCK.replace('\n', "\r\n").into_bytes();
    let cr = STOCK.replace('\n', "\r").into_bytes();
    let no_last_newline = STOCK.trim_end().as_bytes().to_vec();
    for bytes in [latin1, utf16, bom, crlf.clone(), cr, no_last_newline] {
        let (after, _) = planned(&bytes, "10.1.60", &usual()).expect("it can be planned");
        assert_ne!(after, bytes);
    }
    let (after, _) = planned(&crlf, "10.1.60", &usual()).expect("it can be planned");
    assert!(!String::from_utf8_lossy(&after).replace("\r\n", "").contains('\n'));
}

proptest::proptest! {
    /// A stock file with a piece of it replaced: whatever the reader makes of it, nothing else changes.
    #[test]
    fn no_damage_makes_it_panic_or_touch_anything_else(
        at in 0..STOCK.len(),
        length in 0..40_usize,
        piece in proptest::sample::select(vec!["", "<", ">", "/>", "<!--", "-->", "\"", "'", "&", "&#65;", "\u{e9}", "<Host/>",
            "<![CDATA[", "]]>", "port=\"8080\"", "<Valve className=\"org.apache.catalina.valves.RemoteIpValve\"/>"]),
    ) {
        let end = (at + length).min(STOCK.len());
        let damaged = [&STOCK.as_bytes()[..at], piece.as_bytes(), &STOCK.as_bytes()[end..]].concat();
        if let Err(error) = planned(&damaged, "10.1.60", &usual()) {
            let unproven = matches!(error, PlanError::Unproven { .. });
            proptest::prop_assert!(!unproven, "{}", error);
        }
    }

    #[test]
    fn no_value_of_the_attribute_makes_it_panic(value in "[0-9.:|\\\\()\\[\\]{}*+?a-f,/%é-]{0,24}") {
        for version in [None, Version::parse("10.1.60"), Version::parse("11.0.13"), Version::parse("12")] {
            let _ = crate::config::tomcat::meaning(&value, version.as_ref());
        }
    }
}
