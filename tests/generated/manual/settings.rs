//! `hallpass-config(5)`: the settings file and the environment.

use clap_mangen::roff::{Roff, bold, roman};

use super::{SETTINGS, terms};

/// Each setting, its option if it has one, and what it means.
pub(super) const KEYS: [(&str, &str); 8] = [
    ("store = \"PATH\"", "The store, like --store."),
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
         off neither reads nor writes one.",
    ),
    (
        "serve = { metrics_listen = \"ADDRESS\" }",
        "The options of `hallpass serve`: metrics_listen, where metrics and health are answered. \
         `hallpass health` asks there.",
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
        roman("(1)"),
    ]);
    let mut page = Vec::new();
    roff.to_writer(&mut page).unwrap();
    (format!("{SETTINGS}.5"), page)
}

const DESCRIPTION: [&str; 4] = [
    "hallpass takes each setting from the first of these that has it: the command line, the \
     environment, the settings file, a default.",
    "The settings file is TOML in UTF-8, of at most 64 KiB, without tables. Another file is selected by \
     --config or HALLPASS_CONFIG; it must exist then. A key that is not listed here is an error. Paths \
     are absolute, and neither ~ nor $ is expanded.",
    "The file sets the key and can turn the anchor off, so it must belong to its user or to root, and \
     neither it nor a folder above it may be writable by others.",
    "Neither the file nor any variable holds a secret. An empty variable counts as not set.",
];

const EXAMPLE: [&str; 3] = [
    "store = \"/srv/hallpass/store.db\"",
    "key_file = \"/etc/hallpass/store.key\"",
    "token_lifetime = \"90d\"",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::super::super::root;
    use super::KEYS;

    #[test]
    fn every_setting_is_described_and_no_other() {
        let source = fs::read_to_string(root().join("src/bin/hallpass/settings/file.rs")).unwrap();
        let fields = source
            .split_once("struct Contents {")
            .unwrap()
            .1
            .split_once("\n}")
            .unwrap()
            .0;
        let fields = fields
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub(super) "));
        let fields: BTreeSet<_> = fields
            .map(|field| field.split_once(':').unwrap().0)
            .collect();
        let described: BTreeSet<_> = KEYS
            .iter()
            .map(|(key, _)| key.split(' ').next().unwrap())
            .collect();
        assert_eq!(described, fields);
    }
}
