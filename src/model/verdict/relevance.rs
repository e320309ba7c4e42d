//! Which changes of a record can change a verdict.

use crate::model::connection::Connection;
use crate::model::profile::Profile;

/// Whether two states of a profile give the same verdict in every case.
pub fn same_for_profile(one: &Profile, other: &Profile) -> bool {
    let relevant = |profile: &Profile| {
        // Destructured whole, so that a new field has to be classified too.
        let Profile {
            groups,
            restriction,
            suspended,
            deleted_at,
            // A session token may have been made from it.
            password,
            name: _,
            email: _,
            description: _,
            generated: _,
            failures: _,
            sessions: _,
            created_at: _,
            updated_at: _,
            tokens: _,
            position: _,
            address: _,
        } = profile.clone();
        (
            groups,
            restriction,
            suspended.map(|suspension| suspension.until),
            deleted_at.is_some(),
            password.map(|password| password.id),
        )
    };
    relevant(one) == relevant(other)
}

/// As [`same_for_profile`], for a connection.
pub fn same_for_connection(one: &Connection, other: &Connection) -> bool {
    let relevant = |connection: &Connection| {
        let Connection {
            group,
            allow_ip,
            deny_ip,
            blocked,
            deleted_at,
            name: _,
            description: _,
            api_key: _,
            token_lifetime: _,
            guide: _,
            created_at: _,
            position: _,
        } = connection.clone();
        (
            group,
            allow_ip,
            deny_ip,
            blocked.is_some(),
            deleted_at.is_some(),
        )
    };
    relevant(one) == relevant(other)
}
