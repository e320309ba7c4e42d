//! T50: servers as they are. Only codes count, whatever stands behind them and in whichever case and
//! encoding; and no mail is sent twice.

use hallpass::mail::Mailer as _;
use hallpass::model::mail::MailSettings;
use hallpass::model::mail::SendError;
use mailin::AuthMechanism;

use super::{hand_over, impatient, post, saying, settings};
use crate::support::smtp::{Manner, Plan, Server, Speaks};

const USER: &str = "u";
const PASSWORD: &str = "correct horse battery staple";

/// Settings for `server`, which wants a user and a password.
fn trusting(server: &Server, speaks: Speaks) -> MailSettings {
    let scheme = if speaks == Speaks::Tls {
        "smtps"
    } else {
        "smtp"
    };
    let mut settings = settings(&format!("{scheme}://{USER}@localhost:{}", server.port()));
    settings.authorities = Some(server.authority.parse().unwrap());
    settings.password = Some(PASSWORD.parse().unwrap());
    settings
}

/// The lines of an answer, without their ends.
fn lines(answer: &[u8]) -> Vec<Vec<u8>> {
    let text = answer.strip_suffix(b"\r\n").unwrap();
    String::from_utf8(text.to_vec())
        .unwrap()
        .split("\r\n")
        .map(|it| it.as_bytes().to_vec())
        .collect()
}

/// The code alone, where one line is all there is.
fn bare(answer: &[u8]) -> Vec<u8> {
    match &lines(answer)[..] {
        [only] => [&only[..3], b"\r\n"].concat(),
        _ => answer.to_vec(),
    }
}

fn in_lower_case(answer: &[u8]) -> Vec<u8> {
    answer.to_ascii_lowercase()
}

fn with(text: &[u8], answer: &[u8]) -> Vec<u8> {
    let lines = lines(answer)
        .into_iter()
        .map(|line| [&line[..], text, b"\r\n"].concat());
    lines.collect::<Vec<_>>().concat()
}

fn in_latin_1(answer: &[u8]) -> Vec<u8> {
    with(b" re\xe7u", answer)
}

fn in_gbk(answer: &[u8]) -> Vec<u8> {
    with(b" \xc4\xe3\xba\xc3", answer)
}

/// In a line more than it needs.
fn at_length(answer: &[u8]) -> Vec<u8> {
    let code = answer[..3].to_vec();
    [&code[..], b"-this is\r\n", &code, b"-\r\n", answer].concat()
}

fn with_line_feeds_alone(answer: &[u8]) -> Vec<u8> {
    answer
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect()
}

#[test]
fn a_mail_is_taken_by_any_server_that_says_the_right_codes() {
    type Accent = fn(&[u8]) -> Vec<u8>;
    let accents: [(&str, Accent); 6] = [
        ("bare codes", bare),
        ("lower case", in_lower_case),
        ("Latin-1", in_latin_1),
        ("GBK", in_gbk),
        ("several lines", at_length),
        ("line feeds", with_line_feeds_alone),
    ];
    for (name, accent) in accents {
        for speaks in [Speaks::StartTls, Speaks::Tls] {
            for mechanism in [AuthMechanism::Plain, AuthMechanism::Login] {
                let plan = Plan::new(speaks).with_login(USER, PASSWORD);
                let server = Plan {
                    mechanism,
                    accent,
                    ..plan
                }
                .serve();
                let sent = hand_over(post(), &trusting(&server, speaks), &saying("x\n"));
                assert_eq!(sent, Ok(()), "{name}, {speaks:?}");
                server.mail();
                server.seen(|seen| assert_eq!(seen.calls, 1, "{name}: {seen:?}"));
            }
        }
    }
}

#[test]
fn a_server_that_does_not_look_at_what_comes_with_auth_asks_for_it() {
    // What PLAIN says, as the server keeps it.
    const BOTH: &str = "AHUAY29YCMVJDCBOB3JZZSBIYXR0ZXJ5IHN0YXBSZQ==";
    for says in ["334", "334 "] {
        let plan = Plan::new(Speaks::Tls).with_login(USER, PASSWORD);
        let plan = plan
            .at("AUTH", Manner::Say(says))
            .at(BOTH, Manner::Say("235"));
        let server = plan.at("MAIL", Manner::Say("450 enough")).serve();
        let error = hand_over(post(), &trusting(&server, Speaks::Tls), &saying("x\n")).unwrap_err();
        assert!(error.to_string().ends_with("450 enough"), "{error}");
        server.seen(|seen| assert_eq!(seen.commands[..4], ["EHLO", "AUTH", BOTH, "MAIL"]));
    }
}

/// What a refusal at `word` comes to.
#[track_caller]
fn refused(word: &'static str, says: &'static [u8]) -> SendError {
    let plan = Plan::new(Speaks::StartTls).with_login(USER, PASSWORD);
    let server = plan.at(word, Manner::SayBytes(says)).serve();
    let error =
        hand_over(post(), &trusting(&server, Speaks::StartTls), &saying("x\n")).unwrap_err();
    server.seen(|seen| assert_eq!((seen.mails.len(), seen.calls), (0, 1), "{seen:?}"));
    error
}

#[test]
fn a_refusal_is_for_now_or_for_good_by_its_code_alone() {
    for word in [
        "HI", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".",
    ] {
        for says in [
            &b"550"[..],
            b"571 ",
            b"550 bo\xeete pleine, r\xe9essayez plus tard",
            b"550 \xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda",
            b"550-5.7.1 no\r\n550 5.7.1 never",
        ] {
            assert!(
                matches!(refused(word, says), SendError::Permanent(_)),
                "{word}: {says:?}"
            );
        }
        for says in [
            &b"451"[..],
            b"421 \xe0 bient\xf4t",
            b"450-4.2.0 later\r\n450 4.2.0 on",
        ] {
            assert!(
                matches!(refused(word, says), SendError::Transient(_)),
                "{word}: {says:?}"
            );
        }
    }
}

#[test]
fn what_is_no_answer_ends_the_conversation_before_the_mail_is_sent() {
    for word in ["HI", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"] {
        for says in [
            &b"what?"[..],
            b"2500 ok",
            b"25O ok",
            b"250-ok\r\n251 ok",
            b"150 wait",
            // What only the end of a mail would be answered with, or nothing at all.
            b"250 ok\r\n250 ok\r\n354 go on\r\n250 accepted",
        ] {
            let error = refused(word, says);
            let is_known = matches!(error, SendError::Transient(_) | SendError::Permanent(_));
            assert!(is_known, "{word}: {says:?}: {error:?}");
        }
    }
}

#[test]
fn a_mail_without_an_answer_to_its_end_may_have_arrived_and_is_sent_once() {
    for manner in [
        Manner::Swallow,
        Manner::Hang,
        Manner::Drop,
        Manner::Say("what?"),
    ] {
        let is_swallowed = matches!(manner, Manner::Swallow);
        let is_silent = matches!(manner, Manner::Hang);
        let server = Plan::new(Speaks::Tls).at(".", manner).serve();
        let mut settings = trusting(&server, Speaks::Tls);
        settings.transport = format!("smtps://localhost:{}", server.port())
            .parse()
            .unwrap();
        settings.password = None;
        let mut committed = 0;
        let mut commit = || {
            committed += 1;
            // Everything but the end is there by now, and that has not come.
            server.seen(|seen| assert!(seen.mails.is_empty(), "{seen:?}"));
            Ok(())
        };
        let mut post = if is_silent { impatient() } else { post() };
        let error = post
            .send(&settings, &saying("x\n"), &mut commit)
            .unwrap_err();
        assert!(matches!(error, SendError::Uncertain(_)), "{error:?}");
        assert_eq!(committed, 1);
        server.seen(|seen| {
            assert_eq!(seen.mails.len(), usize::from(is_swallowed), "{seen:?}");
            assert_eq!(seen.calls, 1);
        });
    }
}

#[test]
fn a_mail_that_must_not_be_ended_is_hung_up_on() {
    let server = Plan::new(Speaks::Tls).with_login(USER, PASSWORD).serve();
    let taken_back = SendError::Transient("taken back".to_owned());
    let mut refuse = || Err(taken_back.clone());
    let settings = trusting(&server, Speaks::Tls);
    let error = post()
        .send(&settings, &saying("x\n"), &mut refuse)
        .unwrap_err();
    assert_eq!(error, taken_back);
    server.seen(|seen| {
        assert!(seen.mails.is_empty(), "{seen:?}");
        assert!(!seen.commands.iter().any(|word| word == "."), "{seen:?}");
    });
}
