//! From what is written to what the core is asked for.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use hallpass::files::trust::{ORDERS, SECRET};
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::Guide;
use hallpass::model::time::{Overlap, Span};
use hallpass::ops::Suspend;
use hallpass::ops::apply::{Access, Connection, Declaration, Environment, Membership, Profile};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::token::{self, Preset, Source, Uses};
use rustix::fs::Mode;

use super::document::DeclarationFile;
use super::shape::{self, ConnectionState, ProfileState, Shape};
use super::wrong::Mistakes;
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

/// What the core is asked for, as far as it can be read, and what is wrong with the rest.
pub(crate) struct Declared {
    /// What is to be there.
    pub(crate) declaration: Declaration,
    /// Whether nothing is declared at all.
    pub(crate) is_empty: bool,
    /// What is wrong.
    pub(crate) wrong: Mistakes,
}

impl DeclarationFile {
    /// What the core is asked for. Files that are named are read, and places of secrets opened.
    pub(crate) fn declaration(self, ui: &mut Ui, around: &Surroundings) -> Declared {
        let Self {
            root,
            name,
            folder,
            own,
        } = self;
        let mut wrong = Mistakes::new(name);
        let shape = Shape::read(root, &mut wrong);
        let is_empty = shape.is_empty();
        let mut places = Places::default();
        // The declaration itself is no place for a secret.
        if let Some(own) = &own {
            places.take(own, None);
        }
        let tokens: usize = shape.profiles.iter().map(|(_, it)| it.tokens.len()).sum();
        delivery::make_room(tokens);
        let (folder, wrong_so_far) = (folder.as_path(), &mut wrong);
        let mut reader = TokenReader {
            ui,
            folder,
            around,
            places,
            wrong: wrong_so_far,
        };
        let declaration = reader.declaration(shape);
        Declared {
            declaration,
            is_empty,
            wrong,
        }
    }
}

/// Turns what a file declares, its tokens and their sinks above all, into what the core is asked for.
struct TokenReader<'a> {
    ui: &'a mut Ui,
    folder: &'a Path,
    around: &'a Surroundings,
    /// The places of tokens.
    places: Places,
    wrong: &'a mut Mistakes,
}

impl TokenReader<'_> {
    fn declaration(&mut self, shape: Shape) -> Declaration {
        let Shape {
            environments,
            connections,
            groups,
            profiles,
        } = shape;
        self.ensure_one_default(&environments);
        let memberships = self.memberships(groups, &profiles);
        let mut declaration = Declaration {
            environments: environments.into_iter().map(environment).collect(),
            ..Declaration::default()
        };
        for (name, it) in connections {
            declaration.connections.push(self.connection(name, it));
        }
        for (name, mut it) in profiles {
            for (token, its) in std::mem::take(&mut it.tokens) {
                let at = format!("token `{name}/{token}`");
                match self.token(&name, token, its) {
                    Ok(token) => declaration.tokens.push(token),
                    Err(failure) => self.wrong.failed(&at, failure.of(&at)),
                }
            }
            declaration
                .profiles
                .push(self.profile(name, it, &memberships));
        }
        declaration
    }

    fn ensure_one_default(
        &mut self,
        environments: &[(EnvironmentName, shape::DeclaredEnvironment)],
    ) {
        let mut default = environments
            .iter()
            .filter(|(_, it)| it.default == Some(true));
        if let (Some((one, _)), Some((other, _))) = (default.next(), default.next()) {
            let what = format!("it is the default, and so is `{one}`");
            self.wrong.thing(&format!("environment `{other}`"), &what);
        }
    }

    fn memberships(
        &mut self,
        groups: Vec<(GroupName, Vec<ProfileName>)>,
        profiles: &[(ProfileName, shape::DeclaredProfile)],
    ) -> Memberships {
        let declared: HashSet<_> = profiles.iter().map(|(name, _)| key(name)).collect();
        let mut found = Vec::new();
        for (group, members) in groups {
            if let Some(other) = members
                .iter()
                .find(|member| !declared.contains(&key(member)))
            {
                let what = format!("`{other}` is not among the profiles of this declaration");
                self.wrong.thing(&format!("group `{group}`"), &what);
            }
            found.push((group, members.iter().map(key).collect()));
        }
        Memberships { groups: found }
    }

    fn connection(&mut self, name: ConnectionName, it: shape::DeclaredConnection) -> Connection {
        let shape::DeclaredConnection {
            description,
            group,
            token_lifetime,
            allow_ip,
            deny_ip,
            guide,
            guide_file,
            state,
            reason,
        } = it;
        let at = format!("connection `{name}`");
        let guide = match (guide, guide_file) {
            (guide, None) => guide,
            (Change::Keep, Some(path)) => match self.guide(&path) {
                Ok(guide) => Change::Set(guide),
                Err(failure) => {
                    self.wrong.failed(&at, failure.of(&at));
                    Change::Keep
                }
            },
            (guide, Some(_)) => {
                self.wrong
                    .thing(&at, &"it has both `guide` and `guide_file`");
                guide
            }
        };
        let block = match state {
            Some(ConnectionState::Blocked) => Change::Set(reason),
            state => {
                if reason.is_some() {
                    self.wrong
                        .thing(&at, &"`reason` needs `state = \"blocked\"`");
                }
                if state.is_some() {
                    Change::Clear
                } else {
                    Change::Keep
                }
            }
        };
        Connection {
            name,
            description,
            group,
            token_lifetime,
            allow_ip,
            deny_ip,
            guide,
            block,
        }
    }

    /// A file that is named, if its name is meant as it stands.
    fn named(&self, path: &Path) -> Result<Input, Failure> {
        ensure_literal(path)?;
        Ok(Input::File(self.folder.join(path)))
    }

    fn guide(&mut self, path: &Path) -> Result<Guide, Failure> {
        let text = self.ui.read(&self.named(path)?, "the guide", ORDERS)?;
        Ok(text.expose().parse()?)
    }

    fn profile(
        &mut self,
        name: ProfileName,
        it: shape::DeclaredProfile,
        memberships: &Memberships,
    ) -> Profile {
        let shape::DeclaredProfile {
            email,
            description,
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
                reason,
                until: until.map(|it| it.0),
            }),
            state => {
                if reason.is_some() || until.is_some() {
                    let what = "`reason` and `until` need `state = \"suspended\"`";
                    self.wrong.thing(&at, &what);
                }
                if state.is_some() {
                    Change::Clear
                } else {
                    Change::Keep
                }
            }
        };
        let access = match connections {
            Change::Keep => None,
            Change::Clear => Some(Access::Any),
            Change::Set(names) => Some(Access::Only(names)),
        };
        let groups = memberships.of(&name, groups).unwrap_or_else(|what| {
            self.wrong.thing(&at, &what);
            Membership::Change(ListChange::default())
        });
        Profile {
            name,
            email,
            description,
            access,
            groups,
            suspension,
        }
    }

    fn token(
        &mut self,
        profile: &ProfileName,
        name: TokenName,
        it: shape::DeclaredToken,
    ) -> Result<token::Declared, Failure> {
        let shape::DeclaredToken {
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
        let source = match (to, value_file, sha256) {
            (None, None, None) => Source::Nowhere,
            (Some(place), None, None) => self.place(place)?,
            (None, Some(path), None) => {
                let from = self.named(&path)?;
                Source::Preset(Preset::Value(self.ui.read(&from, "the token", SECRET)?))
            }
            (None, None, Some(digest)) => Source::Preset(Preset::Digest(digest)),
            _ => {
                let what = "it has more than one of `to`, `value_file`, `sha256`";
                return Err(Failure::usage(what));
            }
        };
        let placed = matches!(source, Source::Sink { .. });
        if !placed && (min_life.is_some() || overlap.is_some()) {
            return Err(Failure::usage("`min_life` and `overlap` need `to`"));
        }
        Ok(token::Declared {
            profile: profile.clone(),
            name,
            uses: Uses {
                connection,
                environment,
                device,
                allow_ip,
            },
            expires,
            form: form.unwrap_or_default(),
            min_life: min_life.unwrap_or(Span::FORTNIGHT),
            overlap: overlap.unwrap_or(Overlap::For(Span::DAY)),
            source,
        })
    }

    fn place(&mut self, place: Destination) -> Result<Source, Failure> {
        place.ensure_literal()?;
        let place = below(self.folder, place);
        let free = match &place {
            Destination::File(path) => self.places.take(path, None),
            Destination::Env { file, key } => self.places.take(file, Some(key)),
            Destination::Command(_) => true,
            Destination::Descriptor(_) => {
                return Err(Failure::usage(
                    "a descriptor is no place for a declared token",
                ));
            }
        };
        if !free {
            let what = format!("{place} is the place of another token, or the declaration itself");
            return Err(Failure::usage(what));
        }
        let Surroundings {
            patience,
            overwrite,
            umask,
        } = self.around;
        let terms = Terms::new(&place, *patience, *overwrite);
        let sink = delivery::place(&place, terms, *umask, self.ui.protected())?;
        // Whole: whoever agrees to a plan agrees to the commands that it runs.
        let called = match &place {
            Destination::Command(command) => format!("command:{}", command.0),
            place => place.typed(),
        };
        Ok(Source::Sink {
            sink,
            display_name: called,
        })
    }
}

fn environment((name, it): (EnvironmentName, shape::DeclaredEnvironment)) -> Environment {
    let shape::DeclaredEnvironment {
        description,
        default,
    } = it;
    Environment {
        name,
        description,
        default,
    }
}

/// Who is in which group, by the table of groups.
struct Memberships {
    groups: Vec<(GroupName, HashSet<String>)>,
}

impl Memberships {
    /// The groups of a profile: those it names itself, and those that name it.
    fn of(&self, name: &ProfileName, own: Option<Vec<GroupName>>) -> Result<Membership, String> {
        let (here, gone): (Vec<_>, Vec<_>) = self
            .groups
            .iter()
            .partition(|(_, members)| members.contains(&key(name)));
        let names = |list: Vec<&(GroupName, HashSet<String>)>| -> Vec<GroupName> {
            list.into_iter().map(|(group, _)| group.clone()).collect()
        };
        let (here, gone) = (names(here), names(gone));
        let Some(own) = own else {
            return Ok(Membership::Change(ListChange {
                add: here,
                remove: gone,
            }));
        };
        match own
            .iter()
            .find(|it| gone.iter().any(|group| group.same_as(it)))
        {
            Some(torn) => Err(format!(
                "it names group `{torn}`, whose list of members does not have it"
            )),
            None => Ok(Membership::Exactly(own.into_iter().chain(here).collect())),
        }
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
    path.file_name()
        .map_or_else(|| above.clone(), |name| above.join(name))
}

/// Relative paths start where the declaration is.
fn below(folder: &Path, place: Destination) -> Destination {
    let under = |path: PathBuf| folder.join(path);
    match place {
        Destination::File(path) => Destination::File(under(path)),
        Destination::Env { file, key } => Destination::Env {
            file: under(file),
            key,
        },
        other => other,
    }
}

/// Names are compared without regard to case.
fn key(name: &ProfileName) -> String {
    name.as_str().to_ascii_lowercase()
}
