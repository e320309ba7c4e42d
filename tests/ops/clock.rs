//! A clock that was wrong for a while, and what becomes of what it ended.

use hallpass::barrier::Acceptance;
use hallpass::model::verdict::Reason;
use hallpass::ops::store;

use super::fixture::{Held, TestStore, draft, p};

const YEAR: i64 = 365 * 86_400;

#[test]
fn what_a_wrong_clock_ended_begins_again_unless_another_took_its_place() {
    let mut bench = TestStore::with_sample_data();
    let kept = bench.token("ci/kept");
    let replaced = bench.token("ci/laptop");
    bench.wait(10 * YEAR);
    assert_eq!(bench.verdict(&replaced), Reason::Expired);
    // An expired token gives its name up.
    let new = bench.token("ci/laptop");
    bench.wait(-10 * YEAR);
    assert_eq!(
        bench.verdict(&kept),
        Reason::Expired,
        "judged by the store's last change"
    );
    assert_eq!(
        store::accept(&mut bench.core, Acceptance::Clock)
            .unwrap()
            .revoked_again,
        1
    );
    assert_eq!(bench.verdict(&kept), Reason::Valid);
    assert_eq!(bench.verdict(&replaced), Reason::Revoked);
    assert_eq!(bench.verdict(&new), Reason::Valid);
}

#[test]
fn what_begins_again_has_its_device_to_itself() {
    let mut bench = TestStore::with_sample_data();
    let on = |bench: &mut TestStore, address: &str, device: &str| -> Held {
        let mut draft = draft(address);
        draft.device = Some(p(device));
        bench.issue(&draft).unwrap().into()
    };
    let replaced = on(&mut bench, "ci/a", "desk");
    let kept = on(&mut bench, "ci/b", "phone");
    bench.wait(10 * YEAR);
    let new = on(&mut bench, "ci/c", "DESK");
    on(&mut bench, "ci/d", "Phone");
    bench.revoke("ci/d");
    bench.wait(-10 * YEAR);
    assert_eq!(
        store::accept(&mut bench.core, Acceptance::Clock)
            .unwrap()
            .revoked_again,
        1
    );
    assert_eq!(bench.verdict(&replaced), Reason::Revoked);
    assert_eq!(bench.verdict(&new), Reason::Valid);
    assert_eq!(bench.verdict(&kept), Reason::Valid);
    for (device, holder) in [("desk", "ci/c"), ("phone", "ci/b")] {
        let mut draft = draft("ci/e");
        draft.device = Some(p(device));
        let refused = bench.issue(&draft).unwrap_err().to_string();
        assert!(refused.contains(&format!("token `{holder}`")), "{refused}");
    }
}
