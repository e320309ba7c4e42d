//! A verdict explained: the reason and the checks agree, and no secret is told.

use hallpass::Kind;
use hallpass::model::token::{Presented, Token};
use hallpass::model::verdict::{Caller, CheckResult, Reason};
use hallpass::ops::connection::{self, Edits};
use hallpass::ops::edit::Change;
use hallpass::ops::token::Preset;
use hallpass::ops::verify::{self, Asked, Explained};
use hallpass::ops::{Suspend, profile, token};
use hallpass::secret::SecretText;

use super::fixture::{DAY, Held, Slow, TestStore, at, draft, kind, p};

fn explain(bench: &mut TestStore, token: &Token, asked: &Asked) -> Explained {
    let explained = verify::explain(&mut bench.core, token, asked).unwrap();
    let verdict = verify::judge(&mut bench.core, token, asked).unwrap();
    assert_eq!(explained.verdict, verdict, "explaining changes no verdict");
    assert_eq!(
        first_failed(&explained).unwrap_or(Reason::Valid),
        verdict.reason
    );
    explained
}

fn first_failed(explained: &Explained) -> Option<Reason> {
    let checks = &explained.checks;
    assert_eq!(checks.each_ref().map(|it| it.check), Reason::ALL);
    let failed = checks.iter().find(|it| it.result == CheckResult::Fail);
    failed.map(|it| it.check)
}

/// What a check of an explanation found.
fn found(explained: &Explained, check: Reason) -> &str {
    let it = explained
        .checks
        .iter()
        .find(|it| it.check == check)
        .unwrap();
    it.found.as_deref().unwrap_or_default()
}

fn expected(explained: &Explained, check: Reason) -> &str {
    let it = explained
        .checks
        .iter()
        .find(|it| it.check == check)
        .unwrap();
    it.expected.as_deref().unwrap_or_default()
}

/// What the token of [`bound`] is valid for.
fn right() -> Asked {
    Asked {
        connection: Some(p("HR")),
        environment: Some(p("Production")),
        device: Some(p("lapTOP")),
        caller: Caller::At("10.1.2.3".parse().unwrap()),
    }
}

/// A token that is bound in every way.
fn bound(bench: &mut TestStore) -> Held {
    let mut draft = draft("ci/laptop");
    (draft.device, draft.allow_ip) = (Some(p("Laptop")), vec![p("10.0.0.0/8")]);
    draft.expires = Some(p("30d"));
    bench.issue(&draft).unwrap().into()
}

#[test]
fn each_reason_is_the_first_check_that_fails() {
    let mut bench = TestStore::with_sample_data();
    let held = bound(&mut bench);
    let mut seen = reasons_by_use(&mut bench, &held);
    seen.extend(reasons_by_state(&mut bench, &held));
    let stranger = Token::generate(&mut hallpass::entropy::OsEntropy).unwrap();
    seen.push(explain(&mut bench, &stranger, &right()).verdict.reason);
    seen.extend(first_failed(&Explained::malformed()));
    seen.sort();
    assert_eq!(seen, Reason::ALL);
}

fn reasons_by_use(bench: &mut TestStore, held: &Held) -> Vec<Reason> {
    bench.environment("test");
    let told = explain(bench, &held.token, &right());
    assert!(told.checks.iter().all(|it| it.result == CheckResult::Pass));
    assert_eq!(found(&told, Reason::WrongEnvironment), "`production`");
    let own = "`hr`, the token's own; the profile may use `hr`";
    assert_eq!(expected(&told, Reason::WrongConnection), own);
    let mut seen = vec![told.verdict.reason];
    let mut is = |asked: Asked, check: Reason, what: &str| {
        let told = explain(bench, &held.token, &asked);
        assert_eq!(found(&told, check), what);
        seen.push(told.verdict.reason);
    };
    let mut asked = right();
    asked.connection = Some(p("crm"));
    is(asked, Reason::WrongConnection, "`crm`");
    let mut asked = right();
    asked.environment = Some(p("test"));
    is(asked, Reason::WrongEnvironment, "`test`");
    let mut asked = right();
    asked.device = Some(p("phone"));
    is(asked, Reason::WrongDevice, "`phone`");
    let mut asked = right();
    asked.caller = Caller::At("192.0.2.1".parse().unwrap());
    let refused = "192.0.2.1; not allowed by the token";
    is(asked, Reason::AddressNotAllowed, refused);
    seen
}

fn reasons_by_state(bench: &mut TestStore, held: &Held) -> Vec<Reason> {
    let mut seen = Vec::new();
    let mut look = |bench: &mut TestStore| {
        let told = explain(bench, &held.token, &right());
        seen.push(told.verdict.reason);
        told
    };
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    look(bench);
    let link = Edits {
        group: Change::Set(p("staff")),
        ..Edits::default()
    };
    connection::edit(&mut bench.core, &p("hr"), &link).unwrap();
    look(bench);
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    look(bench);
    token::suspend(&mut bench.core, &[at("ci/laptop")], &Suspend::default()).unwrap();
    look(bench);
    bench.wait(30 * DAY);
    look(bench);
    bench.revoke(&held.summary.id.to_string());
    let told = look(bench);
    let all = "6: revoked, expired, token_suspended, profile_suspended, not_a_member, \
               connection_blocked";
    assert_eq!(found(&told, Reason::Valid), all);
    seen
}

#[test]
fn an_unknown_token_and_a_known_id_with_another_secret_are_told_the_same() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let mut hex = held.token.encode(p("hex")).expose().to_owned();
    let last = if hex.pop() == Some('0') { '1' } else { '0' };
    hex.push(last);
    let other_secret = Token::parse(&hex).unwrap();
    let stranger = Token::generate(&mut hallpass::entropy::OsEntropy).unwrap();
    let told = explain(&mut bench, &stranger, &Asked::default());
    assert_eq!(told, explain(&mut bench, &other_secret, &Asked::default()));
    assert_eq!(found(&told, Reason::Unknown), "no such token");
    let rest = &told.checks[2..];
    assert!(
        rest.iter()
            .all(|it| it.result == CheckResult::NotChecked && it.found.is_none())
    );
}

#[test]
fn a_token_that_is_being_delivered_is_unknown_and_an_operator_reads_why() {
    let mut bench = TestStore::with_sample_data();
    let mut other = bench.beside();
    let mut sink = Slow::doing(move |secret| {
        let pending = Token::parse(secret).unwrap();
        let told = verify::explain(&mut other, &pending, &Asked::default()).unwrap();
        assert_eq!(told.verdict.reason, Reason::Unknown);
        assert_eq!(
            (&told.verdict.token, first_failed(&told)),
            (&None, Some(Reason::Unknown))
        );
        let why = found(&told, Reason::Unknown);
        assert!(
            why.starts_with("one whose delivery is not complete; it has until 20"),
            "{why}"
        );
        let rest = &told.checks[2..];
        assert!(
            rest.iter()
                .all(|it| it.result == CheckResult::NotChecked && it.expected.is_none())
        );
        Ok(())
    });
    token::issue(&mut bench.core, &draft("ci/laptop"), sink.delivery()).unwrap();
    assert_eq!(sink.former, [None], "it was explained while it was pending");
}

#[test]
fn a_clock_that_is_behind_is_told() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let told = explain(&mut bench, &held.token, &Asked::default());
    let now = bench.now();
    assert_eq!(expected(&told, Reason::Expired), format!("after {now}"));
    bench.wait(400 * DAY);
    bench.token("ci/later");
    let latest = bench.now();
    bench.wait(-400 * DAY);
    let told = explain(&mut bench, &held.token, &Asked::default());
    assert_eq!(told.verdict.reason, Reason::Expired);
    let behind = format!(
        "after {latest}, the latest time that the store has seen: the clock is behind, \
         at {now}"
    );
    assert_eq!(expected(&told, Reason::Expired), behind);
    let end = held.summary.expires_at.unwrap();
    assert_eq!(found(&told, Reason::Expired), end.to_string());
}

#[test]
fn an_imported_token_is_explained_as_any_other() {
    const OLD: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    let mut bench = TestStore::with_sample_data();
    let presented = Presented::parse(OLD).unwrap();
    let told = verify::explain(&mut bench.core, &presented, &Asked::default()).unwrap();
    assert_eq!(
        told,
        Explained::malformed(),
        "no token can be of another system here"
    );
    let value = Preset::Value(SecretText::new(OLD.to_owned()));
    token::import(&mut bench.core, &draft("ci/legacy"), &value).unwrap();
    let told = verify::explain(&mut bench.core, &presented, &Asked::default()).unwrap();
    assert_eq!(
        (told.verdict.reason, first_failed(&told)),
        (Reason::Valid, None)
    );
    assert_eq!(found(&told, Reason::Malformed), "a token of another system");
    let other = Presented::parse(&OLD.replacen('1', "2", 1)).unwrap();
    let told = verify::explain(&mut bench.core, &other, &Asked::default()).unwrap();
    assert_eq!(first_failed(&told), Some(Reason::Unknown));
}

#[test]
fn an_explanation_holds_no_secret_and_writes_nothing() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let before = bench.backend.tables();
    let told = explain(&mut bench, &held.token, &Asked::default());
    let json = serde_json::to_string(&told).unwrap();
    assert!(bench.backend.tables() == before);
    assert!(
        json.contains(&held.summary.id.to_string()),
        "the public id is told"
    );
    for form in ["native", "xml", "hex", "header"] {
        let secret = held.token.encode(p(form));
        assert!(!json.contains(secret.expose()), "{form}");
    }
    let mac = bench.core.read(|r| {
        let id = r
            .find(hallpass::barrier::Unique::Token(held.token.id()))?
            .unwrap();
        Ok(r.require::<hallpass::model::token::TokenRecord>(id)?.mac)
    });
    let hex = mac.unwrap().map(|byte| format!("{byte:02x}")).concat();
    assert!(hex.len() == 64 && !json.to_lowercase().contains(&hex[..16]));
    verify::touch(&mut bench.core, &told.verdict);
    assert!(
        bench.show("ci/laptop").last_used_at.is_some(),
        "as after any verdict"
    );
}

#[test]
fn a_named_thing_that_does_not_exist_is_an_error_here_too() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    let asked = Asked {
        connection: Some(p("nowhere")),
        ..Asked::default()
    };
    let missing = verify::explain(&mut bench.core, &held.token, &asked);
    assert_eq!(kind(missing), Kind::NotFound);
}

#[test]
fn a_restriction_to_many_connections_is_told_in_part() {
    let mut bench = TestStore::with_sample_data();
    let names: Vec<_> = (10..22).map(|n| format!("c{n}")).collect();
    for name in &names {
        bench.connection(name);
    }
    let all: Vec<_> = names.iter().map(String::as_str).collect();
    bench.profile("both", &all);
    let held = bench.token("both/any");
    let told = explain(&mut bench, &held.token, &Asked::default());
    let shown: Vec<_> = names[..8].iter().map(|name| format!("`{name}`")).collect();
    let text = format!("the profile may use {}, and 4 more", shown.join(", "));
    assert_eq!(expected(&told, Reason::WrongConnection), text);
}
