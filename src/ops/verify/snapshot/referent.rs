//! The records that tokens refer to.

use std::sync::Arc;

use crate::barrier::Record;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::profile::Profile;

/// A record that tokens refer to.
pub(super) enum Referent {
    Profile(Arc<Profile>),
    Connection(Arc<Connection>),
    Environment(Arc<Environment>),
}

/// A kind of record that tokens refer to.
pub(super) trait Referred: Record + Sized {
    /// The record, if it is of this kind.
    fn of(referent: &Referent) -> Option<&Arc<Self>>;
}

impl Referred for Profile {
    fn of(referent: &Referent) -> Option<&Arc<Self>> {
        match referent {
            Referent::Profile(profile) => Some(profile),
            _ => None,
        }
    }
}

impl Referred for Connection {
    fn of(referent: &Referent) -> Option<&Arc<Self>> {
        match referent {
            Referent::Connection(connection) => Some(connection),
            _ => None,
        }
    }
}

impl Referred for Environment {
    fn of(referent: &Referent) -> Option<&Arc<Self>> {
        match referent {
            Referent::Environment(environment) => Some(environment),
            _ => None,
        }
    }
}
