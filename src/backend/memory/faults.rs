//! Fault injection.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::backend::{Fault, Want};

/// Whether a commit fails before or after it takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// Nothing was committed.
    Before,
    /// Everything was committed, but the caller receives an error.
    After,
}

/// The faults to inject into a store, shared by its clones. Each is injected once.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    calls: u64,
    by_method: BTreeMap<&'static str, u64>,
    rows: u64,
    wants: Vec<Want>,
    lost: BTreeSet<&'static str>,
    orders: Vec<Order>,
}

struct Order {
    at: At,
    make: Box<dyn FnOnce() -> Fault + Send>,
}

#[derive(Debug)]
enum At {
    /// After this many more calls, of any method or of the named one.
    Call {
        method: Option<&'static str>,
        left: u64,
    },
    Commit(Around),
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)
    }
}

impl Faults {
    /// Makes the `nth` call from now on fail; the next call is number 1.
    pub fn fail_call(&self, nth: u64, make: impl FnOnce() -> Fault + Send + 'static) {
        self.order(
            At::Call {
                method: None,
                left: nth,
            },
            Box::new(make),
        );
    }

    /// Makes the `nth` call of `method` from now on fail. Methods are named as in
    /// [`Backend`](crate::backend::Backend) and [`Transaction`](crate::backend::Transaction).
    pub fn fail_method(
        &self,
        method: &'static str,
        nth: u64,
        make: impl FnOnce() -> Fault + Send + 'static,
    ) {
        self.order(
            At::Call {
                method: Some(method),
                left: nth,
            },
            Box::new(make),
        );
    }

    /// Makes the next commit of a writing transaction fail, before or after it takes effect.
    pub fn fail_commit(&self, around: Around, make: impl FnOnce() -> Fault + Send + 'static) {
        self.order(At::Commit(around), Box::new(make));
    }

    /// Makes every change by `method` report success and change nothing, as in a crafted file in
    /// which a row is not found where it was written.
    pub fn lose(&self, method: &'static str) {
        self.lock().lost.insert(method);
    }

    /// Removes all faults that have not been injected yet.
    pub fn clear(&self) {
        let mut plan = self.lock();
        plan.orders.clear();
        plan.lost.clear();
    }

    pub(super) fn loses(&self, method: &str) -> bool {
        self.lock().lost.contains(method)
    }

    /// The number of calls so far: the bound of a loop over [`Faults::fail_call`].
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// The number of calls of each method so far.
    pub fn calls_by_method(&self) -> BTreeMap<&'static str, u64> {
        self.lock().by_method.clone()
    }

    /// The number of rows returned so far, as a measure of reading cost.
    pub fn rows(&self) -> u64 {
        self.lock().rows
    }

    /// Takes the reads that were announced so far ([`Transaction::fetch`]).
    ///
    /// [`Transaction::fetch`]: crate::backend::Transaction::fetch
    pub fn take_wants(&self) -> Vec<Want> {
        std::mem::take(&mut self.lock().wants)
    }

    pub(super) fn announce(&self, wants: &[Want]) {
        self.lock().wants.extend_from_slice(wants);
    }

    pub(super) fn row(&self) {
        self.lock().rows += 1;
    }

    pub(super) fn call(&self, name: &'static str) -> Result<(), Fault> {
        let mut plan = self.lock();
        plan.calls += 1;
        *plan.by_method.entry(name).or_default() += 1;
        let due = plan
            .orders
            .iter_mut()
            .position(|order| match &mut order.at {
                At::Call { method, left } if method.is_none_or(|method| method == name) => {
                    *left = left.saturating_sub(1);
                    *left == 0
                }
                _ => false,
            });
        carry_out(plan, due)
    }

    pub(super) fn commit(&self, now: Around) -> Result<(), Fault> {
        let plan = self.lock();
        let due = plan
            .orders
            .iter()
            .position(|order| matches!(order.at, At::Commit(at) if at == now));
        carry_out(plan, due)
    }

    fn order(&self, at: At, make: Box<dyn FnOnce() -> Fault + Send>) {
        self.lock().orders.push(Order { at, make });
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn carry_out(mut plan: MutexGuard<'_, Plan>, due: Option<usize>) -> Result<(), Fault> {
    let Some(due) = due else {
        return Ok(());
    };
    let order = plan.orders.swap_remove(due);
    // What makes the fault may use the store itself: as somebody else would at this moment.
    drop(plan);
    Err((order.make)())
}
