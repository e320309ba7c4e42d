//! `SQLite` files built page by page, as no `SQLite` would: whatever trees an attacker likes.
//!
//! After <https://sqlite.org/fileformat2.html>. Nothing is balanced and nothing is sorted here; a page
//! that does not fit is a mistake of the test.

use hallpass::backend::sqlite::PINNED;

/// Bytes of a page.
pub(crate) const PAGE: usize = 4096;
/// What a page has for its cells, less than it could.
pub(crate) const ROOM: usize = PAGE - 200;
/// Bytes of a payload that stay on its page at least, when the rest does not.
const SHORTEST_LOCAL: usize = (PAGE - 12) * 32 / 255 - 23;

/// A tree, or a page of it.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// Rows of a table with numbers.
    Rows(Vec<(i64, Payload)>),
    /// Children with the largest number that each should hold, and the last one.
    Numbered(Vec<(Node, i64)>, Box<Node>),
    /// Rows of a table that is kept by its key, which each of them begins with.
    Keys(Vec<Payload>),
    /// Children, each with the row that comes after it, and the last one.
    Keyed(Vec<(Node, Payload)>, Box<Node>),
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    /// As it is; what does not fit goes to pages of its own.
    Own(Vec<u8>),
    /// The first bytes, and the length of all of it: the rest lies in a chain that others share.
    Shared(Vec<u8>, usize),
}

/// How a file says that its changes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Journal,
    Wal,
}

/// The trees of the five tables, in the order of [`PINNED`]: `hdr`, `idx`, `log`, `man`, `obj`.
pub(crate) type Trees = [Node; 5];

/// The bytes of a file.
pub(crate) fn file(trees: &Trees, kept: Kept) -> Vec<u8> {
    let mut forge = Forge {
        pages: vec![Vec::new()],
        shared: None,
    };
    let roots = trees.each_ref().map(|tree| forge.node(tree));
    let schema: Vec<_> = (1..).zip(PINNED).zip(roots).map(schema_row).collect();
    let (mut first, count) = (head(kept, forge.pages.len()), forge.pages.len());
    let page = Forge::page(0x0d, 100, &schema_cells(&schema), None);
    first.extend_from_slice(&page[100..]);
    forge.pages[0] = first;
    assert_eq!(forge.pages.len(), count);
    forge.pages.concat()
}

/// A column of a record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Number(u32),
    Bytes(&'a [u8]),
    Text(&'a str),
}

/// A record of these columns.
pub(crate) fn record(values: &[Value<'_>]) -> Vec<u8> {
    let (mut types, mut body) = (Vec::new(), Vec::new());
    for value in values {
        let serial = match value {
            Value::Null => 0,
            Value::Number(0) => 8,
            Value::Number(1) => 9,
            Value::Number(number) => {
                body.extend_from_slice(&u64::from(*number).to_be_bytes());
                6
            }
            Value::Bytes(bytes) => {
                body.extend_from_slice(bytes);
                12 + 2 * bytes.len() as u64
            }
            Value::Text(text) => {
                body.extend_from_slice(text.as_bytes());
                13 + 2 * text.len() as u64
            }
        };
        types.extend(varint(serial));
    }
    // The length counts itself, and is one byte for so few columns.
    let head = u8::try_from(types.len() + 1).unwrap();
    assert!(head < 128, "a record of few columns");
    [&[head][..], &types, &body].concat()
}

/// What a cell of a leaf takes on its page, its place in the list included.
pub(crate) fn footprint(payload: &Payload, largest_local: usize) -> usize {
    payload.local_length(largest_local) + 24
}

/// Bytes of a record that may stay on its page, in a table with numbers.
pub(crate) const LOCAL_ROW: usize = PAGE - 35;
/// The same in a table that is kept by its key.
pub(crate) const LOCAL_KEY: usize = (PAGE - 12) * 64 / 255 - 23;

impl Payload {
    fn length(&self) -> usize {
        match self {
            Self::Own(bytes) => bytes.len(),
            Self::Shared(_, length) => *length,
        }
    }

    /// How much of it stays on the page.
    fn local_length(&self, largest: usize) -> usize {
        let length = self.length();
        if length <= largest {
            return length;
        }
        let filling = SHORTEST_LOCAL + (length - SHORTEST_LOCAL) % (PAGE - 4);
        if filling <= largest {
            filling
        } else {
            SHORTEST_LOCAL
        }
    }

    /// What stays on the page.
    fn local(&self, largest: usize) -> &[u8] {
        let (Self::Own(bytes) | Self::Shared(bytes, _)) = self;
        &bytes[..self.local_length(largest)]
    }
}

struct Forge {
    pages: Vec<Vec<u8>>,
    /// The first page of the chain that payloads share, and how many bytes it holds.
    shared: Option<(u32, usize)>,
}

impl Forge {
    fn add(&mut self, page: Vec<u8>) -> u32 {
        assert_eq!(page.len(), PAGE);
        self.pages.push(page);
        u32::try_from(self.pages.len()).unwrap()
    }

    /// Writes a tree; says the number of its root.
    fn node(&mut self, node: &Node) -> u32 {
        let page = match node {
            Node::Rows(rows) => {
                let cells: Vec<_> = rows.iter().map(|(n, row)| self.row_cell(*n, row)).collect();
                Self::page(0x0d, 0, &cells, None)
            }
            Node::Numbered(children, last) => {
                let cells: Vec<_> = children
                    .iter()
                    .map(|(child, number)| {
                        let child = self.node(child).to_be_bytes();
                        [&child[..], &varint(number.cast_unsigned())].concat()
                    })
                    .collect();
                let last = self.node(last);
                Self::page(0x05, 0, &cells, Some(last))
            }
            Node::Keys(rows) => {
                let cells: Vec<_> = rows.iter().map(|row| self.key_cell(row)).collect();
                Self::page(0x0a, 0, &cells, None)
            }
            Node::Keyed(children, last) => {
                let cells: Vec<_> = children
                    .iter()
                    .map(|(child, row)| {
                        let child = self.node(child).to_be_bytes();
                        [&child[..], &self.key_cell(row)].concat()
                    })
                    .collect();
                let last = self.node(last);
                Self::page(0x02, 0, &cells, Some(last))
            }
        };
        self.add(page)
    }

    fn row_cell(&mut self, number: i64, row: &Payload) -> Vec<u8> {
        let head = [varint(row.length() as u64), varint(number.cast_unsigned())].concat();
        [head, self.stored(row, LOCAL_ROW)].concat()
    }

    fn key_cell(&mut self, row: &Payload) -> Vec<u8> {
        [varint(row.length() as u64), self.stored(row, LOCAL_KEY)].concat()
    }

    /// What stays on the page of a payload, and where the rest of it begins.
    fn stored(&mut self, payload: &Payload, largest: usize) -> Vec<u8> {
        let local = payload.local(largest).to_vec();
        let rest = payload.length() - local.len();
        if rest == 0 {
            return local;
        }
        let chain = match payload {
            Payload::Own(bytes) => self.chain(&bytes[local.len()..]),
            Payload::Shared(..) => match self.shared {
                Some((chain, length)) if length >= rest => chain,
                _ => {
                    let chain = self.chain(&vec![0x5a; rest]);
                    self.shared = Some((chain, rest));
                    chain
                }
            },
        };
        [local, chain.to_be_bytes().to_vec()].concat()
    }

    /// Writes bytes to a chain of pages; says the number of the first.
    fn chain(&mut self, bytes: &[u8]) -> u32 {
        let mut next = 0;
        for part in bytes.chunks(PAGE - 4).rev() {
            let mut page = u32::to_be_bytes(next).to_vec();
            page.extend_from_slice(part);
            page.resize(PAGE, 0);
            next = self.add(page);
        }
        next
    }

    /// A page of cells behind `offset` bytes of something else.
    fn page(kind: u8, offset: usize, cells: &[Vec<u8>], last: Option<u32>) -> Vec<u8> {
        let mut page = vec![0; PAGE];
        let (mut content, mut pointers) = (PAGE, Vec::new());
        for cell in cells {
            content = content.checked_sub(cell.len().max(4)).unwrap();
            page[content..content + cell.len()].copy_from_slice(cell);
            pointers.extend_from_slice(&u16::try_from(content).unwrap().to_be_bytes());
        }
        let count = u16::try_from(cells.len()).unwrap().to_be_bytes();
        let start = u16::try_from(content).unwrap().to_be_bytes();
        let mut head = vec![kind, 0, 0, count[0], count[1], start[0], start[1], 0];
        head.extend(last.into_iter().flat_map(u32::to_be_bytes));
        head.extend_from_slice(&pointers);
        assert!(
            offset + head.len() <= content,
            "cells do not fit: {}",
            cells.len()
        );
        page[offset..offset + head.len()].copy_from_slice(&head);
        page
    }
}

fn schema_row(((number, (name, sql)), root): ((i64, (&str, &str)), u32)) -> (i64, Vec<u8>) {
    let values = [
        Value::Text("table"),
        Value::Text(name),
        Value::Text(name),
        Value::Number(root),
        Value::Text(sql),
    ];
    (number, record(&values))
}

fn schema_cells(rows: &[(i64, Vec<u8>)]) -> Vec<Vec<u8>> {
    let cell = |(number, row): &(i64, Vec<u8>)| {
        [
            varint(row.len() as u64),
            varint(number.cast_unsigned()),
            row.clone(),
        ]
        .concat()
    };
    rows.iter().map(cell).collect()
}

/// The first hundred bytes of a file.
fn head(kept: Kept, pages: usize) -> Vec<u8> {
    let mut head = b"SQLite format 3\0".to_vec();
    let mode = match kept {
        Kept::Journal => 1,
        Kept::Wal => 2,
    };
    head.extend_from_slice(&[0x10, 0x00, mode, mode, 0, 64, 32, 32]);
    let (changes, pages) = (1_u32, u32::try_from(pages).unwrap());
    let (cookie, schema, encoding, user, application) = (5_u32, 4_u32, 1_u32, 1_u32, 0x4850_5331);
    for number in [
        changes,
        pages,
        0,
        0,
        cookie,
        schema,
        0,
        0,
        encoding,
        user,
        0,
        application,
    ] {
        head.extend_from_slice(&number.to_be_bytes());
    }
    head.resize(92, 0);
    head.extend_from_slice(&changes.to_be_bytes());
    head.extend_from_slice(&3_054_001_u32.to_be_bytes());
    head
}

/// A number as `SQLite` writes it: seven bits a byte, the highest first.
fn varint(number: u64) -> Vec<u8> {
    if number == u64::MAX {
        return vec![0xff; 9];
    }
    let length = (0..8_u32)
        .find(|n| number >> (7 * n) <= 0x7f)
        .expect("a number of eight bytes");
    let byte =
        |n: u32| u8::try_from(number >> (7 * n) & 0x7f).unwrap() | if n > 0 { 0x80 } else { 0 };
    (0..=length).rev().map(byte).collect()
}
