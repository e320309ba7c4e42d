//! `hallpass-config(5)`: the settings file and the environment.

use clap_mangen::roff::{Roff, bold, roman};

use super::{SETTINGS, terms};

/// Each setting, its option if it has one, and what it means.
pub(super) const KEYS: [(&str, &str); 10] = [
    (
        "store = \"PATH\"",
        "The store, like --store: a file, or the URL of a database.",
    ),
    (
        "state_dir = \"DIR\"",
        "The folder of the anchors, like --state-dir.",
    ),
    (
        "key_file = \"FILE\"",
        "The key file that opens the store, like --key-file. `hallpass init --new-key-file` writes it.",
    ),
    (
        "output = \"table\" | \"json\" | \"jsonl\" | \"csv\"",
        "The output format, like --output. The default is table.",
    ),
    (
        "color = \"auto\" | \"always\" | \"never\"",
        "When output is coloured, like --color. The default is auto: at a terminal.",
    ),
    (
        "token_lifetime = \"DURATION\"",
        "The lifetime of a token if neither --expires nor its connection sets one. The default is 1y.",
    ),
    (
        "anchor = \"on\" | \"require\" | \"off\"",
        "Whether this machine keeps an anchor of each store, to detect an old or foreign copy: on checks the \
         anchor if there is one and updates it (the default), require refuses a store without one, \
         off neither reads nor writes one. `hallpass serve` takes on as require.",
    ),
    (
        "database_password_file = \"FILE\"",
        "The file with the password of the database's role, like --database-password-file.",
    ),
    (
        "anchor_adopt = true | false",
        "Whether this machine follows by itself when another one has accepted an older state of the store, has \
         restored a backup of it, or has moved it: true (the default) follows if whoever did that had seen at least as \
         much, after making everything end that this machine knows to have ended; false refuses such a store until \
         `hallpass store accept --fork`.",
    ),
    (
        "[serve]",
        "The options of `hallpass serve`, below. A table is the last part of the file: keys after it belong to it.",
    ),
];

/// Each option of the server, and what it means where the name does not say it.
const SERVE_KEYS: [(&str, &str); 16] = [
    (
        "listen = \"ADDRESS\" | [\"ADDRESS\", ...]",
        "Where it listens, like --listen. A path after unix: is absolute.",
    ),
    (
        "metrics_listen = \"ADDRESS\" | \"off\"",
        "Where metrics and health are answered, like --metrics-listen. `hallpass health` asks there.",
    ),
    (
        "doors = \"DOOR\" | [\"DOOR\", ...]",
        "What it answers, like --doors: verify, token, introspect, profit.",
    ),
    (
        "trust_proxy = \"CIDR\" | [\"CIDR\", ...]",
        "The peers whose word about the client's address counts, like --trust-proxy: ranges, or unix.",
    ),
    (
        "client_ip_header = \"NAME\"",
        "The header in which they name it, like --client-ip-header.",
    ),
    (
        "tls_cert = \"FILE\"",
        "The certificate of TCP listeners and its chain, like --tls-cert.",
    ),
    ("tls_key = \"FILE\"", "Its key, like --tls-key."),
    (
        "plain_http = true | false",
        "Whether addresses that other machines reach may be plain, like --plain-http.",
    ),
    (
        "max_connections = N",
        "How many connections there may be, like --max-connections.",
    ),
    (
        "access_log = \"on\" | \"off\"",
        "Whether each answer is logged, like --access-log.",
    ),
    (
        "socket_group = \"GROUP\"",
        "The group that may connect to Unix sockets, like --socket-group.",
    ),
    (
        "public_url = \"URL\"",
        "The server as its clients see it, like --public-url.",
    ),
    (
        "metrics_per_token = true | false",
        "Whether there are metrics for each token, like --metrics-per-token.",
    ),
    (
        "token_lifetime = \"DURATION\"",
        "The lifetime of the tokens that a client gets for its credential, at most 1h, the default.",
    ),
    (
        "table_limit = N",
        "A store with more tokens than this is not kept in memory. The default is 2000000.",
    ),
    (
        "database_grace = \"TIME\"",
        "How much longer than a second it answers while the database does not, like --database-grace.",
    ),
];

/// The page, with the variables of the environment as the help lists them.
pub(super) fn page(variables: &[(String, String)]) -> (String, Vec<u8>) {
    let mut roff = Roff::new();
    let source = concat!("hallpass ", env!("CARGO_PKG_VERSION"));
    roff.control("TH", [SETTINGS, "5", "", source, "hallpass manual"])
        .control("ad", ["l"]);
    roff.control("SH", ["NAME"]).text([roman(
        "hallpass-config - settings and environment of hallpass",
    )]);
    roff.control("SH", ["SYNOPSIS"])
        .text([bold("~/.config/hallpass/config.toml")]);
    roff.control("SH", ["DESCRIPTION"]);
    for (n, paragraph) in DESCRIPTION.iter().enumerate() {
        if n > 0 {
            roff.control("PP", []);
        }
        roff.text([roman(*paragraph)]);
    }
    roff.control("SH", ["SETTINGS"]);
    terms(
        &mut roff,
        &KEYS.map(|(key, meaning)| (key.to_owned(), meaning.to_owned())),
    );
    roff.control("SH", ["SETTINGS OF THE SERVER"]);
    terms(
        &mut roff,
        &SERVE_KEYS.map(|(key, meaning)| (key.to_owned(), meaning.to_owned())),
    );
    roff.control("SH", ["ENVIRONMENT"]);
    terms(&mut roff, variables);
    roff.control("SH", ["EXAMPLES"]);
    for line in EXAMPLE {
        roff.control("nf", [])
            .control("RS", ["4"])
            .text([bold(line)]);
        roff.control("RE", []).control("fi", []);
    }
    roff.control("SH", ["SEE ALSO"]).text([
        bold("hallpass"),
        roman("(1), "),
        bold("hallpass-init"),
        roman("(1), "),
        bold("hallpass-serve"),
        roman("(1)"),
    ]);
    let mut page = Vec::new();
    roff.to_writer(&mut page).unwrap();
    (format!("{SETTINGS}.5"), page)
}

const DESCRIPTION: [&str; 4] = [
    "hallpass takes each setting from the first of these that has it: the command line, the \
     environment, the settings file, a default.",
    "The settings file is TOML in UTF-8, of at most 64 KiB. Another file is selected by \
     --config or HALLPASS_CONFIG; it must exist then. A key that is not listed here is an error. Paths \
     are absolute, and neither ~ nor $ is expanded.",
    "The file sets the key and can turn the anchor off, so it must belong to its user or to root, and \
     neither it nor a folder above it may be writable by others.",
    "Neither the file nor any variable holds a secret. An empty variable counts as not set.",
];

const EXAMPLE: [&str; 6] = [
    "store = \"/srv/hallpass/store.db\"",
    "key_file = \"/etc/hallpass/store.key\"",
    "token_lifetime = \"90d\"",
    "[serve]",
    "listen = \"unix:/run/hallpass/http.sock\"",
    "trust_proxy = \"unix\"",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::super::super::root;
    use super::{KEYS, SERVE_KEYS};

    #[test]
    fn every_setting_is_described_and_no_other() {
        assert_described("file.rs", "struct Contents {", "pub(super) ", &KEYS);
        let serve = "struct ServeSettings {";
        assert_described("serve.rs", serve, "pub(crate) ", &SERVE_KEYS);
    }

    fn assert_described(file: &str, name: &str, visibility: &str, keys: &[(&'static str, &str)]) {
        let file = root().join("src/bin/hallpass/settings").join(file);
        let source = fs::read_to_string(file).unwrap();
        let fields = source.split_once(name).unwrap().1;
        let fields = fields.split_once("\n}").unwrap().0;
        let fields = fields
            .lines()
            .filter_map(|line| line.trim().strip_prefix(visibility));
        let fields: BTreeSet<_> = fields
            .map(|field| field.split_once(':').unwrap().0)
            .collect();
        let name = |key: &'static str| key.split(' ').next().unwrap().trim_matches(['[', ']']);
        let described: BTreeSet<_> = keys.iter().map(|(key, _)| name(key)).collect();
        assert_eq!(described, fields);
    }
}
