//! The scope of a declared token.

use crate::barrier::Reader;
use crate::error::Result;
use crate::model::address::AddressRange;
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::name::{ConnectionName, EnvironmentName};
use crate::model::text::Device;
use crate::model::token::TokenRecord;
use crate::ops::edit::Change;
use crate::ops::records::lookup;
use crate::ops::records::token::{Draft, Unnamed};

/// The scope of a declared token. A kept property has the default of `token add` in a new token and
/// stays unchanged in an existing one; a cleared property means any.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// The connection it is bound to.
    pub connection: Change<ConnectionName>,
    /// The environment it is for.
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to.
    pub device: Change<Device>,
    /// Addresses it may be used from.
    pub allow_ip: Change<Vec<AddressRange>>,
}

impl Uses {
    /// The draft of a new token; `draft` has the other properties.
    pub(in crate::ops) fn of_new(&self, draft: Draft) -> Draft {
        let Self {
            connection,
            environment,
            device,
            allow_ip,
        } = self;
        Draft {
            connection: connection.applied(None),
            unnamed: if *connection == Change::Clear {
                Unnamed::Any
            } else {
                Unnamed::TheOnly
            },
            environment: environment.clone(),
            device: device.applied(None),
            allow_ip: allow_ip.applied(None).unwrap_or_default(),
            ..draft
        }
    }

    /// The draft of a token that replaces `old`; `draft` has the other properties.
    pub(in crate::ops) fn over(
        &self,
        r: &mut Reader<'_>,
        old: &TokenRecord,
        draft: Draft,
    ) -> Result<Draft> {
        let Self {
            connection,
            environment,
            device,
            allow_ip,
        } = self;
        let bound = match old.connection {
            Some(id) => Some(r.require::<Connection>(id)?.name),
            None => None,
        };
        let environment = match environment {
            Some(name) => name.clone(),
            None => r.require::<Environment>(old.environment)?.name,
        };
        Ok(Draft {
            connection: connection.applied(bound.as_ref()),
            unnamed: Unnamed::Any,
            environment: Some(environment),
            device: device.applied(old.device.as_ref()),
            allow_ip: allow_ip.applied(Some(&old.allow_ip)).unwrap_or_default(),
            ..draft
        })
    }

    /// Whether an existing token has this scope.
    pub(in crate::ops) fn fit(&self, r: &mut Reader<'_>, token: &TokenRecord) -> Result<bool> {
        let Self {
            connection,
            environment,
            device,
            allow_ip,
        } = self;
        let connection = match connection {
            Change::Keep => true,
            Change::Clear => token.connection.is_none(),
            Change::Set(name) => Some(lookup::named::<Connection>(r, name)?.0) == token.connection,
        };
        let environment = match environment {
            None => true,
            Some(name) => lookup::named::<Environment>(r, name)?.0 == token.environment,
        };
        let device = match device {
            Change::Keep => true,
            Change::Clear => token.device.is_none(),
            Change::Set(device) => token.device.as_ref().is_some_and(|own| own.same_as(device)),
        };
        let ranges = match allow_ip {
            Change::Keep => true,
            Change::Clear => token.allow_ip.is_empty(),
            Change::Set(ranges) => {
                ranges.iter().all(|range| token.allow_ip.contains(range))
                    && token.allow_ip.iter().all(|range| ranges.contains(range))
            }
        };
        Ok(connection && environment && device && ranges)
    }
}
