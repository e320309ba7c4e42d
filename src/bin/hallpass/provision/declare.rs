//! From what is written to what the core is asked for.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use hallpass::files::trust::{ORDERS, SECRET};
use hallpass::model::invalid::Invalid;
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::Guide;
use hallpass::model::time::{Overlap, Span, When};
use hallpass::ops::Suspend;
use hallpass::ops::apply::{Access, Connection, Declaration, Environment, Membership, Profile};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::token::{Declared, Draft, Preset, Source};
use rustix::fs::Mode;

use super::Sheet;
use super::file::{self, ConnectionState, ProfileState};
use super::text::{Only, Table, Text, Wish};
use crate::cli::input::Input;
use crate::cli::path::ensure_literal;
use crate::cli::sink::{Destination, Patience};
use crate::delivery::{self, Terms};
use crate::failure::Failure;
use crate::ui::Ui;

/// How places of secrets are opened.
pub(crate) struct Surroundings {
    /// How long each delivery may take.
    pub(crate) patience: Patience,
    /// Whether what is no secret of ours may be replaced.
    pub(crate) overwrite: bool,
    /// The caller's mask, for programs.
    pub(crate) umask: Mode,
}

impl Sheet {
    /// What the core is asked for. Files that are named are read, and places of secrets opened.
    pub(crate) fn declaration(
        self,
        ui: &mut Ui,
        around: &Surroundings,
    ) -> Result<Declaration, Failure> {
        let Self { file, folder, own } = self;
        let file::File { version: _, environments, connections, groups, profiles } = file;
        let memberships = Memberships::new(groups, &profiles)?;
        ensure_one_default(&environments)?;
        let mut declaration = Declaration {
            environments: environments.0.into_iter().map(environment).collect(),
            ..Declaration::default()
        };
        for (name, it) in connections.0 {
            declaration.connections.push(connection(ui, &folder, name, it)?);
        }
        let tokens: usize = profiles.0.iter().map(|(_, it)| it.tokens.0.len()).sum();
        delivery::make_room(tokens);
        let mut places = Places::default();
        // The declaration itself is no place for a secret.
        if let Some(own) = &own {
            places.take(own, None);
        }
        for (name, mut it) in profiles.0 {
            for (token, its) in std::mem::take(&mut it.tokens).0 {
                let at = format!("token `{name}/{token}`");
                let mut desk = Desk { ui, folder: &folder, around, places: &mut places, at };
                declaration.tokens.push(desk.token(name.clone(), token, its)?);
            }
            declaration.profiles.push(profile(name, it, &memberships)?);
        }
        Ok(declaration)
    }
}

fn environment((name, it): (EnvironmentName, file::Environment)) -> Environment {
    let file::Environment { description: Wish(description), default } = it;
    Environment { name, description, default }
}

fn ensure_one_default(
    environments: &Table<EnvironmentName, file::Environment>,
) -> Result<(), Failure> {
    let mut default = environments.0.iter().filter(|(_, it)| it.default == Some(true));
    match (default.next(), default.next()) {
        (Some((one, _)), Some((other, _))) => {
            let what = format!("it is the default, and so is `{one}`");
            Err(slip(&format!("environment `{other}`"), &what))
        }
        _ => Ok(()),
    }
}

fn connection(
    ui: &mut Ui,
    folder: &Path,
    name: ConnectionName,
    it: file::Connection,
) -> Result<Connection, Failure> {
    let file::Connection {
        description: Wish(description),
        group: Wish(group),
        token_lifetime: Wish(token_lifetime),
        allow_ip,
        deny_ip,
        guide: Wish(guide),
        guide_file,
        state,
        reason,
    } = it;
    let at = format!("connection `{name}`");
    let guide = match (guide, guide_file) {
        (guide, None) => guide,
        (Change::Keep, Some(path)) => {
            let path = literal(&at, &folder.join(&path), &path)?;
            let text = ui.read(&path, "the guide", ORDERS)?;
            let guide: Result<Guide, _> = text.expose().parse();
            Change::Set(guide.map_err(|invalid| slip(&at, &invalid))?)
        }
        _ => return Err(slip(&at, &"it has both `guide` and `guide_file`")),
    };
    let block = match state {
        Some(ConnectionState::Blocked) => Change::Set(reason.map(|it| it.0)),
        _ if reason.is_some() => return Err(slip(&at, &"`reason` needs `state = \"blocked\"`")),
        Some(ConnectionState::Active) => Change::Clear,
        None => Change::Keep,
    };
    let allow_ip = allow_ip.map(|it| match it {
        Only::Any => Vec::new(),
        Only::These(ranges) => ranges,
    });
    let deny_ip = deny_ip.map(bare);
    Ok(Connection { name, description, group, token_lifetime, allow_ip, deny_ip, guide, block })
}

fn profile(
    name: ProfileName,
    it: file::Profile,
    memberships: &Memberships,
) -> Result<Profile, Failure> {
    let file::Profile {
        email: Wish(email),
        description: Wish(description),
        connections,
        groups,
        state,
        reason,
        until,
        tokens: _,
    } = it;
    let at = format!("profile `{name}`");
    let suspension = match state {
        Some(ProfileState::Suspended) => Change::Set(Suspend {
            reason: reason.map(|it| it.0),
            until: until.map(|it| When::At(it.0)),
        }),
        _ if reason.is_some() || until.is_some() => {
            return Err(slip(&at, &"`reason` and `until` need `state = \"suspended\"`"));
        }
        Some(ProfileState::Active) => Change::Clear,
        None => Change::Keep,
    };
    let access = connections.map(|it| match it {
        Only::Any => Access::Any,
        Only::These(names) => Access::Only(names),
    });
    let groups = memberships.of(&name, groups.map(bare))?;
    Ok(Profile { name, email, description, access, groups, suspension })
}

/// Who is in which group, by the table of groups.
struct Memberships {
    groups: Vec<(GroupName, HashSet<String>)>,
}

impl Memberships {
    fn new(
        groups: Table<GroupName, Vec<Text<ProfileName>>>,
        profiles: &Table<ProfileName, file::Profile>,
    ) -> Result<Self, Failure> {
        let declared: HashSet<_> = profiles.0.iter().map(|(name, _)| key(name)).collect();
        let mut found = Vec::new();
        for (group, members) in groups.0 {
            let members = bare(members);
            if let Some(other) = members.iter().find(|member| !declared.contains(&key(member))) {
                let what = format!("`{other}` is not among the profiles of this declaration");
                return Err(slip(&format!("group `{group}`"), &what));
            }
            found.push((group, members.iter().map(key).collect()));
        }
        Ok(Self { groups: found })
    }

    /// The groups of a profile: those it names itself, and those that name it.
    fn of(&self, name: &ProfileName, own: Option<Vec<GroupName>>) -> Result<Membership, Failure> {
        let (here, gone): (Vec<_>, Vec<_>) =
            self.groups.iter().partition(|(_, members)| members.contains(&key(name)));
        let names = |list: Vec<&(GroupName, HashSet<String>)>| -> Vec<GroupName> {
            list.into_iter().map(|(group, _)| group.clone()).collect()
        };
        let (here, gone) = (names(here), names(gone));
        let Some(own) = own else {
            return Ok(Membership::Change(ListChange { add: here, remove: gone }));
        };
        if let Some(torn) = own.iter().find(|it| gone.iter().any(|group| group.same_as(it))) {
            let what = format!("it names group `{torn}`, whose list of members does not have it");
            return Err(slip(&format!("profile `{name}`"), &what));
        }
        Ok(Membership::Exactly(own.into_iter().chain(here).collect()))
    }
}

/// Where one token is declared.
struct Desk<'a> {
    ui: &'a mut Ui,
    folder: &'a Path,
    around: &'a Surroundings,
    /// The places of other tokens.
    places: &'a mut Places,
    at: String,
}

impl Desk<'_> {
    fn token(
        &mut self,
        profile: ProfileName,
        name: TokenName,
        it: file::Token,
    ) -> Result<Declared, Failure> {
        let file::Token {
            connection,
            environment,
            device,
            expires,
            allow_ip,
            form,
            to,
            min_life,
            overlap,
            value_file,
            sha256,
        } = it;
        let draft = Draft {
            connection: connection.map(|it| it.0),
            environment: environment.map(|it| it.0),
            device: device.map(|it| it.0),
            expires: expires.map(|it| it.0),
            allow_ip: match allow_ip {
                Some(Only::These(ranges)) => ranges,
                Some(Only::Any) | None => Vec::new(),
            },
            form: form.map(|it| it.0).unwrap_or_default(),
            ..Draft::new(profile, name)
        };
        let source = match (to, value_file, sha256) {
            (None, None, None) => Source::Nowhere,
            (Some(Text(place)), None, None) => self.place(place)?,
            (None, Some(path), None) => {
                let path = literal(&self.at, &self.folder.join(&path), &path)?;
                Source::Preset(Preset::Value(self.ui.read(&path, "the token", SECRET)?))
            }
            (None, None, Some(Text(digest))) => Source::Preset(Preset::Digest(digest)),
            _ => {
                return Err(slip(
                    &self.at,
                    &"it has more than one of `to`, `value_file`, `sha256`",
                ));
            }
        };
        let placed = matches!(source, Source::Place { .. });
        if !placed && (min_life.is_some() || overlap.is_some()) {
            return Err(slip(&self.at, &"`min_life` and `overlap` need `to`"));
        }
        let min_life = min_life.map_or(Span::FORTNIGHT, |it| it.0);
        let overlap = overlap.map_or(Overlap::For(Span::DAY), |it| it.0);
        Ok(Declared { draft, min_life, overlap, source })
    }

    fn place(&mut self, place: Destination) -> Result<Source, Failure> {
        place.ensure_literal().map_err(|invalid| not_literal(&self.at, invalid))?;
        let place = below(self.folder, place);
        let free = match &place {
            Destination::File(path) => self.places.take(path, None),
            Destination::Env { file, key } => self.places.take(file, Some(key)),
            Destination::Command(_) => true,
            Destination::Descriptor(_) => {
                return Err(slip(&self.at, &"a descriptor is no place for a declared token"));
            }
        };
        if !free {
            let what = format!("{place} is the place of another token, or the declaration itself");
            return Err(slip(&self.at, &what));
        }
        let Surroundings { patience, overwrite, umask } = self.around;
        let terms = Terms::new(&place, *patience, *overwrite);
        let sink = delivery::place(&place, terms, *umask, self.ui.protected())?;
        Ok(Source::Place { sink, called: place.typed() })
    }
}

/// Files that get secrets, by where they really are, and the keys in them; none is the file as a whole.
#[derive(Default)]
struct Places(HashMap<PathBuf, HashSet<Option<String>>>);

impl Places {
    /// Takes a place, if it is free.
    fn take(&mut self, path: &Path, key: Option<&str>) -> bool {
        let taken = self.0.entry(settled(path)).or_default();
        let free = taken.is_empty() || (key.is_some() && !taken.contains(&None));
        free && taken.insert(key.map(str::to_owned))
    }
}

/// The path of a file, whichever way was taken to its folder.
fn settled(path: &Path) -> PathBuf {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    // A folder that is not there has no other spelling, and is refused when it is opened.
    let above = above.canonicalize().unwrap_or_else(|_| above.to_owned());
    path.file_name().map_or_else(|| above.clone(), |name| above.join(name))
}

/// A file that is named, if its name is meant as it stands.
fn literal(at: &str, path: &Path, named: &Path) -> Result<Input, Failure> {
    ensure_literal(named).map_err(|invalid| not_literal(at, invalid))?;
    Ok(Input::File(path.to_owned()))
}

fn not_literal(at: &str, invalid: Invalid) -> Failure {
    slip(at, &invalid).hint(invalid.hint.unwrap_or_default())
}

/// Relative paths start where the declaration is.
fn below(folder: &Path, place: Destination) -> Destination {
    let under = |path: PathBuf| folder.join(path);
    match place {
        Destination::File(path) => Destination::File(under(path)),
        Destination::Env { file, key } => Destination::Env { file: under(file), key },
        other => other,
    }
}

fn bare<T>(texts: Vec<Text<T>>) -> Vec<T> {
    texts.into_iter().map(|it| it.0).collect()
}

/// Names are compared without regard to case.
fn key(name: &ProfileName) -> String {
    name.as_str().to_ascii_lowercase()
}

fn slip(at: &str, what: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("{at}: {what}"))
}
