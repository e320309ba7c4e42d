//! Declared state: what there is to be, what that would change, and bringing it about, all or nothing.
//!
//! A plan is a rehearsal: the change is made in a transaction that is taken back, so that it says what
//! the log would say, and what would be refused. To apply it, new secrets are made and brought to
//! their places first, with no lock held; then one transaction makes all of them good, with everything
//! else. Until it commits, the store is as it was, whatever fails or is killed.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::connection;
use super::edit::{Change, ListChange};
use super::impact::Impact;
use super::lookup::Moment;
use super::token::{self, Declared, Held, Keeper, Source};
use super::{Core, Suspend};
use crate::barrier::Writer;
use crate::error::{Error, Result};
use crate::model::address::AddressRange;
use crate::model::audit::Entry;
use crate::model::email::EmailAddress;
use crate::model::id::TokenId;
use crate::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName};
use crate::model::text::{FreeText, Guide};
use crate::model::time::{Span, Time};
use crate::model::token::Token;
use crate::model::verdict::Reason;

mod deliver;
mod nouns;
mod prune;

/// What there is to be. What is not named of a thing stays as it is.
#[derive(Default)]
pub struct Declaration {
    /// Environments.
    pub environments: Vec<Environment>,
    /// Connections.
    pub connections: Vec<Connection>,
    /// Profiles.
    pub profiles: Vec<Profile>,
    /// Tokens, of these profiles.
    pub tokens: Vec<Declared>,
}

/// An environment as it is to be.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// What it is.
    pub description: Change<FreeText>,
    /// Whether it becomes the default one.
    pub make_default: bool,
}

/// A connection as it is to be.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub name: ConnectionName,
    /// What it is.
    pub description: Change<FreeText>,
    /// The linked group.
    pub group: Change<GroupName>,
    /// The lifetime of its tokens.
    pub token_lifetime: Change<Span>,
    /// Where it may be used from; an empty list is anywhere.
    pub allow_ip: Option<Vec<AddressRange>>,
    /// Where it may not be used from.
    pub deny_ip: Option<Vec<AddressRange>>,
    /// The walkthrough.
    pub guide: Change<Guide>,
    /// Whether it is blocked, and why.
    pub block: Change<Option<FreeText>>,
}

/// A profile as it is to be.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Where codes are mailed.
    pub email: Change<EmailAddress>,
    /// What it is for.
    pub description: Change<FreeText>,
    /// Which connections it may use.
    pub access: Option<Access>,
    /// The groups it is in.
    pub groups: Membership,
    /// Whether it is suspended, why and until when.
    pub suspension: Change<Suspend>,
}

/// Which connections a profile may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Any, also those made later.
    Any,
    /// These, at least one.
    Only(Vec<ConnectionName>),
}

/// Which groups a profile is in.
#[derive(Debug, Clone)]
pub enum Membership {
    /// These and no others.
    Exactly(Vec<GroupName>),
    /// These too, and not those.
    Change(ListChange<GroupName>),
}

/// What becomes of things that are not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undeclared {
    /// They stay.
    Keep,
    /// They go (`--prune`).
    Remove,
}

/// What would change, and what would stop.
#[derive(Serialize)]
pub struct Plan {
    /// Each change, in the order in which they are made.
    pub changes: Vec<Step>,
    /// Tokens that are valid now and would not be.
    pub stops: Impact,
    #[serde(skip)]
    undeclared: Undeclared,
    /// What the place of each declared token held.
    #[serde(skip)]
    held: Vec<Held>,
    /// Which declared tokens are made.
    #[serde(skip)]
    made: Vec<bool>,
}

/// One change, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is done: `add`, `edit`, `delete`, `suspend`, `rotate` and so on.
    pub action: String,
    /// To what: `environment`, `connection`, `profile`, `token`.
    pub kind: String,
    /// Its name; of a token `PROFILE/NAME`.
    pub name: String,
    /// Its properties; of one that changes, `PROPERTY.before` and `PROPERTY.after`.
    pub details: BTreeMap<String, String>,
}

impl Step {
    fn is_same_as(&self, other: &Self) -> bool {
        let key = |it: &Self| (it.action.clone(), it.kind.clone(), it.name.clone());
        key(self) == key(other)
    }

    /// Whether it only adds, or keeps what it replaces good for a while.
    fn adds(&self) -> bool {
        matches!(self.action.as_str(), "add" | "import")
    }

    /// Whether it takes something away, for good or for a while.
    pub fn takes_away(&self) -> bool {
        matches!(self.action.as_str(), "delete" | "revoke" | "suspend" | "block")
    }
}

impl Plan {
    /// Whether everything is as it is to be.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether somebody has to agree first: something stops, or is taken away.
    pub fn needs_consent(&self) -> bool {
        self.stops.tokens > 0 || self.changes.iter().any(Step::takes_away)
    }
}

/// Says what bringing a declaration about would change, and changes nothing.
pub fn plan(core: &mut Core, declared: &mut Declaration, undeclared: Undeclared) -> Result<Plan> {
    let held = deliver::look(&mut declared.tokens)?;
    let (declared, lifetime) = (&*declared, core.token_lifetime);
    let tried = core.in_bulk(declared.tokens.len(), |core| {
        core.rehearse(|w| {
            let mut run = Run { declared, held: &held, secrets: None, undeclared, lifetime };
            let outcome = run.carry_out(w)?;
            let valid = if outcome.changes.iter().all(Step::adds) { None } else { Some(valid(w)?) };
            Ok((outcome, valid))
        })
    });
    let (Outcome { changes, made, password }, valid) = tried?;
    let mut stops = Impact { password, ..Impact::default() };
    if let Some(valid) = valid {
        count_stopped(core, &valid, &mut stops)?;
    }
    Ok(Plan { changes, stops, undeclared, held, made })
}

/// Brings a declaration about as it was planned; says what was changed.
///
/// An error means that the store is as it was. What a place held before it got a secret it gets back.
pub fn apply(
    core: &mut Core,
    declared: &mut Declaration,
    plan: &Plan,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    let secrets = secrets(core, &plan.made)?;
    deliver::deliver(&mut declared.tokens, &secrets, progress)?;
    let done =
        core.in_bulk(declared.tokens.len(), |core| make_good(core, declared, plan, &secrets));
    let Err(failure) = done else { return Ok(()) };
    match is_done(core, &secrets) {
        Ok(true) => Ok(()),
        Ok(false) => Err(deliver::put_back(&mut declared.tokens, &secrets, failure)),
        // The places keep what they have: it is good, or the next call sees that it is not.
        Err(_) => Err(failure),
    }
}

fn secrets(core: &mut Core, made: &[bool]) -> Result<Vec<Option<Token>>> {
    let generate = |made: &bool| made.then(|| Token::generate(&mut *core.entropy)).transpose();
    Ok(made.iter().map(generate).collect::<Result<_, _>>()?)
}

fn make_good(
    core: &mut Core,
    declared: &Declaration,
    plan: &Plan,
    secrets: &[Option<Token>],
) -> Result<()> {
    let (undeclared, lifetime) = (plan.undeclared, core.token_lifetime);
    core.write(|w| {
        let secrets = Some(secrets);
        let mut run = Run { declared, held: &plan.held, secrets, undeclared, lifetime };
        let Outcome { changes, .. } = run.carry_out(w)?;
        // Somebody has agreed to what was planned, and to nothing else.
        let same = changes.len() == plan.changes.len()
            && changes.iter().zip(&plan.changes).all(|(now, then)| now.is_same_as(then));
        if same { Ok(()) } else { Err(Error::Moved) }
    })
}

/// Whether a commit that failed has taken effect all the same, as far as new tokens show it.
fn is_done(core: &mut Core, secrets: &[Option<Token>]) -> Result<bool> {
    let Some(first) = secrets.iter().flatten().next() else { return Ok(false) };
    Ok(core.read(|r| token::by_id(r, first.id()))?.is_some())
}

/// One way through a declaration.
struct Run<'a> {
    declared: &'a Declaration,
    held: &'a [Held],
    /// The secrets of tokens that are made; without them it is a rehearsal.
    secrets: Option<&'a [Option<Token>]>,
    undeclared: Undeclared,
    lifetime: Span,
}

/// What a run came to.
struct Outcome {
    changes: Vec<Step>,
    made: Vec<bool>,
    /// Whether a password is lost.
    password: bool,
}

impl Run<'_> {
    /// Environments, connections, profiles, tokens, and last what stops or goes.
    fn carry_out(&mut self, w: &mut Writer<'_>) -> Result<Outcome> {
        let Declaration { environments, connections, profiles, .. } = self.declared;
        w.keep_trail();
        for it in environments {
            nouns::environment(w, it).map_err(|e| part("environment", &it.name, e))?;
        }
        for it in connections {
            nouns::connection(w, it).map_err(|e| part("connection", &it.name, e))?;
        }
        for it in profiles {
            nouns::profile(w, it).map_err(|e| part("profile", &it.name, e))?;
        }
        let made = self.tokens(w)?;
        let mut password = false;
        for it in profiles {
            let suspended = nouns::suspend(w, it).map_err(|e| part("profile", &it.name, e))?;
            password |= suspended;
        }
        for Connection { name, block, .. } in connections {
            if let Change::Set(reason) = block {
                connection::block_within(w, name, reason.clone())?;
            }
        }
        if self.undeclared == Undeclared::Remove {
            password |= prune::prune(w, self.declared)?;
        }
        let places = self.places();
        let changes = w.trail().into_iter().map(|entry| step(entry, &places)).collect();
        Ok(Outcome { changes, made, password })
    }

    fn tokens(&self, w: &mut Writer<'_>) -> Result<Vec<bool>> {
        let mut keeper = Keeper::new(w, self.lifetime);
        let mut made = Vec::with_capacity(self.declared.tokens.len());
        for (n, (token, held)) in self.declared.tokens.iter().zip(self.held).enumerate() {
            let secret = || match self.secrets {
                None => Ok(None),
                // One that was not planned has none.
                Some(all) => all.get(n).and_then(Option::as_ref).map(Some).ok_or(Error::Moved),
            };
            let kept = keeper.keep(w, token, held, secret);
            made.push(kept.map_err(|e| part("token", &token.address(), e))?);
        }
        keeper.finish(w)?;
        Ok(made)
    }

    /// Where the secret of each token goes, by its address.
    fn places(&self) -> HashMap<String, &str> {
        let tokens = self.declared.tokens.iter();
        let placed = tokens.filter_map(|token| match &token.source {
            Source::Place { called, .. } => {
                Some((token.address().to_ascii_lowercase(), called.as_str()))
            }
            _ => None,
        });
        placed.collect()
    }
}

/// Says which of many things it is that something is wrong with.
fn part(kind: &str, name: &impl std::fmt::Display, source: Error) -> Error {
    match source {
        // What is wrong is not with the thing.
        Error::Storage(_) | Error::Integrity(_) | Error::Moved | Error::Bug(_) => source,
        source => Error::Part { what: format!("{kind} `{name}`"), source: source.into() },
    }
}

/// What an audit row says that a reader of a plan has use for.
fn step(entry: Entry, places: &HashMap<String, &str>) -> Step {
    let Entry { action, object, mut details, .. } = entry;
    let (kind, action) = action.split_once('.').unwrap_or(("", &action));
    let name = object.name.unwrap_or(object.id);
    let name = match details.remove("profile") {
        Some(profile) => format!("{profile}/{name}"),
        None => name,
    };
    for internal in ["profile_id", "successor"] {
        details.remove(internal);
    }
    let brings = kind == "token" && matches!(action, "add" | "rotate");
    if let Some(place) = places.get(&name.to_ascii_lowercase()).filter(|_| brings) {
        details.insert("to".to_owned(), (*place).to_owned());
    }
    Step { action: action.to_owned(), kind: kind.to_owned(), name, details }
}

/// The tokens that are valid as a transaction has left them.
fn valid(w: &mut Writer<'_>) -> Result<HashSet<TokenId>> {
    w.flush()?;
    let (moment, mut valid) = (Moment::new(w, w.now()), HashSet::new());
    token::each_live(
        w,
        moment,
        |_| true,
        |r, opened, record| {
            if token::summary(r, opened, moment, record)?.effective == Reason::Valid {
                valid.insert(record.public);
            }
            Ok(())
        },
    )?;
    Ok(valid)
}

/// Counts the tokens that are valid now and are not among those that will be.
fn count_stopped(core: &mut Core, valid: &HashSet<TokenId>, stops: &mut Impact) -> Result<()> {
    let now: Time = core.now();
    core.read(|r| {
        let moment = Moment::new(r, now);
        token::each_live(
            r,
            moment,
            |record| !valid.contains(&record.public),
            |r, opened, record| {
                stops.count(&token::summary(r, opened, moment, record)?);
                Ok(())
            },
        )
    })?;
    stops.examples.sort();
    Ok(())
}
