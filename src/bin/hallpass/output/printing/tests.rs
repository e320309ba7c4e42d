//! Every format, with hostile rows (T26).

use hallpass::entropy::OsEntropy;
use hallpass::model::token::{Encoding, Token};
use serde::Serialize;

use super::super::column::{Column, optional};
use super::*;

#[derive(Serialize)]
struct Row {
    name: String,
    note: Option<String>,
}

impl View for Row {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::listed("name", |row| row.name.clone()),
        Column::detail("a_note", |row| optional(row.note.as_ref())),
    ];
    const NONE: &'static str = "no rows";
}

const PLAIN: Look = Look {
    color: false,
    width: None,
};

fn row(name: &str, note: &str) -> Row {
    Row {
        name: name.to_owned(),
        note: Some(note.to_owned()),
    }
}

fn list(format: Format, rows: &[Row]) -> String {
    let mut out = Vec::new();
    let mut printer = printer(format, PLAIN, &mut out);
    for row in rows {
        printer.item(row).unwrap();
    }
    Printer::<Row>::end(&mut *printer).unwrap();
    drop(printer);
    String::from_utf8(out).unwrap()
}

fn one(format: Format, value: &Row) -> String {
    let mut out = Vec::new();
    single(format, PLAIN, &mut out, value).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_empty_list_is_valid_in_every_format() {
    assert_eq!(list(Format::Table, &[]), "");
    assert_eq!(list(Format::Json, &[]), "[]\n");
    assert_eq!(list(Format::Jsonl, &[]), "");
    assert_eq!(list(Format::Csv, &[]), "name,a_note\n");
}

#[test]
fn a_list_is_a_table_an_array_lines_or_rows() {
    let rows = [row("a", "x"), row("b,c", "=1+1")];
    assert_eq!(list(Format::Table, &rows), "NAME\na\nb,c\n");
    let json: serde_json::Value = serde_json::from_str(&list(Format::Json, &rows)).unwrap();
    assert_eq!(json[1]["note"], "=1+1");
    assert_eq!(list(Format::Jsonl, &rows).lines().count(), 2);
    assert_eq!(
        list(Format::Csv, &rows),
        "name,a_note\n\"a\",\"x\"\n\"b,c\",\"'=1+1\"\n"
    );
}

#[test]
fn one_result_shows_what_lists_leave_out() {
    let value = row("a", "\u{202e}x");
    assert_eq!(
        one(Format::Table, &value),
        "name    a\na note  \\u{202e}x\n"
    );
    assert_eq!(
        one(Format::Json, &value),
        "{\"name\":\"a\",\"note\":\"\\u202ex\"}\n"
    );
    assert_eq!(
        one(Format::Csv, &value),
        "name,a_note\n\"a\",\"\\u{202e}x\"\n"
    );
}

#[test]
fn no_cell_of_csv_is_a_formula_or_more_than_one_cell() {
    let first = |text: &str| {
        let lines = one(Format::Csv, &row(text, ""));
        lines.lines().nth(1).unwrap().to_owned()
    };
    for formula in ["=1", "+1", "-1", "@a", "＝1", "＋1", "－1", "＠a"] {
        assert_eq!(first(formula), format!("\"'{formula}\","));
    }
    assert_eq!(first("a\";=1"), "\"a\"\";=1\",");
    assert_eq!(first("a,b\tc"), "\"a,b\\u{9}c\",");
}

#[test]
fn a_long_list_keeps_the_widths_of_its_first_page() {
    let mut rows: Vec<Row> = (0..450).map(|n| row(&format!("name-{n:03}"), "")).collect();
    rows.push(row("short", ""));
    let text = list(Format::Table, &rows);
    assert_eq!(text.lines().count(), 452, "a heading, once, and each row");
    assert_eq!(text.lines().last(), Some("short"));
    assert_eq!(text.lines().nth(450), Some("name-449"));
}

/// Text that people copy is never wrapped.
#[test]
fn a_narrow_table_keeps_whole_what_is_copied() {
    #[derive(Serialize)]
    struct Long;
    impl View for Long {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::listed("id", |_: &Self| "i".repeat(17)).whole(),
            Column::listed("name", |_| "n".repeat(40)),
            Column::listed("end", |_: &Self| "e".repeat(20)).whole(),
        ];
        const NONE: &'static str = "none";
    }
    let mut out = Vec::new();
    let look = Look {
        color: false,
        width: Some(60),
    };
    let mut printer = printer(Format::Table, look, &mut out);
    printer.item(&Long).unwrap();
    Printer::<Long>::end(&mut *printer).unwrap();
    drop(printer);
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains(&"i".repeat(17)) && text.contains(&"e".repeat(20)),
        "{text}"
    );
    assert!(
        !text.contains(&"n".repeat(40)),
        "or nothing had to be broken:\n{text}"
    );
    assert!(text.lines().all(|line| line.len() <= 60), "{text}");
}

/// A wrapped secret can no longer be recognized.
#[test]
fn a_secret_in_a_cell_is_masked_before_the_cell_is_broken() {
    let token = Token::generate(&mut OsEntropy)
        .unwrap()
        .encode(Encoding::Xml);
    let rows = [row(&format!("with {} in it", token.expose()), "")];
    let mut out = Vec::new();
    let look = Look {
        color: false,
        width: Some(40),
    };
    let mut printer = printer(Format::Table, look, &mut out);
    printer.item(&rows[0]).unwrap();
    Printer::<Row>::end(&mut *printer).unwrap();
    drop(printer);
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("(a whole token)"), "{text}");
    assert!(
        !text.contains(token.expose().get(33..41).unwrap()),
        "{text}"
    );
}

#[test]
fn a_table_that_is_too_wide_for_the_terminal_becomes_records() {
    struct Wide;
    impl View for Wide {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::listed("id", |_: &Self| "hpass_4LbwRrPCTxB".to_owned()).whole(),
            Column::listed("used_by", |_| "somebody with a long name".to_owned()),
            Column::listed("device", |_| String::new()),
        ];
        const NONE: &'static str = "none";
    }
    impl Serialize for Wide {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_unit()
        }
    }
    let shown = |width| {
        let mut out = Vec::new();
        let look = Look {
            color: false,
            width: Some(width),
        };
        let mut printer = printer(Format::Table, look, &mut out);
        printer.item(&Wide).unwrap();
        printer.item(&Wide).unwrap();
        Printer::<Wide>::end(&mut *printer).unwrap();
        drop(printer);
        String::from_utf8(out).unwrap()
    };
    assert!(shown(80).starts_with("ID "), "{}", shown(80));
    let record = "id       hpass_4LbwRrPCTxB\nused by  somebody with a long\n         name\n";
    assert_eq!(shown(30), format!("{record}\n{record}"));
}
