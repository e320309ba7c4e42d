//! What a new token is for, where its draft leaves it open.

use hallpass::ops::token::{self, Unnamed};

use super::limited;
use crate::ops::audit::logged;
use crate::ops::fixture::{TestStore, draft, p};

#[test]
fn of_two_connections_that_allow_the_same_the_first_is_named() {
    let mut bench = TestStore::with_sample_data();
    limited(&mut bench, "hr", "30d");
    limited(&mut bench, "crm", "30d");
    bench.profile("both", &["crm", "hr"]);
    let issued = bench.issue(&draft("both/any")).unwrap();
    let lifetime = issued.assumed.lifetime.unwrap();
    assert_eq!(lifetime.connection, Some(p("crm")));
}

#[test]
fn a_token_that_is_to_be_for_any_connection_is_bound_to_none() {
    let mut bench = TestStore::with_sample_data();
    let any = token::Draft {
        unnamed: Unnamed::Any,
        ..draft("ci/any")
    };
    assert_eq!(bench.issue(&any).unwrap().summary.connection, None);
    assert_eq!(bench.token("ci/only").summary.connection, Some(p("hr")));
}

#[test]
fn a_token_that_has_ended_is_called_by_its_id() {
    let mut bench = TestStore::with_sample_data();
    let id = bench.token("ci/laptop").summary.id.to_string();
    assert_eq!(bench.show(&id).address(), "ci/laptop");
    bench.revoke("ci/laptop");
    assert_eq!(bench.show(&id).address(), id);
}

#[test]
fn the_log_says_from_where_a_new_token_may_be_used_if_not_from_anywhere() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/anywhere");
    let home = token::Draft {
        allow_ip: vec![p("192.0.2.0/24")],
        ..draft("ci/home")
    };
    bench.issue(&home).unwrap();
    let added = logged(&mut bench, "token.add");
    let ranges: Vec<_> = added.iter().map(|it| it.details.get("allow_ip")).collect();
    assert_eq!(ranges, [None, Some(&"192.0.2.0/24".to_owned())]);
}
