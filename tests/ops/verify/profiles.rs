//! A profile whose password is presented instead of a token.

use hallpass::Kind;
use hallpass::model::verdict::Reason;
use hallpass::ops::verify::{Asked, ProfileVerdict, judge_profile};
use hallpass::ops::{Suspend, connection, password, profile};
use hallpass::secret::SecretText;

use crate::ops::fixture::{TestStore, kind, p};

fn judge(bench: &mut TestStore, name: &str, asked: &Asked) -> Option<ProfileVerdict> {
    judge_profile(&mut bench.core, &p(name), asked).unwrap()
}

fn reason(bench: &mut TestStore, connection: &str) -> Reason {
    let asked = Asked {
        connection: Some(p(connection)),
        ..Asked::default()
    };
    judge(bench, "ci", &asked).unwrap().reason
}

#[test]
fn it_is_judged_as_if_it_had_a_token_that_is_bound_to_nothing() {
    let mut bench = TestStore::with_sample_data();
    bench.environment("test");
    assert_eq!(judge(&mut bench, "nobody", &Asked::default()), None);
    let asked = Asked {
        environment: Some(p("test")),
        device: Some(p("desk")),
        ..Asked::default()
    };
    let verdict = judge(&mut bench, "CI", &asked).unwrap();
    assert_eq!((verdict.reason, verdict.profile), (Reason::Valid, p("ci")));
    assert_eq!(reason(&mut bench, "hr"), Reason::Valid);
    assert_ne!(reason(&mut bench, "crm"), Reason::Valid);
    connection::block(&mut bench.core, &p("hr"), None).unwrap();
    assert_eq!(reason(&mut bench, "hr"), Reason::ConnectionBlocked);
    connection::unblock(&mut bench.core, &p("hr")).unwrap();
    profile::suspend(&mut bench.core, &p("ci"), &Suspend::default()).unwrap();
    assert_eq!(reason(&mut bench, "hr"), Reason::ProfileSuspended);
    let missing = Asked {
        connection: Some(p("nowhere")),
        ..Asked::default()
    };
    let missing = judge_profile(&mut bench.core, &p("ci"), &missing);
    assert_eq!(kind(missing), Kind::NotFound);
}

#[test]
fn the_password_that_counts_is_another_after_each_change() {
    let mut bench = TestStore::with_sample_data();
    let stamp = |bench: &mut TestStore| judge(bench, "ci", &Asked::default()).unwrap().password;
    assert_eq!(stamp(&mut bench), None);
    let mut set = || {
        let text = SecretText::new("umbrella-vortex-lantern-88".to_owned());
        password::set(&mut bench.core, &p("ci"), &text).unwrap();
        stamp(&mut bench).unwrap()
    };
    assert_ne!(set(), set());
}
