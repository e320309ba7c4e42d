//! Signing in: a password for a short-lived token.

use crate::barrier::Writer;
use crate::core::Core;
use crate::error::{Error, Refusal, Result};
use crate::model::audit::Action;
use crate::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use crate::model::text::Device;
use crate::model::time::{Expiry, Span, Time};
use crate::model::token::{Encoding, Pending};
use crate::ops::delivery::{self, Delivery};
use crate::ops::password::{self, PasswordProof, PasswordVerdict};
use crate::ops::records::clocks::Clocks;
use crate::ops::records::token::{self, Draft, Issued, Usual};
use crate::secret::SecretText;

/// How long a sign-in lasts if nobody says.
pub const USUAL: Span = Span::HOUR;

/// How long it lasts at most.
pub const LONGEST: Span = Span::HALF_DAY;

/// What a token of a sign-in is called, but for a number.
const NAME: &str = "login";

/// What somebody signs in for.
#[derive(Debug, Clone)]
pub struct Login {
    /// Who.
    pub profile: ProfileName,
    /// The connection the token is bound to, as in [`Draft`].
    pub connection: Option<ConnectionName>,
    /// The environment it is for, as in [`Draft`].
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to, and named after.
    pub device: Option<Device>,
    /// How long it lasts; without one [`USUAL`], or the connection's lifetime if that is shorter.
    pub lasts: Option<Span>,
    /// How it is spelled.
    pub form: Encoding,
}

impl Login {
    /// A sign-in of that profile with everything else left open.
    pub fn new(profile: ProfileName) -> Self {
        Self {
            profile,
            connection: None,
            environment: None,
            device: None,
            lasts: None,
            form: Encoding::Native,
        }
    }
}

/// How a sign-in ended.
#[derive(Debug)]
pub enum LoginOutcome {
    /// With a token, which was handed over.
    Issued(Box<Issued>),
    /// Without one: the password is wrong, or its profile is suspended.
    Refused(PasswordVerdict),
}

/// Exchanges a password for a token, on the budget of [`password::verify`].
///
/// An operator may be told everything. The outside world is given one answer for
/// [`LoginOutcome::Refused`], [`Error::Throttled`] and [`Error::Locked`]: up to there, whether there is such a profile makes no
/// difference in work or in transactions. Whoever is refused after that knew the password.
///
/// # Errors
///
/// The sign-in is to last longer than is allowed; too many failed attempts, for a while or until an
/// operator acts; what [`token::issue`](crate::ops::token::issue()) is refused for; the token could
/// not be delivered, or the password changed meanwhile. A wrong password is an outcome, not an
/// error.
pub fn login<'a>(
    core: &mut Core,
    login: &Login,
    password: &SecretText,
    to: impl Into<Delivery<'a>>,
) -> Result<LoginOutcome> {
    if login.lasts.is_some_and(|asked| asked > LONGEST) {
        return Err(Refusal::LoginTooLong(LONGEST).into());
    }
    let mut to = to.into();
    if let Delivery::Deferred(_) = to {
        // Before a try is spent: what the sink holds may have to stay.
        to.ready(core, &login.profile)?;
    }
    let (verdict, proof) = password::attempt(core, &login.profile, password, Action::Login)?;
    let Some(proof) = proof else {
        return Ok(LoginOutcome::Refused(verdict));
    };
    let make = |w: &mut Writer<'_>, until| issue(w, login, &proof, until);
    let delivered = delivery::deliver_with(core, to, &login.profile, make, |_, _| Ok(()));
    Ok(LoginOutcome::Issued(Box::new(delivered?)))
}

/// Makes the token, unless the password was changed or its profile deleted since it was proved.
fn issue(
    w: &mut Writer<'_>,
    login: &Login,
    proof: &PasswordProof,
    until: Option<Time>,
) -> Result<Issued> {
    let Login {
        profile: _,
        connection,
        environment,
        device,
        lasts,
        form,
    } = login.clone();
    let Some((owner, there)) = proof.redeem(w)? else {
        return Err(Refusal::State("the password was changed meanwhile".to_owned()).into());
    };
    let clocks = Clocks::new(w, w.now());
    let name = token::free_name(w, (owner, &there), &base(login)?, clocks)?;
    // By the name it has now: another profile may have the one that was asked for.
    let profile = there.name.ok_or(Error::Bug("a deleted profile signs in"))?;
    let expires = lasts.map(Expiry::In);
    let allow_ip = Vec::new();
    let draft = Draft {
        connection,
        environment,
        device,
        expires,
        allow_ip,
        form,
        ..Draft::new(profile, name)
    };
    let usual = Usual::Short(USUAL);
    let pending = until.map(Pending::until);
    let mut issued = token::issue_delivering(w, &draft, usual, Action::Login, pending)?;
    // What always holds is no assumption; that a connection made it shorter is.
    issued
        .assumed
        .lifetime
        .take_if(|it| it.connection.is_none());
    Ok(issued)
}

/// What its token is called, but for a number.
fn base(login: &Login) -> Result<TokenName> {
    match &login.device {
        Some(device) => Ok(TokenName::from_device(device)),
        None => Ok(NAME.parse()?),
    }
}
