//! The binding of a verification code: a profile, a connection, an environment.

use crate::barrier::{Reader, Unique};
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::environment::Environment;
use crate::model::id::RecordId;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::otp::Exchange;
use crate::model::profile::Profile;
use crate::ops::records::lookup;

/// The binding of a code. At most one code is pending for each binding.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The profile.
    pub profile: ProfileName,
    /// The connection.
    pub connection: ConnectionName,
    /// The environment; without one, the default.
    pub environment: Option<EnvironmentName>,
}

/// The records that a binding refers to.
pub(in crate::ops) struct Bound {
    pub(in crate::ops) profile: (RecordId, Profile),
    pub(in crate::ops) connection: (RecordId, Connection),
    pub(in crate::ops) environment: (RecordId, Environment),
}

impl Bound {
    pub(in crate::ops) fn resolve(r: &mut Reader<'_>, binding: &Binding) -> Result<Self> {
        let Binding {
            profile,
            connection,
            environment,
        } = binding;
        Ok(Self {
            profile: lookup::named(r, profile)?,
            connection: lookup::named(r, connection)?,
            environment: match environment {
                Some(name) => lookup::named(r, name)?,
                None => lookup::default_environment(r)?,
            },
        })
    }

    pub(in crate::ops) fn profile_name(&self) -> Result<&ProfileName> {
        self.profile
            .1
            .name
            .as_ref()
            .ok_or(Error::Bug("a deleted profile is given a code"))
    }

    pub(in crate::ops) fn codes(&self) -> Unique<'_> {
        Unique::Codes(self.profile.0, self.connection.0, self.environment.0)
    }

    pub(in crate::ops) fn exchange(
        &self,
        r: &mut Reader<'_>,
    ) -> Result<Option<(RecordId, Exchange)>> {
        let Some(id) = r.find(self.codes())? else {
            return Ok(None);
        };
        let exchange: Exchange = r.require(id)?;
        let bound = (exchange.profile, exchange.connection, exchange.environment);
        if bound != (self.profile.0, self.connection.0, self.environment.0) {
            return Err(Error::Integrity(
                "a code points to another binding".to_owned(),
            ));
        }
        Ok(Some((id, exchange)))
    }
}
