//! Servers that behave: what arrives is what was written, byte by byte.

use hallpass::mail::Mailer as _;
use hallpass::mail::compose;
use hallpass::model::mail::{MailSettings, Transport};
use mailin::AuthMechanism;

use super::{hand_over, post, saying, settings};
use crate::support::smtp::{Mail, Plan, Server, Speaks};

const USER: &str = "mailer@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// Settings for `server`, in whichever way it speaks.
fn settings_for(server: &Server, speaks: Speaks) -> MailSettings {
    let port = server.port();
    let url = match speaks {
        Speaks::Plain => format!("smtp://127.0.0.1:{port}"),
        Speaks::StartTls => format!("smtp://localhost:{port}"),
        Speaks::Tls => format!("smtps://localhost:{port}"),
    };
    let mut settings = settings(&url);
    if speaks == Speaks::Plain {
        settings.transport = settings.transport.insecure_plain().unwrap();
    } else {
        settings.authorities = Some(server.authority.parse().unwrap());
    }
    settings
}

fn with_user(mut settings: MailSettings) -> MailSettings {
    let url = settings
        .transport
        .to_string()
        .replace("//", "//mailer%40example.com@");
    settings.transport = url.parse::<Transport>().unwrap();
    settings.password = Some(PASSWORD.parse().unwrap());
    settings
}

#[test]
fn every_byte_arrives_in_whichever_way_the_line_is_protected() {
    let text = ".\n..two\n.\r\nGr\u{fc}\u{df}e \u{1f44d}\nFrom here\n\n".to_owned()
        + &"x".repeat(900)
        + "\n";
    for speaks in [Speaks::Plain, Speaks::StartTls, Speaks::Tls] {
        for text in [text.as_str(), ".\n.\n", "12345678\n"] {
            let server = Plan::new(speaks).serve();
            let settings = settings_for(&server, speaks);
            let message = saying(text);
            let answer = post().attempt(&settings, &message).unwrap();
            assert_eq!(answer.as_deref(), Some("250 OK"), "{speaks:?}");
            let sent = compose(&settings, &message);
            let Mail { from, to, bytes } = server.mail();
            assert_eq!(
                (from.as_str(), to),
                ("noreply@example.com", vec!["anna@example.org".into()])
            );
            let bytes = String::from_utf8(bytes).unwrap();
            assert_eq!(
                bytes,
                String::from_utf8(sent.to_vec()).unwrap(),
                "{speaks:?}"
            );
            let lines = bytes.matches("\r\n").count();
            assert_eq!(
                (bytes.matches('\n').count(), bytes.matches('\r').count()),
                (lines, lines)
            );
            server.seen(|seen| {
                let plain = String::from_utf8_lossy(&seen.plain);
                assert_eq!(plain.contains("Subject"), speaks == Speaks::Plain);
                assert_eq!(seen.commands.last().map(String::as_str), Some("QUIT"));
                assert_eq!(seen.calls, 1);
            });
        }
    }
}

#[test]
fn who_has_a_password_signs_in_and_only_under_protection() {
    for speaks in [Speaks::StartTls, Speaks::Tls] {
        for mechanism in [AuthMechanism::Plain, AuthMechanism::Login] {
            let plan = Plan {
                mechanism,
                ..Plan::new(speaks).with_login(USER, PASSWORD)
            };
            let server = plan.serve();
            let settings = with_user(settings_for(&server, speaks));
            hand_over(post(), &settings, &saying("x\n")).unwrap();
            server.mail();
            server.seen(|seen| {
                assert!(seen.commands.iter().any(|it| it == "AUTH"), "{seen:?}");
                let plain = String::from_utf8_lossy(&seen.plain);
                assert!(
                    !plain.contains("AUTH") && !plain.contains("MAIL"),
                    "{plain}"
                );
            });
        }
    }
}

#[test]
fn the_same_letter_is_the_same_mail_when_it_is_sent_again() {
    let server = Plan::new(Speaks::Tls).serve();
    let settings = settings_for(&server, Speaks::Tls);
    for _ in 0..2 {
        hand_over(post(), &settings, &saying("x\n")).unwrap();
    }
    server.seen(|seen| assert_eq!(seen.mails[0], seen.mails[1]));
}

#[test]
fn a_name_is_looked_up_by_a_static_program() {
    // `localhost` from the hosts file; a name that nobody has by the name service.
    let server = Plan::new(Speaks::StartTls).serve();
    hand_over(
        post(),
        &settings_for(&server, Speaks::StartTls),
        &saying("x\n"),
    )
    .unwrap();
    let error = hand_over(post(), &settings("smtp://nobody.invalid"), &saying("x\n")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`nobody.invalid` cannot be found: "),
        "{error}"
    );
}
