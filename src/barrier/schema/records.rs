//! The record types, with their kinds and versions.

use crate::backend::Fault;
use crate::barrier::rows::record::{self, Record};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::mail::MailSettings;
use crate::model::otp::{Budget, Exchange};
use crate::model::outbox::Waiting;
use crate::model::profile::{Address, Profile};
use crate::model::token::{Rotation, SessionQueue, TokenRecord};

impl Record for Profile {
    const KIND: u16 = 1;
    const NOUN: &'static str = "profile";
}

impl Record for Connection {
    const KIND: u16 = 2;
    const NOUN: &'static str = "connection";
}

impl Record for Environment {
    const KIND: u16 = 3;
    const NOUN: &'static str = "environment";
}

impl Record for TokenRecord {
    const KIND: u16 = 4;
    const NOUN: &'static str = "token";
}

impl Record for Address {
    const KIND: u16 = 5;
    const NOUN: &'static str = "address";
}

impl Record for MailSettings {
    const KIND: u16 = 9;
    const NOUN: &'static str = "record of mail settings";
    // A password, and a file of certificates.
    const CAPACITY: usize = 80 * 1024;
}

impl Record for Exchange {
    const KIND: u16 = 6;
    const NOUN: &'static str = "verification code";
}

impl Record for Budget {
    const KIND: u16 = 7;
    const NOUN: &'static str = "budget";
}

impl Record for Waiting {
    const KIND: u16 = 8;
    const NOUN: &'static str = "waiting mail";
    // Both parts of a message with a code.
    const CAPACITY: usize = 80 * 1024;
}

impl Record for Rotation {
    const KIND: u16 = 12;
    const NOUN: &'static str = "rotation";
}

impl Record for SessionQueue {
    const KIND: u16 = 13;
    const NOUN: &'static str = "queue of session tokens";
}

/// Verifies that a body decodes completely as a record of its kind.
pub(in crate::barrier) fn check_body(kind: u16, body: &[u8]) -> Result<()> {
    match kind {
        Profile::KIND => record::decode::<Profile>(body).map(drop),
        Connection::KIND => record::decode::<Connection>(body).map(drop),
        Environment::KIND => record::decode::<Environment>(body).map(drop),
        TokenRecord::KIND => record::decode::<TokenRecord>(body).map(drop),
        Exchange::KIND => record::decode::<Exchange>(body).map(drop),
        Budget::KIND => record::decode::<Budget>(body).map(drop),
        Waiting::KIND => record::decode::<Waiting>(body).map(drop),
        Rotation::KIND => record::decode::<Rotation>(body).map(drop),
        SessionQueue::KIND => record::decode::<SessionQueue>(body).map(drop),
        Address::KIND => record::decode::<Address>(body).map(drop),
        MailSettings::KIND => record::decode::<MailSettings>(body).map(drop),
        _ => Err(Fault::NewerFormat(format!("record kind {kind}")).into()),
    }
}

/// Whether a body is that of an imported token, which the root counts.
pub(in crate::barrier) fn is_import(kind: u16, body: &[u8]) -> Result<bool> {
    if kind != TokenRecord::KIND {
        return Ok(false);
    }
    Ok(record::decode::<TokenRecord>(body)?.imported.is_some())
}
