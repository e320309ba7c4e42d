//! What an application says that a code is for: keys instead of names.

use std::convert::Infallible;
use std::str::FromStr;

use super::answer::WhyNot;
use crate::barrier::{List, Reader, Unique};
use crate::core::Core;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::email::EmailAddress;
use crate::model::environment::Environment;
use crate::model::id::{ApiKey, EnvironmentKey, RecordId};
use crate::model::name::{Canonical, ConnectionName, ProfileName};
use crate::model::otp::CodeState;
use crate::model::profile::{Address, Profile};
use crate::ops::records::code::{Binding, Bound, CodeClocks, budget};
use crate::ops::records::lookup;

/// The owner of records that nobody has.
const NOBODY: RecordId = RecordId::from_bytes([0; 16]);

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

    /// What is compared of it: the same for two spellings of one name, or of one address.
    pub fn canonical(&self) -> (Option<Canonical>, Option<String>) {
        let name = self.name.as_ref().map(ProfileName::canonical);
        let email = self.email.as_ref().map(EmailAddress::canonical);
        (name, email)
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
        let bound = Records::of(r, claim)?.bound();
        bound.as_ref().map(binding).transpose()
    })
}

/// What there is of a claim that comes with a code.
#[derive(Debug)]
pub struct Found {
    /// Whether a connection has the API key.
    pub has_connection: bool,
    /// What the claim is about; `None` if there is no such connection, environment or profile.
    pub about: Option<Prospect>,
}

/// Whether a code can be exchanged at all.
#[derive(Debug)]
pub struct Prospect {
    /// The binding.
    pub binding: Binding,
    /// Why no code would be valid now, whatever its digits, for the log; `None` if one would be.
    pub hopeless: Option<&'static str>,
}

/// Looks for what a claim is about, and whether there is a code that another could be compared with.
/// It takes one transaction, which writes nothing, and as many look-ups if there is nothing of it.
///
/// # Errors
///
/// As [`Core::read`]; or the clock is behind.
pub fn look_up(core: &mut Core, claim: &Claim) -> Result<Found> {
    let now = core.now();
    let boot = core.clock.boot();
    core.read(|r| {
        CodeClocks::ensure_sound(r, now)?;
        let clocks = CodeClocks::new(r, now, boot);
        let records = Records::of(r, claim)?;
        let has_connection = records.connection.is_some();
        let Some(bound) = records.bound() else {
            budget::of(r, NOBODY)?;
            r.find(Unique::Codes(NOBODY, NOBODY, NOBODY))?;
            return Ok(Found {
                has_connection,
                about: None,
            });
        };
        let about = Prospect {
            hopeless: hopeless(r, &bound, clocks)?,
            binding: binding(&bound)?,
        };
        Ok(Found {
            has_connection,
            about: Some(about),
        })
    })
}

/// Why no code would be valid now, in the order in which a submission finds out.
fn hopeless(r: &mut Reader<'_>, bound: &Bound, clocks: CodeClocks) -> Result<Option<&'static str>> {
    let (_, budget) = budget::of(r, bound.profile.0)?;
    let exchange = bound.exchange(r)?;
    let open = budget::ensure_open(&budget, bound.profile_name()?, clocks.wall.now);
    if let Err(closed) = open {
        return Ok(Some(closed.kind().word()));
    }
    let newest = exchange.as_ref().and_then(|(_, it)| it.codes.last());
    let state = newest.map(|code| clocks.state(code));
    Ok(match state {
        None => Some(WhyNot::NoCode.word()),
        Some(CodeState::Pending) => None,
        Some(state) => Some(WhyNot::of(state).word()),
    })
}

/// The records that a claim is about, as far as there are any.
struct Records {
    connection: Option<(RecordId, Connection)>,
    environment: Option<(RecordId, Environment)>,
    profile: Option<(RecordId, Profile)>,
}

impl Records {
    /// All three are looked up, whatever the first comes to.
    fn of(r: &mut Reader<'_>, claim: &Claim) -> Result<Self> {
        let profile = profile(r, &claim.user)?;
        Ok(Self {
            connection: connection(r, &claim.api_key)?,
            environment: environment(r, &claim.environment_key)?,
            profile: profile.filter(|(_, profile)| profile.name.is_some()),
        })
    }

    fn bound(self) -> Option<Bound> {
        Some(Bound {
            profile: self.profile?,
            connection: self.connection?,
            environment: self.environment?,
        })
    }
}

fn binding(bound: &Bound) -> Result<Binding> {
    Ok(Binding {
        profile: bound.profile_name()?.clone(),
        connection: bound.connection.1.name.clone(),
        environment: Some(bound.environment.1.name.clone()),
    })
}

/// The name of the connection with this key; `None` if there is none. It takes as many reads either
/// way.
///
/// # Errors
///
/// As [`Core::read`].
pub fn connection_of(core: &mut Core, key: &ApiKey) -> Result<Option<ConnectionName>> {
    let found = core.read(|r| {
        let decoy = r.at(List::Environments, 0)?;
        let found = connection(r, key)?;
        if found.is_none() {
            r.require::<Environment>(decoy)?;
        }
        Ok(found)
    })?;
    Ok(found.map(|(_, connection)| connection.name))
}

fn connection(r: &mut Reader<'_>, key: &ApiKey) -> Result<Option<(RecordId, Connection)>> {
    let Some(id) = r.find(Unique::ApiKey(key))? else {
        return Ok(None);
    };
    let found: Connection = r.require(id)?;
    ensure_own(found.api_key == *key && found.deleted_at.is_none())?;
    Ok(Some((id, found)))
}

fn environment(
    r: &mut Reader<'_>,
    key: &EnvironmentKey,
) -> Result<Option<(RecordId, Environment)>> {
    let Some(id) = r.find(Unique::EnvironmentKey(key))? else {
        return Ok(None);
    };
    let found: Environment = r.require(id)?;
    ensure_own(found.key == *key && found.deleted_at.is_none())?;
    Ok(Some((id, found)))
}

/// An index entry is a hash of the key. The record it leads to must agree.
fn ensure_own(is_own: bool) -> Result<()> {
    if is_own {
        return Ok(());
    }
    let why = "a key points to another record".to_owned();
    Err(Error::Integrity(why))
}

fn profile(r: &mut Reader<'_>, user: &UserId) -> Result<Option<(RecordId, Profile)>> {
    let UserId { name, email } = user;
    let by_name = match name {
        Some(name) => lookup::find::<Profile>(r, name)?,
        None => None,
    };
    let by_email = match email {
        Some(email) => sole_holder(r, email)?,
        None => None,
    };
    Ok(by_name.or(by_email))
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
