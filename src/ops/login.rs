//! Sign-in: exchanges a password for a short-lived token.
//!
//! ```
//! use hallpass::ops::Core;
//! use hallpass::ops::delivery::Delivery;
//! use hallpass::ops::login::{self, Login, LoginOutcome};
//! use hallpass::secret::SecretText;
//!
//! # fn example(core: &mut Core, typed: &SecretText, to: Delivery<'_>) -> hallpass::Result<()> {
//! let request = Login::new("ci".parse()?);
//! match login::login(core, &request, typed, to)? {
//!     LoginOutcome::Issued(token) => println!("{}", token.summary.address()),
//!     LoginOutcome::Refused(verdict) => println!("{}", verdict.reason),
//! }
//! # Ok(())
//! # }
//! ```

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
use crate::ops::records::token::{self, DefaultLifetime, Draft, Issued};
use crate::secret::SecretText;

/// The default lifetime of a sign-in token.
pub const DEFAULT_LIFETIME: Span = Span::HOUR;

/// The maximum lifetime of a sign-in token.
pub const MAX_LIFETIME: Span = Span::HALF_DAY;

/// The base name of a sign-in token; a number is appended.
const NAME: &str = "login";

/// A sign-in request.
#[derive(Debug, Clone)]
pub struct Login {
    /// The profile.
    pub profile: ProfileName,
    /// The connection the token is bound to, as in [`Draft`].
    pub connection: Option<ConnectionName>,
    /// The environment it is for, as in [`Draft`].
    pub environment: Option<EnvironmentName>,
    /// The device it is bound to, and named after.
    pub device: Option<Device>,
    /// The lifetime; without one [`DEFAULT_LIFETIME`], or the connection's lifetime if that is shorter.
    pub lifetime: Option<Span>,
    /// The encoding of the token.
    pub form: Encoding,
}

impl Login {
    /// A request for that profile with everything else left open.
    pub fn new(profile: ProfileName) -> Self {
        Self {
            profile,
            connection: None,
            environment: None,
            device: None,
            lifetime: None,
            form: Encoding::Native,
        }
    }
}

/// The result of a sign-in.
#[derive(Debug)]
pub enum LoginOutcome {
    /// A token was issued and delivered.
    Issued(Box<Issued>),
    /// No token: the password is wrong, or the profile is suspended.
    Refused(PasswordVerdict),
}

/// Exchanges a password for a token; attempts count against the budget of [`password::verify`].
///
/// An operator may see the full result. An outside caller must get one answer for
/// [`LoginOutcome::Refused`], [`Error::Throttled`] and [`Error::Locked`]: up to there, work and
/// transactions are the same whether or not the profile exists. Later refusals only reach callers
/// who know the password.
///
/// # Errors
///
/// The lifetime is longer than allowed; too many failed attempts, for a while or until an operator
/// acts; the errors of [`token::issue`](crate::ops::token::issue()); the token could not be
/// delivered; or the password changed meanwhile. A wrong password is an outcome, not an error.
pub fn login<'a>(
    core: &mut Core,
    login: &Login,
    password: &SecretText,
    to: impl Into<Delivery<'a>>,
) -> Result<LoginOutcome> {
    if login.lifetime.is_some_and(|asked| asked > MAX_LIFETIME) {
        return Err(Refusal::LoginTooLong(MAX_LIFETIME).into());
    }
    let mut to = to.into();
    if let Delivery::Deferred(_) = to {
        // Before an attempt is spent: the sink's content may have to stay.
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

/// Issues the token, unless the password was changed or the profile deleted since the proof.
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
        lifetime,
        form,
    } = login.clone();
    let Some((owner, there)) = proof.redeem(w)? else {
        return Err(Refusal::State("the password was changed meanwhile".to_owned()).into());
    };
    let clocks = Clocks::new(w, w.now());
    let name = token::free_name(w, (owner, &there), &base(login)?, clocks)?;
    // By its current name: another profile may have the requested name by now.
    let profile = there.name.ok_or(Error::Bug("a deleted profile signs in"))?;
    let expires = lifetime.map(Expiry::In);
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
    let usual = DefaultLifetime::Short(DEFAULT_LIFETIME);
    let pending = until.map(Pending::until);
    let mut issued = token::issue_delivering(w, &draft, usual, Action::Login, pending)?;
    // A default lifetime that always applies is not an assumption; one that a connection shortened
    // is.
    issued
        .assumed
        .lifetime
        .take_if(|lifetime| lifetime.connection.is_none());
    Ok(issued)
}

/// The base name of the token; a number is appended.
fn base(login: &Login) -> Result<TokenName> {
    match &login.device {
        Some(device) => Ok(TokenName::from_device(device)),
        None => Ok(NAME.parse()?),
    }
}
