//! The key file is remembered in the settings.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use hallpass::Error;
use hallpass::files::atomic::{Folder, Overwrite};
use hallpass::files::trust::{self, SETTINGS};
use rustix::fs::Mode;

use crate::failure::Failure;

/// How long another process may hold the lock of the folder.
const PATIENCE: Duration = Duration::from_secs(5);

/// Adds `key_file` to the settings, so that later commands need no option. Everything else in the
/// file stays as it is.
pub(crate) fn remember_key_file(config: &Path, key_file: &Path) -> Result<(), Failure> {
    let line = format!(
        "key_file = {}\n",
        toml::Value::from(key_file.display().to_string())
    );
    trust::Folder::make_of(config).map_err(Error::from)?;
    match trust::open(config, SETTINGS) {
        Err(distrust) if !distrust.is_absence() => return Err(Error::from(distrust).into()),
        _ => {}
    }
    add(config, &line).map_err(|source| {
        Error::File {
            path: config.to_owned(),
            source,
        }
        .into()
    })
}

fn add(config: &Path, line: &str) -> io::Result<()> {
    let before = match fs::read_to_string(config) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        before => before?,
    };
    let end = end_of_keys(&before);
    if end == before.len() {
        return append(config, line, &before);
    }
    let (keys, tables) = before.split_at(end);
    replace(config, &before, &format!("{keys}{line}{tables}"))
}

/// Where the keys before the first table end: a key behind that would belong to the table. Comments
/// right above the table stay with it.
fn end_of_keys(text: &str) -> usize {
    let mut end = 0;
    let mut comment = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        // A bracket may also begin a line of an array or of a text: what is before it is not
        // complete then.
        if trimmed.starts_with('[')
            && let Some(before) = text.get(..end)
            && toml::from_str::<toml::Table>(before).is_ok()
        {
            return comment.unwrap_or(end);
        }
        if !trimmed.starts_with('#') {
            comment = None;
        } else if comment.is_none() {
            comment = Some(end);
        }
        end += line.len();
    }
    end
}

fn append(config: &Path, line: &str, before: &str) -> io::Result<()> {
    let missing_end = !before.is_empty() && !before.ends_with('\n');
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(config)?;
    file.write_all(if missing_end { b"\n" } else { b"" })?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Replaces the file, or the one that a link leads to.
fn replace(config: &Path, before: &str, after: &str) -> io::Result<()> {
    let real = trust::find(config, SETTINGS).map_err(io::Error::other)?;
    let (folder, name) = trust::Folder::of(&real).map_err(io::Error::other)?;
    let mode = Mode::from_raw_mode(
        folder
            .stat_of(&name)
            .map_err(io::Error::other)?
            .map_or(0o600, |stat| stat.st_mode & 0o777),
    );
    let folder = Folder::from(folder.reopen().map_err(io::Error::other)?);
    let over = Overwrite::IfContent(before.as_bytes());
    let name: &OsStr = &name;
    folder
        .lock(PATIENCE)?
        .put(name, after.as_bytes(), mode, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(before: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        fs::write(&config, before).unwrap();
        remember_key_file(&config, Path::new("/k")).unwrap();
        let after = fs::read_to_string(&config).unwrap();
        let table: toml::Table = toml::from_str(&after).unwrap();
        assert_eq!(table["key_file"].as_str(), Some("/k"), "{after}");
        after
    }

    #[test]
    fn the_key_file_stands_before_the_first_table() {
        for (before, after) in [
            ("", "key_file = \"/k\"\n"),
            (
                "# mine\noutput = \"csv\"",
                "# mine\noutput = \"csv\"\nkey_file = \"/k\"\n",
            ),
            ("[serve]\n", "key_file = \"/k\"\n[serve]\n"),
            (
                "# the server\n[serve]\na = 1",
                "key_file = \"/k\"\n# the server\n[serve]\na = 1",
            ),
            (
                "# mine\nstore = \"/s\" # here\n\n# the server\n# (ours)\n  [serve]\n[b]\n",
                "# mine\nstore = \"/s\" # here\n\nkey_file = \"/k\"\n# the server\n# (ours)\n  [serve]\n[b]\n",
            ),
            (
                "a = [\n[1],\n]\n[serve]\n",
                "a = [\n[1],\n]\nkey_file = \"/k\"\n[serve]\n",
            ),
            (
                "a = \"\"\"\n[serve]\n\"\"\"\n[[b]]\n",
                "a = \"\"\"\n[serve]\n\"\"\"\nkey_file = \"/k\"\n[[b]]\n",
            ),
        ] {
            assert_eq!(added(before), after);
        }
    }

    #[test]
    fn a_link_to_the_settings_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        let real = folder.path().join("real.toml");
        fs::write(&real, "[serve]\n").unwrap();
        std::os::unix::fs::symlink(&real, &config).unwrap();
        remember_key_file(&config, Path::new("/k")).unwrap();
        assert!(fs::symlink_metadata(&config).unwrap().is_symlink());
        assert_eq!(
            fs::read_to_string(&real).unwrap(),
            "key_file = \"/k\"\n[serve]\n"
        );
    }
}
