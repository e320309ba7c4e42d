//! The table `[serve]`, and what `--check` reports of it.

use std::fs;
use std::net::TcpListener;

use serde_json::json;

use crate::support::test_home::TestHome;

const CHECK: [&str; 2] = ["serve", "--check"];

/// A home whose settings have this table.
fn home(serve: &str) -> TestHome {
    let home = TestHome::with_sample_data();
    let keys = fs::read_to_string(home.config()).unwrap();
    fs::write(home.config(), format!("{keys}[serve]\n{serve}\n")).unwrap();
    home
}

#[test]
fn options_beat_settings_and_settings_beat_defaults() {
    let home = home(
        "listen = [\"127.0.0.1:0\", \"fd:http\"]\nmetrics_listen = \"off\"\ndoors = \"token\"\n\
         max_connections = 7\naccess_log = \"off\"\npublic_url = \"https://a.example/\"\n\
         trust_proxy = [\"10.0.0.0/8\", \"unix\"]\nclient_ip_header = \"X-Real-Ip\"\n\
         metrics_per_token = true\ntoken_lifetime = \"5m\"\ntable_limit = 10\nplain_http = true\n\
         socket_group = \"root\"\ndatabase_grace = \"2m\"",
    );
    let report = home.json(&CHECK);
    assert_eq!(report["listen"], json!(["127.0.0.1:0", "fd:http"]));
    assert_eq!(report["metrics_listen"], json!(null));
    assert_eq!(report["doors"], json!(["token"]));
    assert_eq!(report["trust_proxy"], json!(["10.0.0.0/8", "unix"]));
    assert_eq!(report["client_ip_header"], "x-real-ip");
    assert_eq!(report["max_connections"], 7);
    assert_eq!(report["access_log"], false);
    assert_eq!(report["public_url"], "https://a.example");
    assert_eq!(report["tls"], false);
    assert_eq!(report["database_grace"], 120);
    let options = [
        "--listen",
        "127.0.0.1:0",
        "--doors",
        "verify,introspect",
        "--max-connections",
        "9",
    ];
    let more = [
        "--access-log",
        "on",
        "--metrics-listen",
        "127.0.0.1:0",
        "--database-grace",
        "0",
    ];
    let report = home.json(&[&CHECK[..], &options, &more].concat());
    assert_eq!(report["listen"], json!(["127.0.0.1:0"]));
    assert_eq!(report["metrics_listen"], "127.0.0.1:0");
    assert_eq!(report["doors"], json!(["verify", "introspect"]));
    assert_eq!(report["max_connections"], 9);
    assert_eq!(report["access_log"], true);
    assert_eq!(report["database_grace"], 0);
}

#[test]
fn a_table_that_is_wrong_is_wrong_usage_for_every_command() {
    for wrong in [
        "no_such_key = 1",
        "listen = 1",
        "listen = [\"nowhere\"]",
        "listen = \"unix:relative\"",
        "doors = [\"verify\", \"window\"]",
        "tls_cert = \"relative.pem\"",
        "max_connections = 0",
        "access_log = true",
        "trust_proxy = \"10.0.0.1/8\"",
        "client_ip_header = \"a b\"",
        "public_url = \"a.example\"",
        "token_lifetime = \"2h\"",
        "table_limit = -1",
        "database_grace = \"6m\"",
        "database_grace = 30",
    ] {
        let home = home(wrong);
        for command in [&["status"][..], &CHECK] {
            let error = home.fails(2, command);
            assert!(error.contains("config.toml"), "{wrong}: {error}");
        }
    }
}

#[test]
fn half_a_certificate_and_an_unknown_group_are_named() {
    let home = home("metrics_listen = \"off\"");
    let error = home.fails(2, &[&CHECK[..], &["--tls-cert", "/c.pem"]].concat());
    assert!(error.contains("--tls-key"), "{error}");
    let error = home.fails(
        3,
        &[&CHECK[..], &["--socket-group", "no-such-group"]].concat(),
    );
    assert!(error.contains("`no-such-group`"), "{error}");
}

#[test]
fn a_check_finds_what_would_keep_it_from_serving_and_leaves_nothing() {
    let home = home("metrics_listen = \"off\"");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.fails(1, &[&CHECK[..], &["--listen", &address]].concat());
    drop(taken);
    let path = home.file("s");
    let socket = format!("unix:{}", path.display());
    let shown = home.done(&[&CHECK[..], &["--listen", &socket]].concat());
    assert!(shown.out.contains(&socket), "{shown:?}");
    assert!(!path.exists());
    fs::remove_file(home.store()).unwrap();
    home.fails(3, &CHECK);
}

#[test]
fn a_new_key_file_is_remembered_beside_the_table() {
    let home = TestHome::empty();
    fs::create_dir_all(home.config().parent().unwrap()).unwrap();
    let before =
        "# mine\ncolor = \"never\"\n\n# the server\n[serve]\nmetrics_listen = \"off\" # none\n";
    fs::write(home.config(), before).unwrap();
    let init = ["init", "--new-key-file", "keys/store.key", "--no-recovery"];
    home.done(&init);
    let after = fs::read_to_string(home.config()).unwrap();
    let (keys, table) = after.split_once("# the server\n").unwrap();
    assert!(keys.starts_with("# mine\ncolor = \"never\"\n"), "{after}");
    assert!(keys.contains("key_file = "), "{after}");
    assert_eq!(table, "[serve]\nmetrics_listen = \"off\" # none\n");
    assert_eq!(home.json(&CHECK)["metrics_listen"], json!(null));
}
