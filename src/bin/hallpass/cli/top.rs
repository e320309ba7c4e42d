//! Commands that belong to no noun.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName};
use hallpass::model::severity::Severity;
use hallpass::model::text::Device;
use hallpass::model::time::Span;

use super::binding::{BindingFlags, EncodingFlags};
use super::input::{Input, one_of};
use super::path::path;
use super::sink::SinkFlags;

/// Show what hallpass does, on a store that is thrown away afterwards
///
/// Each step is shown as the command to type and what it answers. Nothing of yours is touched.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass demo", "hallpass demo --keep /tmp/hallpass-demo"))]
pub(crate) struct Demo {
    /// Keep the store in this new folder instead of throwing it away
    #[arg(long, value_name = "DIR")]
    #[arg(value_parser = path())]
    pub(crate) keep: Option<PathBuf>,
}

/// Create the store
///
/// At a terminal it asks for a passphrase, twice, and shows a recovery code once. With
/// `--new-key-file` nothing is asked: the key is written there and the settings remember the file.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass init",
    "hallpass init --new-key-file ~/.config/hallpass/keys/store.key --no-recovery",
    "hallpass init --passphrase-file secret.txt --recovery-file recovery.txt";
    "2" "off a terminal: no key, or neither `--recovery-file` nor `--no-recovery`",
    "4" "the store or a file to be written exists already"
))]
pub(crate) struct Init {
    /// Make a key file instead of a passphrase; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) new_key_file: Option<PathBuf>,
    /// Write the recovery code to this new file instead of showing it
    #[arg(long, value_name = "FILE", conflicts_with = "no_recovery")]
    #[arg(value_parser = path())]
    pub(crate) recovery_file: Option<PathBuf>,
    /// Make no recovery code: whoever loses the key loses the store
    #[arg(long)]
    pub(crate) no_recovery: bool,
}

/// Say whether the store can be opened now, without ever asking
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass status", "hallpass status --output json";
    "0" "the store can be opened now",
    "3" "there is no store",
    "21" "it needs a key"
))]
pub(crate) struct Status {}

/// Keep the store open for a while, so that the passphrase is typed once
///
/// The kernel keeps what opens the store, in memory that is never swapped, for this user alone: every
/// terminal, script and cron job of the same user finds it there. The passphrase itself is not kept. A
/// key that is given in another way comes before what is kept. Only a key that is given or typed
/// renews the time.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass unlock", "hallpass unlock --for 8h", "hallpass unlock --key-file /media/stick/store.key";
    "1" "the kernel keeps no key here, as in many containers",
    "6" "longer than 12h",
    "20" "wrong passphrase or key",
    "21" "no key to be had, and no terminal to ask at"
))]
pub(crate) struct Unlock {
    /// For how long, at most 12h
    #[arg(long = "for", value_name = "DURATION", default_value = "15m")]
    pub(crate) lasts: Span,
}

/// Forget at once what `unlock` keeps
///
/// It needs no key. Other users, and other stores, are not affected.
#[derive(Debug, Args)]
#[command(after_help = after!("hallpass lock"; "0" "nothing is kept any more, or nothing was"))]
pub(crate) struct Lock {}

/// Judge a token
///
/// The token is read from standard input or a file, never from an argument; at a terminal it is asked
/// for. What is not named is
/// not checked: without `--device`, a token bound to a device is not asked where it is used.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass verify --token-file token.txt",
    "printf %s \"$T\" | hallpass verify --connection ci --ip 192.0.2.7 --output json";
    "0" "valid",
    "2" "standard input is empty",
    "3" "no such connection or environment",
    "10-17" "the verdict, as `hallpass --help` has them"
))]
pub(crate) struct Verify {
    /// Judge it as used for this connection
    #[arg(long, value_name = "CONNECTION")]
    pub(crate) connection: Option<ConnectionName>,
    /// Judge it as used in this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<EnvironmentName>,
    /// Judge it as used on this device
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<Device>,
    /// Judge it as used from this address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) ip: Option<IpAddr>,
    /// Read the token from a file (`-` for standard input, as without it)
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<Input>,
}

/// Exchange the password of a profile for a short-lived token, printed once
///
/// Standard output carries the token and nothing else. It ends after an hour, or with the lifetime
/// of its connection if that is shorter. The password is asked for at a terminal; standard input is
/// read for it only with `--password-file -`.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "T=$(hallpass login github)",
    "hallpass login github --for 8h --connection ci --device laptop",
    "hallpass login github --password-file secret.txt --output json";
    "2" "off a terminal: no `--password-file`",
    "3" "no such connection or environment",
    "4" "a live token of the profile is for this device already",
    "6" "not allowed to use the connection, or to live that long",
    "11" "not the password, or no such profile",
    "14" "the profile is suspended",
    "22" "too many tries; the message says until when, or that sign-in is locked",
    "43" "the file of `--to`, or what leads to it, could be changed by others; or it holds something \
         that is not a secret of hallpass (`--overwrite`), or never takes one",
    "51" "the token could not be printed, so it is not valid"
))]
pub(crate) struct Login {
    /// Who signs in
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: ProfileName,
    /// Read the password from a file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<Input>,
    /// What it is bound to.
    #[command(flatten)]
    pub(crate) uses: BindingFlags,
    /// Let it end after this time, at most 12h [default: 1h]
    #[arg(long = "for", value_name = "DURATION")]
    pub(crate) lasts: Option<Span>,
    /// How it is spelled.
    #[command(flatten)]
    pub(crate) spelling: EncodingFlags,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) sink: SinkFlags,
}

/// Say what is not as it should be, and which command mends it
///
/// One finding a line, the worst first: profiles without a restriction, tokens that never end or that
/// nothing uses, weak keys and the like; `docs/review.md` has them all. Nothing is changed. With
/// `--html` the findings, profiles and tokens are also written as one page to be filed or printed.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass review",
    "hallpass review --fail-on high --output json",
    "hallpass review --html review.html";
    "4" "the file of `--html` exists",
    "7" "there are findings of that severity, or worse"
))]
pub(crate) struct Review {
    /// End with 7 only on findings of this severity, or worse
    #[arg(long, value_name = "SEVERITY", default_value = "low", value_parser = one_of([Severity::Low, Severity::Medium, Severity::High], Severity::word))]
    pub(crate) fail_on: Severity,
    /// Write all of it to this new file, as one page; an existing file is never overwritten
    #[arg(long, value_name = "FILE")]
    #[arg(value_parser = path())]
    pub(crate) html: Option<PathBuf>,
}

/// Print the completions of a shell
///
/// They complete commands and options, and the names of what is in the store if it can be opened
/// without asking: with a key file, or after `hallpass unlock`. They never ask, write or fail.
#[derive(Debug, Args)]
#[command(after_help = after!(
    "hallpass completions bash > ~/.local/share/bash-completion/completions/hallpass",
    "hallpass completions zsh > ~/.zfunc/_hallpass",
    "hallpass completions fish > ~/.config/fish/completions/hallpass.fish"
))]
pub(crate) struct Completions {
    /// Which shell
    pub(crate) shell: clap_complete::Shell,
}
