//! Precedence, and what a settings file may not contain.

use std::ffi::OsString;
use std::fs;

use hallpass::Kind;

use super::*;
use crate::cli::global::DatabaseFlags;

fn home() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    (folder, config)
}

fn load(global: &Global, pairs: &[(&str, &str)]) -> Result<Settings, Failure> {
    let get = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| OsString::from(value))
    };
    Settings::load(
        global,
        &Environment::of(get),
        MissingFile::Refused,
        Purpose::Write,
    )
}

fn with_config(config: &Path) -> Global {
    Global {
        config: Some(config.to_owned()),
        ..Global::default()
    }
}

#[test]
fn an_option_beats_the_environment_which_beats_the_settings() {
    let (_folder, config) = home();
    fs::write(
        &config,
        "store = \"/settings\"\noutput = \"csv\"\ntoken_lifetime = \"30d\"\n",
    )
    .unwrap();
    let mut global = with_config(&config);
    let settings = load(&global, &[]).unwrap();
    assert_eq!(settings.store().unwrap(), Path::new("/settings"));
    assert_eq!(settings.format, Format::Csv);
    assert_eq!(settings.token_lifetime.to_string(), "30d");

    let environment = [
        ("HALLPASS_STORE", "/environment"),
        ("HALLPASS_OUTPUT", "jsonl"),
    ];
    let settings = load(&global, &environment).unwrap();
    assert_eq!(settings.store().unwrap(), Path::new("/environment"));
    assert_eq!(settings.format, Format::Jsonl);

    global.store = Some("/option".into());
    global.output = Some(Format::Json);
    let settings = load(&global, &environment).unwrap();
    assert_eq!(settings.store().unwrap(), Path::new("/option"));
    assert_eq!(settings.format, Format::Json);
}

#[test]
fn no_color_switches_colour_off_unless_an_option_asks_for_it() {
    let (_folder, config) = home();
    fs::write(&config, "color = \"always\"").unwrap();
    let mut global = with_config(&config);
    assert_eq!(load(&global, &[]).unwrap().color, Color::Always);
    assert_eq!(
        load(&global, &[("NO_COLOR", "1")]).unwrap().color,
        Color::Never
    );
    assert_eq!(
        load(&global, &[("NO_COLOR", "")]).unwrap().color,
        Color::Always
    );
    global.color = Some(Color::Always);
    assert_eq!(
        load(&global, &[("NO_COLOR", "1")]).unwrap().color,
        Color::Always
    );
}

#[test]
fn an_unknown_key_is_an_error_that_does_not_repeat_its_value() {
    let (_folder, config) = home();
    fs::write(
        &config,
        "output = \"csv\"\npassphrase = \"canary-in-config\"\n",
    )
    .unwrap();
    let failure = load(&with_config(&config), &[]).unwrap_err();
    assert_eq!(failure.kind(), Kind::Usage);
    assert!(failure.message().contains("line 2"), "{failure:?}");
    assert!(
        failure.message().contains("unknown field `passphrase`"),
        "{failure:?}"
    );
    assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
}

#[test]
fn bad_values_are_wrong_usage() {
    let (_folder, config) = home();
    for text in [
        "output = \"xml\"",
        "token_lifetime = \"90\"",
        "store = \"here\"",
        "anchor = 1",
        "[",
    ] {
        fs::write(&config, text).unwrap();
        assert_eq!(
            load(&with_config(&config), &[]).unwrap_err().kind(),
            Kind::Usage,
            "{text}"
        );
    }
    fs::write(&config, "").unwrap();
    let failure = load(&with_config(&config), &[("HALLPASS_OUTPUT", "xml")]).unwrap_err();
    assert_eq!(failure.kind(), Kind::Usage);
}

#[test]
fn a_settings_file_that_is_named_must_exist() {
    let (_folder, config) = home();
    assert_eq!(
        load(&with_config(&config), &[]).unwrap_err().kind(),
        Kind::NotFound
    );
    let environment = Environment::default();
    assert!(
        Settings::load(
            &with_config(&config),
            &environment,
            MissingFile::Allowed,
            Purpose::Write
        )
        .is_ok()
    );
}

#[test]
fn a_key_file_is_remembered_after_what_was_there() {
    let (_folder, config) = home();
    fs::write(&config, "# mine\noutput = \"csv\"").unwrap();
    remember_key_file(&config, Path::new("/keys/\"odd\".key")).unwrap();
    let settings = load(&with_config(&config), &[]).unwrap();
    assert_eq!(settings.format, Format::Csv);
    assert_eq!(settings.key_file.unwrap(), Path::new("/keys/\"odd\".key"));
    assert!(fs::read_to_string(&config).unwrap().starts_with("# mine\n"));
}

#[test]
fn without_a_home_folder_the_message_names_the_three_options() {
    let failure = homeless();
    for option in ["--store", "--state-dir", "--config"] {
        assert!(failure.next().unwrap().to_string().contains(option));
    }
}

#[test]
fn the_password_of_a_database_is_named_by_an_option_the_settings_or_systemd() {
    let (folder, config) = home();
    fs::write(folder.path().join("hallpass.database"), "").unwrap();
    let credentials = folder.path().to_str().unwrap();
    let named = |global: &Global, pairs: &[(&str, &str)]| {
        let settings = load(global, pairs).unwrap();
        let get = |name: &str| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let options = settings.database(&global.database, &Environment::of(get));
        options.password_file.map(|file| file.path().to_owned())
    };
    fs::write(&config, "").unwrap();
    let mut global = with_config(&config);
    assert_eq!(named(&global, &[]), None);
    let pairs = [("CREDENTIALS_DIRECTORY", credentials)];
    let credential = folder.path().join("hallpass.database");
    assert_eq!(named(&global, &pairs), Some(credential));
    fs::write(&config, "database_password_file = \"/settings\"\n").unwrap();
    assert_eq!(named(&global, &pairs), Some("/settings".into()));
    global.database.database_password_file = Some("/option".into());
    assert_eq!(named(&global, &pairs), Some("/option".into()));
}

#[test]
fn the_library_is_told_what_the_environment_says_of_databases_but_no_password() {
    use hallpass::backend::options::{Leniency, Presence, Variables};

    let (_folder, config) = home();
    fs::write(&config, "").unwrap();
    let said = |pairs: &[(&str, &str)], flags: &DatabaseFlags| {
        let get = |name: &str| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let settings = load(&with_config(&config), pairs).unwrap();
        settings.database(flags, &Environment::of(get))
    };
    let all = [
        ("HOME", "/home/ann"),
        ("PGHOST", "h"),
        ("PGPORT", "1"),
        ("PGUSER", "u"),
        ("PGDATABASE", "d"),
        ("PGSSLROOTCERT", "/r"),
        ("PGSERVICE", "s"),
        ("PGPASSWORD", "canary"),
    ];
    let options = said(&all, &DatabaseFlags::default());
    let expected = Variables {
        host: Some("h".into()),
        port: Some("1".into()),
        user: Some("u".into()),
        database: Some("d".into()),
        roots: Some("/r".into()),
        service: Some("s".into()),
        password: Presence::Present,
    };
    assert_eq!(options.variables, expected);
    assert_eq!(options.passfile, Some("/home/ann/.pgpass".into()));
    let services = Some("/home/ann/.pg_service.conf".into());
    assert_eq!(options.service_file, services);
    assert_eq!(options.weak_encryption, Leniency::Refused);
    assert_eq!(options.unsafe_engine, Leniency::Refused);
    assert!(!format!("{options:?}").contains("canary"));

    let files = [
        ("HOME", "/home/ann"),
        ("PGPASSFILE", "/p"),
        ("PGSERVICEFILE", "/s"),
        ("PGPASSWORD", ""),
    ];
    let allowed = DatabaseFlags {
        database_password_file: None,
        allow_insecure_database: true,
        allow_unsafe_database: true,
    };
    let options = said(&files, &allowed);
    assert_eq!(options.variables, Variables::default());
    assert_eq!(options.passfile, Some("/p".into()));
    assert_eq!(options.service_file, Some("/s".into()));
    assert_eq!(options.weak_encryption, Leniency::Allowed);
    assert_eq!(options.unsafe_engine, Leniency::Allowed);
}

#[test]
fn the_url_of_a_database_in_the_settings_is_no_relative_path() {
    let (_folder, config) = home();
    fs::write(&config, "store = \"postgres://h/d\"\n").unwrap();
    let settings = load(&with_config(&config), &[]).unwrap();
    #[cfg(feature = "postgres")]
    assert_eq!(settings.store().unwrap(), Path::new("postgres://h/d"));
    #[cfg(not(feature = "postgres"))]
    assert_eq!(settings.store().unwrap_err().kind(), Kind::Usage);
    fs::write(&config, "store = \"postgres://a:canary@h/d\"\n").unwrap();
    let settings = load(&with_config(&config), &[]).unwrap();
    let failure = settings.store().unwrap_err();
    assert_eq!(failure.kind(), Kind::Usage);
    assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
}
