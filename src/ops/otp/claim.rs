//! What an application says that a code is for: keys instead of names.

use std::convert::Infallible;
use std::str::FromStr;

use crate::barrier::{List, Reader, Unique};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::email::EmailAddress;
use crate::model::environment::Environment;
use crate::model::id::{ApiKey, EnvironmentKey, RecordId};
use crate::model::name::{ConnectionName, ProfileName};
use crate::model::profile::{Address, Profile};
use crate::ops::records::code::{Binding, budget};
use crate::ops::records::lookup;

/// What an application says that a code is for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The key of the connection.
    pub api_key: ApiKey,
    /// The key of the environment.
    pub environment_key: EnvironmentKey,
    /// The user.
    pub user: UserId,
}

/// How an application names a profile: by its name, or by its address if no other profile has that.
/// A text can be either.
#[derive(Debug, Clone)]
pub struct UserId {
    name: Option<ProfileName>,
    email: Option<EmailAddress>,
}

impl UserId {
    /// Whether a profile could have that name or address.
    pub fn is_possible(&self) -> bool {
        self.name.is_some() || self.email.is_some()
    }
}

impl FromStr for UserId {
    type Err = Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Infallible> {
        Ok(Self {
            name: text.parse().ok(),
            email: text.parse().ok(),
        })
    }
}

/// The binding that a claim is about; `None` if there is no such connection, environment or
/// profile.
///
/// # Errors
///
/// As [`Core::read`].
pub fn find(core: &mut Core, claim: &Claim) -> Result<Option<Binding>> {
    core.read(|r| {
        // All three are looked up, whatever the first comes to.
        let connection = connection(r, &claim.api_key)?;
        let environment = environment(r, &claim.environment_key)?;
        let profile = profile(r, &claim.user)?;
        let (Some(connection), Some(environment), Some(profile)) =
            (connection, environment, profile)
        else {
            return Ok(None);
        };
        Ok(Some(Binding {
            profile,
            connection: connection.name,
            environment: Some(environment.name),
        }))
    })
}

/// The name of the connection with this key; `None` if there is none.
///
/// # Errors
///
/// As [`Core::read`].
pub fn connection_of(core: &mut Core, key: &ApiKey) -> Result<Option<ConnectionName>> {
    let found = core.read(|r| connection(r, key))?;
    Ok(found.map(|connection| connection.name))
}

fn connection(r: &mut Reader<'_>, key: &ApiKey) -> Result<Option<Connection>> {
    let Some(id) = r.find(Unique::ApiKey(key))? else {
        return Ok(None);
    };
    let found: Connection = r.require(id)?;
    ensure_own(found.api_key == *key && found.deleted_at.is_none())?;
    Ok(Some(found))
}

fn environment(r: &mut Reader<'_>, key: &EnvironmentKey) -> Result<Option<Environment>> {
    let Some(id) = r.find(Unique::EnvironmentKey(key))? else {
        return Ok(None);
    };
    let found: Environment = r.require(id)?;
    ensure_own(found.key == *key && found.deleted_at.is_none())?;
    Ok(Some(found))
}

/// An index entry is a hash of the key. The record it leads to must agree.
fn ensure_own(is_own: bool) -> Result<()> {
    if is_own {
        return Ok(());
    }
    let why = "a key points to another record".to_owned();
    Err(Error::Integrity(why))
}

fn profile(r: &mut Reader<'_>, user: &UserId) -> Result<Option<ProfileName>> {
    let UserId { name, email } = user;
    let by_name = match name {
        Some(name) => lookup::find::<Profile>(r, name)?,
        None => None,
    };
    let by_email = match email {
        Some(email) => sole_holder(r, email)?,
        None => None,
    };
    let found = by_name.or(by_email);
    Ok(found.and_then(|(_, profile)| profile.name))
}

/// The one profile that has this address.
fn sole_holder(r: &mut Reader<'_>, email: &EmailAddress) -> Result<Option<(RecordId, Profile)>> {
    let canonical = email.canonical();
    let Some(id) = r.find(Unique::Email(&canonical))? else {
        return Ok(None);
    };
    let address: Address = r.require(id)?;
    ensure_own(address.address == canonical)?;
    if address.profiles != 1 {
        return Ok(None);
    }
    let holder = r.at(List::ProfilesAt(id), 0)?;
    Ok(Some((holder, r.require(holder)?)))
}

/// What somebody asks for who is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InVain {
    /// A code.
    Request,
    /// A token for a code.
    Submission,
}

/// Does what it takes to refuse somebody who is not known: as many transactions as it takes to
/// refuse a profile, each of which changes one counter. Nothing of it is logged: strangers must not
/// fill the audit log.
///
/// # Errors
///
/// As [`Core::write`].
pub fn turn_away(core: &mut Core, asked: InVain) -> Result<()> {
    let count = match asked {
        InVain::Request => 1,
        InVain::Submission => 2,
    };
    (0..count).try_for_each(|_| core.write(budget::debit_shared))
}
