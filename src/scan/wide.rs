//! UTF-16 text, which Windows tools write, narrowed to bytes.

use std::io::{self, Read};

use zeroize::Zeroizing;

const CHUNK: usize = 1 << 14;

/// A reader that narrows UTF-16 text with a byte order mark to one byte a character, and passes
/// other text through.
///
/// Tokens are ASCII. Any other UTF-16 character becomes a byte that no encoding contains, so that
/// columns count characters.
pub(super) struct Narrowed<'a> {
    from: &'a mut dyn Read,
    order: Option<Order>,
    /// The bytes read to detect the mark, still to be passed on.
    head: io::Take<io::Cursor<[u8; 2]>>,
    wide: Zeroizing<Vec<u8>>,
}

/// Byte order.
#[derive(Clone, Copy)]
enum Order {
    LowFirst,
    HighFirst,
}

const OTHER: u8 = 0xFF;

impl<'a> Narrowed<'a> {
    pub(super) fn new(from: &'a mut dyn Read) -> io::Result<Self> {
        let mut head = [0; 2];
        let left = fill(from, &mut head)?;
        let order = match head {
            [0xFF, 0xFE] => Some(Order::LowFirst),
            [0xFE, 0xFF] => Some(Order::HighFirst),
            _ => None,
        };
        let left = if order.is_some() { 0 } else { left as u64 };
        let head = io::Cursor::new(head).take(left);
        let wide = Zeroizing::new(vec![0; if order.is_some() { CHUNK } else { 0 }]);
        Ok(Self {
            from,
            order,
            head,
            wide,
        })
    }
}

impl Read for Narrowed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.head.read(buffer)? {
            0 => {}
            count => return Ok(count),
        }
        let Some(order) = self.order else {
            return self.from.read(buffer);
        };
        let wanted = self.wide.len().min(buffer.len() * 2);
        let Some(wide) = self.wide.get_mut(..wanted) else {
            return Ok(0);
        };
        let filled = fill(self.from, wide)?;
        let pairs = wide.get(..filled).unwrap_or_default().chunks_exact(2);
        let narrow = pairs.map(|pair| match (order, pair) {
            (Order::LowFirst, [low, 0]) | (Order::HighFirst, [0, low]) => *low,
            _ => OTHER,
        });
        Ok(buffer
            .iter_mut()
            .zip(narrow)
            .map(|(place, byte)| *place = byte)
            .count())
    }
}

/// Reads until `buffer` is full or the input ends.
pub(super) fn fill(from: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest @ [_, ..]) = buffer.get_mut(filled..) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
