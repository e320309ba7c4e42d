//! Expired session tokens are removed after a day, a few in each write.

use super::*;
use crate::ops::audit::logged;

fn sessions(bench: &mut TestStore) -> usize {
    let all = Filter {
        which: StateFilter::All,
        ..Filter::default()
    };
    let tokens = bench.tokens(&all);
    tokens.into_iter().filter(|token| token.session).count()
}

/// A write that has nothing to do with tokens.
fn write(bench: &mut TestStore, number: u32) {
    bench.environment(&format!("e{number}"));
}

#[test]
fn a_day_after_they_expired() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made = from(&mut bench, &parent);
    bench.wait(HOUR + DAY - 1);
    write(&mut bench, 1);
    assert_eq!(bench.verdict(&made), Reason::Expired);
    bench.wait(1);
    write(&mut bench, 2);
    assert_eq!(sessions(&mut bench), 0);
    assert_eq!(bench.verdict(&made), Reason::Unknown);
    assert_eq!(bench.verdict(&parent), Reason::Valid);
}

#[test]
fn a_write_that_changes_nothing_leaves_the_queue_as_it_is() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    from(&mut bench, &parent);
    let before = bench.backend.tables();
    bench.core.write(|_| Ok(())).unwrap();
    assert!(bench.backend.tables() == before);
}

#[test]
fn a_write_removes_a_few_and_the_next_ones_the_rest() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made: Vec<_> = (0..20).map(|_| from(&mut bench, &parent)).collect();
    bench.wait(HOUR + DAY);
    for (number, left) in [12, 4, 0, 0].into_iter().enumerate() {
        write(&mut bench, u32::try_from(number).unwrap());
        assert_eq!(sessions(&mut bench), left);
    }
    let rows = logged(&mut bench, "token.prune");
    let ids: Vec<_> = rows
        .iter()
        .map(|row| row.details["tokens"].as_str())
        .collect();
    let is_logged = |held: &Held| ids.concat().contains(&held.summary.id.to_string());
    assert!(made.iter().all(is_logged), "{ids:?}");
    let made = from(&mut bench, &parent);
    assert_eq!(bench.verdict(&made), Reason::Valid);
}

#[test]
fn gaps_of_those_that_were_pruned_are_skipped() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    let made: Vec<_> = (0..12).map(|_| from(&mut bench, &parent)).collect();
    for held in &made[..11] {
        let name = format!("ci/{}", held.summary.name);
        bench.revoke(&name);
    }
    let ended = Filter {
        which: StateFilter::Ended,
        ..Filter::default()
    };
    token::prune(&mut bench.core, &ended).unwrap();
    assert_eq!(sessions(&mut bench), 1);
    bench.wait(HOUR + DAY);
    write(&mut bench, 1);
    write(&mut bench, 2);
    assert_eq!(sessions(&mut bench), 0);
}

#[test]
fn a_deleted_profile_goes_with_its_last_token() {
    let mut bench = bench();
    let parent = bench.token("ci/laptop");
    from(&mut bench, &parent);
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    let target = [hallpass::model::token::TokenAddress::Id(parent.summary.id).into()];
    token::prune(&mut bench.core, &target).unwrap();
    assert_eq!(sessions(&mut bench), 1);
    bench.wait(HOUR + DAY);
    write(&mut bench, 1);
    assert_eq!(sessions(&mut bench), 0);
}
