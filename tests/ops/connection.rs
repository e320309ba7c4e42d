use hallpass::Kind;
use hallpass::model::verdict::Reason;
use hallpass::ops::connection::{self, Draft, Edits, State};
use hallpass::ops::edit::{Added, Change, Effect, IfThere, ListChange};
use hallpass::ops::profile;

use super::fixture::{TestStore, draft, kind, made, message, p};

#[test]
fn a_name_can_be_taken_once_in_any_spelling() {
    let mut bench = TestStore::new();
    bench.connection("HR");
    let again = Draft::new(p("hr"));
    assert_eq!(
        kind(connection::add(&mut bench.core, &again, IfThere::Refuse)),
        Kind::Exists
    );
    assert_eq!(
        connection::show(&mut bench.core, &p("hR"))
            .unwrap()
            .name
            .as_str(),
        "HR"
    );
}

#[test]
fn if_absent_names_each_flag_that_differs() {
    let mut bench = TestStore::new();
    let before = bench.connection("hr");
    let other = Draft {
        description: Some(p("other")),
        group: Some(p("staff")),
        token_lifetime: Some(p("30d")),
        allow_ip: vec![p("10.0.0.0/8")],
        guide: Some(p("# Guide")),
        ..Draft::new(p("hr"))
    };
    let added = connection::add(&mut bench.core, &other, IfThere::Compare).unwrap();
    let Added::Existing {
        summary,
        differences,
    } = added
    else {
        panic!("made")
    };
    let expected = [
        "description",
        "group",
        "token lifetime",
        "allowed addresses",
        "guide",
    ];
    assert_eq!((summary, differences), (before, expected.to_vec()));
    let same = connection::add(&mut bench.core, &Draft::new(p("hr")), IfThere::Compare).unwrap();
    assert!(matches!(same, Added::Existing { differences, .. } if differences.is_empty()));
}

#[test]
fn lists_grow_and_shrink_and_what_was_not_there_is_told() {
    let mut bench = TestStore::new();
    bench.connection("hr");
    let allow_ip = ListChange {
        add: vec![p("10.0.0.0/8"), p("10.0.0.0/8"), p("192.0.2.1")],
        remove: vec![p("198.51.100.0/24")],
    };
    let edits = Edits {
        allow_ip,
        ..Edits::default()
    };
    let changed = connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    assert_eq!(changed.summary.allow_ip, [p("10.0.0.0/8"), p("192.0.2.1")]);
    assert_eq!(changed.absent, ["198.51.100.0/24"]);
    let allow_ip = ListChange {
        add: vec![p("192.0.2.1")],
        remove: vec![p("192.0.2.1")],
    };
    let edits = Edits {
        allow_ip,
        ..Edits::default()
    };
    assert_eq!(
        kind(connection::edit(&mut bench.core, &p("hr"), &edits)),
        Kind::Usage
    );
}

#[test]
fn blocking_twice_says_so_and_keeps_the_first_moment() {
    let mut bench = TestStore::new();
    bench.connection("hr");
    let first = connection::block(&mut bench.core, &p("hr"), Some(&p("incident"))).unwrap();
    assert_eq!(
        (first.effect, first.summary.state),
        (Effect::Changed, State::Blocked)
    );
    bench.wait(60);
    let again = connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(again.effect, Effect::AlreadySo);
    assert_eq!(again.summary.blocked, first.summary.blocked);
    let other = connection::block(&mut bench.core, &p("hr"), Some(&p("worse"))).unwrap();
    let (before, after) = (
        first.summary.blocked.unwrap(),
        other.summary.blocked.unwrap(),
    );
    assert_eq!((before.at, after.reason), (after.at, Some(p("worse"))));
    assert_eq!(
        connection::unblock(&mut bench.core, &p("hr"))
            .unwrap()
            .effect,
        Effect::Changed
    );
    assert_eq!(
        connection::unblock(&mut bench.core, &p("hr"))
            .unwrap()
            .effect,
        Effect::AlreadySo
    );
}

#[test]
fn blocking_counts_bound_tokens_and_open_ones_that_lose_a_part() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("open", &[]);
    bench.profile("elsewhere", &["crm"]);
    bench.token("ci/one");
    bench.token("ci/two");
    bench.revoke("ci/two");
    bench.token("open/any");
    bench.token("elsewhere/any");
    let (_, impact) = connection::preview_block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!((impact.tokens, impact.partly), (1, 1));
    assert_eq!(impact.examples, ["ci/one"]);
}

#[test]
fn one_that_a_restriction_names_cannot_be_deleted() {
    let mut bench = TestStore::with_sample_data();
    let refused = message(connection::delete(&mut bench.core, &p("hr")));
    assert_eq!(refused, "`hr` is still used by profile ci");
    assert_eq!(
        kind(connection::preview_delete(&mut bench.core, &p("hr"))),
        Kind::Refused
    );
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    connection::delete(&mut bench.core, &p("hr")).unwrap();
    assert_eq!(
        kind(connection::show(&mut bench.core, &p("hr"))),
        Kind::NotFound
    );
}

#[test]
fn one_that_a_live_token_names_cannot_be_deleted() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("open", &[]);
    let mut token = draft("open/laptop");
    token.connection = Some(p("crm"));
    let id = bench.issue(&token).unwrap().summary.id.to_string();
    assert_eq!(
        message(connection::delete(&mut bench.core, &p("crm"))),
        "`crm` is still used by open/laptop"
    );
    bench.revoke("open/laptop");
    connection::delete(&mut bench.core, &p("crm")).unwrap();
    assert_eq!(bench.show(&id).connection, Some(p("crm")));
}

#[test]
fn a_long_list_of_users_is_cut() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("open", &[]);
    for n in 10..30 {
        let mut token = draft(&format!("open/t{n}"));
        token.connection = Some(p("crm"));
        bench.issue(&token).unwrap();
    }
    let refused = message(connection::delete(&mut bench.core, &p("crm")));
    assert!(refused.contains("open/t19, 10 more"), "{refused}");
}

#[test]
fn a_renamed_connection_keeps_its_tokens_and_restrictions() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let edits = Edits {
        rename: Some(p("people")),
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    assert_eq!(bench.verdict(&held), Reason::Valid);
    assert_eq!(bench.show("ci/laptop").connection, Some(p("people")));
    let ci = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(ci.connections, Some(vec![p("people")]));
}

#[test]
fn a_guide_is_kept_as_it_was_given() {
    let mut bench = TestStore::new();
    let draft = Draft {
        guide: Some(p("# One\n\ttwo")),
        ..Draft::new(p("hr"))
    };
    let summary = made(connection::add(&mut bench.core, &draft, IfThere::Refuse));
    assert!(summary.has_guide);
    let guide = connection::guide(&mut bench.core, &p("hr")).unwrap();
    assert_eq!(guide, Some(p("# One\n\ttwo")));
    let edits = Edits {
        guide: Change::Clear,
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    assert_eq!(connection::guide(&mut bench.core, &p("hr")).unwrap(), None);
}

#[test]
fn a_rotated_api_key_is_another_key() {
    let mut bench = TestStore::new();
    let before = bench.connection("hr");
    let after = connection::rotate_key(&mut bench.core, &p("hr")).unwrap();
    assert_ne!(before.api_key, after.api_key);
    let listed = connection::list(&mut bench.core).unwrap();
    assert_eq!(listed, [after]);
}
