//! A device has one live token for each profile and connection.

use hallpass::error::Existing;
use hallpass::model::text::Device;
use hallpass::model::verdict::Reason;
use hallpass::ops::edit::Change;
use hallpass::ops::{Suspend, connection, profile, token};
use hallpass::{Error, Kind};

use super::fixture::{DAY, Held, TestStore, at, draft, kind, message, p};

fn on(address: &str, device: &str, connection: Option<&str>) -> token::Draft {
    let mut draft = draft(address);
    draft.device = Some(p::<Device>(device));
    draft.connection = connection.map(p);
    draft
}

#[test]
fn a_device_has_one_live_token_for_each_connection_and_profile() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("open", &[]);
    bench.profile("other", &[]);
    bench.issue(&on("open/a", "Büro 1", Some("hr"))).unwrap();
    bench.issue(&on("open/b", "Büro 1", Some("crm"))).unwrap();
    bench.issue(&on("open/c", "Büro 1", None)).unwrap();
    bench.issue(&on("open/d", "Büro 2", Some("hr"))).unwrap();
    bench.issue(&on("other/a", "Büro 1", Some("hr"))).unwrap();
    for (spelled, connection, holder) in [
        ("Büro 1", Some("hr"), "open/a"),
        ("BÜRO １", Some("hr"), "open/a"),
        ("bu\u{308}ro 1", Some("crm"), "open/b"),
        ("büro ①", None, "open/c"),
    ] {
        let refused = bench.issue(&on("open/new", spelled, connection));
        let spelled: Device = p(spelled);
        let said = format!(
            "token `{holder}` is bound to device `{spelled}` already, on the same connection"
        );
        assert_eq!(message(refused), said);
        let again = bench.issue(&on("open/new", "büro 1", connection));
        assert_eq!(kind(again), Kind::Exists);
    }
}

#[test]
fn a_second_device_has_a_second_token_and_revoking_one_leaves_the_other() {
    let mut bench = TestStore::with_sample_data();
    let one: Held = bench.issue(&on("ci/one", "laptop", None)).unwrap().into();
    let two: Held = bench.issue(&on("ci/two", "phone", None)).unwrap().into();
    bench.revoke("ci/one");
    assert_eq!(bench.verdict(&one), Reason::Revoked);
    assert_eq!(bench.verdict(&two), Reason::Valid);
    // The device is free again, and has one token all the same.
    bench.issue(&on("ci/three", "LAPTOP", None)).unwrap();
    let again = bench.issue(&on("ci/four", "laptop", None));
    assert!(
        matches!(again, Err(Error::Exists(Existing::Device { .. }))),
        "{again:?}"
    );
}

#[test]
fn only_an_ended_token_gives_its_device_up() {
    let mut bench = TestStore::with_sample_data();
    let mut short = on("ci/a", "laptop", None);
    short.expires = Some(p("1d"));
    bench.issue(&short).unwrap();
    token::suspend(&mut bench.core, &[at("ci/a")], &Suspend::default()).unwrap();
    assert_eq!(kind(bench.issue(&on("ci/b", "laptop", None))), Kind::Exists);
    bench.wait(DAY);
    let new: Held = bench.issue(&on("ci/b", "laptop", None)).unwrap().into();
    // The tombstone of the first does not take it from the second.
    let old = bench.tokens(&token::Filter {
        which: token::StateFilter::Expired,
        ..Default::default()
    });
    token::revoke(
        &mut bench.core,
        &[p::<hallpass::model::token::TokenAddress>(&old[0].id.to_string()).into()],
        None,
    )
    .unwrap();
    assert_eq!(kind(bench.issue(&on("ci/c", "laptop", None))), Kind::Exists);
    assert_eq!(bench.verdict(&new), Reason::Valid);
}

#[test]
fn a_device_is_compared_by_what_the_connection_is_and_not_by_its_name() {
    let mut bench = TestStore::with_sample_data();
    bench.issue(&on("ci/a", "laptop", Some("hr"))).unwrap();
    let rename = connection::Edits {
        rename: Some(p("people")),
        ..connection::Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &rename).unwrap();
    assert_eq!(
        kind(bench.issue(&on("ci/b", "laptop", Some("people")))),
        Kind::Exists
    );
    let unrelated = profile::Edits {
        description: Change::Set(p("x")),
        ..Default::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &unrelated).unwrap();
    bench.profile("ci2", &["people"]);
    bench.issue(&on("ci2/a", "laptop", None)).unwrap();
}

#[test]
fn many_tokens_of_one_transaction_share_no_device() {
    let mut bench = TestStore::with_sample_data();
    let drafts = [on("ci/a", "laptop", None), on("ci/b", "Laptop", None)];
    assert_eq!(
        kind(token::issue_many(&mut bench.core, &drafts)),
        Kind::Exists
    );
    assert!(bench.tokens(&token::Filter::default()).is_empty());
}

/// The next token of a device costs as much however many there are.
#[test]
fn a_device_is_looked_up_and_not_looked_for() {
    let mut bench = TestStore::with_sample_data();
    let mut cost = |count: usize| {
        let drafts: Vec<_> = (0..count)
            .map(|n| on(&format!("ci/{count}-{n}"), &format!("{count}-{n}"), None))
            .collect();
        token::issue_many(&mut bench.core, &drafts).unwrap();
        let before = bench.backend.faults().rows();
        bench
            .issue(&on(
                &format!("ci/one-more-{count}"),
                &format!("{count}"),
                None,
            ))
            .unwrap();
        bench.backend.faults().rows() - before
    };
    let (few, many) = (cost(3), cost(600));
    assert!(
        many < few + 60,
        "{few} rows were read with a few tokens, {many} with many"
    );
}
