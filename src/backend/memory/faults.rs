//! Faults on order.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::backend::Fault;

/// On which side of a commit a fault falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// Nothing was kept.
    Before,
    /// Everything was kept, and yet the caller is told it failed.
    After,
}

/// The faults a store is told to have; clones give orders to the same store. Each order is carried
/// out once.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    calls: u64,
    by_method: BTreeMap<&'static str, u64>,
    rows: u64,
    orders: Vec<Order>,
}

struct Order {
    at: At,
    make: Box<dyn FnOnce() -> Fault + Send>,
}

#[derive(Debug)]
enum At {
    /// After so many more calls, of any method or of the one that is named.
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
    /// The `nth` call from now on fails, the next one being 1.
    pub fn fail_call(&self, nth: u64, make: impl FnOnce() -> Fault + Send + 'static) {
        self.order(
            At::Call {
                method: None,
                left: nth,
            },
            Box::new(make),
        );
    }

    /// The `nth` call of `method` from now on fails; methods go by their names in
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

    /// The next commit of a writing transaction fails, before or after it took effect.
    pub fn fail_commit(&self, around: Around, make: impl FnOnce() -> Fault + Send + 'static) {
        self.order(At::Commit(around), Box::new(make));
    }

    /// Takes back every order that is still open.
    pub fn clear(&self) {
        self.lock().orders.clear();
    }

    /// Number of calls so far: what a loop over every [`Faults::fail_call`] counts to.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Number of calls of each method so far.
    pub fn calls_by_method(&self) -> BTreeMap<&'static str, u64> {
        self.lock().by_method.clone()
    }

    /// Number of rows that were handed out so far: what reading costs.
    pub fn rows(&self) -> u64 {
        self.lock().rows
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
        plan.carry_out(due)
    }

    pub(super) fn commit(&self, now: Around) -> Result<(), Fault> {
        let mut plan = self.lock();
        let due = plan
            .orders
            .iter()
            .position(|order| matches!(order.at, At::Commit(at) if at == now));
        plan.carry_out(due)
    }

    fn order(&self, at: At, make: Box<dyn FnOnce() -> Fault + Send>) {
        self.lock().orders.push(Order { at, make });
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    fn carry_out(&mut self, due: Option<usize>) -> Result<(), Fault> {
        match due {
            None => Ok(()),
            Some(at) => Err((self.orders.swap_remove(at).make)()),
        }
    }
}
