//! What holds of any file whatever, shown of thousands that nobody wrote; the fuzz targets in `tests/fuzz` show the same
//! of millions, and what they find stays in `tests/fuzz/findings`.

use proptest::collection::vec;
use proptest::sample::select;
use std::path::Path;

#[path = "../fuzz/properties.rs"]
mod of_any_file;

type Body = fn(&[u8]);

const NGINX: [&str; 26] = [
    "server",
    "location",
    "http",
    "listen 80;",
    "/guacamole/",
    "proxy_pass http://h:1/guacamole/;",
    "{",
    "}",
    ";",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\"",
    "'",
    "\\",
    "$",
    "${",
    "#",
    "# guacfront begin x\n",
    "# guacfront end\n",
    "include *;",
    "~ \\.js$",
    "x_by_lua_block {",
    "[[",
    "\u{e9}",
];
const APACHE: [&str; 24] = [
    "<VirtualHost *:80>\n",
    "</VirtualHost>\n",
    "<Location /guacamole/>\n",
    "</Location>\n",
    "<IfModule !x>\n",
    "</IfModule>\n",
    "ServerName a.test\n",
    "ProxyPass http://h:1/guacamole/\n",
    "Define a b\n",
    "${a}",
    "\\\n",
    "\\\r\n",
    "\n",
    " ",
    "\"",
    "'",
    "<",
    ">",
    "#",
    "# guacfront begin x\n",
    "# guacfront end\n",
    "Include *\n",
    "<Macro m $x>\n",
    "\u{e9}",
];
const TOMCAT: [&str; 26] = [
    "<Server>",
    "</Server>",
    "<Service name='Catalina'>",
    "</Service>",
    "<Connector port='8080'/>",
    "<Engine defaultHost='a'>",
    "</Engine>",
    "<Host name='a'>",
    "</Host>",
    "<Host name='b' />",
    "<Valve className='v'/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE Server [ <!ENTITY h '<Host/>'> ]>",
    "&h;",
    "&amp;",
    "&#65;",
    "\"",
    "'",
    ">",
    "\n",
    "\r\n",
    " ",
    "\u{e9}",
];

/// A file that has something to edit, with a piece put somewhere in it or in the place of some of it.
const STOCK: [(u8, &str); 3] = [
    (0, "http {\n    server {\n        listen 80;\n        location / { root /srv; }\n    }\n}\n"),
    (
        1,
        "LoadModule proxy_module m.so\nLoadModule proxy_http_module m.so\nLoadModule proxy_wstunnel_module m.so\n\
         LoadModule headers_module m.so\nLoadModule rewrite_module m.so\nLoadModule setenvif_module m.so\nLoadModule alias_module m.so\n\
         <VirtualHost *:80>\n    ServerName a.test\n    <Location />\n    </Location>\n</VirtualHost>\n",
    ),
    (
        2,
        "<Server>\n  <Service name=\"Catalina\">\n    <Connector port=\"8080\" />\n    <Engine name=\"Catalina\" \
         defaultHost=\"a\">\n      <Host name=\"a\" appBase=\"webapps\">\n      </Host>\n    </Engine>\n  </Service>\n</Server>\n",
    ),
];

proptest::proptest! {
    #[test]
    fn nginx_s_reader_bears_anything(pieces in vec(select(&NGINX[..]), 0..40)) {
        of_any_file::nginx(pieces.concat().as_bytes());
    }

    #[test]
    fn apache_s_reader_bears_anything(pieces in vec(select(&APACHE[..]), 0..40)) {
        of_any_file::apache(pieces.concat().as_bytes());
    }

    #[test]
    fn tomcat_s_reader_bears_anything(pieces in vec(select(&TOMCAT[..]), 0..40)) {
        of_any_file::tomcat(pieces.concat().as_bytes());
    }

    #[test]
    fn the_readers_bear_any_bytes(bytes in vec(proptest::prelude::any::<u8>(), 0..200)) {
        of_any_file::nginx(&bytes);
        of_any_file::apache(&bytes);
        of_any_file::tomcat(&bytes);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn undo_gives_every_byte_back((kind, stock) in select(&STOCK[..]), at in 0..400_usize, length in 0..4_usize, piece in 0..24_usize) {
        let pieces: &[&str] = match kind { 0 => &NGINX, 1 => &APACHE, _ => &TOMCAT };
        let at = at.min(stock.len());
        let end = (at + length).min(stock.len());
        let file = [&stock.as_bytes()[..at], pieces[piece].as_bytes(), &stock.as_bytes()[end..]].concat();
        of_any_file::undo(&[&[kind], file.as_slice()].concat());
    }
}

#[test]
fn a_stock_file_is_edited_and_given_back() {
    for (kind, stock) in STOCK {
        assert!(of_any_file::undo(&[&[kind], stock.as_bytes()].concat()), "{stock}");
    }
}

#[test]
fn what_was_found_once_is_found_no_more() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/findings");
    let bodies: [(&str, Body); 4] = [
        ("nginx", of_any_file::nginx),
        ("apache", of_any_file::apache),
        ("tomcat", of_any_file::tomcat),
        ("undo", |bytes| {
            of_any_file::undo(bytes);
        }),
    ];
    for (target, body) in bodies {
        for entry in std::fs::read_dir(folder.join(target)).into_iter().flatten() {
            body(&std::fs::read(entry.expect("an entry").path()).expect("it can be read"));
        }
    }
}
