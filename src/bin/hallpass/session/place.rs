//! Where the store of a session is, and how it is reached.

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

    /// Where the store is, or is to be. A database is named completely.
    pub(crate) fn location(&self) -> Result<&Location, Failure> {
        if let Some(location) = self.location.get() {
            return Ok(location);
        }
        let named = self.settings.store()?;
        let location = if is_database(named) {
            Location::parse(named, self.database())?
        } else {
            Location::File(named.to_owned())
        };
        Ok(self.location.get_or_init(|| location))
    }

    /// How databases are connected to, the store's or another.
    pub(crate) fn database(&self) -> &DatabaseOptions {
        let collect = || self.settings.database(&self.flags, &self.environment);
        self.database.get_or_init(collect)
    }

    /// How the store is made and opened.
    pub(crate) fn options(&self) -> OpenOptions {
        let allow_network_fs = self.network == Network::Allowed;
        let is_file = self.location().is_ok_and(|it| it.file().is_some());
        let database = if is_file {
            DatabaseOptions::default()
        } else {
            self.database().clone()
        };
        OpenOptions {
            allow_network_fs,
            database,
            ..OpenOptions::default()
        }
    }

    /// What this machine remembers of the store, and where.
    pub(crate) fn state(&self) -> Result<State, Failure> {
        let require = match self.settings.anchor {
            settings::AnchorPolicy::Off => return Ok(State::off()),
            settings::AnchorPolicy::On => false,
            settings::AnchorPolicy::Require => true,
        };
        Ok(State {
            require,
            ..State::at(self.settings.state()?, self.location()?)
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
