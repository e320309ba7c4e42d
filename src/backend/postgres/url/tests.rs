//! URLs, good and bad.

use super::*;

fn read(url: &str) -> Result<Parameters, String> {
    match url.parse() {
        Ok(DatabaseUrl(parameters)) => Ok(parameters),
        Err(bad) => Err(said(&bad)),
    }
}

fn said(bad: &BadDatabase) -> String {
    format!("{bad} | {bad:?}")
}

fn name(host: &str) -> Host {
    Host::Name(host.to_owned())
}

#[test]
fn hosts_and_ports_are_read_as_libpq_reads_them() {
    let socket = || Host::Folder("/run/pg".into());
    for (url, hosts, ports) in [
        ("postgres://h/d", vec![name("h")], None),
        ("postgresql://h/d", vec![name("h")], None),
        (
            "postgres://ann@H.Example:5433/d",
            vec![name("h.example")],
            Some(vec![Some(5433)]),
        ),
        (
            "postgres://a:1,b,c:3/d",
            vec![name("a"), name("b"), name("c")],
            Some(vec![Some(1), None, Some(3)]),
        ),
        ("postgres://h:/d", vec![name("h")], None),
        (
            "postgres://[::1]:5433,[FE80::2]/d",
            vec![name("::1"), name("fe80::2")],
            Some(vec![Some(5433), None]),
        ),
        ("postgres://10.0.0.1/d", vec![name("10.0.0.1")], None),
        ("postgres://%2Frun%2Fpg/d", vec![socket()], None),
        (
            "postgres://%2frun%2fpg:5433/d",
            vec![socket()],
            Some(vec![Some(5433)]),
        ),
        ("postgres:///d?host=/run/pg", vec![socket()], None),
        (
            "postgres:///d?host=%2Frun%2Fpg&port=1",
            vec![socket()],
            Some(vec![Some(1)]),
        ),
        (
            "postgres://?host=a,b&port=1,2&dbname=d",
            vec![name("a"), name("b")],
            Some(vec![Some(1), Some(2)]),
        ),
        ("postgres:///d?host=::1", vec![name("::1")], None),
    ] {
        let read = read(url).unwrap();
        assert_eq!((read.hosts, read.ports), (Some(hosts), ports), "{url}");
        assert_eq!(read.database.as_deref(), Some("d"), "{url}");
    }
    let open = read("postgres://").unwrap();
    assert_eq!(open, Parameters::default());
    let only_a_port = read("postgres://:5433/d").unwrap();
    assert_eq!(
        (only_a_port.hosts, only_a_port.ports),
        (None, Some(vec![Some(5433)]))
    );
}

#[test]
fn names_are_decoded() {
    for (url, user, database) in [
        ("postgres://ann@h/d", Some("ann"), Some("d")),
        ("postgres://h/d?user=ann", Some("ann"), Some("d")),
        ("postgres://@h", None, None),
        ("postgres://h/", None, None),
        (
            "postgres://a%40b%2fc%25@h/d%3Fe%26",
            Some("a@b/c%"),
            Some("d?e&"),
        ),
        ("postgres://%C3%A4@h/ä", Some("ä"), Some("ä")),
        (
            "postgres://h?dbname=a%2Fb&user=c+d",
            Some("c+d"),
            Some("a/b"),
        ),
    ] {
        let read = read(url).unwrap();
        assert_eq!(read.user.as_deref(), user, "{url}");
        assert_eq!(read.database.as_deref(), database, "{url}");
    }
}

#[test]
fn options_are_read() {
    let url = "postgres://h/d?schema=s&sslmode=verify-ca&sslrootcert=%2Fr&sslcert=/c&sslkey=/k\
               &service=prod&passfile=/p&channel_binding=require&connect_timeout=7&\
               target_session_attrs=read-write&";
    let url: DatabaseUrl = url.parse().unwrap();
    let files: Vec<_> = url.files().collect();
    assert_eq!(files, ["/r", "/c", "/k", "/p"].map(Path::new));
    let read = url.parameters();
    assert_eq!(read.schema.as_deref(), Some("s"));
    assert_eq!(read.service.as_deref(), Some("prod"));
    assert_eq!(
        read.connect_timeout,
        Some(std::time::Duration::from_secs(7))
    );
}

/// What is no URL, and how what is said of it goes on.
const BAD: &[(&str, &str)] = &[
    ("postgres:/h/d", "does not begin with `postgres://`"),
    ("POSTGRES://h/d", "does not begin with `postgres://`"),
    ("postgres://h/d/e", "has a `/` in the database's name"),
    ("postgres://h/d#x", "has a `#`"),
    ("postgres://h/d?schema=x#y", "has a `#`"),
    ("postgres://h/d?schema", "has an option without a value"),
    ("postgres://h/%", "has a `%` without two"),
    ("postgres://h/%2", "has a `%` without two"),
    ("postgres://h/%+1", "has a `%` without two"),
    ("postgres://h/%FF", "is not UTF-8"),
    ("postgres://a,,b/d", "has a host without a name"),
    ("postgres://,/d", "has a host without a name"),
    ("postgres://[::1/d", "has a `[` without"),
    ("postgres://[::1]x/d", "has something behind `]`"),
    (
        "postgres://h/%00",
        ": `dbname` must be a name without control characters",
    ),
    (
        "postgres://a%0a@h/d",
        ": `user` must be a name without control characters",
    ),
    (
        "postgres://[h]/d",
        ": `host` must be an IPv6 address between",
    ),
    (
        "postgres://[fe80::1%25eth0]/d",
        ": `host` must be an IPv6 address between",
    ),
    ("postgres://h h/d", ": `host` must be a host name"),
    ("postgres://h%2Fx/d", ": `host` must be a host name"),
    (
        "postgres://::1/d",
        ": `port` must be a number from 1 to 65535",
    ),
    (
        "postgres://h:0/d",
        ": `port` must be a number from 1 to 65535",
    ),
    (
        "postgres://h:65536/d",
        ": `port` must be a number from 1 to 65535",
    ),
    (
        "postgres://h:x/d",
        ": `port` must be a number from 1 to 65535",
    ),
    ("postgres://h/d?schema=A", ": `schema` must be at most 63"),
    (
        "postgres://h/d?sslmode=allow",
        ": `sslmode` must be disable",
    ),
    (
        "postgres://h/d?options=-c",
        "has an unknown option `options`",
    ),
    ("postgres://h/d?Schema=x", "has an unknown option |"),
    ("postgres://h/d?host=x", "gives `host` twice"),
    ("postgres://h:1/d?port=1", "gives `port` twice"),
    ("postgres://a@h/d?user=a", "gives `user` twice"),
    ("postgres://h/d?dbname=d", "gives `dbname` twice"),
    ("postgres://h/d?schema=a&schema=a", "gives `schema` twice"),
];

#[test]
fn what_is_no_url_is_refused() {
    for (url, words) in BAD {
        let said = read(url).unwrap_err();
        let start = "the URL of the database";
        let rest = said
            .strip_prefix(start)
            .unwrap_or_else(|| panic!("{url}: {said}"));
        assert!(rest.trim_start().starts_with(words), "{url}: {said}");
    }
}

#[test]
fn a_password_is_refused_wherever_it_is_and_nothing_of_it_is_repeated() {
    let holds = "the URL of the database holds a password; a password must not be there";
    let stray = "the URL of the database has an `@` that does not end the user's name";
    for (url, words) in [
        ("postgres://ann:canary@h/d", holds),
        ("postgresql://ann:canary@h", holds),
        ("postgres://:canary@h/d", holds),
        ("postgres://ann:@h/canary", holds),
        ("postgres://ann%3Acanary@h/d", holds),
        ("postgres://ann:can@canary@h/d", holds),
        ("postgres://ann:canary#canary@h/d", holds),
        ("postgres://ann:%canary@h/d", holds),
        ("postgres://h/d?password=canary", holds),
        ("postgres://h/d?pass%77ord=canary", holds),
        ("postgres://h/d?sslpassword=canary", holds),
        ("postgres://ann:canary/canary@h/d", stray),
        ("postgres://ann:12/canary@h/d", stray),
        ("postgres://ann:12?canary=canary@h/d", stray),
        ("postgres://ann:12?canary@h/d", stray),
        ("postgres://ann:12/x?canary=canary@h/d", stray),
        ("postgres://canary@canary@h/d", stray),
        (
            "postgres://ann:canary/d",
            "the URL of the database: `port` must be",
        ),
        (
            "postgres://h/d?user=a&canary",
            "the URL of the database has an option without",
        ),
        (
            "postgres://h/d?port=canary",
            "the URL of the database: `port` must be",
        ),
        (
            "postgres:/ann:canary@h/d",
            "the URL of the database does not begin with",
        ),
        ("postgres:///ann:canary@h/d", stray),
    ] {
        let said = read(url).unwrap_err();
        assert!(said.starts_with(words), "{url}: {said}");
        assert!(!said.contains("canary"), "{url}: {said}");
    }
}
