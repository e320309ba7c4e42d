//! Manual pages from the definitions: clap's own sections, then those of man-pages(7).

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// A page for each command, by file name.
pub(super) fn pages(mut root: Command) -> Vec<(String, Vec<u8>)> {
    // What the short help leaves out, a manual page tells.
    root = root.mut_args(|arg| arg.hide_short_help(false));
    root.build();
    let common = root.get_after_long_help().unwrap().to_string();
    let mut pages = Vec::new();
    collect(&root, &common, &mut pages);
    pages
}

fn collect(command: &Command, common: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    pages.push(page(command, common));
    command.get_subcommands().for_each(|below| collect(below, common, pages));
}

fn page(command: &Command, common: &str) -> (String, Vec<u8>) {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let man = Man::new(command.clone().mut_args(with_aliases))
        .date("")
        .source(concat!("hallpass ", env!("CARGO_PKG_VERSION")))
        .manual("hallpass manual");
    let mut page = Vec::new();
    man.render_title(&mut page).unwrap();
    // Long groups of options cannot be stretched to both margins, of which groff would warn.
    page.extend_from_slice(b".ad l\n");
    man.render_name_section(&mut page).unwrap();
    man.render_synopsis_section(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page).unwrap();
    }
    own_sections(command, common).to_writer(&mut page).unwrap();
    (format!("{name}.1"), page)
}

/// An option whose help says its other names, too, as clap's own help does.
fn with_aliases(arg: Arg) -> Arg {
    let Some(names) = arg.get_visible_aliases() else { return arg };
    let names: Vec<_> = names.iter().map(|name| format!("--{name}")).collect();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{help} [aliases: {}]", names.join(", ")))
}

fn own_sections(command: &Command, common: &str) -> Roff {
    let own = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for (line, _) in section(&own, "Examples") {
        roff.control("nf", []).control("RS", ["4"]).text([bold(line)]);
        roff.control("RE", []).control("fi", []);
    }
    roff.control("SH", ["EXIT STATUS"]);
    terms(&mut roff, section(&own, "Exit codes"));
    if command.get_name() != "hallpass" {
        roff.control("PP", []).text([roman("Any command may end with:")]);
    }
    terms(&mut roff, section(common, "Exit codes"));
    roff.control("SH", ["STANDARD INPUT"]);
    terms(&mut roff, section(common, "Standard input"));
    roff.control("SH", ["FILES"]);
    terms(&mut roff, section(common, "Files"));
    roff.control("SH", ["ENVIRONMENT"]);
    terms(&mut roff, section(common, "Environment"));
    roff
}

fn terms(roff: &mut Roff, lines: Vec<(String, String)>) {
    for (term, meaning) in lines {
        roff.control("TP", []).text([bold(term)]).text([roman(meaning)]);
    }
}

/// The lines below a heading: each a term and, two blanks apart, its meaning. A line that starts
/// further right goes on with the meaning of the one before.
fn section(text: &str, heading: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let below = text.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
    for line in below.map_while(|line| line.strip_prefix("  ")) {
        if let (true, Some((_, meaning))) = (line.starts_with(' '), found.last_mut()) {
            *meaning = format!("{meaning} {}", line.trim());
            continue;
        }
        let (term, meaning) = line.split_once("  ").unwrap_or((line, ""));
        found.push((term.trim().to_owned(), meaning.trim().to_owned()));
    }
    found
}
