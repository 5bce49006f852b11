//! The bodies of Lua blocks, which nginx does not read itself.
//!
//! # Source
//! The lexer of lua-nginx-module, `src/ngx_http_lua_lex.rl`, and where it is used, `src/ngx_http_lua_directive.c`.

use crate::config::SyntaxError;

/// Whether a directive's block holds Lua. Without the module nginx refuses the name, so no other block can have it.
pub(super) fn is_lua_block(name: &[u8]) -> bool {
    name.ends_with(b"_by_lua_block")
}

/// The offset of the `}` that closes the block whose body begins at `start`.
pub(super) fn body_end(bytes: &[u8], start: usize) -> Result<usize, SyntaxError> {
    let mut depth = 1_usize;
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        at += match byte {
            b'{' => {
                depth += 1;
                1
            }
            b'}' if depth == 1 => return Ok(at),
            b'}' => {
                depth -= 1;
                1
            }
            b'[' => long_bracket(rest, at)?.unwrap_or(1),
            b'-' if rest.starts_with(b"--") => match long_bracket(&rest[2..], at)? {
                Some(len) => 2 + len,
                None => rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()),
            },
            b'"' | b'\'' => string(rest).unwrap_or(1),
            _ => 1,
        };
    }
    let message = "the Lua block that begins here is never closed; expected \"}\"".to_owned();
    Err(SyntaxError { offset: start.saturating_sub(1), message })
}

/// The length of a `[==[ … ]==]` that the bytes begin with.
fn long_bracket(bytes: &[u8], offset: usize) -> Result<Option<usize>, SyntaxError> {
    if bytes.first() != Some(&b'[') {
        return Ok(None);
    }
    let level = bytes[1..].iter().take_while(|&&b| b == b'=').count();
    if bytes.get(1 + level) != Some(&b'[') {
        return Ok(None);
    }
    let mut close = vec![b'='; level + 2];
    close[0] = b']';
    close[level + 1] = b']';
    let body = level + 2;
    match bytes[body..].windows(close.len()).position(|window| window == close) {
        Some(len) => Ok(Some(body + len + close.len())),
        None => Err(SyntaxError { offset, message: "this long bracket of Lua is never closed".to_owned() }),
    }
}

/// The length of a string on one line that the bytes begin with; `None` where the quote is alone.
fn string(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'\n' => return None,
            b'\\' if *bytes.get(at + 1)? == b'\n' => return None,
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_comments_and_long_brackets_do_not_count() {
        for body in [
            r#"ngx.say("}")"#,
            "local t = {a = {}}",
            "-- }\nx()",
            "--[[ } \n ]] x()",
            "s = [==[ ]] } ]==]",
            r"s = '\'}'",
            "it's { }",
        ] {
            let text = format!("{body}}} after");
            assert_eq!(body_end(text.as_bytes(), 0), Ok(body.len()), "{body}");
        }
    }

    #[test]
    fn refuses_a_block_or_bracket_without_end() {
        assert!(body_end(b"x = {}", 0).is_err());
        assert!(body_end(b"x = [[ }", 0).is_err());
    }
}
