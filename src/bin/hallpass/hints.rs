//! What to type next, for each error that has an answer.

use std::io;

use hallpass::Error;
use hallpass::backend::Fault;
use hallpass::error::Refusal;
use hallpass::mail::{Remedy, Setback};
use hallpass::model::token::TokenAddress;

mod suggestion;

pub(crate) use suggestion::MissingName;

/// The command that follows from `error`, ready to paste, or what to do where no command helps.
pub(crate) fn next(error: &Error) -> Option<String> {
    match error {
        Error::Invalid(invalid) => invalid.hint.clone(),
        Error::ProfileNotFound(_) => some("hallpass profile list"),
        Error::ConnectionNotFound(name) => Some(format!("hallpass connection add {name}")),
        Error::EnvironmentNotFound(name) => Some(format!("hallpass environment add {name}")),
        Error::TokenNotFound(TokenAddress::Named { profile, .. }) => {
            Some(format!("hallpass token list {profile} --all"))
        }
        Error::TokenNotFound(TokenAddress::Id(_)) | Error::ImportNotFound => {
            some("hallpass token list --all")
        }
        Error::ImportExists(token) => Some(format!("hallpass token show {token}")),
        Error::SlotNotFound(_) => some("hallpass store key list"),
        Error::ProfileExists(name) => Some(format!("hallpass profile show {name}")),
        Error::ConnectionExists(name) => Some(format!("hallpass connection show {name}")),
        Error::EnvironmentExists(name) => Some(format!("hallpass environment show {name}")),
        Error::TokenExists(profile, name) => Some(format!("hallpass token show {profile}/{name}")),
        Error::DeviceTaken { profile, token, .. } => {
            Some(format!("hallpass token revoke {profile}/{token}"))
        }
        Error::Replaced { successor, .. } | Error::Answered { successor, .. } => {
            Some(format!("hallpass token show {successor}"))
        }
        Error::WrongKey => some(
            "name another key (`--key-file`, `--passphrase-file`), or use a recovery code as the passphrase",
        ),
        Error::KeyFile(_) => some("name the store's own key file: `--key-file FILE`"),
        Error::AnchorMissing => {
            some("if you know this to be the newest store, leave `--require-anchor` out once")
        }
        Error::Integrity(_) => some("hallpass store restore BACKUP"),
        Error::Rollback { .. } => some("hallpass store accept --rollback --dry-run"),
        Error::Fork(_) | Error::Substituted(_) => some("hallpass store accept --fork --dry-run"),
        Error::LogCut { .. } | Error::LogDiffers(_) => some(
            "find out who replaced the store; a backup goes back with `hallpass store restore BACKUP`",
        ),
        Error::Clock { .. } => some("hallpass store accept --clock --dry-run"),
        Error::AnchorUnwritable { .. } => some(
            "name a folder that can be written with `--state-dir DIR`, or do without: `--no-anchor`",
        ),
        Error::Refused(refusal) => refused(refusal),
        Error::Undelivered { source, .. } if source.kind() == io::ErrorKind::FileTooLarge => {
            some("`--to file:PATH`, or `--output table`, which is the secret alone")
        }
        Error::Occupied(_) => some("`--overwrite` replaces it"),
        Error::StillValid { token, .. } => Some(format!("hallpass token revoke {token}")),
        Error::StillSet { profile, .. } => Some(format!("hallpass password clear {profile}")),
        Error::Locked(profile) => Some(format!("hallpass profile edit {profile} --unlock")),
        Error::NotSent(setback) => unsent(setback),
        Error::Storage(fault) => storage(fault),
        Error::Moved => some("try again"),
        Error::Bug(_) => some("please report it, with the command and this message"),
        _ => None,
    }
}

/// As [`next`], for one of many things that a file declares: options are of no use there.
pub(crate) fn of_part(error: &Error) -> Option<String> {
    match error {
        Error::Refused(Refusal::TooShort { .. }) => {
            some("declare a shorter `min_life`, or a longer `expires`")
        }
        Error::Refused(Refusal::LifetimeTooLong { maximum, .. }) => {
            Some(format!("declare `expires = \"{maximum}\"`, or less"))
        }
        Error::Refused(Refusal::NotAllowed { .. }) => {
            some("declare another connection of the token, or one more of its profile")
        }
        Error::ConnectionNotFound(_) | Error::EnvironmentNotFound(_) => {
            some("declare it, too, or make it first")
        }
        Error::TokenExists(..) => {
            some("give the new one another name, or take the old one back first")
        }
        occupied @ Error::Occupied(_) => next(occupied),
        other => next(other).filter(|hint| hint.starts_with("hallpass ")),
    }
}

/// A command to paste, speaking of the store that this run spoke of; any other hint as it is. `place`
/// is what was said of the store: ` --store X`.
pub(crate) fn aimed(hint: String, place: &str) -> String {
    match hint.strip_prefix("hallpass ") {
        Some(rest) => format!("hallpass{place} {rest}"),
        None => hint,
    }
}

fn refused(refusal: &Refusal) -> Option<String> {
    match refusal {
        Refusal::InUse { name, users } => in_use(name, users),
        Refusal::DefaultEnvironment(_) => some("hallpass environment edit OTHER --default"),
        Refusal::LastConnection(name) => {
            Some(format!("hallpass profile edit {name} --any-connection"))
        }
        Refusal::LastRange(name) => Some(format!("hallpass connection edit {name} --any-ip")),
        Refusal::LifetimeTooLong { maximum, .. } => Some(format!("--expires {maximum}")),
        Refusal::LoginTooLong(maximum) => Some(format!("--for {maximum}")),
        Refusal::TooShort { .. } => {
            some("ask for less with `--min-life`, or for more with `--expires`")
        }
        Refusal::NotAllowed { profile, connection } => {
            Some(format!("hallpass profile edit {profile} --add-connection {connection}"))
        }
        Refusal::NotAMember { profile, group, .. } => {
            Some(format!("hallpass profile edit {profile} --add-group {group}"))
        }
        Refusal::ProfileSuspended(name) => Some(format!("hallpass profile resume {name}")),
        Refusal::NoMail { environment: None } => {
            some("hallpass mail set smtp://USER@HOST --from ADDRESS")
        }
        Refusal::NoMail { environment: Some(name) } => {
            Some(format!("hallpass mail set smtp://USER@HOST --from ADDRESS --environment {name}"))
        }
        Refusal::NoEmail(name) => Some(format!("hallpass profile edit {name} --email ADDRESS")),
        Refusal::NoPassword(name) => Some(format!("hallpass password set {name}")),
        Refusal::WeakPassword(_) => some("hallpass password set PROFILE --generate"),
        Refusal::Guessable | Refusal::OwnShape => {
            some("make a new one: `hallpass token add` without `--value-file`")
        }
        Refusal::LastSlot(_) => {
            some("add or name another key first: `hallpass store key add`, `--key-file FILE`")
        }
        Refusal::ColocatedKey => some("keep it elsewhere, or accept it: `--allow-colocated-key`"),
        _ => None,
    }
}

fn unsent(setback: &Setback) -> Option<String> {
    some(match setback.remedy? {
        Remedy::NameAuthority => {
            "if the server is your own: `hallpass mail set` again, with `--ca-file FILE`"
        }
        Remedy::NameAsCertified => {
            "`hallpass mail set` again, with the name that is in its certificate"
        }
        Remedy::SignIn => "`hallpass mail set` again, with the right user and password",
        Remedy::OtherProtection => {
            "`smtp:` (port 587) begins with STARTTLS, `smtps:` (port 465) with TLS from the first byte"
        }
        Remedy::CheckServer => "look at the host and the port: `hallpass mail show`",
        _ => return None,
    })
}

/// How the first user, or the tokens that are named, let go of a connection or an environment.
fn in_use(name: &str, users: &[String]) -> Option<String> {
    let first = users.first()?;
    if let Some(profile) = first.strip_prefix("profile ") {
        return Some(format!("hallpass profile edit {profile} --remove-connection {name}"));
    }
    let tokens: Vec<_> = users.iter().map(String::as_str).filter(|it| it.contains('/')).collect();
    Some(format!("hallpass token revoke {} --dry-run", tokens.join(" ")))
}

fn storage(fault: &Fault) -> Option<String> {
    match fault {
        Fault::UnsafeFile { fix, .. } => fix.clone(),
        Fault::Missing(_) => some("hallpass init"),
        Fault::Exists(_) => some("hallpass status"),
        Fault::Busy => some("another hallpass is writing; try again"),
        Fault::ReadOnly(_) => {
            some("reading still works; writing needs a filesystem that can be written")
        }
        Fault::Corrupt(_) => some("hallpass store restore BACKUP"),
        Fault::NewerFormat(_) => some("install the hallpass that wrote it, or a newer one"),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every arm of the tables above has the same shape")]
fn some(hint: &str) -> Option<String> {
    Some(hint.to_owned())
}
