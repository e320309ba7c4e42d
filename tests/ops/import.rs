//! Tokens that another system made: good here without being issued anew, and known by a hash alone.

use hallpass::Error;
use hallpass::Kind;
use hallpass::crypto::hash::sha256;
use hallpass::error::Existing;
use hallpass::model::token::{Digest, Presented, Use};
use hallpass::model::verdict::Reason;
use hallpass::ops::token::{self, Filter, Imported, Preset, StateFilter, Target};
use hallpass::ops::verify::{self, Asked, Verdict};
use hallpass::ops::{connection, profile, store};
use hallpass::secret::SecretText;

use super::audit::logged;
use super::fixture::{DAY, TestStore, at, draft, kind, message, p};

const OLD: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
const OTHER: &str = "sk-live-9f8e7d6c5b4a39281706f5e4d3c2b1a0";

fn value(text: &str) -> Preset {
    Preset::Value(SecretText::new(text.to_owned()))
}

fn import(bench: &mut TestStore, address: &str, text: &str) -> Result<Imported, Error> {
    token::import(&mut bench.core, &draft(address), &value(text))
}

fn judge(bench: &mut TestStore, text: &str) -> Verdict {
    let presented = Presented::parse(text).unwrap();
    verify::judge(&mut bench.core, &presented, &Asked::default()).unwrap()
}

fn presented(text: &str) -> Target {
    Presented::parse(text).unwrap().into()
}

#[test]
fn an_imported_token_is_judged_as_any_other() {
    let mut bench = TestStore::with_sample_data();
    let imported = import(&mut bench, "ci/legacy", OLD).unwrap().summary;
    assert!(imported.imported);
    assert_eq!(logged(&mut bench, "token.import").len(), 1);
    assert_eq!(
        imported.connection,
        Some(p("hr")),
        "by the same rules as one that is made"
    );
    let verdict = judge(&mut bench, OLD);
    assert_eq!(
        (verdict.reason, verdict.token.unwrap().id),
        (Reason::Valid, imported.id)
    );
    assert_eq!(
        judge(&mut bench, &format!("  {OLD}\r\n")).reason,
        Reason::Valid
    );
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(judge(&mut bench, OLD).reason, Reason::ConnectionBlocked);
    connection::unblock(&mut bench.core, &p("hr")).unwrap();
    token::revoke(&mut bench.core, &[presented(OLD)], None).unwrap();
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Revoked);
    let changed = OLD.replacen('1', "2", 1);
    assert_eq!(judge(&mut bench, &changed).reason, Reason::Unknown);
}

#[test]
fn a_digest_does_as_well_as_the_text() {
    let mut bench = TestStore::with_sample_data();
    let digest = Preset::Digest(Digest(sha256(OLD.as_bytes())));
    token::import(&mut bench.core, &draft("ci/legacy"), &digest).unwrap();
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Valid);
    let shown = token::show(&mut bench.core, &presented(OLD)).unwrap();
    assert_eq!(shown.address(), "ci/legacy");
    assert_eq!(
        kind(token::show(&mut bench.core, &presented(OTHER))),
        Kind::NotFound
    );
}

#[test]
fn other_texts_are_malformed_until_a_store_holds_imports() {
    let mut bench = TestStore::with_sample_data();
    assert_eq!(judge(&mut bench, OTHER).reason, Reason::Malformed);
    let nowhere = Asked {
        connection: Some(p("nope")),
        ..Asked::default()
    };
    let presented = Presented::parse(OTHER).unwrap();
    let verdict = verify::judge(&mut bench.core, &presented, &nowhere).unwrap();
    assert_eq!(verdict.reason, Reason::Malformed, "whatever else is asked");
    import(&mut bench, "ci/legacy", OLD).unwrap();
    assert_eq!(judge(&mut bench, OTHER).reason, Reason::Unknown);
    bench.revoke("ci/legacy");
    assert_eq!(
        judge(&mut bench, OTHER).reason,
        Reason::Unknown,
        "a tombstone counts"
    );
    bench.wait(31 * DAY);
    let ended = Filter {
        which: StateFilter::Ended,
        ended_for: Some(p("30d")),
        ..Filter::default()
    };
    assert_eq!(token::prune(&mut bench.core, &ended).unwrap().len(), 1);
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Malformed);
}

#[test]
fn one_text_is_one_token_and_stays_revoked() {
    let mut bench = TestStore::with_sample_data();
    let first = import(&mut bench, "ci/a", OLD).unwrap().summary;
    let again = import(&mut bench, "ci/b", OLD);
    assert!(
        matches!(again, Err(Error::Exists(Existing::Import(id))) if id == first.id),
        "{again:?}"
    );
    bench.revoke("ci/a");
    assert_eq!(kind(import(&mut bench, "ci/a", OLD)), Kind::Exists);
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Revoked);
    assert_eq!(kind(import(&mut bench, "nope/a", OTHER)), Kind::NotFound);
    import(&mut bench, "ci/a", OTHER).unwrap();
    assert_eq!(
        kind(import(
            &mut bench,
            "ci/a",
            "0123456789abcdef0123456789abcdef"
        )),
        Kind::Exists
    );
}

#[test]
fn a_text_of_twenty_characters_may_be_strong_but_has_to_be_one_word() {
    let mut bench = TestStore::with_sample_data();
    let refused = |bench: &mut TestStore, text: &str| message(import(bench, "ci/a", text));
    let (nineteen, twenty) = ("kD83jf0sL 2mvNx71Bz", "kD83jf0sL 2mvNx71Bz6");
    let guessable = refused(&mut bench, "short");
    assert_eq!(refused(&mut bench, nineteen), guessable);
    let of_two = refused(&mut bench, twenty);
    assert!(of_two.contains("must be one line of"), "{of_two}");
}

#[test]
fn what_can_be_guessed_or_is_ours_is_refused() {
    let mut bench = TestStore::with_sample_data();
    let own = bench
        .token("ci/own")
        .token
        .encode(p("native"))
        .expose()
        .to_owned();
    let before = bench.epoch();
    for text in [
        "",
        "short",
        "correcthorsebatterystaple",
        "0123456789abcdef0123456789abcde",
    ] {
        assert_eq!(
            kind(import(&mut bench, "ci/a", text)),
            Kind::Refused,
            "{text}"
        );
    }
    let hex = "0a".repeat(32);
    for text in [
        own.as_str(),
        "hpass_oops",
        &hex,
        "<token><version>1</version>",
    ] {
        assert_eq!(
            kind(import(&mut bench, "ci/a", text)),
            Kind::Refused,
            "{text}"
        );
    }
    for text in [
        "two words of a text that is long enough",
        &format!("{OLD}\n{OTHER}"),
    ] {
        assert_eq!(
            kind(import(&mut bench, "ci/a", text)),
            Kind::Usage,
            "{text}"
        );
    }
    let long = "aB3".repeat(2000);
    assert_eq!(kind(import(&mut bench, "ci/a", &long)), Kind::Usage);
    assert_eq!(bench.epoch(), before);
}

#[test]
fn a_token_of_ours_and_its_bytes_as_a_digest_are_two_things() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/own");
    let digest = Preset::Digest(Digest(*held.token.bytes()));
    token::import(&mut bench.core, &draft("ci/legacy"), &digest).unwrap();
    assert_eq!(
        bench.judge(&held, &Asked::default()).token.unwrap().id,
        held.summary.id
    );
    bench.revoke("ci/own");
    assert_eq!(bench.verdict(&held), Reason::Revoked);
}

#[test]
fn its_use_is_noted_and_was_unknown_before() {
    let mut bench = TestStore::with_sample_data();
    let imported = import(&mut bench, "ci/legacy", OLD).unwrap().summary;
    assert_eq!((imported.used, imported.last_used_at), (Use::Unknown, None));
    assert_eq!(bench.token("ci/own").summary.used, Use::Never);
    let verdict = judge(&mut bench, OLD);
    verify::touch(&mut bench.core, &verdict);
    let shown = bench.show("ci/legacy");
    assert_eq!(
        (shown.used, shown.last_used_at),
        (Use::Known, Some(bench.now()))
    );
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Valid);
}

#[test]
fn it_can_be_replaced_by_one_of_ours_and_deleted_with_its_profile() {
    let mut bench = TestStore::with_sample_data();
    import(&mut bench, "ci/legacy", OLD).unwrap();
    let rotating = token::RotateRequest {
        target: at("ci/legacy"),
        overlap: p("1d"),
        life: token::SuccessorLifetime::Inherited,
        at_least: None,
        form: p("native"),
        request: None,
    };
    token::rotate(
        &mut bench.core,
        &rotating,
        &mut super::fixture::Sink::default(),
    )
    .unwrap();
    assert!(!bench.show("ci/legacy").imported);
    assert_eq!(
        judge(&mut bench, OLD).reason,
        Reason::Valid,
        "for the overlap"
    );
    bench.wait(DAY);
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Expired);
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(judge(&mut bench, OLD).reason, Reason::Revoked);
    store::check(&mut bench.core, &mut |_, _| ()).unwrap();
}
