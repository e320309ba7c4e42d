//! The yardstick of a look-up: opens an `SQLite` file, does one indexed look-up, and ends.

use std::error::Error;

use rusqlite::{Connection, OpenFlags};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(key)) = (arguments.next(), arguments.next()) else {
        return Err("usage: lookup FILE KEY".into());
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let sql = "SELECT value FROM item WHERE key = ?1";
    let value: Vec<u8> = connection.query_row(sql, [key.as_bytes()], |row| row.get(0))?;
    if value.is_empty() { Err("nothing there".into()) } else { Ok(()) }
}
