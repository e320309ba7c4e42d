//! A session token is judged together with what it was made from.

use hallpass::model::id::PasswordId;
use hallpass::model::password::Password;
use hallpass::model::token::{Parent, Pending, Revocation, Session, TokenRecord};
use hallpass::model::verdict::Reason;

use super::world::{World, suspension, token};
use super::{at, id};

const PASSWORD: PasswordId = PasswordId::from_bytes([7; 16]);

fn made_from(parent: Parent) -> World {
    let mut world = World::bound();
    world.token.session = Some(Session { parent, number: 0 });
    world
}

/// A session token, and a parent in which nothing is wrong.
fn of_token() -> World {
    let mut world = made_from(Parent::Token(id(11)));
    world.parent = Some(TokenRecord {
        name: "parent".parse().unwrap(),
        ..token()
    });
    world
}

fn of_password() -> World {
    let mut world = made_from(Parent::Password(PASSWORD));
    world.profile.password = Some(Password {
        id: PASSWORD,
        phc: "$argon2id$".to_owned(),
        kid: 1,
        set_at: at(0),
        used_at: None,
    });
    world
}

#[track_caller]
fn spoiled(mut world: World, reason: Reason, spoil: impl FnOnce(&mut World)) {
    assert_eq!(world.judge(), Reason::Valid, "nothing else is wrong");
    spoil(&mut world);
    assert_eq!(world.judge(), reason);
}

#[track_caller]
fn with_parent(reason: Reason, spoil: impl FnOnce(&mut TokenRecord)) {
    spoiled(of_token(), reason, |world| {
        spoil(world.parent.as_mut().unwrap());
    });
}

#[test]
fn it_is_revoked_once_its_parent_ended() {
    with_parent(Reason::Revoked, |parent| {
        parent.revoked = Some(Revocation {
            at: at(1),
            reason: None,
        });
    });
    // By the latest time that the store has seen, as the parent itself.
    with_parent(Reason::Revoked, |parent| {
        parent.expires_at = Some(at(2_000));
    });
    with_parent(Reason::Revoked, |parent| {
        parent.pending = Some(Pending::until(at(5_000)));
    });
    spoiled(of_token(), Reason::Revoked, |world| world.parent = None);
}

#[test]
fn it_is_suspended_while_its_parent_is() {
    with_parent(Reason::TokenSuspended, |parent| {
        parent.suspended = Some(suspension(None));
    });
    with_parent(Reason::TokenSuspended, |parent| {
        parent.suspended = Some(suspension(Some(1_001)));
    });
}

#[test]
fn it_is_revoked_once_the_password_is_another() {
    spoiled(of_password(), Reason::Revoked, |world| {
        world.profile.password = None;
    });
    spoiled(of_password(), Reason::Revoked, |world| {
        world.profile.password.as_mut().unwrap().id = PasswordId::from_bytes([8; 16]);
    });
    spoiled(of_password(), Reason::Valid, |world| {
        // Hashed again.
        world.profile.password.as_mut().unwrap().phc = "$argon2id$other".to_owned();
    });
}

#[test]
fn the_parent_of_another_token_changes_nothing() {
    let mut world = World::bound();
    world.parent = Some(TokenRecord {
        revoked: Some(Revocation {
            at: at(1),
            reason: None,
        }),
        suspended: Some(suspension(None)),
        ..token()
    });
    assert_eq!(world.judge(), Reason::Valid);
}
