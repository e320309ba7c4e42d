//! Which commands change the store, and which leave it as it is.

use super::audit::Audit;
use super::command::Command;
use super::connection::Connection;
use super::environment::Environment;
use super::mail::Mail;
use super::otp::Otp;
use super::password::Password;
use super::profile::Profile;
use super::store::{Key, Store};
use super::token::Token;

/// What a command does to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It answers a question, or shows what would happen.
    Read,
    /// It changes something.
    Write,
}

impl Command {
    /// What it does to the store.
    ///
    /// That `verify` notes the use of a token, and `password verify` a failed attempt, makes them no
    /// changes: nobody asks for that.
    pub(crate) fn purpose(&self) -> Purpose {
        if self.only_reads() { Purpose::Read } else { Purpose::Write }
    }

    fn only_reads(&self) -> bool {
        match self {
            Self::Status(_)
            | Self::Unlock(_)
            | Self::Lock(_)
            | Self::Verify(_)
            | Self::Export(_)
            | Self::Review(_)
            | Self::Completions(_)
            | Self::Audit(Audit::List(_) | Audit::Verify(_) | Audit::Head(_) | Audit::Export(_)) => {
                true
            }
            Self::Environment(command) => environment(command),
            Self::Connection(command) => connection(command),
            Self::Profile(command) => profile(command),
            Self::Token(command) => token(command),
            Self::Password(command) => password(command),
            Self::Otp(command) => otp(command),
            Self::Mail(command) => mail(command),
            Self::Apply(apply) => apply.plan,
            Self::Store(command) => store(command),
            Self::Demo(_) | Self::Init(_) | Self::Login(_) => false,
        }
    }
}

fn environment(command: &Environment) -> bool {
    match command {
        Environment::List(_) | Environment::Show(_) => true,
        Environment::Edit(edit) => edit.dry_run,
        Environment::Delete(delete) => delete.dry_run,
        Environment::RotateKey(rotate) => rotate.dry_run,
        Environment::Add(_) => false,
    }
}

fn connection(command: &Connection) -> bool {
    match command {
        Connection::List(_) | Connection::Show(_) | Connection::Guide(_) => true,
        Connection::Edit(edit) => edit.dry_run,
        Connection::Block(block) => block.dry_run,
        Connection::Unblock(unblock) => unblock.dry_run,
        Connection::Delete(delete) => delete.dry_run,
        Connection::RotateKey(rotate) => rotate.dry_run,
        Connection::Add(_) => false,
    }
}

fn profile(command: &Profile) -> bool {
    match command {
        Profile::List(_) | Profile::Show(_) => true,
        Profile::Edit(edit) => edit.dry_run,
        Profile::Suspend(suspend) => suspend.dry_run,
        Profile::Resume(resume) => resume.dry_run,
        Profile::Delete(delete) => delete.dry_run,
        Profile::Add(_) | Profile::Manage(_) => false,
    }
}

fn token(command: &Token) -> bool {
    match command {
        Token::List(_) | Token::Show(_) => true,
        Token::Identify(identify) => !identify.revoke || identify.dry_run,
        Token::Revoke(revoke) => revoke.dry_run,
        Token::Suspend(suspend) => suspend.dry_run,
        Token::Resume(resume) => resume.dry_run,
        Token::Prune(prune) => prune.dry_run,
        Token::Ensure(ensure) => ensure.dry_run,
        Token::Add(_) | Token::Rotate(_) => false,
    }
}

fn password(command: &Password) -> bool {
    match command {
        Password::Verify(_) => true,
        Password::Set(set) => set.dry_run,
        Password::Clear(clear) => clear.dry_run,
    }
}

fn otp(command: &Otp) -> bool {
    match command {
        Otp::List(_) => true,
        Otp::Cancel(cancel) => cancel.dry_run,
        Otp::Request(_) | Otp::Validate(_) => false,
    }
}

fn mail(command: &Mail) -> bool {
    match command {
        Mail::Show(_) => true,
        Mail::Set(set) => set.dry_run,
        Mail::Clear(clear) => clear.dry_run,
        Mail::Test(_) | Mail::Send(_) => false,
    }
}

fn store(command: &Store) -> bool {
    match command {
        Store::Info(_) | Store::Check(_) | Store::Backup(_) | Store::Key(Key::List(_)) => true,
        Store::Restore(restore) => restore.dry_run,
        Store::Accept(accept) => accept.dry_run,
        Store::Key(Key::Remove(remove)) => remove.dry_run,
        Store::Key(Key::Add(_)) => false,
    }
}
