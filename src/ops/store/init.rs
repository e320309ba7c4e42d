//! Creates a store.

use crate::backend::Backend;
use crate::barrier::{NewSlot, NewStore, State, Store, StoreId};
use crate::core::{Context, Core};
use crate::error::Result;
use crate::model::audit::Action;
use crate::model::name::EnvironmentName;
use crate::ops::environment;
use crate::ops::records::journal;
use crate::ops::records::upkeep::before_write;

/// The initial environment of every store.
const FIRST_ENVIRONMENT: &str = "production";

/// Creates a store, with its first environment, in a draft backend.
///
/// # Errors
///
/// A store exists already, or it cannot be created.
pub fn init(
    backend: Box<dyn Backend>,
    id: StoreId,
    slots: Vec<NewSlot<'_>>,
    state: &State,
    mut context: Context,
) -> Result<Core> {
    let name: EnvironmentName = FIRST_ENVIRONMENT.parse()?;
    let draft = environment::Draft {
        name,
        description: None,
    };
    let founding = NewStore {
        id,
        slots,
        now: context.clock.now(),
        actor: &context.request.actor,
    };
    let store = Store::create(backend, &founding, state, &mut *context.entropy, |w| {
        w.audit(
            Action::StoreInit,
            journal::store(),
            crate::barrier::Details::new(),
        )?;
        environment::insert(w, &draft).map(drop)
    })?;
    Ok(Core::new(store.publish()?, context, before_write))
}
