//! T06: no page of an older generation can be put into a newer file.

use super::attack_store::{AttackStore, unchanged};
use hallpass::model::token::TokenAddress;
use hallpass::ops::token;

const PAGE: usize = 4096;

/// Every file of a history of `generations` transactions, oldest first.
fn history(lab: &mut AttackStore, generations: usize) -> Vec<Vec<u8>> {
    let mut files = vec![lab.bytes()];
    for generation in 0..generations {
        let mut core = lab.open().unwrap();
        if generation % 3 == 2 {
            let name: TokenAddress = format!("sync/n{}", generation - 1).parse().unwrap();
            token::revoke(&mut core, &[name.into()], None).unwrap();
        } else {
            lab.issue(&mut core, "sync", &format!("n{generation}"));
        }
        core.store.checkpoint().unwrap();
        drop(core);
        lab.sweep();
        files.push(lab.bytes());
    }
    files
}

fn splice(generations: usize) -> (usize, usize) {
    let mut lab = AttackStore::new();
    let files = history(&mut lab, generations);
    let (newest, older) = files.split_last().unwrap();
    let truth = lab.answer().unwrap();
    let (mut splices, mut refusals) = (0, 0);
    for (generation, old) in older.iter().enumerate() {
        for (number, page) in old.chunks(PAGE).enumerate() {
            let at = number * PAGE;
            if newest[at..at + PAGE] == *page {
                continue;
            }
            let mut bytes = newest.clone();
            bytes[at..at + PAGE].copy_from_slice(page);
            lab.put(&bytes);
            let what = format!("page {number} of generation {generation}");
            refusals += usize::from(unchanged(&truth, lab.answer(), &what));
            splices += 1;
        }
    }
    (splices, refusals)
}

#[test]
fn no_old_page_is_accepted() {
    let (splices, refusals) = splice(12);
    assert!(splices > 50, "the premise: pages change, not {splices}");
    assert!(
        refusals * 2 > splices,
        "the premise: most pages matter, not {refusals} of {splices}"
    );
}

#[test]
#[ignore = "T06 in full takes minutes"]
fn full_no_old_page_is_accepted() {
    splice(50);
}
