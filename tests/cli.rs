//! The commands: wiring, words, streams, codes. What they do is tested on the operations.

mod actor;
mod anchor;
mod apply;
mod audit;
mod codes;
mod completion;
mod connection;
mod copy;
#[cfg(feature = "postgres")]
mod database;
mod delivery;
mod demo;
mod ensure;
mod environment;
mod explain;
mod guide;
mod identify;
mod import;
mod init;
mod interrupted;
mod keys;
mod leftovers;
mod login;
mod mail;
mod manage;
mod matrix;
mod memory;
mod nearly;
mod otp;
mod password;
mod paths;
mod profile;
mod protected_files;
mod readers;
mod restore;
mod review;
mod rotate;
mod selection;
mod selectors;
mod shell;
mod sinks;
mod state;
mod status;
mod stops;
mod store;
mod terminal;
mod token;
mod trees;
mod trusted_paths;
mod unlock;
mod untouched;
mod verify;

use serde_json::Value;

/// The four formats.
const FORMATS: [&str; 4] = ["table", "json", "jsonl", "csv"];

/// Values that no name and no text may have, each for a reason of its own.
fn hostile() -> Vec<String> {
    vec![
        String::new(),
        "\u{1b}[2Jx".to_owned(),
        "a\u{202e}b".to_owned(),
        "a\u{200b}b".to_owned(),
        "a\nb".to_owned(),
        "x".repeat(64 * 1024),
    ]
}

/// The fields of an object, in order.
fn fields(json: &str) -> Vec<String> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(json).unwrap();
    let mut fields: Vec<_> = object.keys().cloned().collect();
    fields.sort_by_key(|field| json.find(&format!("\"{field}\":")).unwrap());
    fields
}
