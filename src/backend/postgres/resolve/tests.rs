//! What fills a URL, and what is refused.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;

use super::*;
use crate::kind::Kind;

fn resolve(url: &str, options: &DatabaseOptions) -> Result<Database, BadDatabase> {
    url.parse::<DatabaseUrl>().unwrap().resolve(options)
}

fn ann() -> DatabaseOptions {
    DatabaseOptions {
        os_user: Some("ann".to_owned()),
        ..DatabaseOptions::default()
    }
}

fn with(variables: Variables) -> DatabaseOptions {
    DatabaseOptions { variables, ..ann() }
}

fn tcp(host: &str, port: u16) -> Address {
    Address::Tcp(host.to_owned(), port)
}

fn said(bad: &BadDatabase) -> String {
    assert_eq!(bad.kind(), Kind::Usage);
    format!("{bad} | {bad:?}")
}

#[test]
fn what_nothing_fills_has_defaults() {
    let expected = Database {
        addresses: vec![tcp("h", 5432)],
        user: "ann".to_owned(),
        name: "d".to_owned(),
        schema: "hallpass".to_owned(),
        tls: Tls {
            verify: Verify::Full,
            roots: None,
            client: None,
        },
        channel_binding: ChannelBinding::Prefer,
        connect_timeout: Duration::from_secs(5),
        passfile: None,
    };
    assert_eq!(resolve("postgres://h/d", &ann()).unwrap(), expected);
    let socket = resolve("postgres:///d", &ann()).unwrap();
    let folder = PathBuf::from("/var/run/postgresql");
    assert_eq!(socket.addresses, [Address::Socket(folder, 5432)]);
    assert_eq!(socket.weakness(), None);
}

#[test]
fn every_host_has_a_port() {
    for (url, addresses) in [
        ("postgres://a,b/d", [tcp("a", 5432), tcp("b", 5432)]),
        ("postgres://a:1,b/d", [tcp("a", 1), tcp("b", 5432)]),
        ("postgres://a,b/d?port=7", [tcp("a", 7), tcp("b", 7)]),
        ("postgres://a,b/d?port=7,8", [tcp("a", 7), tcp("b", 8)]),
    ] {
        assert_eq!(resolve(url, &ann()).unwrap().addresses, addresses, "{url}");
    }
    for url in ["postgres://a,b/d?port=1,2,3", "postgres://a/d?port=1,2"] {
        let bad = resolve(url, &ann()).unwrap_err();
        let words = "there must be one port, or one for each host";
        assert!(said(&bad).starts_with(words), "{url}");
    }
}

#[test]
fn the_url_wins_over_the_service_which_wins_over_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("services");
    fs::write(
        &file,
        "[prod]\nhost=s\nport=2\nuser=sue\nschema=of_service\n",
    )
    .unwrap();
    let variables = Variables {
        host: Some("e".into()),
        port: Some("3".into()),
        user: Some("eve".into()),
        database: Some("of_env".into()),
        roots: Some("/roots.pem".into()),
        ..Variables::default()
    };
    let mut options = DatabaseOptions {
        service_file: Some(file),
        ..with(variables)
    };
    let of_env = resolve("postgres://", &options).unwrap();
    assert_eq!(of_env.addresses, [tcp("e", 3)]);
    assert_eq!(
        (of_env.user.as_str(), of_env.name.as_str()),
        ("eve", "of_env")
    );
    assert_eq!(of_env.tls.roots, Some("/roots.pem".into()));

    let of_service = resolve("postgres://?service=prod", &options).unwrap();
    assert_eq!(of_service.addresses, [tcp("s", 2)]);
    assert_eq!(
        (of_service.user.as_str(), of_service.name.as_str()),
        ("sue", "of_env")
    );
    assert_eq!(of_service.schema, "of_service");
    options.variables.service = Some("prod".into());
    assert_eq!(resolve("postgres://", &options).unwrap(), of_service);

    let url = "postgres://uma@u:1/of_url?schema=own&sslrootcert=system";
    let of_url = resolve(url, &options).unwrap();
    assert_eq!(of_url.addresses, [tcp("u", 1)]);
    assert_eq!(
        (of_url.user.as_str(), of_url.name.as_str()),
        ("uma", "of_url")
    );
    assert_eq!((of_url.schema.as_str(), of_url.tls.roots), ("own", None));

    options.variables.service = Some("absent".into());
    let bad = resolve("postgres://h/d", &options).unwrap_err();
    assert!(said(&bad).starts_with("there is no service `absent` in `/"));
}

#[test]
fn what_the_environment_must_not_say_is_refused_by_its_name() {
    let canary = || Some(OsString::from("can ary"));
    let bytes = || Some(OsString::from_vec(b"canary\xff".to_vec()));
    let none = Variables::default;
    for (variables, words) in [
        (
            Variables {
                password: Presence::Present,
                ..none()
            },
            "`PGPASSWORD` holds a password; ",
        ),
        (
            Variables {
                host: canary(),
                ..none()
            },
            "`PGHOST`: `host` must be ",
        ),
        (
            Variables {
                port: canary(),
                ..none()
            },
            "`PGPORT`: `port` must be ",
        ),
        (
            Variables {
                user: bytes(),
                ..none()
            },
            "`PGUSER`: `user` must be UTF-8",
        ),
        (
            Variables {
                database: bytes(),
                ..none()
            },
            "`PGDATABASE`: `dbname` must be UTF-8",
        ),
        (
            Variables {
                roots: canary(),
                ..none()
            },
            "`PGSSLROOTCERT`: `sslrootcert` must be ",
        ),
        (
            Variables {
                service: bytes(),
                ..none()
            },
            "`PGSERVICE`: `service` must be UTF-8",
        ),
    ] {
        let bad = resolve("postgres://h/d", &with(variables)).unwrap_err();
        let said = said(&bad);
        assert!(said.starts_with(words), "{said}");
        assert!(!said.contains("ary"), "{said}");
    }
}

#[test]
fn what_has_no_default_is_missing() {
    let nobody = DatabaseOptions::default();
    for (url, options, what) in [
        ("postgres://h/d", &nobody, "user"),
        ("postgres://ann@h", &nobody, "database"),
        ("postgres://h", &ann(), "database"),
    ] {
        let bad = resolve(url, options).unwrap_err();
        let words = format!("the URL of the database names no {what} ");
        assert!(said(&bad).starts_with(&words), "{url}: {bad}");
    }
    for half in ["sslcert=/c", "sslkey=/k"] {
        let bad = resolve(&format!("postgres://h/d?{half}"), &ann()).unwrap_err();
        assert!(said(&bad).starts_with("`sslcert` and `sslkey` belong together"));
    }
    let both = resolve("postgres://h/d?sslcert=/c&sslkey=/k", &ann()).unwrap();
    assert_eq!(both.tls.client, Some(("/c".into(), "/k".into())));
}

#[test]
fn weak_encryption_over_tcp_must_be_allowed() {
    let allowed = DatabaseOptions {
        weak_encryption: Leniency::Allowed,
        ..ann()
    };
    for (mode, verify) in [
        ("disable", Verify::Plain),
        ("prefer", Verify::Prefer),
        ("require", Verify::Encrypted),
        ("verify-ca", Verify::Authority),
    ] {
        for hosts in ["h", "%2Frun,h"] {
            let url = format!("postgres://{hosts}/d?sslmode={mode}");
            let refused = resolve(&url, &ann()).unwrap_err();
            let said = said(&refused);
            assert!(said.starts_with(&format!("`sslmode={mode}`: ")), "{said}");
            let database = resolve(&url, &allowed).unwrap();
            assert_eq!(database.tls.verify, verify);
            let weakness = database.weakness().unwrap();
            assert!(weakness.starts_with(&format!("`sslmode={mode}`: ")));
        }
        let socket = format!("postgres://%2Frun/d?sslmode={mode}");
        assert_eq!(resolve(&socket, &ann()).unwrap().weakness(), None);
    }
    let full = resolve("postgres://h/d?sslmode=verify-full", &allowed).unwrap();
    assert_eq!(full.weakness(), None);
    let named = resolve("postgres://h/d?sslmode=require&sslrootcert=/r", &allowed).unwrap();
    assert_eq!(named.tls.verify, Verify::Authority);
}

#[test]
fn the_form_that_is_shown_is_a_url_of_the_same_database() {
    for (url, shown) in [
        ("postgres://bob@h/d", "postgres://h:5432/d?schema=hallpass"),
        (
            "postgres://[::1],B:2/d?schema=x",
            "postgres://[::1]:5432,b:2/d?schema=x",
        ),
        (
            "postgres://%2Fr%20n%2Fp/%C3%A4%2F%40",
            "postgres://%2Fr%20n%2Fp:5432/%C3%A4%2F%40?schema=hallpass",
        ),
    ] {
        let database = resolve(url, &ann()).unwrap();
        assert_eq!(database.to_string(), shown, "{url}");
        let again = resolve(shown, &ann()).unwrap();
        assert_eq!(again.to_string(), shown);
        assert_eq!(
            (again.addresses, again.name),
            (database.addresses, database.name)
        );
    }
}
