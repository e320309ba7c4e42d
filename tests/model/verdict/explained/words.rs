//! What an explanation says of each check.

use hallpass::model::connection::Block;
use hallpass::model::text::Device;
use hallpass::model::token::{Pending, Revocation};
use hallpass::model::verdict::{CheckResult, Reason};

use super::super::world::{World, suspension};
use super::super::{OTHER, TEST, at};
use super::explained;

/// What a check expected and found.
fn words(world: &World, check: Reason) -> (CheckResult, String, String) {
    let checks = explained(world);
    let it = checks.iter().find(|it| it.check == check).unwrap();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    (it.result, text(&it.expected), text(&it.found))
}

#[track_caller]
fn says(world: &World, check: Reason, result: CheckResult, expected: &str, found: &str) {
    assert_eq!(
        words(world, check),
        (result, expected.to_owned(), found.to_owned()),
        "{check}"
    );
}

#[test]
fn what_the_token_is_is_told() {
    let world = World::bound();
    says(
        &world,
        Reason::Malformed,
        CheckResult::Pass,
        "a whole token",
        "a token of hallpass",
    );
    says(
        &world,
        Reason::Unknown,
        CheckResult::Pass,
        "a token of this store",
        "`anna/ci`",
    );
    says(
        &world,
        Reason::Revoked,
        CheckResult::Pass,
        "not revoked",
        "not revoked",
    );
}

#[test]
fn what_ended_a_token_is_told_and_that_it_is_not_delivered_yet() {
    let mut world = World::bound();
    let id = world.token.public;
    world.token.imported = Some([7; 32]);
    world.token.revoked = Some(Revocation {
        at: at(1),
        reason: Some("leaked".parse().unwrap()),
    });
    world.profile.deleted_at = Some(at(2));
    world.profile.name = None;
    says(
        &world,
        Reason::Malformed,
        CheckResult::Pass,
        "a whole token",
        "a token of another system",
    );
    says(
        &world,
        Reason::Unknown,
        CheckResult::Pass,
        "a token of this store",
        &format!("`ci`, {id}"),
    );
    let found = "token revoked 1970-01-01T00:00:01Z: leaked; profile deleted 1970-01-01T00:00:02Z";
    says(
        &world,
        Reason::Revoked,
        CheckResult::Fail,
        "not revoked",
        found,
    );
    world.token.pending = Some(Pending::until(at(60)));
    let found = "one whose delivery is not complete; it has until 1970-01-01T00:01:00Z";
    says(
        &world,
        Reason::Unknown,
        CheckResult::Fail,
        "a token of this store",
        found,
    );
    says(&world, Reason::Revoked, CheckResult::NotChecked, "", "");
}

#[test]
fn an_expiry_is_compared_with_the_latest_time_and_a_clock_behind_is_told() {
    let mut world = World::bound();
    let behind = "after 1970-01-01T00:33:20Z, the latest time that the store has seen: the \
                  clock is behind, at 1970-01-01T00:16:40Z";
    says(
        &world,
        Reason::Expired,
        CheckResult::Pass,
        behind,
        "1970-01-01T00:33:21Z",
    );
    world.token.expires_at = Some(at(1_500));
    says(
        &world,
        Reason::Expired,
        CheckResult::Fail,
        behind,
        "1970-01-01T00:25:00Z",
    );
    world.now = world.latest;
    let expected = "after 1970-01-01T00:33:20Z";
    says(
        &world,
        Reason::Expired,
        CheckResult::Fail,
        expected,
        "1970-01-01T00:25:00Z",
    );
    world.token.expires_at = None;
    says(
        &world,
        Reason::Expired,
        CheckResult::Pass,
        expected,
        "never",
    );
}

#[test]
fn a_suspension_is_told_with_what_is_suspended_its_end_and_its_reason() {
    let mut world = World::bound();
    let (token, profile) = (Reason::TokenSuspended, Reason::ProfileSuspended);
    let (free, at_now) = ("not suspended", "not suspended at 1970-01-01T00:16:40Z");
    let over = |what| format!("{what} was suspended until 1970-01-01T00:16:40Z");
    says(&world, token, CheckResult::Pass, at_now, &over("token"));
    says(&world, profile, CheckResult::Pass, at_now, &over("profile"));
    let mut ending = suspension(Some(1_001));
    ending.reason = Some("audit".parse().unwrap());
    world.token.suspended = Some(ending);
    world.profile.suspended = Some(suspension(None));
    let found = "token suspended 1970-01-01T00:00:00Z, until 1970-01-01T00:16:41Z: audit";
    says(&world, token, CheckResult::Fail, at_now, found);
    let found = "profile suspended 1970-01-01T00:00:00Z, until it is resumed";
    says(&world, profile, CheckResult::Fail, free, found);
    world.token.suspended = None;
    says(&world, token, CheckResult::Pass, free, free);
}

#[test]
fn a_connection_is_told_as_named_as_the_tokens_own_and_as_restricted() {
    let wrong = Reason::WrongConnection;
    let mut world = World::bound();
    let own = "`crm`, the token's own; the profile may use `other`, `crm`";
    says(&world, wrong, CheckResult::Pass, own, "`crm`");
    world.named = None;
    says(
        &world,
        wrong,
        CheckResult::Pass,
        own,
        "none named, so `crm`",
    );
    world.named = Some(OTHER);
    says(&world, wrong, CheckResult::Fail, own, "`other`");
    world.profile.restriction = Some(vec![]);
    let none = "`crm`, the token's own; the profile may use none";
    says(
        &world,
        wrong,
        CheckResult::Fail,
        none,
        "`other`; the profile may not use `crm`",
    );
    (world.named, world.profile.restriction) = (None, None);
    world.connection.deleted_at = Some(at(1));
    let any = "`crm`, the token's own; the profile may use any";
    says(
        &world,
        wrong,
        CheckResult::Fail,
        any,
        "none named, so `crm`; `crm` does not exist any more",
    );
    says(
        &world,
        Reason::NotAMember,
        CheckResult::NotChecked,
        "in the group of the connection",
        "",
    );
}

#[test]
fn an_open_token_is_told_as_restricted_by_its_profile() {
    let wrong = Reason::WrongConnection;
    let mut world = World::open();
    says(
        &world,
        wrong,
        CheckResult::Pass,
        "the profile may use `other`, `crm`",
        "`crm`",
    );
    world.profile.restriction = Some(vec![OTHER]);
    let found = "`crm`; the profile may not use `crm`";
    says(
        &world,
        wrong,
        CheckResult::Fail,
        "the profile may use `other`",
        found,
    );
    world.named = None;
    says(
        &world,
        wrong,
        CheckResult::NotChecked,
        "the profile may use `other`",
        "",
    );
    says(
        &world,
        Reason::ConnectionBlocked,
        CheckResult::NotChecked,
        "not blocked",
        "",
    );
}

#[test]
fn groups_and_blocks_are_told() {
    let mut world = World::bound();
    let member = Reason::NotAMember;
    let group = "in `SALES`, the group of `crm`";
    says(&world, member, CheckResult::Pass, group, "in `Sales`");
    says(
        &world,
        Reason::ConnectionBlocked,
        CheckResult::Pass,
        "not blocked",
        "`crm` is not blocked",
    );
    world.profile.groups.clear();
    says(&world, member, CheckResult::Fail, group, "in no group");
    world.connection.group = None;
    says(
        &world,
        member,
        CheckResult::Pass,
        "any profile: `crm` has no group",
        "in no group",
    );
    world.connection.blocked = Some(Block {
        at: at(1),
        reason: Some("leak".parse().unwrap()),
    });
    let found = "`crm` blocked 1970-01-01T00:00:01Z: leak";
    says(
        &world,
        Reason::ConnectionBlocked,
        CheckResult::Fail,
        "not blocked",
        found,
    );
}

#[test]
fn environments_and_devices_are_told() {
    let mut world = World::bound();
    let device = |name: &str| -> Device { name.parse().unwrap() };
    let (environment, wrong_device) = (Reason::WrongEnvironment, Reason::WrongDevice);
    says(
        &world,
        environment,
        CheckResult::Pass,
        "`production`",
        "`production`",
    );
    says(
        &world,
        wrong_device,
        CheckResult::Pass,
        "`laptop`",
        "`LAPTOP`",
    );
    (world.environment, world.device) = (Some(TEST), Some(device("phone")));
    says(
        &world,
        environment,
        CheckResult::Fail,
        "`production`",
        "`test`",
    );
    says(
        &world,
        wrong_device,
        CheckResult::Fail,
        "`laptop`",
        "`phone`",
    );
    world.token.device = None;
    says(
        &world,
        wrong_device,
        CheckResult::Pass,
        "any device",
        "`phone`",
    );
    (world.environment, world.device) = (None, None);
    says(
        &world,
        environment,
        CheckResult::NotChecked,
        "`production`",
        "",
    );
    says(
        &world,
        wrong_device,
        CheckResult::NotChecked,
        "any device",
        "",
    );
}

#[test]
fn an_address_is_told_with_every_list_and_all_that_refuse_it() {
    let address = Reason::AddressNotAllowed;
    let mut world = World::bound();
    let rules = "the token allows 10.0.0.0/8; `crm` allows 10.1.0.0/16; `crm` denies 10.1.9.0/24";
    says(&world, address, CheckResult::Pass, rules, "10.1.2.3");
    world.ip = Some("::ffff:10.1.9.1".parse().unwrap());
    says(
        &world,
        address,
        CheckResult::Fail,
        rules,
        "10.1.9.1; denied by 10.1.9.0/24 of `crm`",
    );
    world.ip = Some("192.0.2.1".parse().unwrap());
    let found = "192.0.2.1; not allowed by the token; not allowed by `crm`";
    says(&world, address, CheckResult::Fail, rules, found);
    world.ip = None;
    says(&world, address, CheckResult::NotChecked, rules, "");
    world.token.allow_ip = (0..10)
        .map(|n| format!("10.{n}.0.0/16").parse().unwrap())
        .collect();
    world.connection.allow_ip.clear();
    world.connection.deny_ip.clear();
    let shown: Vec<_> = (0..8).map(|n| format!("10.{n}.0.0/16")).collect();
    let rules = format!("the token allows {}, and 2 more", shown.join(", "));
    says(&world, address, CheckResult::NotChecked, &rules, "");
    world.token.allow_ip.clear();
    says(&world, address, CheckResult::NotChecked, "any address", "");
}

#[test]
fn the_last_check_counts_the_others() {
    let mut world = World::bound();
    says(
        &world,
        Reason::Valid,
        CheckResult::Pass,
        "no failed check",
        "none",
    );
    world.environment = Some(TEST);
    world.ip = None;
    says(
        &world,
        Reason::Valid,
        CheckResult::Fail,
        "no failed check",
        "1: wrong_environment; 1 not checked",
    );
    world.device = Some("phone".parse().unwrap());
    let found = "2: wrong_environment, wrong_device; 1 not checked";
    says(
        &world,
        Reason::Valid,
        CheckResult::Fail,
        "no failed check",
        found,
    );
}
