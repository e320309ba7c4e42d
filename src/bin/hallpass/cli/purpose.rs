//! Which commands change the store, and which leave it as it is.

use super::audit::AuditCommand;
use super::command::Command;
use super::connection::ConnectionCommand;
use super::environment::EnvironmentCommand;
use super::mail::MailCommand;
use super::otp::OtpCommand;
use super::password::PasswordCommand;
use super::profile::ProfileCommand;
use super::store::{KeyCommand, StoreCommand};
use super::token::TokenCommand;

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
        if self.only_reads() {
            Purpose::Read
        } else {
            Purpose::Write
        }
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
            | Self::Audit(
                AuditCommand::List(_)
                | AuditCommand::Verify(_)
                | AuditCommand::Head(_)
                | AuditCommand::Export(_),
            ) => true,
            Self::Environment(command) => environment(command),
            Self::Connection(command) => connection(command),
            Self::Profile(command) => profile(command),
            Self::Token(command) => token(command),
            Self::Password(command) => password(command),
            Self::Otp(command) => otp(command),
            Self::Mail(command) => mail(command),
            Self::Apply(apply) => apply.plan,
            Self::Store(command) => store(command),
            #[cfg(feature = "server")]
            Self::Serve(_) => false,
            #[cfg(feature = "server")]
            Self::Health(_) => true,
            Self::Demo(_) | Self::Init(_) | Self::Login(_) => false,
        }
    }
}

fn environment(command: &EnvironmentCommand) -> bool {
    match command {
        EnvironmentCommand::List(_) | EnvironmentCommand::Show(_) => true,
        EnvironmentCommand::Edit(edit) => edit.dry_run,
        EnvironmentCommand::Delete(delete) => delete.dry_run,
        EnvironmentCommand::RotateKey(rotate) => rotate.dry_run,
        EnvironmentCommand::Add(_) => false,
    }
}

fn connection(command: &ConnectionCommand) -> bool {
    match command {
        ConnectionCommand::List(_) | ConnectionCommand::Show(_) | ConnectionCommand::Guide(_) => {
            true
        }
        ConnectionCommand::Edit(edit) => edit.dry_run,
        ConnectionCommand::Block(block) => block.dry_run,
        ConnectionCommand::Unblock(unblock) => unblock.dry_run,
        ConnectionCommand::Delete(delete) => delete.dry_run,
        ConnectionCommand::RotateKey(rotate) => rotate.dry_run,
        ConnectionCommand::Add(_) => false,
    }
}

fn profile(command: &ProfileCommand) -> bool {
    match command {
        ProfileCommand::List(_) | ProfileCommand::Show(_) => true,
        ProfileCommand::Edit(edit) => edit.dry_run,
        ProfileCommand::Suspend(suspend) => suspend.dry_run,
        ProfileCommand::Resume(resume) => resume.dry_run,
        ProfileCommand::Delete(delete) => delete.dry_run,
        ProfileCommand::Add(_) | ProfileCommand::Manage(_) => false,
    }
}

fn token(command: &TokenCommand) -> bool {
    match command {
        TokenCommand::List(_) | TokenCommand::Show(_) => true,
        TokenCommand::Identify(identify) => !identify.revoke || identify.dry_run,
        TokenCommand::Revoke(revoke) => revoke.dry_run,
        TokenCommand::Suspend(suspend) => suspend.dry_run,
        TokenCommand::Resume(resume) => resume.dry_run,
        TokenCommand::Prune(prune) => prune.dry_run,
        TokenCommand::Ensure(ensure) => ensure.dry_run,
        TokenCommand::Add(_) | TokenCommand::Rotate(_) => false,
    }
}

fn password(command: &PasswordCommand) -> bool {
    match command {
        PasswordCommand::Verify(_) => true,
        PasswordCommand::Set(set) => set.dry_run,
        PasswordCommand::Clear(clear) => clear.dry_run,
    }
}

fn otp(command: &OtpCommand) -> bool {
    match command {
        OtpCommand::List(_) => true,
        OtpCommand::Cancel(cancel) => cancel.dry_run,
        OtpCommand::Request(_) | OtpCommand::Validate(_) => false,
    }
}

fn mail(command: &MailCommand) -> bool {
    match command {
        MailCommand::Show(_) => true,
        MailCommand::Set(set) => set.dry_run,
        MailCommand::Clear(clear) => clear.dry_run,
        MailCommand::Test(_) | MailCommand::Send(_) => false,
    }
}

fn store(command: &StoreCommand) -> bool {
    match command {
        StoreCommand::Info(_)
        | StoreCommand::Check(_)
        | StoreCommand::Backup(_)
        | StoreCommand::Key(KeyCommand::List(_)) => true,
        StoreCommand::Restore(restore) => restore.dry_run,
        StoreCommand::Copy(copy) => copy.dry_run,
        StoreCommand::Accept(accept) => accept.dry_run,
        #[cfg(feature = "postgres")]
        StoreCommand::Schema(schema) => !schema.run,
        StoreCommand::Key(KeyCommand::Remove(remove)) => remove.dry_run,
        StoreCommand::Key(KeyCommand::Add(_)) => false,
    }
}
