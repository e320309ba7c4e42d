//! The explanation of a verdict is made by the rule that makes the verdict.

use hallpass::model::name::{ConnectionName, EnvironmentName};
use hallpass::model::verdict::{
    CheckResult, ExplainedCheck, FactNames, Reason, explain, explain_unverified,
};

use super::world::World;
use super::{FLAWS, OWN, TEST, random};
use crate::support::chance::Chance;

mod words;

fn explained(world: &World) -> [ExplainedCheck; 13] {
    let named = |id| -> ConnectionName {
        let name = if id == OWN { "crm" } else { "other" };
        name.parse().unwrap()
    };
    let named_connection = world.named.map(named);
    let restriction: Vec<_> = world
        .profile
        .restriction
        .iter()
        .flatten()
        .copied()
        .map(named)
        .collect();
    let environment = |id| -> EnvironmentName {
        let name = if id == TEST { "test" } else { "production" };
        name.parse().unwrap()
    };
    let named_environment = world.environment.map(environment);
    explain(
        &world.facts(),
        &FactNames {
            named_connection: named_connection.as_ref(),
            named_environment: named_environment.as_ref(),
            environment: &environment(world.token.environment),
            restriction: &restriction,
        },
    )
}

fn first_failed(checks: &[ExplainedCheck]) -> Option<Reason> {
    let failed = checks.iter().find(|it| it.result == CheckResult::Fail);
    failed.map(|it| it.check)
}

#[test]
fn the_first_failed_check_is_the_verdict_on_any_facts() {
    let mut seen = std::collections::BTreeMap::new();
    for number in 0..200_000 {
        let world = random::world(&mut Chance::of(number));
        let verdict = world.judge();
        let checks = explained(&world);
        assert_eq!(checks.each_ref().map(|it| it.check), Reason::ALL);
        let failed = first_failed(&checks);
        assert_eq!(failed.unwrap_or(Reason::Valid), verdict, "{number}");
        assert_eq!(
            failed.is_none(),
            checks[12].result == CheckResult::Pass,
            "{number}"
        );
        *seen.entry(verdict).or_insert(0) += 1;
        for it in &checks[2..12] {
            let skipped = it.result == CheckResult::NotChecked;
            assert_eq!(it.found.is_none(), skipped, "{number}: {it:?}");
            assert_eq!(
                it.expected.is_none(),
                verdict == Reason::Unknown,
                "{number}: {it:?}"
            );
        }
    }
    assert_eq!(
        seen.len(),
        Reason::ALL.len() - 1,
        "all but malformed: {seen:?}"
    );
    assert!(seen.values().all(|count| *count > 100), "{seen:?}");
}

#[test]
fn each_flaw_alone_fails_its_check_alone() {
    for (reason, spoil) in FLAWS {
        let mut world = World::bound();
        spoil(&mut world);
        let checks = explained(&world);
        let failed: Vec<_> = checks
            .iter()
            .filter(|it| it.result == CheckResult::Fail)
            .map(|it| it.check)
            .collect();
        if reason == Reason::Unknown {
            assert_eq!(failed, [reason]);
            assert!(
                checks[2..]
                    .iter()
                    .all(|it| it.result == CheckResult::NotChecked)
            );
        } else {
            assert_eq!(failed, [reason, Reason::Valid]);
            assert_eq!(checks[12].found, Some(format!("1: {reason}")));
            assert!(
                checks[..12]
                    .iter()
                    .all(|it| it.result != CheckResult::NotChecked)
            );
        }
    }
}

#[test]
fn where_there_is_no_token_nothing_more_is_checked() {
    for (reason, at) in [(Reason::Malformed, 0), (Reason::Unknown, 1)] {
        let checks = explain_unverified(reason);
        assert_eq!(checks.each_ref().map(|it| it.check), Reason::ALL);
        assert!(checks[..at].iter().all(|it| it.result == CheckResult::Pass));
        assert_eq!(first_failed(&checks), Some(reason));
        let rest = &checks[at + 1..];
        let told = |it: &ExplainedCheck| it.expected.is_some() || it.found.is_some();
        assert!(
            rest.iter()
                .all(|it| it.result == CheckResult::NotChecked && !told(it))
        );
        assert!(checks[..=at].iter().all(told));
    }
    let word = |outcome| serde_json::to_string(&outcome).unwrap();
    let all = [
        CheckResult::Pass,
        CheckResult::Fail,
        CheckResult::NotChecked,
    ];
    assert_eq!(
        all.map(word),
        [r#""pass""#, r#""fail""#, r#""not_checked""#]
    );
}
