//! Walkthroughs: whose text it is, and what stands for the placeholders.

use hallpass::Kind;
use hallpass::model::guide::Template;
use hallpass::ops::connection::{self, Draft, Names, Walkthrough, Wanted};
use hallpass::ops::edit::IfThere;
use hallpass::ops::{environment, names, profile};

use super::fixture::{TestStore, p};

fn wanted(connection: &str) -> Wanted {
    Wanted {
        connection: p(connection),
        template: None,
        environment: None,
        profile: None,
        url: None,
        names: Names::FilledIn,
    }
}

fn shown(bench: &mut TestStore, wanted: &Wanted) -> Walkthrough {
    connection::walkthrough(&mut bench.core, wanted).unwrap()
}

fn made(bench: &mut TestStore, name: &str, group: Option<&str>, guide: &str) {
    let draft = Draft {
        guide: Some(p(guide)),
        group: group.map(p),
        ..Draft::new(p(name))
    };
    connection::add(&mut bench.core, &draft, IfThere::Refuse).unwrap();
}

#[test]
fn each_placeholder_is_filled_in_once() {
    let mut bench = TestStore::new();
    let all = "{{connection}}|{{environment}}|{{profile}}|{{membership}}|{{url}}";
    made(&mut bench, "plain", None, all);
    made(&mut bench, "linked", Some("staff"), all);
    let plain = shown(&mut bench, &wanted("plain"));
    assert_eq!(
        plain.guide,
        "plain|production|plain||https://api.example.com"
    );
    assert_eq!(plain.template, None);
    let linked = Wanted {
        url: Some(p("http://localhost:1")),
        ..wanted("LINKED")
    };
    let linked = shown(&mut bench, &linked);
    assert_eq!(
        linked.guide,
        "linked|production|linked| --group staff|http://localhost:1"
    );
    made(&mut bench, "keys", None, "{{api_key}} {{environment_key}}");
    let api_key = connection::show(&mut bench.core, &p("keys"))
        .unwrap()
        .api_key;
    let key = environment::list(&mut bench.core).unwrap().remove(0).key;
    assert_eq!(
        shown(&mut bench, &wanted("keys")).guide,
        format!("{api_key} {key}")
    );
    made(
        &mut bench,
        "odd",
        None,
        "{{}} {{{connection}}} {{ connection }} {{{{connection}} }}{{",
    );
    let odd = shown(&mut bench, &wanted("odd")).guide;
    assert_eq!(odd, "{{}} {{{connection}}} {{ connection }} {{odd }}{{");
}

#[test]
fn a_template_comes_before_its_own_and_stays_as_it_is_if_asked() {
    let mut bench = TestStore::new();
    made(&mut bench, "own", None, "mine");
    for template in Template::ALL {
        let asked = Wanted {
            template: Some(template),
            ..wanted("own")
        };
        let filled = shown(&mut bench, &asked);
        assert_eq!(filled.template, Some(template));
        let raw = shown(
            &mut bench,
            &Wanted {
                names: Names::Open,
                ..asked
            },
        );
        assert!(raw.guide.contains("{{connection}}") && !filled.guide.contains("{{connection}}"));
        assert_eq!(raw.guide, connection::template(template).unwrap().as_str());
    }
    assert_eq!(shown(&mut bench, &wanted("own")).guide, "mine");
}

#[test]
fn what_it_is_for_must_exist() {
    let mut bench = TestStore::new();
    made(&mut bench, "own", None, "mine");
    for wrong in [
        wanted("nobody"),
        Wanted {
            environment: Some(p("nowhere")),
            ..wanted("own")
        },
        Wanted {
            profile: Some(p("nobody")),
            ..wanted("own")
        },
    ] {
        let error = connection::walkthrough(&mut bench.core, &wrong).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
    }
}

#[test]
fn names_are_those_that_can_be_used_and_in_order() {
    let mut bench = TestStore::new();
    for name in ["zoe", "anna"] {
        let draft = profile::Draft::new(p(name));
        profile::add(&mut bench.core, &draft, IfThere::Refuse).unwrap();
    }
    let before = names::profiles(&mut bench.core).unwrap();
    assert!(
        before.is_sorted() && before.contains(&"zoe".to_owned()),
        "{before:?}"
    );
    profile::delete(&mut bench.core, &p("zoe")).unwrap();
    assert!(
        !names::profiles(&mut bench.core)
            .unwrap()
            .contains(&"zoe".to_owned())
    );
    assert!(names::connections(&mut bench.core).unwrap().is_sorted());
    assert!(
        names::environments(&mut bench.core)
            .unwrap()
            .contains(&"production".to_owned())
    );
    assert_eq!(names::tokens(&mut bench.core, &p("anna")).unwrap(), [""; 0]);
    assert_eq!(
        names::tokens(&mut bench.core, &p("zoe"))
            .unwrap_err()
            .kind(),
        Kind::NotFound
    );
}
