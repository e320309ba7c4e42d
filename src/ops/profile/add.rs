//! Adds a profile, alone or with its first token.

use super::draft::Draft;
use super::insert::insert;
use super::membership::connection_ids;
use super::summary::{Summary, summary};
use super::{delete, list};
use crate::barrier::{Lookup, Unique, Writer};
use crate::core::Core;
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::email::EmailAddress;
use crate::model::id::RecordId;
use crate::model::name::GroupName;
use crate::model::password::Password;
use crate::model::profile::Profile;
use crate::model::time::Time;
use crate::model::token::TokenRecord;
use crate::ops::delivery::{self, DeferredSink, Delivery, TwoPhase};
use crate::ops::edit::{Added, Differences, IfThere};
use crate::ops::password;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::lookup;
use crate::ops::records::occupant::SinkOwner;
use crate::ops::records::token::{self, DefaultLifetime, Issued};

/// How many connections are announced.
const AT_ONCE: usize = 16;

/// Adds a profile.
///
/// # Errors
///
/// The name is taken, unless `if_there` asks for a comparison; there is no connection of that name;
/// or the password is too weak.
pub fn add(core: &mut Core, draft: &Draft, if_there: IfThere) -> Result<Added<Summary>> {
    if if_there == IfThere::Compare
        && let Some(existing) = existing(core, draft)?
    {
        return Ok(existing);
    }
    let password = prepared(core, draft)?;
    announce(core, draft);
    core.write(|w| {
        let (id, profile) = insert(w, draft, password.clone())?;
        let clocks = Clocks::new(w, w.now());
        Ok(Added::Made(summary(w, id, &profile, clocks)?))
    })
}

/// Adds a profile and its first token: both, or neither.
///
/// If the token was written, and only its last newline fails, the profile stays and the token is
/// revoked.
///
/// # Errors
///
/// As [`add`] and [`token::issue`](crate::ops::token::issue()); or the token could not be
/// delivered, and the profile is not added.
pub fn add_with_token<'a>(
    core: &mut Core,
    draft: &Draft,
    token: &token::Draft,
    to: impl Into<Delivery<'a>>,
) -> Result<(Summary, Issued)> {
    match to.into() {
        Delivery::Immediate(sink) => {
            let mut both = ProfileWithToken::new(core, draft, token);
            both.password = prepared(core, draft)?;
            delivery::deliver_immediately(core, sink, |w| both.make_now(w))
        }
        Delivery::Deferred(sink) => add_pending(core, draft, token, sink),
    }
}

fn add_pending(
    core: &mut Core,
    draft: &Draft,
    token: &token::Draft,
    sink: &mut dyn DeferredSink,
) -> Result<(Summary, Issued)> {
    let mut both = ProfileWithToken::new(core, draft, token);
    let issued = if let Some(finished) = delivery::recover(core, sink, token, &mut both)? {
        finished
    } else {
        both.password = prepared(core, draft)?;
        delivery::deliver_in_two_phases(core, sink, &mut both)?
    };
    // Set, unless another call completed this one. A read that fails now would hide that everything
    // is done.
    match both.shown {
        Some(shown) => Ok((shown, issued)),
        None => Ok((list::show(core, &draft.name)?, issued)),
    }
}

/// A profile and its first token.
struct ProfileWithToken<'a> {
    draft: &'a Draft,
    token: &'a token::Draft,
    usual: DefaultLifetime,
    password: Option<Password>,
    /// The profile's record, once it is added.
    id: Option<RecordId>,
    /// The profile's summary, once the token is valid.
    shown: Option<Summary>,
}

impl<'a> ProfileWithToken<'a> {
    fn new(core: &Core, draft: &'a Draft, token: &'a token::Draft) -> Self {
        let usual = DefaultLifetime::Allowed(core.token_lifetime);
        Self {
            draft,
            token,
            usual,
            password: None,
            id: None,
            shown: None,
        }
    }

    fn profile(&mut self, w: &mut Writer<'_>) -> Result<RecordId> {
        let (id, _) = insert(w, self.draft, self.password.take())?;
        self.id = Some(id);
        Ok(id)
    }

    fn make_now(&mut self, w: &mut Writer<'_>) -> Result<(Summary, Issued)> {
        let id = self.profile(w)?;
        let issued = token::issue_within(w, self.token, self.usual, Action::TokenAdd)?;
        let clocks = Clocks::new(w, w.now());
        let profile = w.require(id)?;
        Ok((summary(w, id, &profile, clocks)?, issued))
    }
}

impl TwoPhase for ProfileWithToken<'_> {
    fn owner(&self) -> SinkOwner<'_> {
        SinkOwner::Named(&self.draft.name)
    }

    fn prepare(&mut self, w: &mut Writer<'_>, until: Time) -> Result<Issued> {
        self.profile(w)?;
        token::issue_pending(w, self.token, self.usual, until)
    }

    fn activate(&mut self, w: &mut Writer<'_>, _: RecordId, token: &TokenRecord) -> Result<()> {
        let clocks = Clocks::new(w, w.now());
        let profile = w.require(token.owner)?;
        self.shown = Some(summary(w, token.owner, &profile, clocks)?);
        Ok(())
    }

    fn abort(&mut self, w: &mut Writer<'_>) -> Result<()> {
        self.id.map_or(Ok(()), |id| delete::undo_add(w, id))
    }
}

/// Names what the transaction that adds a profile looks up first.
fn announce(core: &mut Core, draft: &Draft) {
    let name = draft.name.canonical();
    core.prefetch(&[Lookup::Entry(Unique::Profile(&name))]);
    if let Some(email) = &draft.email {
        core.prefetch(&[Lookup::Named(Unique::Email(&email.canonical()))]);
    }
    for connection in draft.connections.iter().take(AT_ONCE) {
        core.prefetch(&[Lookup::Named(Unique::Connection(&connection.canonical()))]);
    }
}

/// Hashes the password before the store is locked, and not at all if the name is taken.
fn prepared(core: &mut Core, draft: &Draft) -> Result<Option<Password>> {
    let Some(text) = &draft.password else {
        return Ok(None);
    };
    core.read(|r| lookup::ensure_free::<Profile>(r, &draft.name))?;
    let words = password::Words::of_draft(draft);
    password::prepare(core, text, &words).map(Some)
}

fn existing(core: &mut Core, draft: &Draft) -> Result<Option<Added<Summary>>> {
    let now = core.now();
    core.read(|r| {
        let clocks = Clocks::new(r, now);
        let Some((id, there)) = lookup::find::<Profile>(r, &draft.name)? else {
            return Ok(None);
        };
        let asked = connection_ids(r, &draft.connections)?;
        let differences = differences(draft, &asked, &there);
        Ok(Some(Added::Existing {
            summary: summary(r, id, &there, clocks)?,
            differences,
        }))
    })
}

fn differences(draft: &Draft, asked: &[RecordId], there: &Profile) -> Vec<&'static str> {
    let Draft {
        name: _,
        email,
        description,
        connections: _,
        groups,
        password,
    } = draft;
    let mut differences = Differences::default();
    let address = |email: &EmailAddress| email.canonical();
    let wanted = email.as_ref().map(address);
    let kept = there.email.as_ref().map(address);
    differences.optional("email", wanted.as_ref(), kept.as_ref());
    differences.optional(
        "description",
        description.as_ref(),
        there.description.as_ref(),
    );
    differences.list(
        "connections",
        asked,
        there.restriction.as_deref().unwrap_or_default(),
    );
    let canonical =
        |groups: &[GroupName]| -> Vec<_> { groups.iter().map(GroupName::canonical).collect() };
    differences.list("groups", &canonical(groups), &canonical(&there.groups));
    // Comparing the passwords would need an attempt.
    if password.is_some() && there.password.is_none() {
        differences.0.push("password");
    }
    differences.0
}
