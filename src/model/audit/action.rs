//! Actions and kinds of objects in the audit log.

/// Declares an enum and its words in one list, so that no variant lacks its word.
macro_rules! words {
    ($(#[$of:meta])* $of_name:ident { $($(#[$doc:meta])* $name:ident = $word:literal,)* }) => {
        $(#[$of])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $of_name {
            $($(#[$doc])* $name,)*
        }

        impl $of_name {
            /// All variants.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in the log and in JSON.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// The variant with this word, if there is one.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.word() == word)
            }
        }
    };
}

words! {
    /// An action in the audit log. The list is complete. The word is a noun and a verb:
    /// `token.add`.
    Action {
        /// A connection was created.
        ConnectionAdd = "connection.add",
        /// A connection was blocked.
        ConnectionBlock = "connection.block",
        /// A connection was deleted.
        ConnectionDelete = "connection.delete",
        /// A connection was changed.
        ConnectionEdit = "connection.edit",
        /// A connection of a restored backup was restricted again.
        ConnectionRestrict = "connection.restrict",
        /// A connection got a new API key.
        ConnectionRotateKey = "connection.rotate_key",
        /// The block of a connection was lifted.
        ConnectionUnblock = "connection.unblock",
        /// An environment was created.
        EnvironmentAdd = "environment.add",
        /// An environment was deleted.
        EnvironmentDelete = "environment.delete",
        /// An environment was changed.
        EnvironmentEdit = "environment.edit",
        /// An environment got a new key.
        EnvironmentRotateKey = "environment.rotate_key",
        /// A key slot was added.
        KeyAdd = "key.add",
        /// A key slot was removed.
        KeyRemove = "key.remove",
        /// A profile signed in with its password.
        Login = "login",
        /// Mail settings were removed.
        MailClear = "mail.clear",
        /// A mail was sent.
        MailSend = "mail.send",
        /// Mail settings were set.
        MailSet = "mail.set",
        /// A test mail was sent.
        MailTest = "mail.test",
        /// A verification code was cancelled.
        OtpCancel = "otp.cancel",
        /// A verification code was requested.
        OtpRequest = "otp.request",
        /// A verification code was exchanged for a token.
        OtpValidate = "otp.validate",
        /// The password of a profile was removed.
        PasswordClear = "password.clear",
        /// A password was generated for a profile and is not set yet.
        PasswordGenerate = "password.generate",
        /// The password of a profile was set.
        PasswordSet = "password.set",
        /// A password that could not be delivered was rolled back to the previous one.
        PasswordUndo = "password.undo",
        /// A password was verified.
        PasswordVerify = "password.verify",
        /// A profile was added.
        ProfileAdd = "profile.add",
        /// A profile was deleted.
        ProfileDelete = "profile.delete",
        /// A profile was changed.
        ProfileEdit = "profile.edit",
        /// The tombstone of a deleted profile was removed.
        ProfilePrune = "profile.prune",
        /// A profile of a restored backup was restricted again.
        ProfileRestrict = "profile.restrict",
        /// A profile was resumed.
        ProfileResume = "profile.resume",
        /// A profile was suspended.
        ProfileSuspend = "profile.suspend",
        /// A profile whose first token could not be delivered was removed.
        ProfileUndo = "profile.undo",
        /// A store that had been refused was accepted.
        StoreAccept = "store.accept",
        /// The store was copied: this is the copy.
        StoreCopy = "store.copy",
        /// The store was created.
        StoreInit = "store.init",
        /// The store was moved: this is what it was moved from.
        StoreMoved = "store.moved",
        /// A backup was restored.
        StoreRestore = "store.restore",
        /// A pending token was delivered, and is valid from now on.
        TokenActivate = "token.activate",
        /// A token was issued.
        TokenAdd = "token.add",
        /// A token of another system was imported.
        TokenImport = "token.import",
        /// A token was used after its successor had replaced it.
        TokenLateUse = "token.late_use",
        /// The tombstone of a token was removed.
        TokenPrune = "token.prune",
        /// A token of a restored backup was restricted again.
        TokenRestrict = "token.restrict",
        /// A token was resumed.
        TokenResume = "token.resume",
        /// A token was revoked.
        TokenRevoke = "token.revoke",
        /// A token was replaced by a successor.
        TokenRotate = "token.rotate",
        /// A token was suspended.
        TokenSuspend = "token.suspend",
        /// A pending token that was not delivered was removed.
        TokenUndo = "token.undo",
    }
}

words! {
    /// The kind of thing that it was done to.
    ObjectKind {
        /// A connection.
        Connection = "connection",
        /// An environment.
        Environment = "environment",
        /// A key slot.
        Key = "key",
        /// Mail settings.
        Mail = "mail",
        /// A verification code.
        Otp = "otp",
        /// A profile.
        Profile = "profile",
        /// The store itself.
        Store = "store",
        /// A token.
        Token = "token",
    }
}
