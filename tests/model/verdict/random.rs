//! Facts of any kind: each is drawn from a few values, right and wrong ones.

use hallpass::model::address::AddressRange;
use hallpass::model::connection::Block;
use hallpass::model::id::RecordId;
use hallpass::model::profile::Suspension;
use hallpass::model::time::Time;
use hallpass::model::token::{Pending, Revocation};

use super::world::{World, suspension};
use super::{OTHER, OWN, PRODUCTION, TEST, at};
use crate::support::chance::Chance;

/// Times around those that matter: before, at and after `now` and `latest`.
const TIMES: [i64; 7] = [1, 999, 1_000, 1_001, 1_999, 2_000, 2_001];

pub(super) fn world(chance: &mut Chance) -> World {
    let mut world = World::bound();
    world.now = at(1_000);
    world.latest = at(*chance.pick(&[1_000, 2_000]));
    token(&mut world, chance);
    profile(&mut world, chance);
    connection(&mut world, chance);
    world.named = chance.maybe(2).then(|| record(chance));
    world.environment = chance.maybe(2).then(|| *chance.pick(&[PRODUCTION, TEST]));
    world.device = chance.maybe(2).then(|| {
        chance
            .pick(&["laptop", "LAPTOP", "desktop"])
            .parse()
            .unwrap()
    });
    world.ip = chance.maybe(2).then(|| {
        let ips = [
            "10.1.2.3",
            "::ffff:10.1.2.3",
            "10.2.0.1",
            "192.0.2.1",
            "2001:db8::1",
        ];
        chance.pick(&ips).parse().unwrap()
    });
    world
}

fn token(world: &mut World, chance: &mut Chance) {
    let token = &mut world.token;
    token.pending = chance.maybe(12).then(|| Pending::until(time(chance)));
    token.revoked = chance.maybe(8).then(|| Revocation {
        at: time(chance),
        reason: None,
    });
    token.expires_at = chance.maybe(2).then(|| time(chance));
    token.suspended = suspended(chance);
    token.connection = chance.maybe(2).then(|| record(chance));
    token.device = chance.maybe(2).then(|| "laptop".parse().unwrap());
    token.environment = *chance.pick(&[PRODUCTION, PRODUCTION, TEST]);
    token.imported = chance.maybe(4).then_some([7; 32]);
    token.allow_ip = ranges(chance);
}

fn profile(world: &mut World, chance: &mut Chance) {
    let profile = &mut world.profile;
    profile.deleted_at = chance.maybe(8).then(|| time(chance));
    profile.suspended = suspended(chance);
    profile.restriction = chance.maybe(2).then(|| match chance.below(4) {
        0 => Vec::new(),
        1 => vec![OTHER],
        2 => vec![OWN],
        _ => vec![OTHER, OWN],
    });
    profile.groups = match chance.below(3) {
        0 => Vec::new(),
        1 => vec!["Sale".parse().unwrap()],
        _ => vec!["Sale".parse().unwrap(), "Sales".parse().unwrap()],
    };
}

fn connection(world: &mut World, chance: &mut Chance) {
    let connection = &mut world.connection;
    connection.group = chance.maybe(2).then(|| "SALES".parse().unwrap());
    connection.blocked = chance.maybe(6).then(|| Block {
        at: time(chance),
        reason: None,
    });
    connection.deleted_at = chance.maybe(12).then(|| time(chance));
    connection.allow_ip = ranges(chance);
    connection.deny_ip = ranges(chance);
}

fn time(chance: &mut Chance) -> Time {
    at(*chance.pick(&TIMES))
}

fn record(chance: &mut Chance) -> RecordId {
    *chance.pick(&[OWN, OWN, OWN, OTHER])
}

fn suspended(chance: &mut Chance) -> Option<Suspension> {
    match chance.below(4) {
        0 => Some(suspension(None)),
        1 => Some(suspension(Some(*chance.pick(&TIMES)))),
        _ => None,
    }
}

fn ranges(chance: &mut Chance) -> Vec<AddressRange> {
    let of = |range: &str| vec![range.parse().unwrap()];
    match chance.below(6) {
        0 => of("10.0.0.0/8"),
        1 => of("10.1.2.3"),
        2 => of("::/0"),
        _ => Vec::new(),
    }
}
