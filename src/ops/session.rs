//! Session tokens: short-lived tokens made from a token or a password, which end with it.
//!
//! ```
//! use hallpass::model::token::Presented;
//! use hallpass::ops::Core;
//! use hallpass::ops::session::{self, SessionOutcome, SessionRequest};
//!
//! # fn example(core: &mut Core, presented: &Presented) -> hallpass::Result<()> {
//! let request = SessionRequest::new("ci".parse()?);
//! match session::from_token(core, &request, presented)? {
//!     SessionOutcome::Issued(token) => println!("{:?}", token.summary.expires_at),
//!     SessionOutcome::NotValid(reason) => println!("{reason}"),
//!     _ => println!("refused"),
//! }
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::barrier::{Reader, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::{PasswordId, RecordId};
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName};
use crate::model::profile::Profile;
use crate::model::time::{Span, Time};
use crate::model::token::{Presented, TokenRecord};
use crate::model::verdict::{self, Caller, Facts, Reason};
use crate::ops::password::{self, PasswordProof, PasswordVerdict, Strangers};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::token::{
    DefaultLifetime, Issued, Issuer, MadeFrom, SessionTerms, find_secret, journal_one,
};
use crate::secret::SecretText;

/// The longest lifetime of a session token, and the usual one.
pub const MAX_LIFETIME: Span = Span::HOUR;

/// A request for a session token.
#[derive(Debug, Clone)]
pub struct SessionRequest {
    /// The profile whose token or password is presented.
    pub profile: ProfileName,
    /// The connection that the session token is for; without one, that of the token it is made from.
    pub connection: Option<ConnectionName>,
    /// The environment that it is for, if it is made from a password; without one, the default. One
    /// that is made from a token is for that token's.
    pub environment: Option<EnvironmentName>,
    /// The lifetime; at most [`MAX_LIFETIME`] counts.
    pub lifetime: Span,
    /// Where the caller is, for address rules.
    pub caller: Caller,
}

impl SessionRequest {
    /// A request for that profile with everything else left open.
    pub fn new(profile: ProfileName) -> Self {
        Self {
            profile,
            connection: None,
            environment: None,
            lifetime: MAX_LIFETIME,
            caller: Caller::Unchecked,
        }
    }

    fn terms(&self) -> SessionTerms {
        SessionTerms {
            connection: self.connection.clone(),
            environment: self.environment.clone(),
        }
    }

    fn usual(&self) -> DefaultLifetime {
        DefaultLifetime::Short(self.lifetime.min(MAX_LIFETIME))
    }
}

/// The result of a request for a session token.
#[derive(Debug)]
#[non_exhaustive]
pub enum SessionOutcome {
    /// A session token was issued.
    Issued(Box<Issued>),
    /// The presented token is not valid for this use, or not the profile's.
    NotValid(Reason),
    /// The presented token is a session token itself: it makes no others.
    IsSession,
    /// The password is wrong, or the profile is suspended.
    WrongPassword(PasswordVerdict),
    /// The password was right, and was changed before the token was made.
    PasswordChanged,
    /// The profile was given so many that the next may only be made after this time.
    TooMany(Duration),
}

/// Makes a session token from a token of the profile.
///
/// It has that token's environment, device and address rules, its connection or one that it is open
/// to, and expires no later. It is valid while that token is.
///
/// Nothing of the presented token is judged before the store is locked for writing: a caller that
/// serves strangers judges it first.
///
/// # Errors
///
/// There is no connection of that name, or the profile or the token may not use it.
pub fn from_token(
    core: &mut Core,
    request: &SessionRequest,
    presented: &Presented,
) -> Result<SessionOutcome> {
    // So that a client which asks on and on does not hold up other writers.
    let now = core.now();
    if let Some(wait) = core.read(|r| over_budget(r, &request.profile, now))? {
        return Ok(SessionOutcome::TooMany(wait));
    }
    core.write(|w| {
        let Some((id, token)) = find_secret(w, presented)? else {
            return Ok(SessionOutcome::NotValid(Reason::Unknown));
        };
        let profile: Profile = w.require(token.owner)?;
        let asked = &request.profile;
        let name = profile.name.clone().filter(|name| name.same_as(asked));
        let Some(name) = name else {
            return Ok(SessionOutcome::NotValid(Reason::Unknown));
        };
        if token.session.is_some() {
            return Ok(SessionOutcome::IsSession);
        }
        let reason = judge(w, &token, &profile, request)?;
        if reason != Reason::Valid {
            return Ok(SessionOutcome::NotValid(reason));
        }
        let from = MadeFrom::Token(id, &token);
        issue(w, request, &name, from, Action::TokenAdd)
    })
}

/// Makes a session token from the profile's password; attempts count against the budget of
/// [`password::verify`], those at names without a password against that of `strangers`.
///
/// It may be used for what the profile may be used for, in one environment. It is valid until the
/// password is changed or removed.
///
/// Up to [`SessionOutcome::WrongPassword`], work and transactions are the same whether or not the
/// profile exists.
///
/// # Errors
///
/// Too many failed attempts, for a while; there is no connection or
/// environment of that name, or the profile may not use the connection.
pub fn from_password(
    core: &mut Core,
    request: &SessionRequest,
    password: &SecretText,
    strangers: &Strangers,
) -> Result<SessionOutcome> {
    let name = &request.profile;
    let (verdict, proof) =
        password::attempt_by_stranger(core, name, password, strangers, Action::Login)?;
    let Some(proof) = proof else {
        return Ok(SessionOutcome::WrongPassword(verdict));
    };
    core.write(|w| {
        let Some((name, password)) = redeem(w, &proof)? else {
            return Ok(SessionOutcome::PasswordChanged);
        };
        let from = MadeFrom::Password(password);
        issue(w, request, &name, from, Action::Login)
    })
}

/// The current name of the profile that a password was proved for, and the id of that password;
/// `None` if it was changed since.
fn redeem(w: &mut Writer<'_>, proof: &PasswordProof) -> Result<Option<(ProfileName, PasswordId)>> {
    let Some((_, profile)) = proof.redeem(w)? else {
        return Ok(None);
    };
    Ok(profile.name.zip(profile.password.map(|it| it.id)))
}

fn issue(
    w: &mut Writer<'_>,
    request: &SessionRequest,
    profile: &ProfileName,
    from: MadeFrom<'_>,
    action: Action,
) -> Result<SessionOutcome> {
    let now = w.now();
    if let Some(wait) = over_budget(w, profile, now)? {
        return Ok(SessionOutcome::TooMany(wait));
    }
    let mut issuer = Issuer::new(w, request.usual());
    let issued = issuer.issue_session(w, profile, from, &request.terms())?;
    issuer.finish(w)?;
    journal_one(w, &issued, action)?;
    Ok(SessionOutcome::Issued(Box::new(issued)))
}

/// How long the profile has to wait for its next session token.
fn over_budget(r: &mut Reader<'_>, profile: &ProfileName, now: Time) -> Result<Option<Duration>> {
    let found = lookup::find::<Profile>(r, profile)?;
    Ok(found.and_then(|(_, profile)| profile.sessions.wait(now)))
}

/// Judges the token that a session token is to be made from, for the connection that is asked for.
fn judge(
    w: &mut Writer<'_>,
    token: &TokenRecord,
    profile: &Profile,
    request: &SessionRequest,
) -> Result<Reason> {
    let clocks = Clocks::new(w, w.now());
    let named = match &request.connection {
        Some(name) => Some(lookup::named::<Connection>(w, name)?),
        None => None,
    };
    let own: Option<(RecordId, Connection)> = match token.connection {
        Some(id) => Some((id, w.require(id)?)),
        None => None,
    };
    let connection = own.as_ref().or(named.as_ref());
    Ok(verdict::judge(&Facts {
        token,
        profile,
        parent: None,
        connection: connection.map(|(_, connection)| connection),
        connection_id: connection.map(|(id, _)| *id),
        named_connection: named.as_ref().map(|(id, _)| *id),
        environment: None,
        device: None,
        caller: request.caller,
        now: clocks.now,
        latest: clocks.latest,
    }))
}
