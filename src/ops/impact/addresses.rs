//! The addresses that a token may be used from, before and after a change.

use super::side::{At, Side};
use crate::model::address::AddressRange;
use crate::model::connection::Connection;

/// The difference in the addresses a token may be used from.
#[derive(Default)]
pub(super) struct Addresses {
    pub(super) lost: bool,
    pub(super) gained: bool,
    /// There were some before, and there are none after.
    pub(super) emptied: bool,
}

/// Compares the addresses that a token may be used from.
pub(super) fn addresses(before: (Side<'_>, At<'_>), after: (Side<'_>, At<'_>)) -> Addresses {
    let then = rules(before);
    let now = rules(after);
    if then == now {
        return Addresses::default();
    }
    let mut some = false;
    let mut left = false;
    let mut found = Addresses::default();
    for probe in AddressRange::probes(then.into_iter().chain(now).flatten()) {
        let was = before.0.is_valid(before.1, Some(probe));
        let will = after.0.is_valid(after.1, Some(probe));
        some |= was;
        left |= will;
        found.lost |= was && !will;
        found.gained |= !was && will;
    }
    Addresses {
        emptied: some && !left,
        ..found
    }
}

/// The lists of address ranges that apply to a token.
fn rules<'a>((side, at): (Side<'a>, At<'a>)) -> [&'a [AddressRange]; 3] {
    let of = |list: fn(&Connection) -> &Vec<AddressRange>| {
        at.map_or(&[][..], |(_, connection)| list(connection).as_slice())
    };
    [
        &side.token.allow_ip,
        of(|connection| &connection.allow_ip),
        of(|connection| &connection.deny_ip),
    ]
}
