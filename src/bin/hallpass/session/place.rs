//! Where the store of a session is, and how it is reached.

use std::path::Path;

use hallpass::backend::Backend;
use hallpass::backend::location::{Location, is_database};
use hallpass::backend::options::{DatabaseOptions, OpenOptions};
use hallpass::barrier::State;

use super::{Network, Session};
use crate::failure::Failure;
use crate::settings;
use crate::ui::Ui;

impl Session {
    pub(super) fn backend(&self) -> Result<Box<dyn Backend>, Failure> {
        Ok(self.location()?.open(&self.options())?)
    }

    /// Where the store is, or is to be.
    pub(crate) fn location(&self) -> Result<&Location, Failure> {
        if let Some(location) = self.location.get() {
            return Ok(location);
        }
        let location = self.locate(self.settings.store()?)?;
        Ok(self.location.get_or_init(|| location))
    }

    /// Reads what names a store, this session's or another. A database is named completely.
    pub(crate) fn locate(&self, named: &Path) -> Result<Location, Failure> {
        if is_database(named) {
            return Ok(Location::parse(named, self.database())?);
        }
        // A file needs nothing of what is known about databases.
        Ok(Location::File(named.to_owned()))
    }

    fn database(&self) -> &DatabaseOptions {
        let collect = || self.settings.database(&self.flags, &self.environment);
        self.database.get_or_init(collect)
    }

    /// How the store is made and opened.
    pub(crate) fn options(&self) -> OpenOptions {
        self.options_for(self.location().ok())
    }

    /// How a store at this location is made and opened.
    pub(crate) fn options_for(&self, location: Option<&Location>) -> OpenOptions {
        let is_database = location.is_some_and(|it| it.file().is_none());
        let database = is_database.then(|| self.database().clone());
        OpenOptions {
            allow_network_fs: self.network == Network::Allowed,
            database: database.unwrap_or_default(),
            ..OpenOptions::default()
        }
    }

    /// What this machine remembers of the store, and where.
    pub(crate) fn state(&self) -> Result<State, Failure> {
        self.state_at(self.location()?)
    }

    /// What this machine remembers of a store at this location, and where.
    pub(crate) fn state_at(&self, location: &Location) -> Result<State, Failure> {
        let require = match self.settings.anchor {
            settings::AnchorPolicy::Off => return Ok(State::off()),
            settings::AnchorPolicy::On => false,
            settings::AnchorPolicy::Require => true,
        };
        Ok(State {
            require,
            ..State::at(self.settings.state()?, location)
        })
    }

    /// Warns once of what is not ensured of the connection to the store, if it was needed.
    pub(crate) fn warn_of_weakness(&self, ui: &mut Ui) {
        let weakness = self.location.get().and_then(Location::weakness);
        if let Some(weakness) = weakness
            && !self.warned.replace(true)
        {
            ui.warn(weakness);
        }
    }
}
