//! What ends a code, and what is left of it then.

use hallpass::model::otp::CodeState;
use hallpass::ops::otp::{self, Request, WhyNot};
use hallpass::ops::profile::Edits;
use hallpass::ops::{outbox, profile};

use super::{LIFE, Letterbox, MINUTE, ask, binding, exchange, mailed, mailing, other, why_not};
use crate::ops::fixture::{DAY, p};

#[test]
fn a_new_code_takes_the_place_of_the_one_before_and_withdraws_its_mail() {
    let mut bench = mailing();
    let first = ask(&mut bench, None).unwrap();
    bench.wait(MINUTE);
    let second = mailed(&mut bench, None);
    let mut box_ = Letterbox::default();
    assert_eq!(
        outbox::send_due(&mut bench.core, &mut box_).unwrap(),
        outbox::Sent::default()
    );
    assert_eq!(box_.took, []);
    if first.code.expose() != second {
        assert_eq!(why_not(&mut bench, first.code.expose()), WhyNot::WrongCode);
    }
    exchange(&mut bench, &second);
}

#[test]
fn a_cancelled_code_is_no_longer_good_and_its_mail_does_not_leave() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let cancelled = otp::cancel(&mut bench.core, &binding("ci", "hr"))
        .unwrap()
        .unwrap();
    assert_eq!(cancelled.summary.state, CodeState::Cancelled);
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 0);
    assert_eq!(
        why_not(&mut bench, requested.code.expose()),
        WhyNot::Cancelled
    );
    let again = otp::cancel(&mut bench.core, &binding("ci", "hr"))
        .unwrap()
        .unwrap();
    assert_eq!(again.effect, hallpass::ops::edit::Effect::AlreadySo);
}

#[test]
fn a_deleted_profile_leaves_no_codes_no_mails_and_no_budget() {
    let mut bench = mailing();
    let before = bench.backend.tables();
    let code = mailed(&mut bench, None);
    why_not(&mut bench, &other(&code));
    bench.wait(MINUTE);
    ask(&mut bench, None).unwrap();
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 1);
    profile::delete(&mut bench.core, &p("ci")).unwrap();
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 0);
    // The address was mailed in the last day, and stays so that this counts; else what there was.
    assert_eq!(bench.backend.tables().obj.len(), before.obj.len());
    bench.profile("ci", &["hr"]);
    assert_eq!(
        otp::list(&mut bench.core, Some(&p("ci")), true).unwrap(),
        []
    );
}

#[test]
fn what_nobody_asks_for_any_more_is_swept() {
    let mut bench = mailing();
    let edits = Edits {
        any_connection: true,
        ..Edits::default()
    };
    profile::edit(&mut bench.core, &p("ci"), &edits).unwrap();
    for n in 0..5 {
        let name = format!("c{n}");
        bench.connection(&name);
        let request = Request {
            binding: binding("ci", &name),
            device: None,
            asked_from: None,
        };
        otp::request(&mut bench.core, &request).unwrap();
        bench.wait(10);
    }
    let most = bench.backend.tables().obj.len();
    bench.wait(DAY + LIFE);
    ask(&mut bench, None).unwrap();
    // Five codes have gone; their mails go when they are due, since nobody sent them.
    assert_eq!(otp::list(&mut bench.core, None, true).unwrap().len(), 1);
    assert_eq!(bench.backend.tables().obj.len(), most - 10 + 2);
}
