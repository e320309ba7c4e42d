//! Mails that wait, leave later, leave twice at most, or never.

use super::*;

#[test]
fn a_mail_that_can_leave_later_is_tried_again_and_says_why_it_waits() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let busy = Bounce::Later("the server is busy".to_owned());
    let mut box_ = Letterbox::bouncing(&[busy.clone(), busy.clone(), busy]);
    let mut pauses = Vec::new();
    let mut pause = |span: Duration| pauses.push(span.as_secs());
    let sent = outbox::send_one(&mut bench.core, requested.letter, &mut box_, &mut pause).unwrap();
    assert_eq!(sent, Delivery::Queued(Some("the server is busy".to_owned())));
    assert_eq!(pauses, [1, 3]);
    let listed = newest(&mut bench);
    assert_eq!((listed.delivery, listed.cause.as_deref()), ("queued", Some("the server is busy")));
    // Not before its time, and then it leaves.
    let none = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((none.sent, none.waiting), (0, 1));
    bench.wait(2 * MINUTE);
    let sent = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((sent.sent, box_.took.len()), (1, 1));
    assert_eq!(newest(&mut bench).delivery, "sent");
    exchange(&mut bench, &box_.took[0].code());
}

#[test]
fn a_mail_that_can_never_leave_ends_its_code() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let mut box_ = Letterbox::bouncing(&[Bounce::Never("no such mailbox".to_owned())]);
    let sent = outbox::send_one(&mut bench.core, requested.letter, &mut box_, &mut |_| ()).unwrap();
    assert_eq!(sent, Delivery::Failed("no such mailbox".to_owned()));
    assert_eq!(why_not(&mut bench, requested.code.expose()), WhyNot::Cancelled);
    let listed = otp::list(&mut bench.core, None, false).unwrap();
    assert_eq!(listed[0].cause.as_deref(), Some("no such mailbox"));
    // Nobody was mailed, so that another may be asked for after a minute.
    bench.wait(MINUTE);
    ask(&mut bench, None).unwrap();
}

/// Whoever sends dies after the mail has left and before that is written down.
struct Dying(Letterbox, Faults);

impl Carrier for Dying {
    fn carry(&mut self, by: &MailSettings, letter: &Letter) -> Result<(), Bounce> {
        self.1.fail_method("begin", 1, || Fault::Busy);
        self.0.carry(by, letter)
    }
}

#[test]
fn a_crash_between_sending_and_writing_it_down_sends_one_duplicate_at_most() {
    let mut bench = mailing();
    let requested = ask(&mut bench, None).unwrap();
    let mut dying = Dying(Letterbox::default(), bench.backend.faults());
    for _ in 0..4 {
        let _ = outbox::send_due(&mut bench.core, &mut dying);
        bench.wait(100);
    }
    assert_eq!(dying.0.took.len(), 2, "once, and once more");
    assert_eq!(dying.0.took[0], dying.0.took[1], "the same mail under the same id");
    assert_eq!(outbox::count(&mut bench.core).unwrap(), 0);
    drop(requested);
}

#[test]
fn a_crash_between_asking_and_sending_loses_nothing() {
    let mut bench = mailing();
    drop(ask(&mut bench, None).unwrap());
    let mut another = bench.another();
    let mut box_ = Letterbox::default();
    assert_eq!(outbox::send_due(&mut another.core, &mut box_).unwrap().sent, 1);
    exchange(&mut bench, &box_.took[0].code());
}

#[test]
fn a_mail_whose_code_has_ended_is_not_sent() {
    let mut bench = mailing();
    ask(&mut bench, None).unwrap();
    bench.wait(LIFE);
    let mut box_ = Letterbox::default();
    let sent = outbox::send_due(&mut bench.core, &mut box_).unwrap();
    assert_eq!((sent.failed, box_.took.len()), (1, 0));
}

#[test]
fn two_who_send_at_once_send_one_mail() {
    struct Nested<'a>(&'a mut Bench, Letterbox);
    impl Carrier for Nested<'_> {
        fn carry(&mut self, by: &MailSettings, letter: &Letter) -> Result<(), Bounce> {
            let sent = outbox::send_due(&mut self.0.core, &mut self.1).unwrap();
            assert_eq!((sent.sent, sent.waiting), (0, 1));
            self.1.carry(by, letter)
        }
    }
    let mut bench = mailing();
    ask(&mut bench, None).unwrap();
    let mut another = bench.another();
    let mut nested = Nested(&mut another, Letterbox::default());
    assert_eq!(outbox::send_due(&mut bench.core, &mut nested).unwrap().sent, 1);
    assert_eq!(nested.1.took.len(), 1);
}
