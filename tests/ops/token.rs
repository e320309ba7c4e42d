use hallpass::Kind;
use hallpass::model::time::Span;
use hallpass::model::token::{Encoding, Token};
use hallpass::model::verdict::Reason;
use hallpass::ops::connection::{self, Edits};
use hallpass::ops::edit::{Change, Effect, IfThere, ListChange};
use hallpass::ops::token::{self, Assumed, Filter, Lifetime, Target};
use hallpass::ops::{environment, profile};

use super::fixture::{DAY, NOON, TestStore, at, draft, kind, message, p};

mod held;
mod lists;
mod terms;

fn limited(bench: &mut TestStore, connection: &str, lifetime: &str) {
    let edits = Edits {
        token_lifetime: Change::Set(p(lifetime)),
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p(connection), &edits).unwrap();
}

#[test]
fn what_is_left_open_is_assumed_and_said() {
    let mut bench = TestStore::with_sample_data();
    let issued = bench.issue(&draft("ci/laptop")).unwrap();
    let lifetime = Some(Lifetime {
        span: Span::YEAR,
        connection: None,
    });
    let (environment, connection) = (Some(p("production")), Some(p("hr")));
    assert_eq!(
        issued.assumed,
        Assumed {
            environment,
            connection,
            lifetime
        }
    );
    let token = issued.summary;
    assert_eq!(
        (token.connection, token.environment),
        (Some(p("hr")), p("production"))
    );
    assert_eq!(token.expires_at.unwrap().seconds(), NOON + 365 * DAY);
}

#[test]
fn what_is_said_is_not_assumed() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    let mut asked = draft("ci/laptop");
    (asked.connection, asked.environment) = (Some(p("HR")), Some(p("TEST")));
    asked.expires = Some(p("never"));
    let issued = bench.issue(&asked).unwrap();
    assert_eq!(issued.assumed, Assumed::default());
    assert_eq!(
        (issued.summary.environment, issued.summary.expires_at),
        (p("test"), None)
    );
}

#[test]
fn a_profile_of_two_connections_gets_an_open_token() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("both", &["hr", "crm"]);
    assert_eq!(bench.token("both/any").summary.connection, None);
}

#[test]
fn a_connection_outside_the_restriction_or_the_group_is_refused() {
    let mut bench = TestStore::with_sample_data();
    let mut asked = draft("ci/laptop");
    asked.connection = Some(p("crm"));
    assert_eq!(
        message(bench.issue(&asked)),
        "profile `ci` is not allowed to use connection `crm`"
    );
    let link = Edits {
        group: Change::Set(p("staff")),
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &link).unwrap();
    let refused = message(bench.issue(&draft("ci/laptop")));
    assert!(refused.contains("is not a member of `staff`"), "{refused}");
    let join = profile::Edits {
        groups: ListChange {
            add: vec![p("STAFF")],
            remove: vec![],
        },
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &join).unwrap();
    bench.token("ci/laptop");
}

#[test]
fn a_blocked_connection_is_given_no_token() {
    let mut bench = TestStore::with_sample_data();
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(
        message(bench.issue(&draft("ci/laptop"))),
        "connection `hr` is blocked"
    );
}

#[test]
fn unknown_nouns_are_named() {
    let mut bench = TestStore::with_sample_data();
    assert_eq!(
        message(bench.issue(&draft("who/laptop"))),
        "no profile `who`"
    );
    let mut asked = draft("ci/laptop");
    asked.connection = Some(p("where"));
    assert_eq!(message(bench.issue(&asked)), "no connection `where`");
    let mut asked = draft("ci/laptop");
    asked.environment = Some(p("when"));
    assert_eq!(message(bench.issue(&asked)), "no environment `when`");
    let missing = token::show(&mut bench.core, &at("ci/laptop"));
    assert_eq!(message(missing), "no token `ci/laptop`");
}

#[test]
fn a_connections_lifetime_is_the_default_and_the_maximum() {
    let mut bench = TestStore::with_sample_data();
    limited(&mut bench, "hr", "30d");
    let issued = bench.issue(&draft("ci/default")).unwrap();
    assert_eq!(
        issued.summary.expires_at.unwrap().seconds(),
        NOON + 30 * DAY
    );
    let lifetime = Lifetime {
        span: p("30d"),
        connection: Some(p("hr")),
    };
    assert_eq!(issued.assumed.lifetime, Some(lifetime));
    for (name, expires) in [("a", "31d"), ("b", "never"), ("c", "2027-01-01")] {
        let mut asked = draft(&format!("ci/{name}"));
        asked.expires = Some(p(expires));
        let refused = message(bench.issue(&asked));
        assert_eq!(
            refused, "connection `hr` allows a lifetime of at most 30d",
            "{expires}"
        );
    }
    let mut asked = draft("ci/shorter");
    asked.expires = Some(p("30d"));
    bench.issue(&asked).unwrap();
}

#[test]
fn an_open_token_keeps_the_shortest_maximum_of_its_profiles_connections() {
    let mut bench = TestStore::with_sample_data();
    limited(&mut bench, "hr", "30d");
    limited(&mut bench, "crm", "60d");
    bench.profile("both", &["crm", "hr"]);
    let token = bench.token("both/any").summary;
    assert_eq!(token.expires_at.unwrap().seconds(), NOON + 30 * DAY);
    let mut asked = draft("both/longer");
    asked.expires = Some(p("60d"));
    assert_eq!(kind(bench.issue(&asked)), Kind::Refused);
    // Whichever comes first.
    limited(&mut bench, "hr", "90d");
    let token = bench.token("both/other").summary;
    assert_eq!(token.expires_at.unwrap().seconds(), NOON + 60 * DAY);
}

#[test]
fn a_new_lifetime_is_for_tokens_made_afterwards() {
    let mut bench = TestStore::with_sample_data();
    let before = bench.token("ci/before").summary.expires_at;
    limited(&mut bench, "hr", "30d");
    let after = bench.token("ci/after").summary.expires_at.unwrap();
    assert_eq!(after.seconds(), bench.now().seconds() + 30 * DAY);
    assert_eq!(bench.show("ci/before").expires_at, before);
    limited(&mut bench, "hr", "1h");
    assert_eq!(bench.show("ci/after").expires_at, Some(after));
}

#[test]
fn an_end_in_the_past_is_refused() {
    let mut bench = TestStore::with_sample_data();
    let mut asked = draft("ci/laptop");
    asked.expires = Some(p("2026-11-24"));
    assert_eq!(
        message(bench.issue(&asked)),
        "2026-11-24T00:00:00Z is in the past"
    );
}

#[test]
fn a_token_that_the_store_would_take_for_expired_is_not_made() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/ahead");
    bench.wait(10 * DAY);
    bench.token("ci/later");
    bench.wait(-10 * DAY);
    let mut asked = draft("ci/laptop");
    asked.expires = Some(p("1d"));
    assert_eq!(kind(bench.issue(&asked)), Kind::Clock);
}

#[test]
fn a_live_token_holds_its_name_and_an_expired_one_gives_it_up() {
    let mut bench = TestStore::with_sample_data();
    let mut asked = draft("ci/laptop");
    asked.expires = Some(p("1d"));
    let old = bench.issue(&asked).unwrap().summary.id.to_string();
    assert_eq!(
        message(bench.issue(&draft("ci/LapTop"))),
        "profile `ci` already has a token `laptop`"
    );
    bench.wait(DAY);
    assert_eq!(bench.show("ci/laptop").state.word(), "expired");
    let new = bench.token("ci/laptop").summary;
    assert_eq!(bench.show("ci/laptop").id, new.id);
    // Revoking the old one by its id leaves the name with the new one.
    bench.revoke(&old);
    assert_eq!(bench.show("ci/laptop").id, new.id);
}

#[test]
fn two_profiles_may_have_tokens_of_one_name() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("web", &[]);
    let (one, two) = (bench.token("ci/laptop"), bench.token("web/laptop"));
    assert_ne!(one.summary.id, two.summary.id);
}

#[test]
fn every_spelling_is_the_same_token() {
    let mut bench = TestStore::with_sample_data();
    for (n, form) in Encoding::ALL.into_iter().enumerate() {
        let mut asked = draft(&format!("ci/t{n}"));
        asked.form = form;
        let issued = bench.issue(&asked).unwrap();
        let token = Token::parse(issued.secret.expose()).unwrap();
        assert_eq!(token.id(), issued.summary.id);
        assert_eq!(bench.verdict(&issued.into()), Reason::Valid);
    }
}

#[test]
fn a_revoked_token_stays_as_a_tombstone_that_says_why() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let id = held.summary.id.to_string();
    bench.wait(60);
    let revoked = token::revoke(
        &mut bench.core,
        &[at("ci/laptop")],
        Some(&p("left on a train")),
    )
    .unwrap();
    assert_eq!(revoked[0].effect, Effect::Changed);
    let tombstone = bench.show(&id);
    assert_eq!(
        (tombstone.name.as_str(), tombstone.state.word()),
        ("laptop", "revoked")
    );
    assert_eq!(tombstone.reason, Some(p("left on a train")));
    assert_eq!(tombstone.revoked_at, Some(bench.now()));
    assert_eq!(
        kind(token::show(&mut bench.core, &at("ci/laptop"))),
        Kind::NotFound
    );

    let again = token::revoke(&mut bench.core, &[at(&id)], Some(&p("other"))).unwrap();
    assert_eq!(
        (again[0].effect, &again[0].summary),
        (Effect::AlreadySo, &tombstone)
    );
}

#[test]
fn of_several_tokens_all_are_revoked_or_none_and_each_once() {
    let mut bench = TestStore::with_sample_data();
    let one = bench.token("ci/one");
    let missing = token::revoke(&mut bench.core, &[at("ci/one"), at("ci/none")], None);
    assert_eq!(kind(missing), Kind::NotFound);
    assert_eq!(bench.verdict(&one), Reason::Valid);
    let by_id = at(&one.summary.id.to_string());
    let revoked = token::revoke(&mut bench.core, &[at("ci/one"), by_id], None).unwrap();
    assert_eq!(revoked.len(), 1);
}

#[test]
fn a_token_in_hand_finds_itself_and_a_forged_one_does_not() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let mut hex = held.token.encode(Encoding::Hex).expose().to_owned();
    let shown = token::show(&mut bench.core, &Target::from(Token::parse(&hex).unwrap()));
    assert_eq!(shown.unwrap().id, held.summary.id);
    let last = if hex.pop() == Some('0') { '1' } else { '0' };
    hex.push(last);
    let forged = Token::parse(&hex).unwrap();
    assert_eq!(forged.id(), held.summary.id);
    let missing = token::show(&mut bench.core, &Target::from(forged));
    assert_eq!(kind(missing), Kind::NotFound);
}

#[test]
fn the_impact_counts_what_is_valid_now() {
    let mut bench = TestStore::with_sample_data();
    bench.token("ci/one");
    let two = bench.token("ci/two").summary.id.to_string();
    bench.revoke("ci/two");
    let both = [at("ci/one"), at(&two)];
    let impact = token::preview(&mut bench.core, &both, &mut |_| Ok(()))
        .unwrap()
        .impact;
    assert_eq!(
        (impact.tokens, impact.examples),
        (1, vec!["ci/one".to_owned()])
    );
}

#[test]
fn many_tokens_are_made_in_one_transaction_or_none() {
    let mut bench = TestStore::with_sample_data();
    let mut drafts: Vec<_> = (0..1500).map(|n| draft(&format!("ci/t{n}"))).collect();
    let rows = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census())).unwrap();
    let before = rows(&mut bench);
    let issued = token::issue_many(&mut bench.core, &drafts).unwrap();
    let after = rows(&mut bench);
    assert_eq!(after.epoch, before.epoch + 1);
    assert_eq!(after.audit_rows, before.audit_rows + 30);
    for issued in issued.into_iter().step_by(100) {
        assert_eq!(bench.verdict(&issued.into()), Reason::Valid);
    }
    assert_eq!(bench.tokens(&Filter::default()).len(), 1500);
    let of_ci = Filter {
        profile: Some(p("ci")),
        ..Filter::default()
    };
    assert_eq!(bench.tokens(&of_ci).len(), 1500);

    drafts.rotate_left(1000);
    drafts.insert(0, draft("ci/new"));
    assert_eq!(
        kind(token::issue_many(&mut bench.core, &drafts)),
        Kind::Exists
    );
    assert_eq!(
        kind(token::show(&mut bench.core, &at("ci/new"))),
        Kind::NotFound
    );
}

#[test]
fn every_change_leaves_an_audit_row() {
    let mut bench = TestStore::with_sample_data();
    let rows = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census())).unwrap().audit_rows;
    let before = rows(&mut bench);
    let added = environment::Draft {
        name: p("test"),
        description: None,
    };
    environment::add(&mut bench.core, &added, IfThere::Refuse).unwrap();
    bench.token("ci/laptop");
    bench.revoke("ci/laptop");
    assert_eq!(rows(&mut bench), before + 3);
}
