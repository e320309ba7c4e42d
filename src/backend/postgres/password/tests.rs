//! Which line counts, and which files.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;
use crate::backend::options::PasswordFile;
use crate::backend::postgres::DatabaseUrl;
use crate::kind::Kind;

fn database(url: &str) -> Database {
    let url: DatabaseUrl = url.parse().unwrap();
    url.resolve(&DatabaseOptions::default()).unwrap()
}

fn found(url: &str, text: &str) -> Option<String> {
    let database = database(url);
    let password = database.find(&database.addresses[0], text.as_bytes())?;
    Some(String::from_utf8(password.to_vec()).unwrap())
}

#[test]
fn a_line_matches_as_it_does_for_libpq() {
    let tcp = "postgres://ann@h:1/d";
    for (line, password) in [
        ("h:1:d:ann:p", Some("p")),
        ("*:*:*:*:p", Some("p")),
        ("h:*:d:*:p q\r", Some("p q")),
        ("h:1:d:ann:a\\:b\\\\c", Some("a:b\\c")),
        ("h:1:d:ann:p:rest", Some("p")),
        ("h:1:d:ann:p\\", Some("p\\")),
        ("\\h:1:d:ann:p", Some("p")),
        ("h:1:d:ann:", None),
        ("h:1:d:ann", None),
        ("h:2:d:ann:p", None),
        ("H:1:d:ann:p", None),
        ("hh:1:d:ann:p", None),
        (":1:d:ann:p", None),
        ("h*:1:d:ann:p", None),
        ("\\*:1:d:ann:p", None),
        ("h:1:d:bob:p", None),
        ("h:1:e:ann:p", None),
        ("# h:1:d:ann:p", None),
        ("#h:1:d:ann:p", None),
        (" h:1:d:ann:p", None),
        ("localhost:1:d:ann:p", None),
        ("", None),
        ("h\\", None),
    ] {
        assert_eq!(found(tcp, line).as_deref(), password, "{line}");
    }
    let odd = "postgres://a%5Cb@[::1]:1/d%3Ae";
    assert_eq!(found(odd, "\\:\\:1:1:d\\:e:a\\\\b:p").as_deref(), Some("p"));
    let socket = "postgres://ann@%2Frun%2Fpg:1/d";
    for line in ["localhost:1:d:ann:p", "/run/pg:1:d:ann:p", "*:1:d:ann:p"] {
        assert_eq!(found(socket, line).as_deref(), Some("p"), "{line}");
    }
    assert_eq!(found(socket, "/run:1:d:ann:p"), None);
}

#[test]
fn the_first_line_that_matches_counts() {
    let text = "# ours\n\nx:*:*:*:no\nh:*:*:ann:first\n*:*:*:*:second\n";
    assert_eq!(found("postgres://ann@h/d", text).as_deref(), Some("first"));
    assert_eq!(found("postgres://ann@i/d", text).as_deref(), Some("second"));
}

struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> std::path::PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }
}

fn password(url: &str, options: &DatabaseOptions) -> Result<Option<String>, Fault> {
    let database = database(url);
    let found = database.password(&database.addresses[0], options)?;
    Ok(found.map(|it| String::from_utf8(it.to_vec()).unwrap()))
}

#[test]
fn a_file_of_its_own_wins_over_the_one_of_the_url_which_wins_over_the_usual_one() {
    let files = Files::new();
    let url = format!(
        "postgres://ann@h/d?passfile={}",
        files.write("of_url", "*:*:*:*:of_url", 0o600).display()
    );
    let mut options = DatabaseOptions {
        passfile: Some(files.write("usual", "*:*:*:*:usual", 0o600)),
        ..DatabaseOptions::default()
    };
    let plain = "postgres://ann@h/d";
    assert_eq!(password(plain, &options).unwrap().as_deref(), Some("usual"));
    assert_eq!(password(&url, &options).unwrap().as_deref(), Some("of_url"));
    let own = files.write("own", "own\n", 0o600);
    options.password_file = Some(PasswordFile::new(own));
    assert_eq!(password(&url, &options).unwrap().as_deref(), Some("own"));
    let nothing = DatabaseOptions::default();
    assert_eq!(password(plain, &nothing).unwrap(), None);
}

#[test]
fn a_file_that_is_not_there_has_no_password_and_one_that_others_can_read_is_refused() {
    let files = Files::new();
    let with = |passfile| DatabaseOptions {
        passfile: Some(passfile),
        ..DatabaseOptions::default()
    };
    let url = "postgres://ann@h/d";
    for absent in ["/no/such/file", "/dev/null/x"] {
        assert_eq!(password(url, &with(absent.into())).unwrap(), None);
    }
    for mode in [0o640, 0o604, 0o660] {
        let open = files.write("open", "*:*:*:*:canary", mode);
        let fault = password(url, &with(open)).unwrap_err();
        assert_eq!(fault.kind(), Kind::UnsafeFile, "{mode:o}");
        assert!(!format!("{fault} {fault:?}").contains("canary"));
        assert!(format!("{fault:?}").contains("chmod 600"), "{fault:?}");
    }
    let linked = files.0.path().join("link");
    symlink(files.write("real", "*:*:*:*:p", 0o600), &linked).unwrap();
    assert_eq!(password(url, &with(linked)).unwrap().as_deref(), Some("p"));
}
