//! The audit log as it is listed, followed and proven.

use hallpass::model::audit::{Entry, LogHead};
use hallpass::ops::audit::{self, Beginning, Filter, LogRecord};
use hallpass::ops::{connection, profile, token};
use hallpass::{Error, Kind};

use super::fixture::{DAY, TestStore, draft, kind, p};

fn all(bench: &mut TestStore, filter: &Filter) -> Vec<LogRecord> {
    let mut shown = Vec::new();
    let choice = audit::choose(&mut bench.core, filter).unwrap();
    audit::all(&mut bench.core, &choice, &mut |record| {
        shown.push(record);
        Ok(())
    })
    .unwrap();
    shown
}

/// The entries of one action, oldest first.
pub(super) fn logged(bench: &mut TestStore, action: &str) -> Vec<Entry> {
    let entries = all(bench, &Filter::default())
        .into_iter()
        .map(|record| record.entry);
    entries.filter(|entry| entry.action == action).collect()
}

fn last(bench: &mut TestStore, filter: &Filter, count: u64) -> (Vec<u64>, Beginning) {
    let mut shown = Vec::new();
    let choice = audit::choose(&mut bench.core, filter).unwrap();
    let (head, beginning) = audit::last(&mut bench.core, &choice, count, &mut |record| {
        shown.push(record.seq);
        Ok(())
    })
    .unwrap();
    assert_eq!(head, audit::head(&mut bench.core).unwrap().head);
    (shown, beginning)
}

fn actions(records: &[LogRecord]) -> Vec<&str> {
    records.iter().map(|it| it.entry.action.as_str()).collect()
}

fn by_profile(text: &str) -> Filter {
    Filter {
        profile: Some(p(text)),
        ..Filter::default()
    }
}

#[test]
fn a_profile_has_its_own_entries_and_those_of_its_tokens() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("other", &[]);
    bench.token("other/a");
    bench.token("ci/a");
    let edits = profile::Edits {
        rename: Some(p("build")),
        ..profile::Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    bench.revoke("build/a");
    let of = |bench: &mut TestStore, name: &str| {
        let records = all(bench, &by_profile(name));
        actions(&records).join(" ")
    };
    let ours = "profile.add token.add profile.edit token.revoke";
    assert_eq!(
        of(&mut bench, "Build"),
        ours,
        "a new name has the same entries"
    );
    assert_eq!(of(&mut bench, "other"), "profile.add token.add");
    assert_eq!(
        kind(audit::choose(&mut bench.core, &by_profile("ci"))),
        Kind::NotFound
    );

    let edited = all(&mut bench, &by_profile("build"));
    let (id, details) = (edited[0].entry.object.id.clone(), &edited[2].entry.details);
    assert_eq!(
        (
            details["name.before"].as_str(),
            details["name.after"].as_str()
        ),
        ("ci", "build")
    );
    profile::delete(&mut bench.core, &p("build")).unwrap();
    assert_eq!(
        kind(audit::choose(&mut bench.core, &by_profile("build"))),
        Kind::NotFound
    );
    bench.profile("build", &[]);
    assert_eq!(
        of(&mut bench, "build"),
        "profile.add",
        "it begins with nothing"
    );
    assert_eq!(
        of(&mut bench, &id),
        format!("{ours} profile.delete"),
        "a dead one has its id"
    );
}

#[test]
fn tokens_that_end_with_their_profile_are_in_the_log_by_id() {
    let mut bench = TestStore::with_sample_data();
    let live: Vec<_> = (0..51)
        .map(|n| bench.token(&format!("ci/{n}")).summary.id)
        .collect();
    let dead = bench.token("ci/dead").summary.id;
    bench.revoke("ci/dead");
    let before = all(&mut bench, &Filter::default()).len();
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    let new = all(&mut bench, &Filter::default()).split_off(before);
    assert_eq!(
        actions(&new),
        ["profile.delete", "token.revoke", "token.revoke"]
    );
    assert_eq!(new[0].entry.details["tokens"], "51");
    let of = |bench: &mut TestStore, id: &dyn std::fmt::Display| {
        let filter = Filter {
            token: Some(p(&id.to_string())),
            ..Filter::default()
        };
        let records = all(bench, &filter);
        actions(&records).join(" ")
    };
    for id in live {
        assert_eq!(of(&mut bench, &id), "token.add token.revoke");
    }
    assert_eq!(
        of(&mut bench, &dead),
        "token.add token.revoke",
        "it had ended before"
    );
    let details = &new[2].entry.details;
    let profile = (details["profile"].as_str(), details["reason"].as_str());
    assert_eq!(profile, ("ci", "its profile was deleted"));
}

#[test]
fn a_token_has_its_entries_live_or_not_also_if_it_was_made_with_many() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/a");
    bench.revoke("ci/a");
    let again = bench.token("ci/a");
    let many = [draft("ci/x"), draft("ci/y")];
    let many = token::issue_many(&mut bench.core, &many).unwrap();
    let of = |bench: &mut TestStore, text: &str| {
        let filter = Filter {
            token: Some(p(text)),
            ..Filter::default()
        };
        let records = all(bench, &filter);
        actions(&records).join(" ")
    };
    assert_eq!(
        of(&mut bench, &held.summary.id.to_string()),
        "token.add token.revoke"
    );
    assert_eq!(
        of(&mut bench, "ci/a"),
        "token.add",
        "the name is the second one's"
    );
    assert_eq!(of(&mut bench, &again.summary.id.to_string()), "token.add");
    assert_eq!(of(&mut bench, &many[1].summary.id.to_string()), "token.add");
    assert_eq!(of(&mut bench, "hpass_00000000000"), "");
    let none = Filter {
        token: Some(p("ci/none")),
        ..Filter::default()
    };
    assert_eq!(kind(audit::choose(&mut bench.core, &none)), Kind::NotFound);
}

#[test]
fn a_connection_an_action_and_a_time_choose() {
    let mut bench = TestStore::with_sample_data();
    bench.wait(DAY);
    bench.token("ci/a");
    let block = connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert!(block.summary.blocked.is_some());
    let of = |bench: &mut TestStore, filter: &Filter| actions(&all(bench, filter)).join(" ");
    let hr = Filter {
        connection: Some(p("HR")),
        ..Filter::default()
    };
    assert_eq!(
        of(&mut bench, &hr),
        "connection.add profile.add token.add connection.block"
    );
    let crm = Filter {
        connection: Some(p("crm")),
        ..Filter::default()
    };
    assert_eq!(of(&mut bench, &crm), "connection.add");
    let action = |text: &str| Filter {
        action: Some(p(text)),
        ..Filter::default()
    };
    assert_eq!(
        of(&mut bench, &action("connection.add")),
        "connection.add connection.add"
    );
    assert_eq!(of(&mut bench, &action("token")), "token.add");
    assert_eq!(of(&mut bench, &action("tok")), "", "words are whole");
    let since = |text: &str| Filter {
        since: Some(p(text)),
        ..Filter::default()
    };
    assert_eq!(of(&mut bench, &since("1h")), "token.add connection.block");
    assert_eq!(
        of(&mut bench, &since("2026-11-25T12:00:00Z")),
        "token.add connection.block"
    );
    assert_eq!(all(&mut bench, &since("2d")).len(), 7);
    let until = Filter {
        until: Some(p("1h")),
        ..action("connection")
    };
    assert_eq!(of(&mut bench, &until), "connection.add connection.add");
    for text in ["", "Token", "token.", "a.b.c", "token add"] {
        assert!(text.parse::<audit::ActionFilter>().is_err(), "{text}");
    }
    assert!(
        "connection.rotate-key"
            .parse::<audit::ActionFilter>()
            .is_ok()
    );
}

#[test]
fn the_last_ones_are_as_many_as_were_asked_for_in_their_order() {
    let mut bench = TestStore::with_sample_data();
    // More than one page.
    for n in 0..600 {
        let edits = profile::Edits {
            description: hallpass::ops::edit::Change::Set(p(&format!("{n}"))),
            ..profile::Edits::default()
        };
        profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    }
    let everything = Filter::default();
    assert_eq!(
        last(&mut bench, &everything, 3),
        (vec![603, 604, 605], Beginning::Later)
    );
    let (long, beginning) = last(&mut bench, &everything, 550);
    assert_eq!((long, beginning), ((56..=605).collect(), Beginning::Later));
    assert_eq!(last(&mut bench, &everything, 605).1, Beginning::OfTheLog);
    assert_eq!(
        last(&mut bench, &everything, u64::MAX).0,
        (1..=605).collect::<Vec<_>>()
    );
    let connections = Filter {
        action: Some(p("connection")),
        ..Filter::default()
    };
    assert_eq!(
        last(&mut bench, &connections, 1),
        (vec![4], Beginning::Later)
    );
    assert_eq!(
        last(&mut bench, &connections, 3),
        (vec![3, 4], Beginning::OfTheLog)
    );
}

#[test]
fn what_comes_later_is_shown_once_and_continues_what_was_seen() {
    let mut bench = TestStore::with_sample_data();
    let choice = audit::choose(&mut bench.core, &by_profile("ci")).unwrap();
    let mut seen = audit::head(&mut bench.core).unwrap().head;
    let mut look = |bench: &mut TestStore| {
        let mut shown = Vec::new();
        seen = audit::after(&mut bench.core, &choice, &seen, &mut |it| {
            shown.push(it.entry.action);
            Ok(())
        })?;
        Ok::<_, Error>(shown)
    };
    assert!(look(&mut bench).unwrap().is_empty());
    bench.token("ci/a");
    bench.connection("third");
    bench.revoke("ci/a");
    assert_eq!(look(&mut bench).unwrap(), ["token.add", "token.revoke"]);
    assert!(look(&mut bench).unwrap().is_empty());
    let end = audit::head(&mut bench.core).unwrap().head;
    for other in [
        LogHead {
            head: [7; 32],
            ..end
        },
        LogHead {
            seq: end.seq + 1,
            ..end
        },
    ] {
        let after = audit::after(&mut bench.core, &choice, &other, &mut |_| Ok(()));
        assert_eq!(kind(after), Kind::Fork, "{other}");
    }
    let early = LogHead {
        seq: 2,
        head: [7; 32],
    };
    assert_eq!(
        kind(audit::after(&mut bench.core, &choice, &early, &mut |_| Ok(
            ()
        ))),
        Kind::Fork
    );
}

#[test]
fn earlier_heads_are_found_in_the_log_or_it_is_not_the_same() {
    let mut bench = TestStore::with_sample_data();
    let mut heads = vec![audit::head(&mut bench.core).unwrap().head];
    bench.token("ci/a");
    heads.push(audit::head(&mut bench.core).unwrap().head);
    bench.revoke("ci/a");
    let mut steps = Vec::new();
    let proof = audit::verify(&mut bench.core, &heads, &mut |done, total| {
        steps.push((done, total));
    });
    let proof = proof.unwrap();
    assert_eq!(
        (proof.first, proof.last, proof.rows, proof.witnesses),
        (1, 7, 7, 2)
    );
    assert_eq!((proof.anchor, steps.len(), steps[6]), ("off", 7, (7, 7)));
    assert_eq!(proof.head, audit::head(&mut bench.core).unwrap().head);
    let mut refused = |head: LogHead| kind(audit::verify(&mut bench.core, &[head], &mut |_, _| ()));
    assert_eq!(refused(LogHead { seq: 8, ..heads[0] }), Kind::Rollback);
    assert_eq!(refused(LogHead { seq: 7, ..heads[1] }), Kind::Fork);
    assert_eq!(
        refused(LogHead {
            seq: 0,
            head: [1; 32]
        }),
        Kind::Fork
    );
    let mut wrong = heads[1];
    wrong.head[31] ^= 1;
    assert_eq!(refused(wrong), Kind::Fork);
}

#[test]
fn an_export_is_the_whole_log() {
    let mut bench = TestStore::with_sample_data();
    let (mut shown, mut steps) = (Vec::new(), 0);
    let head = audit::export(
        &mut bench.core,
        &mut |_, total| steps += u64::from(total == 5),
        &mut |it| {
            shown.push(it.seq);
            Ok(())
        },
    );
    assert_eq!(
        (shown, steps, head.unwrap().seq),
        (vec![1, 2, 3, 4, 5], 5, 5)
    );
    let stopped = audit::export(&mut bench.core, &mut |_, _| (), &mut |_| {
        Err(Error::Stopped)
    });
    assert!(matches!(stopped, Err(Error::Stopped)));
}

#[test]
fn a_head_has_one_text() {
    let text = format!("12:{}", "0a".repeat(32));
    let head: LogHead = p(&text);
    assert_eq!(
        (head.seq, head.head, head.to_string()),
        (12, [10; 32], text.clone())
    );
    assert_eq!(p::<LogHead>(&text.to_uppercase()), head);
    for bad in [
        "",
        "12",
        "12:",
        &text[1..3],
        &text[..66],
        &format!("-{text}"),
        &format!("+{text}"),
    ] {
        assert!(bad.parse::<LogHead>().is_err(), "{bad}");
    }
}
