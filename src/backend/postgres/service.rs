//! Services: named options of a connection in a file, as libpq reads it (`pg_service.conf`).

use std::io;
use std::path::Path;

use super::invalid::{BadDatabase, Place};
use super::parameters::Parameters;
use crate::backend::fault::Fault;
use crate::bounded;
use crate::files::trust::{self, SETTINGS};

/// Longer than any such file.
const LONGEST: usize = 1024 * 1024;

/// Reads a service. The file says which server is trusted with the store, so nobody else may change
/// it.
pub(super) fn read(name: &str, file: Option<&Path>) -> Result<Parameters, BadDatabase> {
    let missing = || BadDatabase::NoService {
        name: name.to_owned(),
        file: file.map(Path::to_owned),
    };
    let path = file.ok_or_else(missing)?;
    let failed = |source: io::Error| Fault::Io {
        what: path.display().to_string(),
        source,
    };
    let opened = match trust::open(path, SETTINGS) {
        Err(distrust) if distrust.is_absence() => return Err(missing()),
        opened => opened.map_err(Fault::from)?,
    };
    // In a buffer that is wiped: others put passwords there.
    let bytes = bounded::read(opened.file, LONGEST).map_err(failed)?;
    let text = str::from_utf8(&bytes)
        .map_err(|_| failed(io::Error::new(io::ErrorKind::InvalidData, "is not UTF-8")))?;
    find(name, path, text)?.ok_or_else(missing)
}

/// Finds a service in the text of a file: a section `[name]`, up to the next.
fn find(name: &str, file: &Path, text: &str) -> Result<Option<Parameters>, BadDatabase> {
    let place = Place::Service(name.to_owned(), file.to_owned());
    let mut found = None::<Parameters>;
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        let section = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        match (&mut found, section) {
            _ if text.is_empty() || text.starts_with('#') => {}
            (Some(_), Some(_)) => break,
            (None, Some(section)) if section == name => found = Some(Parameters::default()),
            (None, _) => {}
            (Some(found), None) => {
                let malformed = || BadDatabase::ServiceLine {
                    file: file.to_owned(),
                    line,
                };
                let (option, value) = text.split_once('=').ok_or_else(malformed)?;
                if option == "service" {
                    return Err(malformed());
                }
                found.set(&place, option, value)?;
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::kind::Kind;

    fn said(text: &str) -> String {
        match find("prod", Path::new("/f"), text) {
            Ok(found) => format!("{found:?}"),
            Err(bad) => {
                assert_eq!(bad.kind(), Kind::Usage);
                format!("{bad} | {bad:?}")
            }
        }
    }

    #[test]
    fn a_section_is_found_among_others() {
        let text = "# all\nhost=outside\n[test]\nhost=t\npassword=canary\n\n  [prod] \n # ours\n\
                    host=a,b\n user=ann \nport=5433\n[prod]\nhost=second\n";
        let found = find("prod", Path::new("/f"), text).unwrap().unwrap();
        let mut expected = Parameters::default();
        for (name, value) in [("host", "a,b"), ("user", "ann"), ("port", "5433")] {
            expected.set(&Place::Url, name, value).unwrap();
        }
        assert_eq!(found, expected);
        assert_eq!(said("[pro]\nhost=a\n"), "None");
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        for line in ["password=canary", "sslpassword=canary"] {
            let said = said(&format!("[prod]\nhost=a\n{line}\n"));
            let start = "service `prod` in `/f` holds a password; a password must not be there";
            assert!(said.starts_with(start), "{said}");
            assert!(!said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_is_repeated() {
        for (line, words) in [
            ("canary", "`/f`, line 3: neither an option nor a section"),
            ("service=canary", "`/f`, line 3: "),
            ("ldap://canary", "`/f`, line 3: "),
            (
                "options=canary",
                "service `prod` in `/f` has an unknown option `options`",
            ),
            (
                "port=canary",
                "service `prod` in `/f`: `port` must be a number",
            ),
            ("user=canary", "service `prod` in `/f` gives `user` twice"),
        ] {
            let said = said(&format!("[prod]\nuser=ann\n{line}\n"));
            assert!(said.starts_with(words), "{line}: {said}");
            assert!(!said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn a_file_that_others_can_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        let missing = read("prod", Some(&file)).unwrap_err();
        let words = format!("there is no service `prod` in `{}`", file.display());
        assert_eq!(missing.to_string(), words);
        let unnamed = read("prod", None).unwrap_err();
        assert_eq!(unnamed.to_string(), "there is no service `prod`");
        fs::write(&file, "[prod]\nhost=a\n").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert!(read("prod", Some(&file)).is_ok());
        fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        let refused = read("prod", Some(&file)).unwrap_err();
        assert_eq!(refused.kind(), Kind::UnsafeFile);
    }
}
