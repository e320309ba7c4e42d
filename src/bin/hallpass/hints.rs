//! The hint for each error that has one.

use std::io;

use hallpass::Error;
use hallpass::backend::Fault;
use hallpass::error::{Dependent, Dependents, Existing, History, Refusal, Subject};
use hallpass::model::mail::{Remedy, SendFailure};
use hallpass::model::token::TokenAddress;

use crate::hint::Hint;

mod location;
mod suggestion;

pub(crate) use location::of_location;
pub(crate) use suggestion::MissingName;

/// Returns the command that follows from `error`, ready to paste, or advice where no command helps.
pub(crate) fn next(error: &Error) -> Option<Hint> {
    match error {
        Error::Invalid(invalid) => invalid.hint.clone().map(Hint::Advice),
        Error::NotFound(Subject::Profile(_)) => command("profile list"),
        Error::NotFound(Subject::Connection(name)) => command(format!("connection add {name}")),
        Error::NotFound(Subject::Environment(name)) => command(format!("environment add {name}")),
        Error::NotFound(Subject::Token(TokenAddress::Named { profile, .. })) => {
            command(format!("token list {profile} --all"))
        }
        Error::NotFound(Subject::Token(TokenAddress::Id(_)) | Subject::Import) => {
            command("token list --all")
        }
        Error::Exists(Existing::Import(token)) => command(format!("token show {token}")),
        Error::NotFound(Subject::Slot(_)) => command("store key list"),
        Error::Exists(Existing::Profile(name)) => command(format!("profile show {name}")),
        Error::Exists(Existing::Connection(name)) => command(format!("connection show {name}")),
        Error::Exists(Existing::Environment(name)) => command(format!("environment show {name}")),
        Error::Exists(Existing::Token(profile, name)) => {
            command(format!("token show {profile}/{name}"))
        }
        Error::Exists(Existing::Device { profile, token, .. }) => {
            command(format!("token revoke {profile}/{token}"))
        }
        Error::Exists(
            Existing::Successor { successor, .. } | Existing::Answer { successor, .. },
        ) => command(format!("token show {successor}")),
        Error::WrongKey => advice(
            "use another key (`--key-file`, `--passphrase-file`), or a recovery code as the passphrase",
        ),
        Error::KeyFile(_) => advice("use the store's own key file: `--key-file FILE`"),
        Error::Integrity(_) => command("store restore BACKUP"),
        Error::History(history) => accepted(history),
        Error::Clock { .. } => command("store accept --clock --dry-run"),
        Error::AnchorUnwritable { .. } => {
            advice("use a writable folder with `--state-dir DIR`, or no anchor with `--no-anchor`")
        }
        Error::Refused(refusal) => refused(refusal),
        Error::Undelivered { source, .. } if source.kind() == io::ErrorKind::FileTooLarge => {
            advice("use `--to file:PATH`, or `--output table`, which prints only the secret")
        }
        Error::Occupied(_) => advice("`--overwrite` replaces it"),
        Error::StillValid { token, .. } => command(format!("token revoke {token}")),
        Error::StillSet { profile, .. } => command(format!("password clear {profile}")),
        Error::Locked(profile) => command(format!("profile edit {profile} --unlock")),
        Error::NotSent(failure) => unsent(failure),
        Error::Storage(fault) => storage(fault),
        Error::Moved => advice("try again"),
        Error::InUse => advice("end `hallpass serve` or the other command, and try again"),
        Error::Bug(_) => advice("please report it, with the command and this message"),
        _ => None,
    }
}

/// Returns the hint for one of several errors in a declaration, where options are of no use.
pub(crate) fn of_part(error: &Error) -> Option<Hint> {
    match error {
        Error::Refused(Refusal::TooShort { .. }) => {
            advice("declare a shorter `min_life`, or a longer `expires`")
        }
        Error::Refused(Refusal::LifetimeTooLong { maximum, .. }) => {
            advice(format!("declare `expires = \"{maximum}\"`, or less"))
        }
        Error::Refused(Refusal::NotAllowed { .. }) => {
            advice("declare another connection for the token, or allow its profile this one")
        }
        Error::NotFound(Subject::Connection(_) | Subject::Environment(_)) => {
            advice("declare it, too, or add it first")
        }
        Error::Exists(Existing::Token(..)) => {
            advice("give the new token another name, or revoke the old one first")
        }
        occupied @ Error::Occupied(_) => next(occupied),
        other => next(other).filter(|hint| matches!(hint, Hint::Command(_))),
    }
}

/// Returns how a store of another history is used in spite of it.
fn accepted(history: &History) -> Option<Hint> {
    match history {
        History::AnchorMissing => {
            advice("if you know that this is the newest store, omit `--require-anchor` once")
        }
        History::Rollback { .. } => command("store accept --rollback --dry-run"),
        History::Fork(_) | History::AcceptedElsewhere { .. } | History::Substituted(_) => {
            command("store accept --fork --dry-run")
        }
        History::Moved(_) => advice(
            "use it there: `--store PLACE`; `hallpass store accept --moved` uses this one again",
        ),
        History::LogCut { .. } | History::LogDiffers(_) => advice(
            "find out who replaced the store; `hallpass store restore BACKUP` restores a backup",
        ),
        _ => None,
    }
}

fn refused(refusal: &Refusal) -> Option<Hint> {
    match refusal {
        Refusal::InUse { name, users } => in_use(name, users),
        Refusal::DefaultEnvironment(_) => command("environment edit OTHER --default"),
        Refusal::LastConnection(name) => command(format!("profile edit {name} --any-connection")),
        Refusal::LastRange(name) => command(format!("connection edit {name} --any-ip")),
        Refusal::LifetimeTooLong { maximum, .. } => advice(format!("--expires {maximum}")),
        Refusal::LoginTooLong(maximum) => advice(format!("--for {maximum}")),
        Refusal::TooShort { .. } => advice("use a shorter `--min-life`, or a longer `--expires`"),
        Refusal::NotAllowed {
            profile,
            connection,
        } => command(format!(
            "profile edit {profile} --add-connection {connection}"
        )),
        Refusal::NotAMember { profile, group, .. } => {
            command(format!("profile edit {profile} --add-group {group}"))
        }
        Refusal::ProfileSuspended(name) => command(format!("profile resume {name}")),
        Refusal::NoMail { environment: None } => {
            command("mail set smtp://USER@HOST --from ADDRESS")
        }
        Refusal::NoMail {
            environment: Some(name),
        } => command(format!(
            "mail set smtp://USER@HOST --from ADDRESS --environment {name}"
        )),
        Refusal::NoEmail(name) => command(format!("profile edit {name} --email ADDRESS")),
        Refusal::NoPassword(name) => command(format!("password set {name}")),
        Refusal::WeakPassword(_) => command("password set PROFILE --generate"),
        Refusal::Guessable | Refusal::OwnShape => {
            advice("issue a new token: `hallpass token add` without `--value-file`")
        }
        Refusal::LastSlot(_) => advice(
            "add another key first (`hallpass store key add`), or open the store with another (`--key-file FILE`)",
        ),
        Refusal::ColocatedKey => {
            advice("keep it in another folder, or accept the risk with `--allow-colocated-key`")
        }
        _ => None,
    }
}

fn unsent(failure: &SendFailure) -> Option<Hint> {
    advice(match failure.remedy? {
        Remedy::NameAuthority => {
            "if the server is your own, repeat `hallpass mail set` with `--ca-file FILE`"
        }
        Remedy::NameAsCertified => "repeat `hallpass mail set` with the name in its certificate",
        Remedy::SignIn => "repeat `hallpass mail set` with the right user and password",
        Remedy::OtherProtection => {
            "`smtp:` (port 587) starts with STARTTLS, `smtps:` (port 465) with TLS from the first byte"
        }
        Remedy::CheckServer => "check the host and port: `hallpass mail show`",
        _ => return None,
    })
}

/// Returns how the first dependent, or the tokens that are named, can be detached from a connection
/// or an environment.
fn in_use(name: &str, users: &Dependents) -> Option<Hint> {
    if let Some(Dependent::Profile(profile)) = users.named.first() {
        return command(format!("profile edit {profile} --remove-connection {name}"));
    }
    let tokens = users.named.iter().filter_map(|user| match user {
        Dependent::Token(address) => Some(address.to_string()),
        _ => None,
    });
    let tokens: Vec<_> = tokens.collect();
    command(format!("token revoke {} --dry-run", tokens.join(" ")))
}

fn storage(fault: &Fault) -> Option<Hint> {
    match fault {
        Fault::Unsafe { fix, .. } => fix.clone().map(Hint::Advice),
        Fault::Missing(_) => command("init"),
        Fault::NoDatabase(_) => advice("create it with `createdb`, or name another one"),
        Fault::NoTables { role, .. } => command(format!("store schema --role {role}")),
        Fault::UnknownOutcome(_) => advice(
            "look whether it was done before you repeat it; a secret that was shown counts as not valid: \
             revoke it if it is there (`hallpass token list --all`)",
        ),
        Fault::Exists(_) => command("status"),
        Fault::Busy => advice("another hallpass is writing; try again"),
        Fault::ReadOnly(_) => advice("reading still works; writing needs a writable filesystem"),
        Fault::Corrupt(_) => command("store restore BACKUP"),
        Fault::NewerFormat(_) => {
            advice("install the hallpass version that wrote it, or a newer one")
        }
        _ => None,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the tables above has the same shape"
)]
fn command(words: impl Into<String>) -> Option<Hint> {
    Some(Hint::command(words))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every arm of the tables above has the same shape"
)]
fn advice(text: impl Into<String>) -> Option<Hint> {
    Some(Hint::advice(text))
}
