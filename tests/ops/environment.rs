use hallpass::Kind;
use hallpass::ops::edit::{Added, Change, Effect, IfThere};
use hallpass::ops::environment::{self, Draft, Edits};

use super::fixture::{DAY, TestStore, draft, kind, message, p};

#[test]
fn a_store_begins_with_production_as_the_default() {
    let mut bench = TestStore::new();
    let all = environment::list(&mut bench.core).unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].name.as_str(), all[0].default), ("production", true));
}

#[test]
fn a_name_can_be_taken_once_in_any_spelling() {
    let mut bench = TestStore::new();
    bench.environment("Test");
    let again = Draft {
        name: p("tEST"),
        description: None,
    };
    assert_eq!(
        kind(environment::add(&mut bench.core, &again, IfThere::Refuse)),
        Kind::Exists
    );
    assert_eq!(
        environment::show(&mut bench.core, &p("TEST"))
            .unwrap()
            .name
            .as_str(),
        "Test"
    );
}

#[test]
fn if_absent_names_what_differs_and_changes_nothing() {
    let mut bench = TestStore::new();
    let before = bench.environment("test");
    let other = Draft {
        name: p("TEST"),
        description: Some(p("other")),
    };
    let added = environment::add(&mut bench.core, &other, IfThere::Compare).unwrap();
    let Added::Existing {
        summary,
        differences,
    } = added
    else {
        panic!("made")
    };
    assert_eq!(
        (summary, differences),
        (before.clone(), vec!["description"])
    );
    assert_eq!(
        environment::show(&mut bench.core, &p("test")).unwrap(),
        before
    );
}

#[test]
fn there_is_always_exactly_one_default() {
    let mut bench = TestStore::new();
    bench.environment("test");
    let edits = Edits {
        make_default: true,
        ..Edits::default()
    };
    environment::edit(&mut bench.core, &p("test"), &edits).unwrap();
    let defaults: Vec<_> = environment::list(&mut bench.core)
        .unwrap()
        .into_iter()
        .filter(|it| it.default)
        .map(|it| it.name.to_string())
        .collect();
    assert_eq!(defaults, ["test"]);
    let refused = message(environment::delete(&mut bench.core, &p("test")));
    assert!(refused.contains("is the default"), "{refused}");
    environment::delete(&mut bench.core, &p("production")).unwrap();
}

#[test]
fn a_description_is_set_and_cleared_and_an_edit_that_changes_nothing_says_so() {
    let mut bench = TestStore::new();
    bench.environment("test");
    let set = Edits {
        description: Change::Set(p("for trials")),
        ..Edits::default()
    };
    let changed = environment::edit(&mut bench.core, &p("test"), &set).unwrap();
    assert_eq!(changed.summary.description, Some(p("for trials")));
    let again = environment::edit(&mut bench.core, &p("test"), &set).unwrap();
    assert_eq!(again.effect, Effect::AlreadySo);
    let clear = Edits {
        description: Change::Clear,
        ..Edits::default()
    };
    let changed = environment::edit(&mut bench.core, &p("test"), &clear).unwrap();
    assert_eq!(
        (changed.effect, changed.summary.description),
        (Effect::Changed, None)
    );
}

#[test]
fn a_renamed_environment_is_found_by_its_new_name_alone() {
    let mut bench = TestStore::new();
    bench.environment("test");
    let rename = |to: &str| Edits {
        rename: Some(p(to)),
        ..Edits::default()
    };
    environment::edit(&mut bench.core, &p("test"), &rename("TEST")).unwrap();
    environment::edit(&mut bench.core, &p("test"), &rename("trial")).unwrap();
    assert_eq!(
        kind(environment::show(&mut bench.core, &p("test"))),
        Kind::NotFound
    );
    let taken = environment::edit(&mut bench.core, &p("trial"), &rename("Production"));
    assert_eq!(kind(taken), Kind::Exists);
    assert_eq!(
        environment::show(&mut bench.core, &p("trial"))
            .unwrap()
            .name
            .as_str(),
        "trial"
    );
}

#[test]
fn a_rotated_key_is_another_key() {
    let mut bench = TestStore::new();
    let before = bench.environment("test");
    let after = environment::rotate_key(&mut bench.core, &p("test")).unwrap();
    assert_ne!(before.key, after.key);
    assert_eq!(
        environment::show(&mut bench.core, &p("test")).unwrap(),
        after
    );
}

#[test]
fn one_that_a_live_token_is_for_cannot_be_deleted() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    let mut token = draft("ci/laptop");
    token.environment = Some(p("test"));
    token.expires = Some(p("1d"));
    bench.issue(&token).unwrap();
    assert_eq!(
        kind(environment::preview_delete(&mut bench.core, &p("test"))),
        Kind::Refused
    );
    let refused = message(environment::delete(&mut bench.core, &p("test")));
    assert_eq!(refused, "`test` is still used by ci/laptop");
    bench.wait(DAY);
    environment::delete(&mut bench.core, &p("test")).unwrap();
    assert_eq!(
        kind(environment::show(&mut bench.core, &p("test"))),
        Kind::NotFound
    );
}

#[test]
fn a_deleted_one_is_still_named_by_old_tokens_and_gives_up_its_name() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    let mut token = draft("ci/laptop");
    token.environment = Some(p("test"));
    let id = bench.issue(&token).unwrap().summary.id.to_string();
    bench.revoke("ci/laptop");
    environment::delete(&mut bench.core, &p("test")).unwrap();
    bench.environment("test");
    assert_eq!(bench.show(&id).environment.as_str(), "test");
    assert_eq!(environment::list(&mut bench.core).unwrap().len(), 2);
}
