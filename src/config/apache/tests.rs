//! What counts of a configuration of several files, and what it is read as.

use super::*;
use crate::config::MemoryFiles;
use std::borrow::Cow;
use std::path::Path;

/// Reads files below `/e`, the first of them the main one.
fn loaded(files: &[(&str, &str)]) -> Loaded {
    let held = files.iter().map(|(name, text)| (Path::new("/e").join(name), text.as_bytes().into()));
    let facts = Facts {
        server_root: "/e".into(),
        variables: vec![("DIR".into(), "/log".into()), ("APACHE_ARGUMENTS".into(), "-D ONE -DTWO".into())],
        modules: vec!["core".into(), "macro".into()],
        version: crate::model::Version::parse("2.4.71"),
    };
    Loaded::read(&Path::new("/e").join(files[0].0), &facts, &MemoryFiles(held.collect()))
}

/// The arguments of every `ServerAlias` that counts, wherever it stands.
fn aliases(loaded: &Loaded) -> Vec<String> {
    fn collect(items: &[Item], found: &mut Vec<String>) {
        for item in items {
            if item.name == "serveralias" {
                found.extend(item.arguments().into_iter().map(Cow::into_owned));
            }
            collect(&item.children, found);
        }
    }
    assert_eq!(loaded.problem, None);
    let mut found = Vec::new();
    collect(&loaded.items, &mut found);
    found
}

fn problem(text: &str) -> (usize, String) {
    let problem = loaded(&[("m", text)]).problem.expect("httpd refuses it");
    (problem.at.expect("a place").0, problem.message)
}

#[test]
fn a_condition_knows_what_stands_above_it_and_nothing_below() {
    let text = "<IfModule mod_x.c>\nServerAlias early\n</IfModule>\nLoadModule x_module x.so\n\
        <IfModule mod_x.c>\n<IfDefine D>\nServerAlias undefined\n</IfDefine>\nDefine D\n\
        <IfDefine D>\n<IfVersion >= 2.4.60>\nServerAlias late\n</IfVersion>\n</IfDefine>\n</IfModule>\n\
        UnDefine D\n<IfDefine D>\nServerAlias gone\n</IfDefine>\n\
        <IfDefine ONE>\n<IfDefine TWO>\nServerAlias told\n</IfDefine>\n</IfDefine>\n";
    assert_eq!(aliases(&loaded(&[("m", text)])), ["late", "told"]);
}

#[test]
fn what_a_false_condition_holds_is_neither_read_nor_opened() {
    let text = "<IfModule nope.c>\nInclude none.conf\nDefine D\n<VirtualHost>\n</VirtualHost>\n</IfModule>\n\
        <IfDefine !D>\nServerAlias a\n</IfDefine>\n";
    assert_eq!(aliases(&loaded(&[("m", text)])), ["a"]);
}

#[test]
fn a_variable_is_replaced_over_the_whole_line() {
    let text =
        "Define line \"ServerAlias a\"\n${line} b ${DIR}/c ${NONE}\nDefine flag\nServerAlias ${flag}\n";
    assert_eq!(aliases(&loaded(&[("m", text)])), ["a", "b", "/log/c", "${NONE}", "${flag}"]);
}

#[test]
fn a_tag_that_a_variable_makes_is_refused_with_its_line() {
    let (line, message) = problem("Define tag \"<VirtualHost *:80>\"\n${tag}\n");
    assert!(line == 2 && message.contains("a variable makes a tag"), "{message}");
}

#[test]
fn what_a_virtual_host_includes_is_in_it() {
    let all = [
        ("m", "<VirtualHost *:80>\nInclude inc/*.conf\n</VirtualHost>\n"),
        ("inc/b.conf", "ServerAlias b\n"),
        ("inc/a.conf", "ServerAlias a"),
        ("inc/c.other", "ServerAlias c\n"),
    ];
    let loaded = loaded(&all);
    assert_eq!(aliases(&loaded), ["a", "b"]);
    assert_eq!(virtual_hosts(&loaded)[0].names, ["a", "b"]);
}

#[test]
fn includes_that_go_round_end() {
    let deep = loaded(&[("m", "Include m\n")]).problem.expect("it goes round").message;
    assert!(deep.contains("128 levels"), "{deep}");
    let wide = "Include b\nInclude b\n";
    let names: Vec<String> = (0..40).map(|n| format!("f{n}")).collect();
    let texts: Vec<String> = (1..=40).map(|n| wide.replace('b', &format!("f{n}"))).collect();
    let mut files: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.push(("f40", "ServerAlias x\n"));
    let wide = loaded(&files).problem.expect("it is a million million files").message;
    assert!(wide.contains("go round"), "{wide}");
}

#[test]
fn a_macro_counts_where_it_is_used_with_its_arguments() {
    let text = "<Macro Site $name $n>\n<VirtualHost *:$n>\nServerName $name\nServerAlias $n.test\n\
        </VirtualHost>\n</Macro>\nUse Site a.test 80\nUse site \"b.test\" 81\n";
    let loaded = loaded(&[("m", text)]);
    assert_eq!(aliases(&loaded), ["80.test", "81.test"]);
    let hosts = virtual_hosts(&loaded);
    let told: Vec<_> = hosts
        .iter()
        .map(|host| (host.names[0].as_str(), loaded.line(host.item), loaded.offset(host.item)))
        .collect();
    let uses: Vec<usize> = text.match_indices("Use ").map(|(at, _)| at).collect();
    assert_eq!(told, [("a.test", 7, uses[0]), ("b.test", 8, uses[1])]);
    assert!(loaded.file(hosts[0].item).is_filled_in() && loaded.real_files().count() == 1);
}

#[test]
fn a_macro_that_cannot_be_filled_in_is_refused_at_its_use() {
    assert_eq!(problem("A\nUse None\n").0, 2);
    assert_eq!(problem("<Macro M $a>\n</Macro>\nUse M\n").0, 3);
    assert_eq!(problem("<Macro M>\n<A>\n</Macro>\n\nUse M\n").0, 5);
    let (line, message) = problem("<Macro M>\nUse M\n</Macro>\nUse M\n");
    assert!(line == 4 && message.contains("uses itself"), "{message}");
    // One that nobody uses may hold anything.
    assert_eq!(loaded(&[("m", "<Macro M>\n<A>\n</Macro>\n")]).problem, None);
}

#[test]
fn bodies_of_other_languages_are_not_read() {
    let text = "<Perl>\nif ($a < 1) { print <<EOT; }\n<VirtualHost\nEOT\n</Perl>\n\
        <LuaHookAccessChecker x early>\nlocal a = 1 < 2\n</LuaHookAccessChecker>\nServerAlias a\n";
    assert_eq!(aliases(&loaded(&[("m", text)])), ["a"]);
}

#[test]
fn a_condition_that_holds_has_its_closing_tag_alone_in_its_line() {
    assert_eq!(problem("<IfDefine ONE>\n</IfDefine> # one\n").0, 2);
    assert_eq!(loaded(&[("m", "<IfDefine NONE>\n</IfDefine> # none\n")]).problem, None);
}

#[test]
fn a_virtual_host_has_an_address_and_stands_in_no_section() {
    assert_eq!(problem("<VirtualHost>\n</VirtualHost>\n").0, 1);
    assert_eq!(problem("<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n</VirtualHost>\n").0, 2);
}

proptest::proptest! {
    #[test]
    fn whatever_stands_in_a_file_its_lines_tile_it_and_its_words_stand_where_they_are_said_to(
        text in r#"([A-c<>/ "'\\$\n\r\t{}#%]|<IfDefine ONE>\n|<A>\n|</A>\n|\\\r?\n|ServerAlias |Use M |<Macro M a>\n|</Macro>\n|\x00|\PC){0,60}"#
    ) {
        let bytes = text.as_bytes();
        if let Ok(tree) = Tree::parse(bytes) {
            let together: Vec<u8> =
                tree.lines.iter().flat_map(|line| bytes[line.span()].to_vec()).collect();
            proptest::prop_assert_eq!(&together, bytes);
        }
        let loaded = loaded(&[("m", &text)]);
        let mut items: Vec<&Item> = loaded.items.iter().collect();
        while let Some(item) = items.pop() {
            items.extend(&item.children);
            let file = loaded.file(item);
            for span in loaded.argument_spans(item).unwrap_or_default() {
                proptest::prop_assert!(span.start <= span.end && span.end <= file.bytes.len());
            }
        }
    }
}

#[test]
fn sections_in_a_macro_that_uses_itself_do_not_exhaust_the_stack() {
    let (open, close) = ("<Location /a>\n".repeat(199), "</Location>\n".repeat(199));
    for rest in ["Use m\n", "Include /m\n"] {
        let text = format!("LoadModule macro_module x\n<Macro m>\n{open}{rest}{close}</Macro>\nUse m\n");
        let files = MemoryFiles([("/m".into(), text.as_bytes().into())].into());
        let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &files);
        let problem = loaded.problem.expect("nobody nests so deep");
        assert!(problem.message.contains("300 levels deep"), "{problem}");
    }
}

#[test]
fn folders_that_lead_back_to_themselves_are_refused() {
    // As links make them: whatever folder is asked for holds itself twice.
    struct Looped;
    impl crate::config::Files for Looped {
        fn read(&self, path: &Path) -> std::io::Result<std::sync::Arc<[u8]>> {
            if path == Path::new("/m") {
                Ok(b"Include /\n"[..].into())
            } else {
                Err(std::io::ErrorKind::NotFound.into())
            }
        }
        fn names(&self, _: &Path) -> Vec<std::ffi::OsString> {
            vec!["a".into(), "b".into()]
        }
        fn exists(&self, _: &Path) -> bool {
            true
        }
        fn is_dir(&self, path: &Path) -> bool {
            path != Path::new("/m")
        }
    }
    let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &Looped);
    assert!(loaded.problem.expect("it has no end").message.contains("128 levels deep"));
    let files = MemoryFiles([("/m".into(), b"Include /\n"[..].into())].into());
    let loaded = Loaded::read(Path::new("/m"), &Facts::default(), &files);
    assert!(loaded.problem.expect("it includes itself").message.contains("128 levels"), "/ is not in itself");
}

#[test]
fn a_balancer_s_first_member_was_taken_though_it_is_a_standby_or_disabled() {
    let member = |port: u16, status: &str| format!("BalancerMember http://127.0.0.1:{port} {status}\n");
    for (first, second, taken) in [
        ("", "", 1),
        ("status=+H", "", 2),
        ("Status=h", "retry=0", 2),
        ("status=R", "", 2),
        ("status=D", "", 2),
        ("status=+S", "", 2),
        ("status=+E", "", 2),
        ("status=I", "", 1),
        ("status=+D-D", "", 1),
        ("status=D", "status=H", 2),
        ("status=H", "status=D", 1),
        ("status=H", "status=R", 1),
        ("status=D", "status=S", 1),
    ] {
        let inside = format!("<Proxy balancer://guac>\n{}{}</Proxy>\n", member(1, first), member(2, second));
        let outside =
            inside.lines().filter(|line| !line.contains("Proxy")).fold(String::new(), |text, line| {
                text + &line.replace("http://", "balancer://guac http://") + "\n"
            });
        for members in [inside, outside] {
            let text = format!("{members}ProxyPass /guacamole/ balancer://guac/guacamole/\n");
            let loaded = loaded(&[("m", &text)]);
            assert_eq!(loaded.problem, None);
            let sections = Section::among(&loaded, &loaded.items);
            let ports: Vec<_> = sections
                .iter()
                .map(|own| own.backend.as_ref().map(|backend| backend.port.number()))
                .collect();
            assert_eq!(ports, [Some(taken)], "{text}");
        }
    }
}

#[test]
fn a_balancer_s_sets_and_draining_members_did_not_count() {
    let member = |(at, said): (usize, &&str)| format!("BalancerMember http://127.0.0.1:{} {said}\n", at + 1);
    // Measured with httpd 2.4.71: who gets new sessions.
    for (members, taken, sharing) in [
        (&["", ""][..], 1, &[1, 2][..]),
        (&["status=+N", ""], 2, &[2]),
        (&["status=C", ""], 2, &[2]),
        (&["status=U", ""], 2, &[2]),
        (&["status=I", "", "status=F"], 1, &[1, 2, 3]),
        (&["status=DH-D", ""], 2, &[2]),
        (&["status=+D status=-D", ""], 1, &[1, 2]),
        (&["status=-D+S", ""], 2, &[2]),
        (&["lbset=1", ""], 2, &[2]),
        (&["LbSet=1", "lbset=x"], 2, &[2]),
        (&["lbset=1", "status=D"], 1, &[1]),
        (&["lbset=1", "status=H"], 2, &[2]),
        (&["lbset=1", "status=R"], 1, &[1]),
        (&["lbset=1", "status=+N", "lbset=1"], 1, &[1, 3]),
        (&["lbset=2 lbset=0", "lbset=1"], 1, &[1]),
        (&["status=H", "status=R"], 1, &[1]),
        (&["status=R", "status=D", ""], 3, &[1, 3]),
        (&["status=H", "status=D", ""], 3, &[3]),
        (&["status=R", "status=D lbset=1", ""], 3, &[3]),
        (&["status=N", "status=N"], 1, &[]),
    ] {
        let members: String = members.iter().enumerate().map(member).collect();
        // One that is named again stays what it was.
        let again = "BalancerMember http://127.0.0.1:1 status=H lbset=3\n";
        let text = format!(
            "<Proxy balancer://guac>\n{members}{again}</Proxy>\nProxyPass /guacamole/ balancer://guac/guacamole/\n"
        );
        let loaded = loaded(&[("m", &text)]);
        let sections = Section::among(&loaded, &loaded.items);
        let [own] = sections.as_slice() else { panic!("one line") };
        let port = |url: &str| Backend::parse(url).map_or(0, |own| own.port.number());
        let all: Vec<u16> =
            own.sharing.iter().filter_map(|member| member_url(member)).map(|url| port(&url)).collect();
        assert_eq!(own.backend.as_ref().map(|own| own.port.number()), Some(taken), "{text}");
        assert_eq!(all, sharing, "{text}");
    }
}
