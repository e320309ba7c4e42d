use hallpass::Kind;
use hallpass::model::verdict::Reason;
use hallpass::ops::edit::{Added, Change, Effect, IfThere, ListChange};
use hallpass::ops::profile::{self, Draft, Edits};
use hallpass::ops::token::{Filter, StateFilter};
use hallpass::ops::verify::Asked;

use super::fixture::{Sink, Step, TestStore, at, draft, kind, made, message, p};

fn connections(add: &[&str], remove: &[&str]) -> Edits {
    let names = |list: &[&str]| list.iter().map(|it| p(it)).collect();
    Edits {
        connections: ListChange {
            add: names(add),
            remove: names(remove),
        },
        ..Edits::default()
    }
}

#[test]
fn a_profile_is_restricted_to_connections_that_exist() {
    let mut bench = TestStore::with_sample_data();
    let ci = profile::show(&mut bench.core, &p("CI")).unwrap();
    assert_eq!(ci.connections, Some(vec![p("hr")]));
    let draft = Draft {
        connections: vec![p("nowhere")],
        ..Draft::new(p("web"))
    };
    let missing = message(profile::add(&mut bench.core, &draft, IfThere::Refuse));
    assert_eq!(missing, "no connection `nowhere`");
    assert_eq!(
        kind(profile::show(&mut bench.core, &p("web"))),
        Kind::NotFound
    );
}

#[test]
fn a_restriction_never_turns_into_any_by_removal() {
    let mut bench = TestStore::with_sample_data();
    let last = profile::edit(&mut bench.core, &p("ci"), &connections(&[], &["hr"]));
    assert_eq!(message(last), "this would leave profile `ci` unrestricted");
    let swapped = profile::edit(&mut bench.core, &p("ci"), &connections(&["crm"], &["hr"]));
    assert_eq!(swapped.unwrap().summary.connections, Some(vec![p("crm")]));
    let lift = Edits {
        any_connection: true,
        ..Edits::default()
    };
    let lifted = profile::edit(&mut bench.core, &p("ci"), &lift).unwrap();
    assert_eq!(lifted.summary.connections, None);
}

#[test]
fn nothing_is_removed_from_any() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("open", &[]);
    let refused = profile::edit(&mut bench.core, &p("open"), &connections(&[], &["hr"]));
    assert_eq!(kind(refused), Kind::Refused);
    let narrowed = profile::edit(&mut bench.core, &p("open"), &connections(&["hr"], &[])).unwrap();
    assert_eq!(narrowed.summary.connections, Some(vec![p("hr")]));
}

#[test]
fn contradicting_flags_are_wrong_usage() {
    let mut bench = TestStore::with_sample_data();
    let both = connections(&["CRM"], &["crm"]);
    assert_eq!(
        kind(profile::edit(&mut bench.core, &p("ci"), &both)),
        Kind::Usage
    );
    let lift = Edits {
        any_connection: true,
        ..connections(&["crm"], &[])
    };
    assert_eq!(
        kind(profile::edit(&mut bench.core, &p("ci"), &lift)),
        Kind::Usage
    );
}

#[test]
fn a_connection_that_was_not_in_the_restriction_is_told() {
    let mut bench = TestStore::with_sample_data();
    let changed = profile::edit(&mut bench.core, &p("ci"), &connections(&[], &["crm"])).unwrap();
    assert_eq!(
        (changed.effect, changed.absent),
        (Effect::AlreadySo, vec!["crm".to_owned()])
    );
    let unknown = profile::edit(&mut bench.core, &p("ci"), &connections(&[], &["nowhere"]));
    assert_eq!(kind(unknown), Kind::NotFound);
}

#[test]
fn groups_are_kept_in_order_and_once() {
    let mut bench = TestStore::new();
    let draft = Draft {
        groups: vec![p("Staff"), p("admin"), p("STAFF")],
        ..Draft::new(p("ci"))
    };
    let made = made(profile::add(&mut bench.core, &draft, IfThere::Refuse));
    assert_eq!(made.groups, [p("admin"), p("Staff")]);
    let groups = ListChange {
        add: vec![p("ops")],
        remove: vec![p("staff")],
    };
    let edits = Edits {
        groups,
        ..Edits::default()
    };
    let changed = profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    assert_eq!(changed.summary.groups, [p("admin"), p("ops")]);
}

#[test]
fn if_absent_names_what_differs_and_changes_nothing() {
    let mut bench = TestStore::with_sample_data();
    let other = Draft {
        email: Some(p("ci@example.com")),
        connections: vec![p("crm")],
        groups: vec![p("staff")],
        ..Draft::new(p("CI"))
    };
    let added = profile::add(&mut bench.core, &other, IfThere::Compare).unwrap();
    let Added::Existing {
        summary,
        differences,
    } = added
    else {
        panic!("made")
    };
    assert_eq!(differences, ["email", "connections", "groups"]);
    assert_eq!((summary.email, summary.groups.len()), (None, 0));
    let same = Draft {
        connections: vec![p("HR")],
        ..Draft::new(p("ci"))
    };
    let added = profile::add(&mut bench.core, &same, IfThere::Compare).unwrap();
    assert!(matches!(added, Added::Existing { differences, .. } if differences.is_empty()));
}

#[test]
fn a_renamed_profile_keeps_its_tokens() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let rename = |to: &str| Edits {
        rename: Some(p(to)),
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &rename("CI")).unwrap();
    assert_eq!(
        profile::show(&mut bench.core, &p("ci")).unwrap().name,
        Some(p("CI"))
    );
    profile::edit(&mut bench.core, &p("ci"), &rename("builds")).unwrap();
    assert_eq!(
        kind(profile::show(&mut bench.core, &p("ci"))),
        Kind::NotFound
    );
    assert_eq!(bench.verdict(&held), Reason::Valid);
    assert_eq!(bench.show("builds/laptop").id, held.summary.id);
    bench.profile("ci", &[]);
    let taken = profile::edit(&mut bench.core, &p("builds"), &rename("Ci"));
    assert_eq!(kind(taken), Kind::Exists);
}

#[test]
fn profiles_that_share_an_address_come_and_go_in_any_order() {
    let mut bench = TestStore::new();
    let shared = |name: &str| Draft {
        email: Some(p("Team@Example.com")),
        ..Draft::new(p(name))
    };
    for name in ["a", "b", "c", "d"] {
        profile::add(&mut bench.core, &shared(name), IfThere::Refuse).unwrap();
    }
    let clear = Edits {
        email: Change::Clear,
        ..Edits::default()
    };
    let other = Edits {
        email: Change::Set(p("b@example.com")),
        ..Edits::default()
    };
    let spelled = Edits {
        email: Change::Set(p("team@example.com")),
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("a"), &clear).unwrap();
    profile::edit(&mut bench.core, &p("b"), &other).unwrap();
    profile::edit(&mut bench.core, &p("d"), &spelled).unwrap();
    profile::delete(&mut bench.core, &p("d")).unwrap();
    profile::edit(&mut bench.core, &p("c"), &clear).unwrap();
    profile::edit(&mut bench.core, &p("a"), &spelled).unwrap();
    profile::edit(&mut bench.core, &p("b"), &spelled).unwrap();
    let mut at = |email: &str| -> Vec<String> {
        let names = profile::with_email(&mut bench.core, &p(email)).unwrap();
        names.iter().map(ToString::to_string).collect()
    };
    assert_eq!(at("TEAM@example.com"), ["a", "b"]);
    assert_eq!(at("b@example.com"), [""; 0]);
    assert_eq!(at("nobody@example.com"), [""; 0]);
    let a = profile::show(&mut bench.core, &p("a")).unwrap();
    assert_eq!(a.email, Some(p("team@example.com")));
}

#[test]
fn a_deleted_profile_leaves_its_tokens_revoked_and_its_name_free() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let id = held.summary.id.to_string();
    let (_, impact) = profile::preview_delete(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(
        (impact.tokens, impact.examples),
        (1, vec!["ci/laptop".to_owned()])
    );
    assert_eq!(
        profile::delete(&mut bench.core, &p("ci")).unwrap().tokens,
        1
    );
    assert_eq!(bench.verdict(&held), Reason::Revoked);
    let tombstone = bench.show(&id);
    assert_eq!(
        (tombstone.profile, tombstone.state.word()),
        (None, "revoked")
    );
    assert_eq!(
        kind(profile::show(&mut bench.core, &p("ci"))),
        Kind::NotFound
    );
}

#[test]
fn a_profile_made_anew_starts_with_nothing() {
    let mut bench = TestStore::with_sample_data();
    let old = bench.token("ci/laptop");
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    let new = bench.profile("ci", &[]);
    assert_eq!((new.tokens, new.last_used_at), (0, None));
    assert_eq!(bench.verdict(&old), Reason::Revoked);
    let missing = hallpass::ops::token::show(&mut bench.core, &at("ci/laptop"));
    assert_eq!(kind(missing), Kind::NotFound);
    let fresh = bench.token("ci/laptop");
    assert_eq!(bench.verdict(&fresh), Reason::Valid);
    assert_eq!(bench.verdict(&old), Reason::Revoked);
    let of_ci = Filter {
        profile: Some(p("ci")),
        which: StateFilter::All,
        ..Filter::default()
    };
    assert_eq!(bench.tokens(&of_ci).len(), 1);
}

#[test]
fn profiles_are_deleted_in_any_order() {
    let mut bench = TestStore::new();
    for name in ["a", "b", "c", "d", "e"] {
        bench.profile(name, &[]);
    }
    for name in ["c", "e", "a"] {
        profile::delete(&mut bench.core, &p(name)).unwrap();
    }
    let left: Vec<_> = profile::list(&mut bench.core)
        .unwrap()
        .into_iter()
        .map(|it| it.name.unwrap().to_string())
        .collect();
    assert_eq!(left, ["b", "d"]);
}

#[test]
fn a_profile_and_its_first_token_come_together_or_not_at_all() {
    let mut bench = TestStore::with_sample_data();
    let web = Draft {
        connections: vec![p("hr")],
        ..Draft::new(p("web"))
    };
    for step in [Step::Ready, Step::Offer] {
        let mut sink = Sink::failing_at(step);
        let failed = profile::add_with_token(&mut bench.core, &web, &draft("web/first"), &mut sink);
        assert_eq!(kind(failed), Kind::Undelivered);
        assert_eq!(
            kind(profile::show(&mut bench.core, &p("web"))),
            Kind::NotFound
        );
    }
    let mut sink = Sink::default();
    let made = profile::add_with_token(&mut bench.core, &web, &draft("web/first"), &mut sink);
    let (profile, issued) = made.unwrap();
    assert_eq!(
        (profile.tokens, issued.summary.connection.clone()),
        (1, Some(p("hr")))
    );
    assert_eq!(bench.verdict(&issued.into()), Reason::Valid);
}

#[test]
fn the_last_use_of_a_profile_is_that_of_its_tokens() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    bench.token("ci/spare");
    assert_eq!(
        profile::show(&mut bench.core, &p("ci"))
            .unwrap()
            .last_used_at,
        None
    );
    let verdict = bench.judge(&held, &Asked::default());
    hallpass::ops::verify::touch(&mut bench.core, &verdict);
    let used = Some(bench.now());
    let ci = profile::show(&mut bench.core, &p("ci")).unwrap();
    assert_eq!((ci.tokens, ci.last_used_at), (2, used));
    assert_eq!(profile::list(&mut bench.core).unwrap(), [ci]);
}
