//! Names that are nearly right.

use crate::support::test_home::TestHome;

#[test]
fn whoever_slips_is_asked_whether_another_name_was_meant() {
    let stage = TestHome::with_sample_data();
    stage.done(&["profile", "add", "gitlab"]);
    stage.token(&["github/laptop"]);
    stage.done(&["token", "rotate", "github/laptop"]);
    for (line, meant) in [
        ("profile show gihtub", "`github`"),
        ("profile show githab", "`github` or `gitlab`"),
        ("token add github/x --connection c", "`ci`"),
        ("connection block hrr", "`hr`"),
        ("token list --environment produktion", "`production`"),
        ("token revoke github/labtop", "`github/laptop`"),
        ("token revoke githup/laptop", "`github`"),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let told = stage.fails(3, &words);
        assert!(
            told.ends_with(&format!("\nhint: did you mean {meant}?\n")),
            "{line}: {told}"
        );
        let json = stage.run(&[&words[..], &["-o", "json"]].concat()).error();
        assert_eq!(json["hint"], format!("did you mean {meant}?"));
    }
    let told = stage.fails(3, &["connection", "show", "sales"]);
    assert!(
        told.ends_with("hint: hallpass connection add sales\n"),
        "{told}"
    );
    let told = stage.fails(3, &["token", "show", "github/kiosk"]);
    assert!(
        told.ends_with("hint: hallpass token list github --all\n"),
        "{told}"
    );
}
