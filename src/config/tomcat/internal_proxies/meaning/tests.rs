//! What values that people have mean to Tomcat.

use super::*;

fn read(value: &str, version: &str) -> Meaning {
    meaning(value, Version::parse(version).as_ref())
}

fn are(list: &str) -> Meaning {
    Meaning::Proxies(TrustedProxies::parse(list).expect("the list is good"))
}

#[test]
fn turns_back_what_people_write() {
    for (value, list) in [
        (r"127\.0\.0\.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        (r"127\.0\.0\.1|0:0:0:0:0:0:0:1", "127.0.0.1, ::1"),
        (r"10\.\d{1,3}\.\d{1,3}\.\d{1,3}", "10.0.0.0/8"),
        (r"10\.1\.[0-9]+\.[0-9]+", "10.1.0.0/16"),
        (r"192\.168\.7\.\d+|10\.0\.0\.1", "192.168.7.0/24, 10.0.0.1"),
        (r"192\.168\..*", "192.168.0.0/16"),
        (
            r"172\.1[6-9]{1}\.\d{1,3}\.\d{1,3}|172\.2[0-9]{1}\.\d{1,3}\.\d{1,3}|172\.3[0-1]{1}\.\d{1,3}\.\d{1,3}",
            "172.16.0.0/12",
        ),
        (r"10\.0\.0\.[1-3]|127\.0\.0\.1", "10.0.0.1, 10.0.0.2/31, 127.0.0.1"),
        (r"10\.(0|9)\.\d+\.\d+", "10.0.0.0/16, 10.9.0.0/16"),
        (r"127\.0\.0\.1 | 10\.0\.0\.1|10\.0\.0\.7", "10.0.0.7"),
    ] {
        assert_eq!(read(value, "10.1.60"), are(list), "{value}");
    }
    for value in [r"10\.[13]\.5\.\d+|10\.\d*[02468]\.\d*[02468]\.\d+", r"10\.[0-9]\.[0-4]\.1", "${proxies}"] {
        assert_eq!(read(value, "10.1.60"), Meaning::Unknown, "{value}");
    }
}

#[test]
fn tomcat_s_own_default_is_turned_back() {
    let octets = |head: &str| format!(r"{head}\.\d{{1,3}}\.\d{{1,3}}");
    let alternatives = [
        octets(r"10\.\d{1,3}"),
        octets(r"192\.168"),
        octets(r"169\.254"),
        octets(r"127\.\d{1,3}"),
        octets(r"100\.6[4-9]{1}"),
        octets(r"100\.[7-9]{1}\d{1}"),
        octets(r"100\.1[0-1]{1}\d{1}"),
        octets(r"100\.12[0-7]{1}"),
        octets(r"172\.1[6-9]{1}"),
        octets(r"172\.2[0-9]{1}"),
        octets(r"172\.3[0-1]{1}"),
        "0:0:0:0:0:0:0:1".to_owned(),
        "::1".to_owned(),
    ];
    let list = "10.0.0.0/8, 192.168.0.0/16, 169.254.0.0/16, 127.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, ::1";
    assert_eq!(read(&alternatives.join("|"), "9.0.85"), are(list));
}

#[test]
fn what_is_written_compressed_is_no_peer() {
    assert_eq!(read(r"127\.0\.0\.1|::1", "10.1.60"), are("127.0.0.1"));
    assert_eq!(read("::1", "9.0.85"), Meaning::NeverMatches);
    assert_eq!(read("2001:DB8:0:0:0:0:0:1", "9.0.85"), Meaning::NeverMatches);
}

#[test]
fn calls_out_what_does_not_work() {
    for (value, version, expected) in [
        ("127(", "10.1.60", Meaning::Invalid),
        ("*", "10.1.60", Meaning::Invalid),
        (".*", "10.1.60", Meaning::Open),
        (r"\d+\.\d+\.\d+\.\d+", "10.1.60", Meaning::Open),
        ("127.0.0.1/32,::1/128", "10.1.60", Meaning::NeverMatches),
        ("127.0.0.1/32,::1/128", "11.0.13", are("127.0.0.1, ::1")),
        (r"127\.0\.0\.1", "11.0.13", are("127.0.0.1")),
        (r"127\.0\.0\.1", "12.0.0", Meaning::Invalid),
        ("127.0.0.1", "12.0.0", are("127.0.0.1")),
        ("0.0.0.0/0", "12.0.0", Meaning::Open),
        ("(?!x)127.*", "10.1.60", Meaning::Unknown),
        ("", "10.1.60", Meaning::NeverMatches),
        (" 127.0.0.1", "10.1.60", Meaning::NeverMatches),
        (r"127\\.0\\.0\\.1", "10.1.60", Meaning::NeverMatches),
        ("127.0.0.1, 10.0.0.1", "10.1.60", Meaning::NeverMatches),
        (r"127\.0\.0\.1,10\.\d{1,3}\.0\.1", "9.0.85", Meaning::NeverMatches),
        (r"127\.0\.0\.1,10\.0\.0\.1|10\.0\.0\.7", "10.1.60", are("10.0.0.7")),
        (r"127\.0\.0\.1 ", "10.1.60", Meaning::NeverMatches),
        (r"127\.0\.0\.1|   0:0:0:0:0:0:0:1", "10.1.60", are("127.0.0.1")),
        (r"127\.0\.0\.1 ?", "10.1.60", are("127.0.0.1")),
        ("127.0.0.1, 10.0.0.1", "12.0.0", are("127.0.0.1, 10.0.0.1")),
    ] {
        assert_eq!(read(value, version), expected, "{value} on {version}");
    }
}

#[test]
fn is_careful_where_the_version_is_unknown() {
    assert_eq!(meaning("10.0.0.0/8", None), are("10.0.0.0/8"));
}
