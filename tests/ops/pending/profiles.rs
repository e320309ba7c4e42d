//! A profile comes with its token, and a password takes the place of another, once the sink has the secret.

use hallpass::Kind;
use hallpass::backend::Fault;
use hallpass::backend::memory::Around;
use hallpass::model::token::TokenState;
use hallpass::model::verdict::Reason;
use hallpass::ops::token::How;
use hallpass::ops::{password, profile};
use hallpass::secret::SecretText;

use super::{all, judged, killed, stop_after_delivery};
use crate::ops::fixture::{Slow, TestStore, draft, kind, message, p};

#[test]
fn a_profile_comes_with_its_token_or_not_at_all() {
    let mut bench = TestStore::with_sample_data();
    let both = |bench: &mut TestStore, sink: &mut Slow| {
        let new = profile::Draft::new(p("web"));
        profile::add_with_token(&mut bench.core, &new, &draft("web/first"), sink.delivery())
    };
    assert_eq!(
        kind(both(&mut bench, &mut Slow::failing())),
        Kind::Undelivered
    );
    assert_eq!(
        kind(profile::show(&mut bench.core, &p("web"))),
        Kind::NotFound
    );
    let mut sink = Slow::default();
    let (summary, _) = both(&mut bench, &mut sink).unwrap();
    assert_eq!(
        (summary.tokens, judged(&mut bench.core, &sink.token())),
        (1, Reason::Valid)
    );
    assert_eq!(kind(both(&mut bench, &mut sink)), Kind::Exists);
}

#[test]
fn a_profile_whose_call_was_killed_is_finished_with_its_token() {
    let mut bench = TestStore::with_sample_data();
    let new = profile::Draft::new(p("web"));
    let mut sink = Slow {
        stuck: true,
        ..Slow::default()
    };
    stop_after_delivery(&bench);
    let first = draft("web/first");
    let failed = profile::add_with_token(&mut bench.core, &new, &first, sink.delivery());
    assert_eq!(kind(failed), Kind::Undelivered);
    let mut again = Slow {
        content: sink.content,
        ..Slow::default()
    };
    let (_, issued) =
        profile::add_with_token(&mut bench.core, &new, &first, again.delivery()).unwrap();
    assert_eq!(issued.how, How::Finished);
    assert_eq!(judged(&mut bench.core, &again.token()), Reason::Valid);
}

#[test]
fn a_generated_password_is_set_once_its_sink_has_it() {
    let mut bench = TestStore::with_sample_data();
    let right = |bench: &mut TestStore, text: &str| {
        let text = SecretText::new(text.to_owned());
        password::verify(&mut bench.core, &p("ci"), &text)
            .unwrap()
            .valid
    };
    let mut sink = Slow::default();
    password::set_generated(&mut bench.core, &p("ci"), sink.delivery()).unwrap();
    let first = sink.content.clone().unwrap();
    assert!(right(&mut bench, &first));
    let mut failing = Slow {
        content: Some(first.clone()),
        ..Slow::failing()
    };
    let failed = password::set_generated(&mut bench.core, &p("ci"), failing.delivery());
    assert_eq!(kind(failed), Kind::Undelivered);
    assert!(failing.content == Some(first.clone()) && right(&mut bench, &first));
    for around in [Around::Before, Around::After] {
        let before = sink.content.clone().unwrap();
        // That it is to come was not written down: nothing is delivered.
        bench
            .backend
            .faults()
            .fail_commit(around, || Fault::Storage("disk full".into()));
        let set = password::set_generated(&mut bench.core, &p("ci"), sink.delivery());
        assert_eq!(
            (kind(set), sink.content.as_ref()),
            (Kind::Storage, Some(&before))
        );
        assert!(right(&mut bench, &before));
        let faults = bench.backend.faults();
        sink.meanwhile = Some(Box::new(move |_| {
            faults.fail_commit(around, || Fault::Storage("disk full".into()));
            Ok(())
        }));
        let set = password::set_generated(&mut bench.core, &p("ci"), sink.delivery());
        match around {
            Around::Before => {
                assert_eq!(
                    (kind(set), sink.content.as_ref()),
                    (Kind::Undelivered, Some(&before))
                );
            }
            Around::After => assert_ne!(set.unwrap().password.expose(), before),
        }
        let held = sink.content.clone().unwrap();
        assert!(
            right(&mut bench, &held),
            "what the sink holds is the password"
        );
    }
    let nobody = password::set_generated(&mut bench.core, &p("nobody"), sink.delivery());
    assert_eq!(message(nobody), "no profile `nobody`");
}

#[test]
fn one_whose_profile_is_deleted_waits_for_its_end_as_any_other() {
    let mut bench = TestStore::with_sample_data();
    let id = killed(&mut bench, "ci/laptop").token().id().to_string();
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(bench.show(&id).state, TokenState::Pending);
    bench.wait(65);
    bench.connection("another");
    assert_eq!(all(&mut bench).len(), 0);
}
