//! The AAD of a sealed value, which binds it to its store, table, key and id.

use crate::barrier::store_id::StoreId;
use crate::crypto::Label;

/// Builds the AAD of every sealed value: `label 16 ‖ store_id 16 ‖ kid u32 ‖ id 16`.
pub(in crate::barrier) fn aad(label: Label, store: &StoreId, kid: u32, id: [u8; 16]) -> [u8; 52] {
    let mut aad = [0; 52];
    let parts = label
        .bytes()
        .into_iter()
        .chain(*store)
        .chain(kid.to_le_bytes())
        .chain(id);
    for (place, byte) in aad.iter_mut().zip(parts) {
        *place = byte;
    }
    aad
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::Key;
    use crate::crypto::seal::SealKey;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_seal_is_bound_to_label_store_key_and_id() {
        let key = SealKey::new(&Key::generate(&mut OsEntropy).unwrap());
        let here = aad(Label::Obj, &[1; 16], 7, [2; 16]);
        let sealed = key.seal(&here, b"content", &mut OsEntropy).unwrap();
        assert!(key.open(&here, &sealed).is_some());
        for elsewhere in [
            aad(Label::Man, &[1; 16], 7, [2; 16]),
            aad(Label::Obj, &[3; 16], 7, [2; 16]),
            aad(Label::Obj, &[1; 16], 8, [2; 16]),
            aad(Label::Obj, &[1; 16], 7, [4; 16]),
        ] {
            assert!(key.open(&elsewhere, &sealed).is_none());
        }
    }
}
