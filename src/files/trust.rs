//! Who may change a file or a folder, or read it: one answer for every file that is written or
//! trusted.
//!
//! The whole path is judged, from the root on: each folder, each link that leads through it, and the
//! file itself. Every one of them must belong to the caller or to root, and nobody else may be able to
//! exchange what is in it. Folders are walked by descriptor, so that what was judged is what is used.
//!
//! One rule holds for all of it. Where a [`Rule`] differs from another, this is why:
//!
//! | | |
//! |---|---|
//! | sticky folders (`/tmp`) | pass on the way: nobody can rename or remove there what is not theirs. Not as the folder of a store or an outbox ([`PRIVATE`], [`OWN`]): another user could take a name there first |
//! | owner root | as good as the caller: root can do all of this anyway. Not for what hallpass writes ([`SINK`], [`STORE`]): a file of root's that the caller can write is somebody's by intention |
//! | reading | refused for what opens the store ([`KEY`], [`PASSPHRASE`], [`STORE`]); a warning for a secret that is compared or imported ([`SECRET`]); no matter for what says what is to be done ([`ORDERS`], [`SETTINGS`], [`PROGRAM`]) and for what is sealed ([`MEMORY`]) |
//! | links at the end | refused for what is written and for what opens the store, followed elsewhere, each judged. Links on the way are judged and followed |
//! | mounted secrets | a file of root's, mode 0400, 0440 or 0444, on a tmpfs or where nothing can be written, is how orchestrators hand out secrets ([`KEY`], [`PASSPHRASE`], [`SECRET`]): its readers are the container's, and it may be a link inside its own folder |
//! | pipes | the end of a pipe that the caller holds is theirs ([`KEY`] too); a pipe with a name waits for its writer, which completions and settings cannot ([`KEY`], [`SETTINGS`]) |
//! | second names | refused for a store alone: its sidecars go by name |
//! | group | is others: who is in it changes without a word |

mod distrust;
mod open;
mod rule;
mod walk;

pub use distrust::{Distrust, Problem, quoted, shell_word};
pub use open::{Opened, find, open};
pub use rule::{
    FolderRule, KEY, MEMORY, ORDERS, OWN, PASSPHRASE, PRIVATE, PROGRAM, Readers, Rule, SECRET,
    SETTINGS, SINK, STORE, WAY,
};
pub use walk::{Folder, Missing};

#[cfg(test)]
mod tests;
