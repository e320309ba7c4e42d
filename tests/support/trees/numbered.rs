//! Tables with numbers: between two pages stands the largest number of the first.

use super::{Trap, packed, sizes};
use crate::support::chance::Chance;
use crate::support::forge::{Node, Payload};

type Rows<'a> = &'a [(i64, Payload)];

/// A tree as it should be.
pub(super) fn plain(rows: Rows<'_>) -> Node {
    let leaves = packed(rows.to_vec(), |(_, row)| sizes(row)[0]);
    let counted = |leaf: Vec<(i64, Payload)>| {
        let last = leaf.last().map_or(0, |(number, _)| *number);
        (Node::Rows(leaf), last)
    };
    let mut nodes: Vec<_> = leaves.into_iter().map(counted).collect();
    while nodes.len() > 1 {
        nodes = packed(nodes, |_| 24).into_iter().map(joined).collect();
    }
    nodes.pop().map_or(Node::Rows(Vec::new()), |(node, _)| node)
}

fn joined(mut children: Vec<(Node, i64)>) -> (Node, i64) {
    let (last, number) = children.pop().unwrap();
    if children.is_empty() {
        return (last, number);
    }
    (Node::Numbered(children, last.into()), number)
}

/// A tree in which the rows of `traps` lie as well.
pub(super) fn crafted(rows: Rows<'_>, traps: &[(i64, Trap)], chance: &mut Chance) -> Node {
    if traps.is_empty() {
        return plain(rows);
    }
    let (victim, trap) = chance.pick(traps).clone();
    let below: Vec<_> = traps
        .iter()
        .filter(|(number, _)| *number < victim)
        .cloned()
        .collect();
    let above: Vec<_> = traps
        .iter()
        .filter(|(number, _)| *number > victim)
        .cloned()
        .collect();
    let end = rows.partition_point(|(number, _)| *number <= victim);
    let old = (victim, trap.payload.clone());
    let new = rows.iter().find(|(number, _)| *number == victim).cloned();
    let last = rows.last().map_or(0, |(number, _)| *number);
    let (mut left, mut right) = (rows[..end].to_vec(), rows[end..].to_vec());
    let mut gate = victim - 1;
    match trap.shape % 8 {
        // A look-up finds the old row, and a range from the beginning all the new ones.
        0 | 1 => {
            left = rows.to_vec();
            left.push((last + 1, trap.payload.clone()));
            right.insert(0, old);
        }
        // The same, but for what comes behind it.
        2 => right.insert(0, old),
        // A look-up finds the new row, a range the old one.
        3 => {
            left.retain(|(number, _)| *number != victim);
            left.push(old);
            right.splice(0..0, new);
        }
        // A look-up finds none.
        4 => {}
        // Both lie side by side.
        5 => {
            let before = usize::from(new.is_some() && chance.below(2) == 0);
            left.insert(left.len() - before, old);
        }
        // What is written behind the last row goes elsewhere.
        6 => gate = last + 100,
        // The new row lies where only a scan finds it.
        _ => {
            left.retain(|(number, _)| *number != victim);
            right.extend(new);
        }
    }
    let left = with_some(&left, &below, &trap.payload, chance);
    let right = with_some(&right, &above, &trap.payload, chance);
    Node::Numbered(vec![(left, gate)], right.into())
}

/// A page other than the root must not be empty.
fn with_some(rows: Rows<'_>, traps: &[(i64, Trap)], row: &Payload, chance: &mut Chance) -> Node {
    if rows.is_empty() {
        plain(&[(1 << 40, row.clone())])
    } else {
        crafted(rows, traps, chance)
    }
}
