//! An index entry is a hash of what it is for, and leads to a record that has that. That it leads to
//! another one is what no attacker can do without keys, and a mistake of ours could.

use hallpass::barrier::{Unique, Writer};
use hallpass::crypto::hash::sha256;
use hallpass::model::id::RecordId;
use hallpass::model::name::{ConnectionName, EnvironmentName, ProfileName, TokenName};
use hallpass::model::text::Device;
use hallpass::model::token::{Presented, TokenAddress};
use hallpass::ops::token::{self, Preset, RotateRequest, SuccessorLifetime, Target};
use hallpass::ops::verify::{self, Asked};
use hallpass::ops::{connection, environment, profile};
use hallpass::secret::SecretText;
use hallpass::{Error, Kind};

use super::fixture::{Sink, TestStore, at, draft, p};

impl TestStore {
    /// Lets an entry lead where another one leads.
    fn lead(&mut self, entry: Unique<'_>, as_other: Unique<'_>) {
        let id = self.found(as_other);
        self.core
            .write(|w: &mut Writer<'_>| w.reindex(entry, id))
            .unwrap();
    }

    fn found(&mut self, what: Unique<'_>) -> RecordId {
        self.core.read(|r| r.find(what)).unwrap().unwrap()
    }
}

#[track_caller]
fn is_damage<T: std::fmt::Debug>(answer: Result<T, Error>) {
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), Kind::Integrity, "{error}");
    assert!(
        error.to_string().contains("points to another record"),
        "{error}"
    );
}

#[test]
fn a_name_does_not_lead_to_another_record() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("other", &[]);
    bench.environment("test");
    let (ci, other) = (p::<ProfileName>("ci"), p::<ProfileName>("other"));
    let [own, others] = [&ci, &other].map(ProfileName::canonical);
    bench.lead(Unique::Profile(&own), Unique::Profile(&others));
    is_damage(profile::show(&mut bench.core, &ci));
    profile::show(&mut bench.core, &other).unwrap();
    let (hr, crm) = (p::<ConnectionName>("hr"), p::<ConnectionName>("crm"));
    let [own, others] = [&hr, &crm].map(ConnectionName::canonical);
    bench.lead(Unique::Connection(&own), Unique::Connection(&others));
    is_damage(connection::show(&mut bench.core, &hr));
    let (test, production) = (
        p::<EnvironmentName>("test"),
        p::<EnvironmentName>("production"),
    );
    let [own, others] = [&test, &production].map(EnvironmentName::canonical);
    bench.lead(Unique::Environment(&own), Unique::Environment(&others));
    is_damage(environment::show(&mut bench.core, &test));
}

#[test]
fn a_token_is_not_found_by_the_id_or_the_name_of_another() {
    let mut bench = TestStore::with_sample_data();
    let (laptop, runner) = (bench.token("ci/laptop"), bench.token("ci/runner"));
    let [own, others] = [&laptop, &runner].map(|held| held.summary.id);
    bench.lead(Unique::Token(own), Unique::Token(others));
    is_damage(token::show(
        &mut bench.core,
        &Target::Address(TokenAddress::Id(own)),
    ));
    is_damage(verify::judge(
        &mut bench.core,
        &laptop.token,
        &Asked::default(),
    ));
    is_damage(token::revoke(&mut bench.core, &[laptop.token.into()], None));
    let owner = bench.found(Unique::Profile(&p::<ProfileName>("ci").canonical()));
    let [own, others] = ["laptop", "runner"].map(|name| p::<TokenName>(name).canonical());
    bench.lead(
        Unique::TokenName(owner, &own),
        Unique::TokenName(owner, &others),
    );
    is_damage(token::show(&mut bench.core, &at("ci/laptop")));
    is_damage(token::revoke(&mut bench.core, &[at("ci/laptop")], None));
    assert!(bench.show("ci/runner").revoked_at.is_none());
}

#[test]
fn a_token_does_not_lead_to_the_rotation_of_another() {
    let mut bench = TestStore::with_sample_data();
    let [old, other] = ["ci/laptop", "ci/runner"].map(|address| {
        let held = bench.token(address);
        let rotating = RotateRequest {
            target: at(address),
            overlap: p("0"),
            life: SuccessorLifetime::Inherited,
            at_least: None,
            form: p("native"),
            request: None,
        };
        token::rotate(&mut bench.core, &rotating, &mut Sink::default()).unwrap();
        held
    });
    let [own, others] = [&old, &other].map(|held| Unique::Rotation(held.summary.id));
    bench.lead(own, others);
    let judged = verify::judge(&mut bench.core, &old.token, &Asked::default());
    assert_eq!(judged.unwrap_err().kind(), Kind::Integrity);
    verify::judge(&mut bench.core, &other.token, &Asked::default()).unwrap();
}

#[test]
fn an_imported_token_is_not_found_by_the_text_of_another() {
    let mut bench = TestStore::with_sample_data();
    let texts = [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "sk-live-9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    ];
    for (name, text) in ["ci/one", "ci/other"].into_iter().zip(texts) {
        let preset = Preset::Value(SecretText::new(text.to_owned()));
        token::import(&mut bench.core, &draft(name), &preset).unwrap();
    }
    let [own, others] = texts.map(|text| sha256(text.as_bytes()));
    bench.lead(Unique::Import(&own), Unique::Import(&others));
    let presented = Presented::parse(texts[0]).unwrap();
    is_damage(verify::judge(
        &mut bench.core,
        &presented,
        &Asked::default(),
    ));
    is_damage(token::show(&mut bench.core, &presented.into()));
}

#[test]
fn a_name_and_a_device_do_not_lead_to_the_token_of_another_profile() {
    let mut bench = TestStore::with_sample_data();
    bench.profile("other", &[]);
    let of = |address: &str, device: &str, connection: Option<&str>| token::Draft {
        device: Some(p::<Device>(device)),
        connection: connection.map(p),
        ..draft(address)
    };
    bench.token("ci/laptop");
    bench.token("other/laptop");
    bench.issue(&of("ci/one", "desk", Some("hr"))).unwrap();
    bench.issue(&of("ci/two", "phone", Some("hr"))).unwrap();
    bench.issue(&of("other/one", "desk", Some("hr"))).unwrap();
    bench.issue(&of("other/two", "desk", Some("crm"))).unwrap();
    let mut id = |name: &str| bench.found(Unique::Profile(&p::<ProfileName>(name).canonical()));
    let [ci, other] = ["ci", "other"].map(&mut id);
    let mut id =
        |name: &str| bench.found(Unique::Connection(&p::<ConnectionName>(name).canonical()));
    let [hr, crm] = ["hr", "crm"].map(&mut id);
    let [desk, phone] = ["desk", "phone"].map(|device| p::<Device>(device).canonical());
    let own = bench.found(Unique::Device(ci, Some(hr), &desk));
    for elsewhere in [
        Unique::Device(ci, Some(hr), &phone),
        Unique::Device(other, Some(hr), &desk),
        Unique::Device(other, Some(crm), &desk),
    ] {
        bench.lead(Unique::Device(ci, Some(hr), &desk), elsewhere);
        is_damage(bench.issue(&of("ci/new", "desk", Some("hr"))));
    }
    let restored = Unique::Device(ci, Some(hr), &desk);
    bench.core.write(|w| w.reindex(restored, own)).unwrap();
    assert_eq!(
        bench
            .issue(&of("ci/new", "desk", Some("hr")))
            .unwrap_err()
            .kind(),
        Kind::Exists
    );
    let name = p::<TokenName>("laptop").canonical();
    bench.lead(
        Unique::TokenName(ci, &name),
        Unique::TokenName(other, &name),
    );
    is_damage(token::show(&mut bench.core, &at("ci/laptop")));
}
