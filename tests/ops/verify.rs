use std::net::IpAddr;

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::model::token::Token;
use hallpass::model::verdict::Reason;
use hallpass::ops::Suspend;
use hallpass::ops::connection::{self, Edits};
use hallpass::ops::edit::{Change, ListChange};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{profile, token};

use super::fixture::{DAY, Held, TestStore, at, draft, kind, p};

mod profiles;
#[cfg(feature = "server")]
mod snapshots;

fn used_for(connection: &str) -> Asked {
    Asked {
        connection: Some(p(connection)),
        ..Asked::default()
    }
}

fn from(ip: &str) -> Asked {
    Asked {
        caller: Some(ip.parse::<IpAddr>().unwrap()).into(),
        ..Asked::default()
    }
}

fn last_used(bench: &mut TestStore) -> Option<i64> {
    bench
        .show("ci/laptop")
        .last_used_at
        .map(hallpass::model::time::Time::seconds)
}

#[test]
fn a_good_token_is_told_with_all_it_is_for() {
    let mut bench = TestStore::with_sample_data();
    let mut asked = draft("ci/laptop");
    asked.device = Some(p("Laptop"));
    let held: Held = bench.issue(&asked).unwrap().into();
    let asked = Asked {
        connection: Some(p("HR")),
        environment: Some(p("Production")),
        device: Some(p("lapTOP")),
        caller: Some("192.0.2.1".parse().unwrap()).into(),
    };
    let verdict = bench.judge(&held, &asked);
    assert_eq!(
        (verdict.valid, verdict.reason, verdict.exit),
        (true, Reason::Valid, 0)
    );
    assert_eq!(verdict.token.unwrap().name, p("laptop"));
    assert_eq!(
        (verdict.profile, verdict.connection),
        (Some(p("ci")), Some(p("hr")))
    );
    assert_eq!(verdict.environment, Some(p("production")));
    assert_eq!(verdict.expires_at, held.summary.expires_at);
}

#[test]
fn nothing_is_told_of_an_unknown_token_or_of_a_known_id_with_another_secret() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let other = Token::generate(&mut hallpass::entropy::OsEntropy).unwrap();
    for token in [other, with_another_secret(&held.token)] {
        let verdict = verify::judge(&mut bench.core, &token, &Asked::default()).unwrap();
        assert_eq!(
            (verdict.reason, verdict.exit, verdict.valid),
            (Reason::Unknown, 11, false)
        );
        let told = (
            verdict.token,
            verdict.profile,
            verdict.connection,
            verdict.environment,
        );
        assert_eq!(told, (None, None, None, None));
        assert_eq!((verdict.device, verdict.expires_at), (None, None));
    }
}

/// What a verdict asks of the storage: transactions and ranges. Rows of the manifest are left out, as two
/// buckets may share one by chance.
fn reads(bench: &mut TestStore, token: &Token) -> (u64, u64) {
    let counted = |bench: &TestStore| {
        let calls = bench.backend.faults().calls_by_method();
        let count = |method| calls.get(method).copied().unwrap_or_default();
        (count("begin"), count("obj_range") + count("idx_range"))
    };
    let before = counted(bench);
    let verdict = verify::judge(&mut bench.core, token, &Asked::default()).unwrap();
    assert_eq!(verdict.reason, Reason::Unknown);
    let after = counted(bench);
    (after.0 - before.0, after.1 - before.1)
}

/// The last hex digit of a token is of its secret.
fn with_another_secret(token: &Token) -> Token {
    let mut hex = token.encode(p("hex")).expose().to_owned();
    let last = if hex.pop() == Some('0') { '1' } else { '0' };
    hex.push(last);
    Token::parse(&hex).unwrap()
}

#[test]
fn an_id_that_is_not_there_costs_as_many_reads_as_one_that_is() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("both", &["hr", "crm"]);
    let (bound, open) = (bench.token("ci/laptop"), bench.token("both/any"));
    // A core that remembers nothing.
    bench.core = bench.beside();
    let known = reads(&mut bench, &with_another_secret(&bound.token));
    assert_eq!(known.0, 1, "one transaction");
    assert_eq!(reads(&mut bench, &with_another_secret(&open.token)), known);
    for _ in 0..20 {
        let unknown = Token::generate(&mut hallpass::entropy::OsEntropy).unwrap();
        assert_eq!(reads(&mut bench, &unknown), known);
    }
}

#[test]
fn each_reason_is_found() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    let mut bound = draft("ci/laptop");
    (bound.device, bound.allow_ip) = (Some(p("Laptop")), vec![p("10.0.0.0/8")]);
    bound.expires = Some(p("30d"));
    let held: Held = bench.issue(&bound).unwrap().into();
    let mut is = |asked: Asked| bench.judge(&held, &asked).reason;
    assert_eq!(is(used_for("crm")), Reason::WrongConnection);
    let asked = Asked {
        environment: Some(p("test")),
        ..Asked::default()
    };
    assert_eq!(is(asked), Reason::WrongEnvironment);
    let asked = Asked {
        device: Some(p("phone")),
        ..Asked::default()
    };
    assert_eq!(is(asked), Reason::WrongDevice);
    assert_eq!(is(from("192.0.2.1")), Reason::AddressNotAllowed);
    assert_eq!(is(from("::ffff:10.1.2.3")), Reason::Valid);

    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(bench.verdict(&held), Reason::ConnectionBlocked);
    connection::unblock(&mut bench.core, &p("hr")).unwrap();
    let link = Edits {
        group: Change::Set(p("staff")),
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &link).unwrap();
    assert_eq!(bench.verdict(&held), Reason::NotAMember);
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(bench.verdict(&held), Reason::ProfileSuspended);
    token::suspend(&mut bench.core, &[at("ci/laptop")], &Suspend::default()).unwrap();
    assert_eq!(bench.verdict(&held), Reason::TokenSuspended);
    bench.wait(30 * DAY);
    assert_eq!(bench.verdict(&held), Reason::Expired);
    bench.revoke(&held.summary.id.to_string());
    assert_eq!(bench.verdict(&held), Reason::Revoked);
}

#[test]
fn deny_beats_allow() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let list = |range: &str| ListChange {
        add: vec![p(range)],
        remove: vec![],
    };
    let edits = Edits {
        allow_ip: list("10.0.0.0/8"),
        deny_ip: list("10.9.0.0/16"),
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &edits).unwrap();
    assert_eq!(bench.judge(&held, &from("10.1.0.1")).reason, Reason::Valid);
    assert_eq!(
        bench.judge(&held, &from("10.9.0.1")).reason,
        Reason::AddressNotAllowed
    );
    assert_eq!(
        bench.judge(&held, &from("11.0.0.1")).reason,
        Reason::AddressNotAllowed
    );
    assert_eq!(bench.verdict(&held), Reason::Valid);
}

#[test]
fn an_open_token_follows_its_profiles_restriction() {
    let mut bench = TestStore::with_sample_data();
    bench.connection("erp");
    bench.profile("both", &["hr", "crm"]);
    let held = bench.token("both/any");
    assert_eq!(bench.judge(&held, &used_for("hr")).reason, Reason::Valid);
    assert_eq!(
        bench.judge(&held, &used_for("erp")).reason,
        Reason::WrongConnection
    );
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(
        bench.judge(&held, &used_for("hr")).reason,
        Reason::ConnectionBlocked
    );
    assert_eq!(bench.judge(&held, &used_for("crm")).reason, Reason::Valid);
}

#[test]
fn a_bound_token_whose_profile_is_restricted_to_others_is_outside_its_binding() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let connections = ListChange {
        add: vec![p("crm")],
        remove: vec![p("hr")],
    };
    let edits = profile::Edits {
        connections,
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    assert_eq!(bench.verdict(&held), Reason::WrongConnection);
}

#[test]
fn a_named_thing_that_does_not_exist_is_an_error_also_for_an_unknown_token() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let other = Token::generate(&mut hallpass::entropy::OsEntropy).unwrap();
    for token in [&held.token, &other] {
        let missing = verify::judge(&mut bench.core, token, &used_for("nowhere"));
        assert_eq!(kind(missing), Kind::NotFound);
        let asked = Asked {
            environment: Some(p("nowhere")),
            ..Asked::default()
        };
        assert_eq!(
            kind(verify::judge(&mut bench.core, token, &asked)),
            Kind::NotFound
        );
    }
}

#[test]
fn what_has_expired_once_stays_so_when_the_clock_goes_back() {
    let mut bench = TestStore::with_sample_data();
    let mut asked = draft("ci/laptop");
    asked.expires = Some(p("1d"));
    let held: Held = bench.issue(&asked).unwrap().into();
    bench.wait(DAY);
    bench.token("ci/later");
    bench.wait(-DAY);
    assert_eq!(bench.verdict(&held), Reason::Expired);
}

#[test]
fn a_verdict_writes_nothing_and_a_use_is_noted_once_a_minute() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let before = bench.backend.tables();
    let verdict = bench.judge(&held, &Asked::default());
    assert!(bench.backend.tables() == before);
    assert_eq!(last_used(&mut bench), None);

    verify::touch(&mut bench.core, &verdict);
    let first = bench.now().seconds();
    assert_eq!(last_used(&mut bench), Some(first));
    bench.wait(59);
    let verdict = bench.judge(&held, &Asked::default());
    verify::touch(&mut bench.core, &verdict);
    assert_eq!(last_used(&mut bench), Some(first));
    bench.wait(1);
    let verdict = bench.judge(&held, &Asked::default());
    verify::touch(&mut bench.core, &verdict);
    assert_eq!(last_used(&mut bench), Some(first + 60));
}

#[test]
fn a_last_use_never_goes_back_and_leaves_no_audit_row() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let rows = |bench: &mut TestStore| bench.core.read(|r| Ok(r.census())).unwrap().audit_rows;
    let before = rows(&mut bench);
    let earlier = bench.judge(&held, &Asked::default());
    bench.wait(120);
    let later = bench.judge(&held, &Asked::default());
    verify::touch(&mut bench.core, &later);
    verify::touch(&mut bench.core, &earlier);
    let now = bench.now().seconds();
    assert_eq!(last_used(&mut bench), Some(now));
    assert_eq!(rows(&mut bench), before);
}

#[test]
fn a_clock_that_jumped_for_a_moment_ends_no_token() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let mut never = draft("ci/never");
    never.expires = Some(p("never"));
    let never: Held = bench.issue(&never).unwrap().into();
    bench.wait(3650 * DAY);
    let verdict = bench.judge(&never, &Asked::default());
    verify::touch(&mut bench.core, &verdict);
    bench.wait(-3650 * DAY);
    assert_eq!(bench.verdict(&held), Reason::Valid);
}

#[test]
fn a_use_that_cannot_be_noted_is_passed_over_in_silence() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let verdict = bench.judge(&held, &Asked::default());
    bench
        .backend
        .faults()
        .fail_method("begin", 1, || Fault::Busy);
    verify::touch(&mut bench.core, &verdict);
    assert_eq!(last_used(&mut bench), None);
    let refused = bench.judge(&held, &used_for("crm"));
    verify::touch(&mut bench.core, &refused);
    assert_eq!(last_used(&mut bench), None);
}
