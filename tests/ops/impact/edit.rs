//! Changes by chance, each of which is previewed and then made.

use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::impact::Impact;
use hallpass::ops::{Suspend, connection, profile};

use super::{CONNECTIONS, Dice, GROUPS, PROFILES, RANGES, ranges};
use crate::ops::fixture::{TestStore, p};

/// Some change, previewed or made.
pub(super) enum Edit {
    Profile(&'static str, profile::Edits),
    Connection(&'static str, connection::Edits),
    Suspend(&'static str),
    Resume(&'static str),
    Block(&'static str),
    Unblock(&'static str),
    Delete(&'static str),
}

impl Edit {
    pub(super) fn any(dice: &mut Dice) -> Self {
        let (profile, connection) = (dice.pick(&PROFILES), dice.pick(&CONNECTIONS));
        match dice.roll(12) {
            0..=4 => Self::Profile(profile, profile_edits(dice)),
            5..=9 => Self::Connection(connection, connection_edits(dice)),
            10 => match dice.roll(4) {
                0 => Self::Delete(profile),
                1 => Self::Resume(profile),
                _ => Self::Suspend(profile),
            },
            _ if dice.roll(2) == 0 => Self::Block(connection),
            _ => Self::Unblock(connection),
        }
    }

    pub(super) fn preview(&self, bench: &mut TestStore) -> hallpass::Result<Impact> {
        let (core, how) = (&mut bench.core, Suspend::default());
        let impact = match self {
            Self::Profile(name, edits) => profile::preview_edit(core, &p(name), edits)?.1,
            Self::Connection(name, edits) => connection::preview_edit(core, &p(name), edits)?.1,
            Self::Suspend(name) => profile::preview_suspend(core, &p(name), &how)?.1,
            Self::Resume(name) => profile::preview_resume(core, &p(name))?.1,
            Self::Block(name) => connection::preview_block(core, &p(name), None)?.1,
            Self::Unblock(name) => connection::preview_unblock(core, &p(name))?.1,
            Self::Delete(name) => profile::preview_delete(core, &p(name))?.1,
        };
        Ok(impact)
    }

    pub(super) fn make(&self, bench: &mut TestStore) {
        let (core, how) = (&mut bench.core, Suspend::default());
        match self {
            Self::Profile(name, edits) => drop(profile::edit(core, &p(name), edits).unwrap()),
            Self::Connection(name, edits) => {
                drop(connection::edit(core, &p(name), edits).unwrap());
            }
            Self::Suspend(name) => drop(profile::suspend(core, &p(name), &how).unwrap()),
            Self::Resume(name) => drop(profile::resume(core, &p(name)).unwrap()),
            Self::Block(name) => drop(connection::block(core, &p(name), None).unwrap()),
            Self::Unblock(name) => drop(connection::unblock(core, &p(name)).unwrap()),
            Self::Delete(name) => drop(profile::delete(core, &p(name)).unwrap()),
        }
    }

    /// Whether it is made to open something, and says so by its name.
    pub(super) fn opens_on_purpose(&self) -> bool {
        matches!(self, Self::Resume(_) | Self::Unblock(_))
    }
}

fn profile_edits(dice: &mut Dice) -> profile::Edits {
    let any = dice.roll(5) == 0;
    let (add, remove) = (dice.some(&CONNECTIONS), dice.some(&CONNECTIONS));
    let connections = ListChange {
        add: ranges(&add),
        remove: ranges(&remove),
    };
    let (add, remove) = (dice.some(&GROUPS), dice.some(&GROUPS));
    profile::Edits {
        any_connection: any,
        connections: if any {
            ListChange::default()
        } else {
            connections
        },
        groups: ListChange {
            add: ranges(&add),
            remove: ranges(&remove),
        },
        ..profile::Edits::default()
    }
}

fn connection_edits(dice: &mut Dice) -> connection::Edits {
    let group = match dice.roll(4) {
        0 => Change::Clear,
        1 => Change::Set(p(dice.pick(&GROUPS))),
        _ => Change::Keep,
    };
    let any_ip = dice.roll(4) == 0;
    let some = |dice: &mut Dice| ranges(&dice.some(&RANGES));
    let allow_ip = ListChange {
        add: some(dice),
        remove: some(dice),
    };
    connection::Edits {
        group,
        any_ip,
        allow_ip: if any_ip {
            ListChange::default()
        } else {
            allow_ip
        },
        deny_ip: ListChange {
            add: some(dice),
            remove: some(dice),
        },
        ..connection::Edits::default()
    }
}
