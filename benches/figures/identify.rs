//! (e) Finding tokens in 1 GB of text: whole-process `token identify` below a folder, beside ripgrep
//! with the same pattern on the same files, which lie in memory after the first round.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

use hallpass::entropy::OsEntropy;
use hallpass::model::token::{Encoding, Token};

use super::measured_store::MeasuredStore;
use super::race::Race;
use crate::Outcome;

const ROUNDS: usize = 11;
/// Files, and bytes in each.
const FILES: usize = 256;
const BYTES: usize = 4 << 20;
/// One token in so many files.
const SPARSE: usize = 16;

/// The three spellings, as `docs/secret-scanning.md` has them.
const PATTERN: &str = r"hpass_[0-9A-Za-z]{50}|<token><version>1</version><data>[0-9A-F]{64}</data></token>|PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24\+PGRhdGE\+[0-9A-Za-z+/]{106}==";
/// What the spellings begin with.
const HEADS: [&str; 3] = ["hpass_", "<token>", "PHRva2Vu"];
/// The native spelling alone.
const NATIVE: &str = r"hpass_[0-9A-Za-z]{50}";

pub(crate) fn run() -> Outcome {
    if Command::new("rg").arg("--version").output().is_err() {
        println!("\n(e) left out: there is no `rg` (Debian: apt install ripgrep)");
        return Ok(());
    }
    let lab = MeasuredStore::new()?;
    let corpus = lab.path("corpus");
    write(&corpus)?;
    let mut race = Race::default();
    for (name, pattern) in [(SAME, PATTERN), (ONE, NATIVE)] {
        let corpus = corpus.clone();
        race.program(name, move || {
            let mut command = Command::new("rg");
            command.args(["--no-config", "--hidden", "--no-ignore", "--no-messages"]);
            command.args(["--line-number", "--column", "--only-matching", pattern]);
            command.arg(&corpus);
            command
        });
    }
    race.program_ending(OURS, 7, || {
        let mut command = lab.hallpass();
        command
            .env_remove("HALLPASS_KEY_FILE")
            .args(["token", "identify", "--path"])
            .arg(&corpus);
        command
    });
    race.run(ROUNDS)?;
    race.report("(e) tokens in 1 GB of text, whole process");
    println!();
    race.compare(OURS, ONE);
    Ok(())
}

const SAME: &str = "rg, the three spellings";
const ONE: &str = "rg, the native spelling alone";
const OURS: &str = "hallpass token identify, no key";

/// Files of words of this project's documents, in an order that looks like chance, in lines of some
/// ten, with a token here and there.
fn write(folder: &Path) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    for name in [
        "README.md",
        "docs/threat-model.md",
        "docs/file-format.md",
        "Cargo.lock",
    ] {
        text.push_str(&fs::read_to_string(root.join(name))?);
    }
    // The documents have tokens of their own, of every spelling.
    let plain = |word: &&str| !HEADS.iter().any(|head| word.contains(head));
    let words: Vec<_> = text.split_whitespace().filter(plain).collect();
    let mut state = 1_usize;
    for n in 0..FILES {
        let place = folder.join(format!("{:02}", n % 16));
        fs::create_dir_all(&place)?;
        let mut file = BufWriter::new(fs::File::create(place.join(format!("{n}.txt")))?);
        if n % SPARSE == 0 {
            let token = Token::generate(&mut OsEntropy)?;
            writeln!(file, "token = {}", token.encode(Encoding::Native).expose())?;
        }
        let (mut written, mut column) = (0, 0);
        while written < BYTES {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let word = words
                .get((state >> 33) % words.len())
                .copied()
                .unwrap_or_default();
            column += word.len() + 1;
            let end = if column > 80 { "\n" } else { " " };
            column *= usize::from(end == " ");
            written += word.len() + 1;
            file.write_all(word.as_bytes())?;
            file.write_all(end.as_bytes())?;
        }
        file.flush()?;
    }
    Ok(())
}
