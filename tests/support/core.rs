//! A store as the core makes it, without the program.

use hallpass::backend::Backend;
use hallpass::barrier::{NewSlot, State, key_file};
use hallpass::clock::Clock;
use hallpass::crypto::Key;
use hallpass::entropy::{Entropy, OsEntropy};
use hallpass::model::audit::Actor;
use hallpass::model::time::Span;
use hallpass::ops::{Context, Core, store};
use hallpass::secret::SecretText;

/// 2026-11-24T12:00:00Z.
pub(crate) const NOON: i64 = 1_795_521_600;
pub(crate) const DAY: i64 = 86_400;

/// The context with a clock of the test's own.
pub(crate) fn context(clock: impl Clock + 'static) -> Context {
    Context {
        clock: Box::new(clock),
        entropy: Box::new(OsEntropy),
        request: Actor::default().into(),
        token_lifetime: Span::YEAR,
    }
}

/// A new store in `backend`, a draft, and the text of the key file that opens it.
pub(crate) fn found(
    backend: Box<dyn Backend>,
    state: &State,
    context: Context,
) -> (Core, SecretText) {
    found_with(backend, state, context, &mut OsEntropy)
}

/// The same, by randomness of the test's own.
pub(crate) fn found_with(
    backend: Box<dyn Backend>,
    state: &State,
    context: Context,
    entropy: &mut dyn Entropy,
) -> (Core, SecretText) {
    let key = Key::generate(entropy).unwrap();
    let mut id = [0; 16];
    entropy.fill(&mut id).unwrap();
    let core = store::init(backend, id, vec![NewSlot::KeyFile(&key)], state, context).unwrap();
    (core, key_file::encode(&id, &key))
}
