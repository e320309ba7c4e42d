//! What a message with a code says.

use hallpass::mail::code::{CodeMail, message};
use hallpass::model::mail::Message;

use super::NOON;

fn code_letter(connection: &str, device: Option<&str>) -> Message {
    let lifetime: hallpass::model::time::Span = "10m".parse().unwrap();
    message(CodeMail {
        id: "7f".to_owned(),
        to: "anna@example.org".parse().unwrap(),
        connection,
        environment: "production",
        profile: "github",
        device,
        code: "12345678",
        expires_at: NOON.plus(lifetime),
        lifetime,
        asked_from: Some("192.0.2.7".to_owned()),
        date: NOON,
    })
}

#[test]
fn a_code_stands_on_a_line_of_its_own_with_all_that_is_to_be_known() {
    let message = code_letter("Build server", Some("laptop 7"));
    assert_eq!(message.subject, "Verification code for Build server");
    assert_eq!(
        message.text,
        "Verification code for Build server:\n\
         \n\
         12345678\n\
         \n\
         It can be used once, for 10 minutes: until 2026-11-24 12:10:00 UTC.\n\
         Enter it where you were asked for it.\n\
         \n\
         Connection:  Build server\n\
         Environment: production\n\
         Profile:     github\n\
         Device:      laptop 7\n\
         Origin:      192.0.2.7\n\
         \n\
         Anyone who has this code can get a token for this profile. Do not share it:\n\
         nobody who helps you needs it.\n\
         \n\
         If you did not request it, do nothing: an unused code expires. If it happens\n\
         again, tell the people who run this connection.\n"
    );
}

#[test]
fn both_parts_say_the_same() {
    let message = code_letter("Build server", None);
    assert!(!message.text.contains("Device"));
    for said in [
        "12345678",
        "10 minutes",
        "2026-11-24 12:10:00 UTC",
        "production",
        "github",
        "192.0.2.7",
    ] {
        assert!(
            message.text.contains(said) && message.html.contains(said),
            "{said}"
        );
    }
    assert!(message.html.contains("If you did not request it"));
}

#[test]
fn the_page_escapes_and_fetches_nothing() {
    let message = code_letter("<script>alert(\"x\" & 'y')</script>", Some("<img>"));
    let html = &message.html;
    assert!(html.contains("&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;"));
    for never in [
        "<script", "<img", "<link", "<style", "src=", "href=", "url(", "http", "color:",
    ] {
        assert!(!html.contains(never), "{never}: {html}");
    }
    assert!(html.contains("<html lang=\"en\">") && html.contains("scope=\"row\""));
}

#[test]
fn a_letter_tells_nothing_when_it_is_printed() {
    let message = code_letter("Build server", None);
    assert_eq!(format!("{message:?}"), "Message(..)");
    serde_json::to_string(&message).unwrap_err();
    let stored = postcard::to_allocvec(&message).unwrap();
    let again: Message = postcard::from_bytes(&stored).unwrap();
    assert_eq!(
        (&again.text, &again.html, &again.id),
        (&message.text, &message.html, &message.id)
    );
}
