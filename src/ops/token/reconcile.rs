//! Reconciles declared tokens: issued, replaced, imported or kept, many in one transaction.

use std::collections::HashSet;

use super::declared::{Declared, Source};
use super::import::Preset;
use super::sink_content::SinkContent;
use crate::barrier::{Reader, Writer};
use crate::error::{Error, Existing, Refusal, Result};
use crate::model::audit::Action;
use crate::model::connection::Connection;
use crate::model::id::RecordId;
use crate::model::name::{Canonical, TokenName};
use crate::model::profile::{Profile, Suspension};
use crate::model::text::FreeText;
use crate::model::time::{Span, Time};
use crate::model::token::{Pending, Token, TokenRecord};
use crate::ops::records::cache::ReferentCache;
use crate::ops::records::clocks::Clocks;
use crate::ops::records::journal::{self, LogFacts, listed};
use crate::ops::records::lookup;
use crate::ops::records::token::{
    self, DefaultLifetime, Issued, Issuer, Origin, Summary, by_id, complete_rotation, end,
    ensure_long_enough, ensure_replaceable, ensure_usable, find_secret, is_live, journal_one,
    lasts, name_holder, of_profile, summary,
};

/// Reconciles declared tokens within a transaction.
pub(in crate::ops) struct Reconciler {
    rules: Issuer,
    clocks: Clocks,
}

impl Reconciler {
    pub(in crate::ops) fn new(w: &Writer<'_>, lifetime: Span) -> Self {
        let rules = Issuer::new(w, DefaultLifetime::Allowed(lifetime));
        Self {
            rules,
            clocks: Clocks::new(w, w.now()),
        }
    }

    /// Issues, replaces, imports or keeps a token. `secret` is called if one is issued, and may
    /// return `None` for a generated one. Returns whether it was called.
    pub(in crate::ops) fn reconcile<'t>(
        &mut self,
        w: &mut Writer<'_>,
        declared: &Declared,
        held: &SinkContent,
        secret: impl FnOnce() -> Result<Option<&'t Token>>,
    ) -> Result<bool> {
        let Declared {
            profile: owner,
            name,
            uses,
            min_life,
            source,
            ..
        } = declared;
        let (owner, profile) = lookup::named::<Profile>(w, owner)?;
        let holder = name_holder(w, (owner, &profile), name, self.clocks)?;
        let Some(holder) = holder else {
            return match source {
                Source::Sink { .. } => self.make(w, declared, secret()?).map(|()| true),
                Source::Preset(preset) => self.import(w, declared, preset).map(|()| false),
                Source::Nowhere => Err(Refusal::NoPlace.into()),
            };
        };
        if let Some(Pending { until, .. }) = holder.pending {
            return Err(Error::Delivering {
                token: holder.name,
                until,
            });
        }
        let same = uses.fit(w, &holder)?;
        let fits = match source {
            Source::Nowhere if same => true,
            Source::Nowhere => return Err(Refusal::OtherUses.into()),
            Source::Preset(preset) if same && holder.imported == Some(preset.digest()?.0) => true,
            Source::Preset(_) => {
                return Err(Error::Exists(Existing::Token(
                    declared.profile.clone(),
                    holder.name,
                )));
            }
            Source::Sink { .. } => {
                let now = self.clocks.now;
                let good = is_there(w, &holder, held)? && lasts(holder.expires_at, *min_life, now);
                same && (good || is_stopped(&holder, &profile, now))
            }
        };
        if fits {
            ensure_of_use(w, &holder, &profile, source)?;
            return Ok(false);
        }
        self.replace(w, &holder, declared, secret()?).map(|()| true)
    }

    /// Stores how many tokens each profile has now.
    pub(in crate::ops) fn finish(self, w: &mut Writer<'_>) -> Result<()> {
        self.rules.finish(w)
    }

    fn make(
        &mut self,
        w: &mut Writer<'_>,
        declared: &Declared,
        secret: Option<&Token>,
    ) -> Result<()> {
        let origin = Origin {
            secret,
            ..Origin::default()
        };
        let draft = declared.uses.of_new(declared.draft());
        let issued = self.rules.make(w, &draft, origin)?;
        ensure_long_enough(issued.summary.expires_at, declared.min_life, w.now())?;
        journal_one(w, &issued, Action::TokenAdd)
    }

    fn import(&mut self, w: &mut Writer<'_>, declared: &Declared, preset: &Preset) -> Result<()> {
        let draft = declared.uses.of_new(declared.draft());
        let (imported, owner) = self.rules.import(w, &draft, preset.digest()?)?;
        token::journal_import(w, &imported.summary, owner)
    }

    fn replace(
        &mut self,
        w: &mut Writer<'_>,
        holder: &TokenRecord,
        declared: &Declared,
        secret: Option<&Token>,
    ) -> Result<()> {
        let Declared {
            uses,
            min_life,
            overlap,
            ..
        } = declared;
        let lost = || Error::Bug("a token went missing");
        let (record_id, mut old) = by_id(w, holder.public)?.ok_or_else(lost)?;
        ensure_replaceable(w, &old)?;
        let draft = uses.over(w, &old, declared.draft())?;
        let issued = self.rules.supersede(w, &old, &draft, secret)?;
        ensure_long_enough(issued.summary.expires_at, *min_life, w.now())?;
        let before = summary(
            w,
            &mut ReferentCache::default(),
            self.clocks,
            (record_id, &old),
        )?;
        old.successor = Some(issued.summary.id);
        w.put(record_id, &old)?;
        let facts = replaced(&before, &issued);
        w.audit(Action::TokenRotate, journal::token(&old), facts.into())?;
        let (id, new) = by_id(w, issued.summary.id)?.ok_or_else(lost)?;
        complete_rotation(w, id, &new, *overlap, None).map(drop)
    }
}

/// The audit facts about a token that replaced another.
fn replaced(old: &Summary, new: &Issued) -> LogFacts {
    let Issued {
        summary: new,
        owner,
        ..
    } = new;
    let mut facts = LogFacts::new()
        .of(*owner, new.profile.as_ref())
        .with("successor", Some(new.id))
        .with("expires_at", new.expires_at);
    facts.change(
        "connection",
        old.connection.as_ref(),
        new.connection.as_ref(),
    );
    facts.change(
        "environment",
        Some(&old.environment),
        Some(&new.environment),
    );
    facts.change("device", old.device.as_ref(), new.device.as_ref());
    facts.change(
        "allow_ip",
        Some(listed(&old.allow_ip)),
        Some(listed(&new.allow_ip)),
    );
    facts
}

/// Refuses a token whose profile may not use its connection: declaring both is a mistake. An
/// existing token that was already not valid is kept: nothing is changed then.
fn ensure_of_use(
    w: &mut Writer<'_>,
    token: &TokenRecord,
    owner: &Profile,
    source: &Source,
) -> Result<()> {
    let Some(id) = token.connection else {
        return Ok(());
    };
    let connection: Connection = w.require(id)?;
    let refused = ensure_open(owner, id, &connection);
    if !matches!(source, Source::Nowhere) {
        return refused;
    }
    let before = w.original::<Profile>(token.owner)?;
    let connection_before = w.original::<Connection>(id)?.unwrap_or(connection);
    let was_of_use = ensure_open(before.as_ref().unwrap_or(owner), id, &connection_before).is_ok();
    if was_of_use { refused } else { Ok(()) }
}

/// Refuses a connection that a profile may not use. A blocked connection is accepted: blocking is
/// an operator's way to stop its tokens for a while.
fn ensure_open(owner: &Profile, id: RecordId, connection: &Connection) -> Result<()> {
    ensure_usable(
        owner,
        id,
        &Connection {
            blocked: None,
            ..connection.clone()
        },
    )
}

/// Whether the sink holds the token, as far as can be determined.
fn is_there(r: &mut Reader<'_>, holder: &TokenRecord, held: &SinkContent) -> Result<bool> {
    match held {
        SinkContent::Unseen => Ok(true),
        SinkContent::Seen {
            token: Some(token), ..
        } if token.id() == holder.public => Ok(find_secret(r, token)?.is_some()),
        SinkContent::Seen { .. } => Ok(false),
    }
}

/// Whether an operator has stopped it: then it is not replaced, because the new one would not be
/// valid.
fn is_stopped(token: &TokenRecord, owner: &Profile, now: Time) -> bool {
    let holds = |it: &Option<Suspension>| it.as_ref().is_some_and(|it| it.holds(now));
    holds(&token.suspended) || holds(&owner.suspended)
}

/// Revokes the live tokens of a profile that are not declared, except those that are being
/// delivered. A replaced token has the name of its successor and expires by itself.
pub(in crate::ops) fn revoke_undeclared(
    w: &mut Writer<'_>,
    owner: RecordId,
    declared: &HashSet<Canonical>,
    why: &FreeText,
) -> Result<()> {
    let profile: Profile = w.require(owner)?;
    let clocks = Clocks::new(w, w.now());
    let named = |name: &TokenName| declared.contains(&name.canonical());
    for (id, mut token) in of_profile(w, owner, profile.tokens)? {
        // A session token is not declared: it ends with what it was made from.
        let settled =
            token.pending.is_none() && token.session.is_none() && is_live(&token, &profile, clocks);
        if settled && !named(&token.name) {
            end(w, id, &mut token, Some(why.clone()), &profile)?;
        }
    }
    Ok(())
}
