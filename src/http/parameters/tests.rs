use proptest::prelude::*;

use super::*;

fn query(text: &str) -> Result<Parameters, Misconfigured> {
    Parameters::from_query(Some(text))
}

fn path(text: &str) -> Result<Parameters, Misconfigured> {
    Parameters::from_path(text)
}

#[test]
fn each_parameter_is_read() {
    assert_eq!(Parameters::from_query(None), Ok(Parameters::default()));
    assert_eq!(query(""), Ok(Parameters::default()));
    let all = query(
        "connection=ci&environment=production&device=B%C3%BCro+1&challenge=basic&from=x-api-key\
         &preflight=allow",
    );
    let expected = Parameters {
        connection: Some("ci".parse().unwrap()),
        environment: Some("production".parse().unwrap()),
        device: Some("Büro 1".parse().unwrap()),
        challenge: Challenge::Basic,
        source: Source::ApiKey,
        preflight: Preflight::Allowed,
    };
    assert_eq!(all, Ok(expected));
    let other = query("from=authorization&&connection=c%2Bi&").unwrap();
    assert_eq!(other.source, Source::Authorization);
    assert_eq!(other.connection, Some("c+i".parse().unwrap()));
}

#[test]
fn what_is_not_exactly_right_is_a_mistake() {
    use Problem::{Invalid, Twice, Unknown};
    for (text, parameter, problem) in [
        ("connection=ci&connection=ci", Some("connection"), Twice),
        (
            "connection=ci&environment=a&connection=hr",
            Some("connection"),
            Twice,
        ),
        ("challenge=basic&challenge=basic", Some("challenge"), Twice),
        ("from=x-api-key&from=authorization", Some("from"), Twice),
        ("preflight=allow&preflight=allow", Some("preflight"), Twice),
        ("device=a&device=b", Some("device"), Twice),
        ("connection", Some("connection"), Invalid),
        ("connection=", Some("connection"), Invalid),
        ("connection=c%2Fi", Some("connection"), Invalid),
        ("connection=c+i", Some("connection"), Invalid),
        ("connection=%ff", Some("connection"), Invalid),
        ("connection=%2", Some("connection"), Invalid),
        ("connection=a=b", Some("connection"), Invalid),
        ("connection=any", Some("connection"), Invalid),
        ("environment=", Some("environment"), Invalid),
        ("device=", Some("device"), Invalid),
        ("device=%00", Some("device"), Invalid),
        ("challenge=bearer", Some("challenge"), Invalid),
        ("challenge=Basic", Some("challenge"), Invalid),
        ("from=cookie", Some("from"), Invalid),
        ("preflight=1", Some("preflight"), Invalid),
        ("ip=192.0.2.7", Some("ip"), Unknown),
        ("Connection=ci", None, Unknown),
        ("%63onnection=ci", None, Unknown),
        ("=ci", Some(""), Unknown),
        (
            "hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez",
            None,
            Unknown,
        ),
        ("correcthorsebattery", None, Unknown),
        ("connection=ci;environment=x", Some("connection"), Invalid),
    ] {
        let parameter = parameter.map(str::to_owned);
        assert_eq!(
            query(text),
            Err(Misconfigured { parameter, problem }),
            "{text}"
        );
    }
}

#[test]
fn the_first_two_segments_of_a_path_count_whatever_follows() {
    for text in [
        "/authz/ci/production",
        "/authz/ci/production/",
        "/authz/ci/production/any/thing",
        "/authz/ci/production/../../hr/test",
        "/authz/ci/production/%2e%2e/%2e%2e/hr/test",
        "/authz/ci/production//hr/test",
        "/authz/ci/production/%2F%2F",
        "/authz/ci/production/%ff%",
        "/authz/c%69/production",
    ] {
        let read = path(text).unwrap();
        assert_eq!(read.connection.unwrap().as_str(), "ci", "{text}");
        assert_eq!(read.environment.unwrap().as_str(), "production", "{text}");
    }
    assert_eq!(path("/authz/-/-/x"), Ok(Parameters::default()));
    assert_eq!(path("/authz/-/test").unwrap().connection, None);
}

#[test]
fn nothing_leaves_the_two_segments() {
    for text in [
        "/authz/",
        "/authz/ci",
        "/authz/ci/",
        "/authz//ci/production",
        "/authz/../ci/production",
        "/authz/%2e%2e/ci",
        "/authz/ci/%2e%2e/hr",
        "/authz/ci/..%2f",
        "/authz/ci%2Fproduction/x",
        "/authz/ci/production%2Fx",
        "/authz/ci/production*",
        "/authz/ci/%ff",
        "/authz/ci/%2",
        "/authz/ci/%00",
        "/authz/%2D/-",
        "/authz/-/%2D",
        "/authz/any/-",
        "/verify",
        "",
    ] {
        assert!(path(text).is_err(), "{text}: {:?}", path(text));
    }
}

proptest! {
    #[test]
    fn no_text_brings_the_parsers_down(
        text in prop_oneof!["\\PC{0,80}", "[-a-z0-9=&%+/.]{0,80}", any::<String>()],
        name in prop_oneof![Just("connection"), Just("device"), Just("from"), Just("x")],
    ) {
        for text in [text.clone(), format!("{name}={text}"), format!("{name}=ci&{name}={text}")] {
            if let Err(Misconfigured { parameter: Some(parameter), .. }) = query(&text) {
                prop_assert!(parameter.len() <= LONGEST_LOGGED);
            }
        }
        let _ = path(&text);
        let _ = path(&format!("/authz/{text}"));
    }

    #[test]
    fn what_follows_the_two_segments_changes_nothing(rest in "\\PC{0,80}") {
        prop_assert_eq!(path(&format!("/authz/ci/a/{rest}")), path("/authz/ci/a"));
    }
}
