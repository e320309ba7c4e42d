//! Translates a declaration file into the core's declaration.

use std::collections::HashSet;
use std::path::Path;

use hallpass::files::trust::{INSTRUCTIONS, SECRET};
use hallpass::model::name::{ConnectionName, EnvironmentName, GroupName, ProfileName, TokenName};
use hallpass::model::text::Guide;
use hallpass::model::time::{Overlap, Span};
use hallpass::ops::Suspend;
use hallpass::ops::apply::{Access, Connection, Declaration, Environment, Membership, Profile};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::token::{self, Preset, Source, Uses};
use rustix::fs::Mode;

use super::document::DeclarationFile;
use super::memberships::{Memberships, key};
use super::shape::{self, ConnectionState, ProfileState, Shape};
use super::used_sinks::{UsedSinks, below};
use super::wrong::Mistakes;
use crate::cli::input::Input;
use crate::cli::path::ensure_literal;
use crate::cli::sink::{Destination, Patience};
use crate::delivery::{self, Terms};
use crate::failure::Failure;
use crate::ui::Ui;

/// How sinks are opened.
pub(crate) struct SinkOptions {
    /// The time limit of each delivery.
    pub(crate) patience: Patience,
    /// Whether a value that is not a secret of ours may be replaced.
    pub(crate) overwrite: bool,
    /// The caller's umask, for programs that are started.
    pub(crate) umask: Mode,
}

/// The declaration for the core, as far as it can be read, and the errors in the rest.
pub(crate) struct Declared {
    /// The declaration.
    pub(crate) declaration: Declaration,
    /// Whether the file declares nothing at all.
    pub(crate) is_empty: bool,
    /// The errors.
    pub(crate) wrong: Mistakes,
}

impl DeclarationFile {
    /// Translates the file. Reads the files that it names and opens the sinks.
    pub(crate) fn declaration(self, ui: &mut Ui, options: &SinkOptions) -> Declared {
        let Self {
            root,
            name,
            folder,
            own,
        } = self;
        let mut wrong = Mistakes::new(name);
        let shape = Shape::read(root, &mut wrong);
        let is_empty = shape.is_empty();
        let mut used = UsedSinks::default();
        // The declaration itself cannot be a sink.
        if let Some(own) = &own {
            used.claim(own, None);
        }
        let tokens: usize = shape.profiles.iter().map(|(_, it)| it.tokens.len()).sum();
        delivery::raise_open_file_limit(tokens);
        let mut reader = TokenReader {
            ui,
            folder: &folder,
            options,
            used,
            wrong: &mut wrong,
        };
        let declaration = reader.declaration(shape);
        Declared {
            declaration,
            is_empty,
            wrong,
        }
    }
}

/// Translates the contents of a file, above all its tokens and their sinks, into the core's
/// declaration.
struct TokenReader<'a> {
    ui: &'a mut Ui,
    folder: &'a Path,
    options: &'a SinkOptions,
    /// The sinks that tokens use already.
    used: UsedSinks,
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
            let what = format!("it is a second default, in addition to `{one}`");
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
                let what = format!("`{other}` is not a profile of this declaration");
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

    /// Returns a file that the declaration names, if its name needs no expansion.
    fn named(&self, path: &Path) -> Result<Input, Failure> {
        ensure_literal(path)?;
        Ok(Input::File(self.folder.join(path)))
    }

    fn guide(&mut self, path: &Path) -> Result<Guide, Failure> {
        let text = self
            .ui
            .read(&self.named(path)?, "the guide", INSTRUCTIONS)?;
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
            (Some(place), None, None) => self.sink(place)?,
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

    fn sink(&mut self, place: Destination) -> Result<Source, Failure> {
        place.ensure_literal()?;
        let place = below(self.folder, place);
        let free = match &place {
            Destination::File(path) => self.used.claim(path, None),
            Destination::Env { file, key } => self.used.claim(file, Some(key)),
            Destination::Command(_) => true,
            Destination::Descriptor(_) => {
                return Err(Failure::usage(
                    "a descriptor cannot be the sink of a declared token",
                ));
            }
        };
        if !free {
            let what = format!("{place} is the sink of another token, or the declaration itself");
            return Err(Failure::usage(what));
        }
        let SinkOptions {
            patience,
            overwrite,
            umask,
        } = self.options;
        let terms = Terms::new(&place, *patience, *overwrite);
        let sink = delivery::open_deferred(&place, terms, *umask, self.ui.protected())?;
        // Whole, because a person who agrees to a plan agrees to the commands that it runs.
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
