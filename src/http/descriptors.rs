//! How many connections the limit of open files allows.

use serde_json::json;

use super::event;
use super::host::Host;
use crate::sys::sockets::allow_descriptors;

/// How many descriptors it needs apart from one for each connection.
const DESCRIPTORS: u64 = 128;

/// Raises the limit of open files as far as the system allows. Returns how many connections there may
/// be: with more, the store could not be opened for a look at it, and no verdict would be given.
pub(super) fn most_connections(host: &dyn Host, connections: usize) -> usize {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX);
    let wanted = wanted.saturating_add(DESCRIPTORS);
    let limit = allow_descriptors(wanted);
    if limit >= wanted {
        return connections;
    }
    let left = limit.saturating_sub(DESCRIPTORS).max(limit / 4);
    let most = usize::try_from(left).unwrap_or(usize::MAX).min(connections);
    let fields = json!({ "limit": limit, "wanted": wanted, "connections": most });
    event::log(host, "few_descriptors", fields);
    most
}
