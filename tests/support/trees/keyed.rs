//! Tables that are kept by their key: a row stands between two pages, and says what goes where.

use super::{Key, Trap, packed, sizes};
use crate::support::chance::Chance;
use crate::support::forge::{Node, Payload, Value, record};

type Rows<'a> = &'a [(Key, Payload)];

/// The last key there is.
const LAST: Key = [0xff; 16];

/// A tree as it should be.
pub(super) fn plain(rows: Rows<'_>) -> Node {
    let cells: Vec<_> = rows.iter().map(|(_, row)| row.clone()).collect();
    let mut leaves = packed(cells, |row| sizes(row)[1]);
    // The last row of each leaf but the last goes up.
    let (mut nodes, mut between, last) = (Vec::new(), Vec::new(), leaves.pop());
    for mut leaf in leaves {
        between.extend(leaf.pop());
        nodes.push(Node::Keys(leaf));
    }
    nodes.push(Node::Keys(last.unwrap_or_default()));
    above(nodes, between)
}

/// The levels above some pages, and the rows between them.
fn above(mut nodes: Vec<Node>, mut between: Vec<Payload>) -> Node {
    while nodes.len() > 1 {
        let mut rows = between.into_iter();
        let pairs: Vec<_> = nodes.into_iter().map(|node| (node, rows.next())).collect();
        let groups = packed(pairs, |(_, row)| {
            row.as_ref().map_or(40, |row| sizes(row)[1])
        });
        (nodes, between) = (Vec::new(), Vec::new());
        for mut group in groups {
            let (last, row) = group.pop().unwrap();
            between.extend(row);
            let children: Vec<_> = group
                .into_iter()
                .map(|(node, row)| (node, row.unwrap()))
                .collect();
            nodes.push(if children.is_empty() {
                last
            } else {
                Node::Keyed(children, last.into())
            });
        }
    }
    nodes.pop().unwrap_or(Node::Keys(Vec::new()))
}

/// A tree in which the rows of `traps` lie as well.
pub(super) fn crafted(rows: Rows<'_>, traps: &[(Key, Trap)], chance: &mut Chance) -> Node {
    if traps.is_empty() {
        return plain(rows);
    }
    let (victim, trap) = chance.pick(traps).clone();
    // Whether the rows that are read together with it are those of its manifest row or its bucket.
    let same = if trap.shape & 0x80 == 0 { 1 } else { 2 };
    let end = rows.partition_point(|(key, _)| key[..same] <= victim[..same]);
    let below: Vec<_> = traps
        .iter()
        .filter(|(key, _)| *key < victim)
        .cloned()
        .collect();
    let beyond = |(key, _): &&(Key, Trap)| key[..same] > victim[..same];
    let above: Vec<_> = traps.iter().filter(beyond).cloned().collect();
    let old = (victim, trap.payload.clone());
    let new = rows.iter().find(|(key, _)| *key == victim).cloned();
    let (mut left, mut right) = (rows[..end].to_vec(), rows[end..].to_vec());
    // A range that ends with these rows meets one that is beyond it.
    let fence = rows
        .get(end)
        .cloned()
        .unwrap_or_else(|| (LAST, respelled(&old.1, &LAST)));
    match trap.shape % 8 {
        // A range finds the new row, a look-up the old one.
        0..=2 => {
            left.push(fence);
            right.insert(0, old.clone());
        }
        // The other way round.
        3 => {
            left.retain(|(key, _)| *key != victim);
            left.insert(left.partition_point(|(key, _)| *key < victim), old.clone());
            left.push(fence);
            right.splice(0..0, new);
        }
        // A look-up finds none.
        4 => left.push(fence),
        // Both lie side by side.
        5 => {
            let at = left.partition_point(|(key, _)| *key < victim);
            let behind = usize::from(new.is_some() && chance.below(2) == 0);
            left.insert(at + behind, old.clone());
        }
        // A scan of everything finds the old one, nothing else does.
        6 => {
            let gate = respelled(&old.1, &fence.0);
            let hidden = Node::Keys(vec![old.1]);
            let children = vec![
                (with_some(&left, &below, chance), gate.clone()),
                (hidden, gate),
            ];
            return Node::Keyed(children, with_some(&right, &above, chance).into());
        }
        // The new row lies where only a scan finds it.
        _ => {
            left.retain(|(key, _)| *key != victim);
            right.extend(new);
        }
    }
    let gate = respelled(&old.1, &before(&victim));
    let children = vec![(with_some(&left, &below, chance), gate)];
    Node::Keyed(children, with_some(&right, &above, chance).into())
}

/// A page other than the root must not be empty.
fn with_some(rows: Rows<'_>, traps: &[(Key, Trap)], chance: &mut Chance) -> Node {
    if !rows.is_empty() {
        return crafted(rows, traps, chance);
    }
    let key = Value::Bytes(&LAST);
    plain(&[(LAST, Payload::Own(record(&[key, key])))])
}

/// The same record under another key, which stands right behind the record's head.
fn respelled(payload: &Payload, key: &Key) -> Payload {
    let Payload::Own(bytes) = payload else {
        return payload.clone();
    };
    let (mut bytes, head) = (bytes.clone(), usize::from(bytes[0]));
    bytes[head..head + 16].copy_from_slice(key);
    Payload::Own(bytes)
}

fn before(key: &Key) -> Key {
    u128::from_be_bytes(*key).wrapping_sub(1).to_be_bytes()
}
