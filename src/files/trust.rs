//! Who can change or read a file or a folder: one check for every file that is written or trusted.
//!
//! The whole path is checked, from the root on: each folder, each symbolic link on the way, and the
//! file itself. Each must belong to the caller or to root, and no other user may be able to replace
//! its content. Folders are walked by descriptor, so that what was checked is what is used.
//!
//! The same rules apply to all files. Where a [`Rule`] differs from the others, this is the reason:
//!
//! | | |
//! |---|---|
//! | sticky folders (`/tmp`) | accepted on the way: only the owner of a file can rename or remove it. Not as the folder of a store or an outbox ([`PRIVATE`], [`OWN`]), where another user could create a name first |
//! | owner root | treated like the caller: root can do all of this anyway. Not for files that hallpass writes ([`SINK`], [`STORE`]): a file of root that the caller can write is shared on purpose |
//! | readable by others | refused for what opens the store ([`KEY`], [`PASSPHRASE`], [`STORE`]) and for the key of a certificate ([`TLS_KEY`]); a warning for a secret that is compared or imported ([`SECRET`]); accepted for instructions ([`INSTRUCTIONS`], [`SETTINGS`], [`PROGRAM`]) and for sealed data ([`MEMORY`]) |
//! | link as the last part | refused for files that are written or open the store; otherwise followed, and each target is checked. Links on the way are checked and followed |
//! | mounted secrets | a file of root with mode 0400, 0440 or 0444, on a tmpfs or a read-only file system, is how orchestrators deliver secrets ([`KEY`], [`PASSPHRASE`], [`SECRET`]): its readers are the container's, and it may be a link inside its own folder |
//! | pipes | a pipe that the caller has open is theirs (also for [`KEY`]); a named pipe blocks until it has a writer, which completions and settings cannot wait for (refused for [`KEY`] and [`SETTINGS`]) |
//! | hard links | refused for a store only: its sidecars are found by name |
//! | group | counts as others: its members change without notice |

mod distrust;
mod open;
mod rule;
mod walk;

pub use distrust::{Distrust, Problem, quoted, shell_word};
pub use open::{Opened, find, open};
pub use rule::{
    FolderRule, INSTRUCTIONS, KEY, MEMORY, OWN, PARENT, PASSPHRASE, PRIVATE, PROGRAM, Readers,
    Rule, SECRET, SETTINGS, SINK, STORE, TLS_KEY,
};
pub use walk::{Folder, Missing};

#[cfg(test)]
mod tests;
