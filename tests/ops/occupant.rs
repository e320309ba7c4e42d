//! What a sink holds is replaced if it is a secret of this store, and stays otherwise.

use hallpass::model::token::{Encoding, Token};
use hallpass::ops::delivery::Occupant;
use hallpass::ops::token::{self, Preset};
use hallpass::ops::{password, profile};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

use super::fixture::{DAY, Slow, TestStore, at, draft, kind, p};

/// A key that was made elsewhere, as `openssl rand -hex 32` prints it.
const HEX: &str = "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";

fn holding(text: &str) -> Slow {
    Slow {
        content: Some(text.to_owned()),
        ..Slow::default()
    }
}

/// What a new token replaces in a sink that holds this.
fn replaced(bench: &mut TestStore, name: &str, text: &str) -> Result<Option<Occupant>, Error> {
    let mut sink = holding(text);
    let before = bench.epoch();
    let issued = token::issue(
        &mut bench.core,
        &draft(&format!("ci/{name}")),
        sink.delivery(),
    );
    if issued.is_err() {
        assert_eq!(sink.content.as_deref(), Some(text), "nothing was delivered");
        assert_eq!(bench.epoch(), before, "nothing was made");
    }
    issued.map(|it| it.replaced)
}

#[test]
fn a_token_is_known_in_every_form_and_also_when_it_has_ended() {
    let mut bench = TestStore::with_sample_data();
    let held = bench.token("ci/laptop");
    for ended in [false, true] {
        for (n, form) in Encoding::ALL.into_iter().enumerate() {
            let text = held.token.encode(form).expose().to_owned();
            for (m, text) in [text.clone(), format!("{text}\r\n"), format!("  {text}\n\n")]
                .into_iter()
                .enumerate()
            {
                let name = format!("t{n}{m}{ended}");
                let replaced = replaced(&mut bench, &name, &text).unwrap();
                assert_eq!(replaced, Some(Occupant::Token), "{form} {ended}");
            }
        }
        if !ended {
            bench.revoke("ci/laptop");
        }
    }
}

#[test]
fn only_a_checksum_speaks_for_a_token_that_the_store_does_not_know() {
    let mut bench = TestStore::with_sample_data();
    let stranger = Token::parse(HEX).unwrap();
    for form in Encoding::ALL {
        let replaced = replaced(&mut bench, form.word(), stranger.encode(form).expose());
        match form {
            Encoding::Native => assert_eq!(replaced.unwrap(), Some(Occupant::Token)),
            // Of another hallpass, or of another system, or a key of 256 bits.
            _ => assert_eq!(kind(replaced), Kind::UnsafeFile, "{form}"),
        }
    }
    // The id alone is public.
    let held = bench.token("ci/laptop");
    let mut bytes = held.token.encode(Encoding::Hex).expose().to_owned();
    bytes.replace_range(16.., &HEX[16..]);
    assert_eq!(kind(replaced(&mut bench, "x", &bytes)), Kind::UnsafeFile);
}

#[test]
fn what_is_empty_is_replaced_and_what_is_anything_else_stays() {
    let mut bench = TestStore::with_sample_data();
    for (n, text) in ["", "\n", " \t\r\n", "\u{feff}"].into_iter().enumerate() {
        assert_eq!(replaced(&mut bench, &format!("t{n}"), text).unwrap(), None);
    }
    let held = bench.token("ci/laptop");
    let token = held.token.encode(Encoding::Native).expose().to_owned();
    let mut mistyped = token.clone();
    mistyped.replace_range(20..21, if &token[20..21] == "0" { "1" } else { "0" });
    for text in [
        "notes",
        &format!("{token}\n{token}\n"),
        &format!("T={token}"),
        &format!("{token} # mine"),
        &mistyped,
        &HEX.to_ascii_lowercase(),
        "7kmwq-7kmwq-7kmwq-7kmwq-7kmwq",
        "0123456789abcdefghij0123456789",
    ] {
        let refused = replaced(&mut bench, "x", text).unwrap_err();
        assert!(
            matches!(&refused, Error::Occupied(called) if called == "the sink"),
            "{text}"
        );
        assert_eq!(refused.kind(), Kind::UnsafeFile);
    }
    let mut sink = holding("notes");
    sink.overwrites = true;
    let issued = token::issue(&mut bench.core, &draft("ci/x"), sink.delivery()).unwrap();
    assert_eq!(issued.replaced, Some(Occupant::Other));
}

#[test]
fn a_token_that_was_imported_is_known() {
    let mut bench = TestStore::with_sample_data();
    let foreign = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
    assert_eq!(kind(replaced(&mut bench, "a", foreign)), Kind::UnsafeFile);
    let preset = Preset::Value(SecretText::new(foreign.to_owned()));
    token::import(&mut bench.core, &draft("ci/legacy"), &preset).unwrap();
    assert_eq!(
        replaced(&mut bench, "a", foreign).unwrap(),
        Some(Occupant::Import)
    );
    token::revoke(&mut bench.core, &[at("ci/legacy")], None).unwrap();
    let text = format!("{foreign}\n");
    assert_eq!(
        replaced(&mut bench, "b", &text).unwrap(),
        Some(Occupant::Import)
    );
}

#[test]
fn passwords_that_were_made_for_the_profile_are_known_and_no_others() {
    let mut bench = TestStore::with_sample_data();
    let mut passwords = Vec::new();
    for _ in 0..5 {
        let mut sink = Slow::default();
        password::set_generated(&mut bench.core, &p("ci"), sink.delivery()).unwrap();
        passwords.push(sink.content.unwrap());
    }
    let (first, last) = passwords.split_first().unwrap();
    for (n, password) in last.iter().enumerate() {
        let name = format!("t{n}");
        assert_eq!(
            replaced(&mut bench, &name, password).unwrap(),
            Some(Occupant::Password)
        );
    }
    // The oldest is forgotten, and a typed one was never made here.
    assert_eq!(kind(replaced(&mut bench, "x", first)), Kind::UnsafeFile);
    let typed = SecretText::new("correct horse battery staple 42".to_owned());
    password::set(&mut bench.core, &p("ci"), &typed).unwrap();
    assert_eq!(
        kind(replaced(&mut bench, "x", typed.expose())),
        Kind::UnsafeFile
    );
    assert_eq!(
        replaced(&mut bench, "y", &last[3]).unwrap(),
        Some(Occupant::Password)
    );
    // It is this profile's alone.
    bench.profile("other", &[]);
    let mut sink = holding(&last[3]);
    let refused = token::issue(&mut bench.core, &draft("other/x"), sink.delivery());
    assert_eq!(kind(refused), Kind::UnsafeFile);
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    bench.profile("ci", &[]);
    assert_eq!(kind(replaced(&mut bench, "z", &last[3])), Kind::UnsafeFile);
}

/// A password is known from before it is delivered, so that a killed call can be repeated.
#[test]
fn a_password_whose_delivery_was_killed_is_known() {
    let mut bench = TestStore::with_sample_data();
    let mut sink = Slow {
        stuck: true,
        ..Slow::default()
    };
    let faults = bench.backend.faults();
    sink.meanwhile = Some(Box::new(move |_| {
        faults.fail_method("begin", 1, || {
            hallpass::backend::Fault::Storage("killed".into())
        });
        Ok(())
    }));
    let killed = password::set_generated(&mut bench.core, &p("ci"), sink.delivery());
    assert!(killed.is_err());
    let mut again = holding(&sink.content.unwrap());
    let set = password::set_generated(&mut bench.core, &p("ci"), again.delivery()).unwrap();
    assert_eq!(set.replaced, Some(Occupant::Password));
}

#[test]
fn whatever_makes_a_secret_asks_before_it_spends_anything() {
    use hallpass::ops::delivery::Delivery;
    use hallpass::ops::login::{self, Login};
    use hallpass::ops::token::{EnsureRequest, RotateRequest, SuccessorLifetime};
    let mut bench = TestStore::with_sample_data();
    let mut sink = Slow::default();
    password::set_generated(&mut bench.core, &p("ci"), sink.delivery()).unwrap();
    let password = SecretText::new(sink.content.unwrap());
    bench.token("ci/laptop");
    bench.wait(DAY);
    let epoch = bench.epoch();
    let mut notes = holding("notes");
    let refused = password::set_generated(&mut bench.core, &p("ci"), notes.delivery());
    assert_eq!(kind(refused), Kind::UnsafeFile);
    let login = Login::new(p("ci"));
    let refused = login::login(
        &mut bench.core,
        &login,
        &password,
        Delivery::Deferred(&mut notes),
    );
    assert_eq!(kind(refused), Kind::UnsafeFile);
    let wrong = SecretText::new("not the password".to_owned());
    let refused = login::login(
        &mut bench.core,
        &login,
        &wrong,
        Delivery::Deferred(&mut notes),
    );
    assert_eq!(kind(refused), Kind::UnsafeFile, "no try is spent");
    let rotating = RotateRequest {
        target: at("ci/laptop"),
        overlap: hallpass::model::time::Overlap::For(p("1d")),
        life: SuccessorLifetime::Inherited,
        at_least: None,
        form: Encoding::Native,
        request: None,
    };
    let refused = token::rotate(&mut bench.core, &rotating, Delivery::Deferred(&mut notes));
    assert_eq!(kind(refused), Kind::UnsafeFile);
    for name in ["ci/laptop", "ci/new"] {
        let ensuring = EnsureRequest {
            draft: draft(name),
            min_life: p("14d"),
            overlap: hallpass::model::time::Overlap::For(p("1d")),
        };
        let refused = token::ensure(&mut bench.core, &ensuring, &mut notes);
        assert_eq!(kind(refused), Kind::UnsafeFile);
    }
    assert_eq!(
        (bench.epoch(), notes.content.as_deref()),
        (epoch, Some("notes"))
    );
}
