use super::*;
use crate::crypto::Key;
use crate::entropy::OsEntropy;
use crate::model::id::RecordId;

mod rewriting;

/// A tombstone file in a temporary folder.
struct TestFile {
    _folder: tempfile::TempDir,
    file: TombstoneFile,
    key: Key,
}

impl TestFile {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = TombstoneFile::new(folder.path(), "store");
        Self {
            _folder: folder,
            file,
            key: Key::generate(&mut OsEntropy).unwrap(),
        }
    }

    fn key(&self) -> MacKey {
        MacKey::new(&self.key)
    }

    fn record(&self, epoch: u64, tombstones: &[Tombstone]) {
        self.file.record(tombstones, epoch, &self.key()).unwrap();
    }

    fn read(&self) -> Tombstones {
        self.file.read(self.key()).unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.file.0).unwrap()
    }

    fn entries(&self) -> usize {
        (self.bytes().len() - HEAD) / ENTRY
    }
}

fn id(n: u8) -> RecordId {
    RecordId::from_bytes([n; 16])
}

fn at(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

/// The kinds that are in effect for a record after an epoch.
fn said(tombstones: &Tombstones, n: u8, since: u64) -> String {
    let record = tombstones.of(id(n));
    let mut said = String::new();
    let kinds = [
        ("ended", record.has_ended()),
        ("suspended", record.suspended(since).is_some()),
        ("blocked", record.blocked(since)),
        ("replaced", record.end(since).is_some()),
        ("password", record.password_changed(since)),
    ];
    for (word, _) in kinds.into_iter().filter(|(_, says)| *says) {
        said.push_str(word);
    }
    said
}

#[test]
fn the_bytes_are_those_of_the_document() {
    // The vector of docs/file-format.md, computed by another program.
    let document = include_str!("../../../../../docs/file-format.md");
    let line = |name: &str| {
        let mut lines = document.lines().filter_map(|line| line.strip_prefix(name));
        lines.next_back().unwrap().trim()
    };
    let bytes = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
    let key = MacKey::new(&Key::from_slice(&bytes(line("K_anchor "))).unwrap());
    let record = bytes(line("record ").split(',').next().unwrap());
    let id = RecordId::from_bytes(record.try_into().unwrap());
    let held = TestFile::new();
    held.file
        .record(
            &[Tombstone::suspended(id, Some(at(1_795_521_600)))],
            7,
            &key,
        )
        .unwrap();
    assert_eq!(
        held.bytes(),
        [bytes(line("head ")), bytes(line("entry "))].concat()
    );
    assert_eq!(
        held.file.read(key).unwrap().of(id).suspended(6),
        Some(Some(at(1_795_521_600)))
    );
}

#[test]
fn each_kind_is_remembered_of_its_record_and_of_no_other() {
    let held = TestFile::new();
    let kinds = [
        (Tombstone::revoked(id(1), None), "ended"),
        (Tombstone::deleted(id(2)), "ended"),
        (Tombstone::suspended(id(3), None), "suspended"),
        (Tombstone::blocked(id(4)), "blocked"),
        (Tombstone::replaced(id(5), Some(at(7)), None), "replaced"),
        (Tombstone::password_changed(id(6)), "password"),
    ];
    held.record(9, &kinds.map(|(tombstone, _)| tombstone));
    let tombstones = held.read();
    for (n, (_, word)) in (1..).zip(kinds) {
        assert_eq!(said(&tombstones, n, 8), word);
    }
    assert_eq!(said(&tombstones, 7, 0), "");
    assert_eq!((tombstones.newest(), tombstones.damaged()), (9, false));
}

#[test]
fn what_a_backup_shows_already_is_not_said_again_but_for_the_end() {
    let held = TestFile::new();
    held.record(
        9,
        &[
            Tombstone::revoked(id(1), None),
            Tombstone::suspended(id(2), None),
            Tombstone::blocked(id(3)),
            Tombstone::replaced(id(4), Some(at(7)), None),
            Tombstone::password_changed(id(5)),
        ],
    );
    let tombstones = held.read();
    let said: Vec<_> = (1..=5).map(|n| said(&tombstones, n, 9)).collect();
    assert_eq!(said, ["ended", "", "", "", ""]);
}

#[test]
fn what_was_lifted_is_not_said_and_what_came_last_counts() {
    let held = TestFile::new();
    held.record(
        2,
        &[Tombstone::suspended(id(1), None), Tombstone::blocked(id(2))],
    );
    held.record(3, &[Tombstone::replaced(id(3), Some(at(5)), Some(at(9)))]);
    held.record(
        4,
        &[
            Tombstone::resumed(id(1)),
            Tombstone::unblocked(id(2)),
            Tombstone::replaced(id(3), Some(at(9)), Some(at(9))),
        ],
    );
    let tombstones = held.read();
    assert_eq!([1, 2].map(|n| said(&tombstones, n, 0)), ["", ""]);
    assert_eq!(tombstones.of(id(3)).end(0), Some(at(9)));
    held.record(5, &[Tombstone::suspended(id(1), Some(at(60)))]);
    assert_eq!(held.read().of(id(1)).suspended(0), Some(Some(at(60))));
}

#[test]
fn an_entry_cut_short_does_not_spoil_the_next() {
    let held = TestFile::new();
    held.record(1, &[Tombstone::revoked(id(1), None)]);
    let mut bytes = held.bytes();
    bytes.extend_from_slice(&[9; 13]);
    fs::write(&held.file.0, bytes).unwrap();
    assert!(!held.read().damaged(), "its change was never made");
    held.record(2, &[Tombstone::revoked(id(2), None)]);
    let tombstones = held.read();
    assert!(tombstones.of(id(1)).has_ended() && tombstones.of(id(2)).has_ended());
    assert_eq!(held.entries(), 2);
}

#[test]
fn any_changed_bit_of_an_entry_is_noticed_and_the_others_count() {
    let held = TestFile::new();
    held.record(
        1,
        &[Tombstone::revoked(id(1), None), Tombstone::blocked(id(2))],
    );
    let whole = held.bytes();
    for bit in 0..ENTRY * 8 {
        let mut bytes = whole.clone();
        bytes[HEAD + bit / 8] ^= 1 << (bit % 8);
        fs::write(&held.file.0, bytes).unwrap();
        let tombstones = held.read();
        assert!(tombstones.damaged(), "bit {bit}");
        assert!(
            !tombstones.of(id(1)).has_ended() && tombstones.of(id(2)).blocked(0),
            "bit {bit}"
        );
    }
}

#[test]
fn room_that_a_power_cut_left_empty_is_no_damage() {
    let held = TestFile::new();
    held.record(1, &[Tombstone::revoked(id(1), None)]);
    let mut bytes = held.bytes();
    bytes.extend_from_slice(&[0; 2 * ENTRY]);
    fs::write(&held.file.0, bytes).unwrap();
    let tombstones = held.read();
    assert!(tombstones.of(id(1)).has_ended() && !tombstones.damaged());
}

#[test]
fn a_file_that_is_not_one_of_tombstones_is_damage_and_is_not_added_to() {
    for content in [&b"short"[..], &[7; 200], &[0; 200]] {
        let held = TestFile::new();
        fs::write(&held.file.0, content).unwrap();
        assert!(held.read().damaged());
        let refused = held
            .file
            .record(&[Tombstone::blocked(id(1))], 1, &held.key());
        assert!(refused.is_err());
        assert_eq!(held.bytes(), content);
    }
}

#[test]
fn a_damaged_head_is_damage_and_no_older_format() {
    let held = TestFile::new();
    held.record(1, &[Tombstone::blocked(id(1)), Tombstone::blocked(id(2))]);
    let whole = held.bytes();
    for bit in 0..8 * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&held.file.0, &bytes).unwrap();
        let tombstones = held.read();
        assert!(
            tombstones.damaged() && tombstones.of(id(2)).blocked(0),
            "bit {bit}"
        );
        let refused = held
            .file
            .record(&[Tombstone::blocked(id(3))], 2, &held.key());
        assert!(refused.is_err(), "bit {bit}");
        assert_eq!(held.bytes(), bytes);
    }
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let held = TestFile::new();
    held.record(1, &[Tombstone::blocked(id(1))]);
    let mut bytes = held.bytes();
    bytes[8] = 3;
    fs::write(&held.file.0, bytes).unwrap();
    let refused = held.file.read(held.key()).err().unwrap();
    assert_eq!(refused.kind(), io::ErrorKind::Unsupported);
}

/// A file of format 1 that lists records as revoked.
fn format_1(held: &TestFile, records: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in records {
        let name = held
            .key()
            .tag(crate::crypto::Label::Anchor, &[id(*n).bytes()]);
        bytes.extend_from_slice(name.bytes());
        let until = if *n == 1 { i64::MAX } else { 1_795_521_600 };
        bytes.extend_from_slice(&until.to_le_bytes());
    }
    bytes
}

#[test]
fn format_1_is_read_as_what_was_revoked_and_becomes_format_2_when_it_is_added_to() {
    for cut in [0, 13] {
        let held = TestFile::new();
        let mut old = format_1(&held, &[1, 2]);
        old.resize(old.len() + cut, 9);
        fs::write(&held.file.0, &old).unwrap();
        let tombstones = held.read();
        assert!(tombstones.of(id(1)).has_ended() && tombstones.of(id(2)).has_ended());
        assert!(
            !tombstones.damaged() && held.bytes() == old,
            "nothing was written"
        );
        held.record(3, &[Tombstone::blocked(id(3))]);
        assert_eq!(held.entries(), 3);
        let tombstones = held.read();
        assert!(tombstones.of(id(1)).has_ended() && tombstones.of(id(2)).has_ended());
        assert!(tombstones.of(id(3)).blocked(0));
    }
}

#[test]
fn an_empty_file_says_nothing_and_can_be_added_to() {
    let held = TestFile::new();
    fs::write(&held.file.0, b"").unwrap();
    assert!(!held.read().damaged());
    held.record(1, &[Tombstone::blocked(id(1))]);
    assert!(held.read().of(id(1)).blocked(0));
}

#[test]
fn damage_does_not_keep_what_ends_later_from_being_remembered() {
    let held = TestFile::new();
    held.record(1, &[Tombstone::revoked(id(1), None)]);
    let mut bytes = held.bytes();
    bytes[HEAD + 5] ^= 1;
    fs::write(&held.file.0, &bytes).unwrap();
    held.record(2, &[Tombstone::revoked(id(2), None)]);
    assert!(held.bytes().starts_with(&bytes));
    let tombstones = held.read();
    assert!(tombstones.damaged() && tombstones.of(id(2)).has_ended());
}

#[test]
fn a_head_that_was_cut_short_is_damage() {
    let held = TestFile::new();
    fs::write(&held.file.0, &head(0)[..HEAD - 1]).unwrap();
    assert!(held.read().damaged());
    let refused = held
        .file
        .record(&[Tombstone::blocked(id(1))], 1, &held.key());
    assert!(refused.is_err());
}

/// Bytes that are read in both formats, so that only the order tells which is meant.
#[test]
fn entries_behind_a_damaged_head_are_never_those_of_the_older_format() {
    let key = TestFile::new().key();
    let entry = Entry {
        kind: Kind::Blocked,
        name: std::array::from_fn(|at| u8::from(at == 7)),
        epoch: 1,
        end: at(0),
        keep: at(1),
    };
    let mut bytes = vec![0; HEAD];
    entry.write(&mut bytes, &key);
    let mut revoked = 0;
    assert_eq!(
        read_format_1(&bytes, &mut |_| revoked += 1),
        Whole::Yes,
        "the premise"
    );
    assert_eq!(revoked, 2);
    let mut found = Vec::new();
    let whole = read(&bytes, &key, &mut |entry| found.push(entry)).unwrap();
    assert_eq!((whole, found), (Whole::No, vec![entry]));
}

#[test]
fn a_file_is_read_up_to_its_limit() {
    let held = TestFile::new();
    assert_eq!(bounded_bytes(&held.file.0, 3).unwrap(), None);
    for (bytes, fits) in [("12", true), ("123", true), ("1234", false)] {
        fs::write(&held.file.0, bytes).unwrap();
        assert_eq!(bounded_bytes(&held.file.0, 3).is_ok(), fits, "{bytes}");
    }
}
