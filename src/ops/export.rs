//! Exports the configuration of a store as it can be declared; never a secret.
//!
//! ```
//! use hallpass::ops::{Core, export};
//!
//! # fn example(core: &mut Core) -> hallpass::Result<()> {
//! let inventory = export::export(core, &mut |_done, _of| ())?;
//! println!("{} tokens", inventory.tokens.len());
//! # Ok(())
//! # }
//! ```

use crate::barrier::List;
use crate::core::Core;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::text::Guide;
use crate::ops::records::lookup;
use crate::ops::records::token::Summary;
use crate::ops::{connection, environment, profile, token};

/// The configuration of a store.
#[derive(Debug)]
pub struct Inventory {
    /// All environments, by name.
    pub environments: Vec<environment::Summary>,
    /// All connections, with their guides.
    pub connections: Vec<(connection::Summary, Option<Guide>)>,
    /// All profiles, by name.
    pub profiles: Vec<profile::Summary>,
    /// The live tokens that have their names.
    pub tokens: Vec<Summary>,
}

/// Reads the configuration in one consistent state, after a check of the whole store: nobody should
/// build on a damaged one.
///
/// # Errors
///
/// Any part of the store is damaged.
pub fn export(core: &mut Core, progress: &mut dyn FnMut(u64, u64)) -> Result<Inventory> {
    let now = core.now();
    core.read(|r| {
        r.check(progress)?;
        let connections = lookup::all::<Connection>(r, List::Connections)?;
        Ok(Inventory {
            environments: environment::list_within(r)?,
            connections: connections
                .into_iter()
                .map(|(_, connection)| (connection::summary(&connection), connection.guide))
                .collect(),
            profiles: profile::list_within(r, now)?,
            tokens: token::holders(r, now)?,
        })
    })
}
