//! Manual pages from the definitions: clap's own sections, then those of man-pages(7).
//!
//! What holds for every command (global options, exit codes, standard input, files, environment) is in
//! `hallpass(1)` alone; the other pages refer to it.

use clap::{Arg, ArgAction, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

mod settings;

/// The page of the whole program.
const ROOT: &str = "hallpass";
/// The page of settings and environment.
const SETTINGS: &str = "hallpass-config";

/// A page for each command and one for the settings, by file name.
pub(super) fn pages(mut root: Command) -> Vec<(String, Vec<u8>)> {
    root.build();
    let common = root.get_after_long_help().unwrap().to_string();
    let mut pages = vec![settings::page(&section(&common, "Environment"))];
    collect(&root, &[], &common, &mut pages);
    pages
}

/// `above` are the names of the pages above a command, the nearest first.
fn collect(command: &Command, above: &[String], common: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = command
        .get_display_name()
        .unwrap_or(command.get_name())
        .to_owned();
    pages.push((format!("{name}.1"), page(command, above, common)));
    let above: Vec<_> = std::iter::once(name).chain(above.iter().cloned()).collect();
    command
        .get_subcommands()
        .for_each(|below| collect(below, &above, common, pages));
}

fn page(command: &Command, above: &[String], common: &str) -> Vec<u8> {
    let is_root = above.is_empty();
    let shown = command.clone().mut_args(|arg| {
        let of_all = is_global(&arg);
        // What the short help leaves out, a manual page tells.
        with_aliases(arg)
            .hide_short_help(false)
            .hide(of_all && !is_root)
    });
    let man = Man::new(shown.clone())
        .date("")
        .source(concat!("hallpass ", env!("CARGO_PKG_VERSION")))
        .manual("hallpass manual");
    let mut page = Vec::new();
    man.render_title(&mut page).unwrap();
    // Long groups of options cannot be stretched to both margins, of which groff would warn.
    page.extend_from_slice(b".ad l\n");
    man.render_name_section(&mut page).unwrap();
    synopsis(&shown).to_writer(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page).unwrap();
    }
    own_sections(command, above, common)
        .to_writer(&mut page)
        .unwrap();
    page
}

/// Whether every command has the option: those of a heading of their own are the global ones.
fn is_global(arg: &Arg) -> bool {
    arg.get_help_heading().is_some()
}

/// An option whose help says its other names, too, as clap's own help does.
fn with_aliases(arg: Arg) -> Arg {
    let Some(names) = arg.get_visible_aliases() else {
        return arg;
    };
    let names: Vec<_> = names.iter().map(|name| format!("--{name}")).collect();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{help} [aliases: {}]", names.join(", ")))
}

/// What is typed: the command's arguments, its own options with their values, `[GLOBAL OPTIONS]`.
fn synopsis(command: &Command) -> Roff {
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let mut line = vec![bold(name)];
    if command.has_subcommands() {
        line.extend([
            roman(" "),
            italic("COMMAND"),
            roman(" ["),
            italic("ARGUMENTS"),
            roman("]"),
        ]);
    }
    let mut grouped = Vec::new();
    for group in command.get_groups().filter(|group| group.is_required_set()) {
        let members: Vec<_> = group.get_args().collect();
        let args = command
            .get_arguments()
            .filter(|arg| members.contains(&arg.get_id()));
        line.push(roman(" {"));
        for (n, arg) in args.enumerate() {
            line.push(roman(if n > 0 { " | " } else { "" }));
            line.extend(bare(arg));
        }
        line.push(roman("}"));
        grouped.extend(members);
    }
    let own = |arg: &&Arg| !grouped.contains(&arg.get_id()) && !is_global(arg);
    for arg in command.get_positionals().filter(own) {
        line.push(roman(" "));
        line.extend(optional(arg, bare(arg)));
    }
    let is_help = |arg: &&Arg| matches!(arg.get_action(), ArgAction::Help | ArgAction::HelpLong);
    let options = command
        .get_arguments()
        .filter(|arg| !arg.is_positional() && !is_help(arg));
    for arg in options.filter(own) {
        line.push(roman(" "));
        line.extend(optional(arg, bare(arg)));
    }
    line.push(roman(" [GLOBAL OPTIONS]"));
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text(line);
    roff
}

/// An argument as it is typed: `--to SINK`, `PROFILE/NAME`.
fn bare(arg: &Arg) -> Vec<Inline> {
    let mut line = Vec::new();
    match (arg.get_long(), arg.get_short()) {
        (Some(long), _) => line.push(bold(format!("--{long}"))),
        (None, Some(short)) => line.push(bold(format!("-{short}"))),
        (None, None) => {}
    }
    if arg.get_action().takes_values() {
        let names = arg.get_value_names().unwrap_or_default();
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        if !line.is_empty() {
            line.push(roman(" "));
        }
        line.push(italic(names.join(" ")));
    }
    line
}

/// In brackets, and with dots where it may be repeated.
fn optional(arg: &Arg, bare: Vec<Inline>) -> Vec<Inline> {
    let repeats = matches!(arg.get_action(), ArgAction::Append | ArgAction::Count)
        || arg
            .get_num_args()
            .is_some_and(|range| range.max_values() > 1);
    let dots = repeats.then(|| roman("..."));
    if arg.is_required_set() {
        return bare.into_iter().chain(dots).collect();
    }
    let open = std::iter::once(roman("["));
    open.chain(bare)
        .chain(std::iter::once(roman("]")))
        .chain(dots)
        .collect()
}

fn own_sections(command: &Command, above: &[String], common: &str) -> Roff {
    let own = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut roff = Roff::new();
    if !above.is_empty() {
        roff.control("SH", ["GLOBAL OPTIONS"]);
        roff.text(see(
            "Options that every command has are described in ",
            ROOT,
            "(1).",
        ));
    }
    roff.control("SH", ["EXAMPLES"]);
    for (line, _) in section(&own, "Examples") {
        roff.control("nf", [])
            .control("RS", ["4"])
            .text([bold(line)]);
        roff.control("RE", []).control("fi", []);
    }
    roff.control("SH", ["EXIT STATUS"]);
    terms(&mut roff, &section(&own, "Exit codes"));
    if above.is_empty() {
        terms(&mut roff, &section(common, "Exit codes"));
        for (heading, title) in [
            ("Standard input", "STANDARD INPUT"),
            ("Files", "FILES"),
            ("Environment", "ENVIRONMENT"),
        ] {
            roff.control("SH", [title]);
            terms(&mut roff, &section(common, heading));
        }
    } else {
        roff.control("PP", []);
        roff.text(see(
            "Codes that every command may end with are listed in ",
            ROOT,
            "(1).",
        ));
    }
    roff.control("SH", ["SEE ALSO"]);
    let pages = above.iter().rev().map(|page| (page.as_str(), "(1), "));
    let mut line = Vec::new();
    for (page, chapter) in pages.chain([(SETTINGS, "(5)")]) {
        line.extend([bold(page), roman(chapter)]);
    }
    roff.text(line);
    roff
}

/// A sentence that names a page.
fn see(before: &str, page: &str, after: &str) -> [Inline; 3] {
    [roman(before), bold(page), roman(after)]
}

fn terms(roff: &mut Roff, lines: &[(String, String)]) {
    for (term, meaning) in lines {
        roff.control("TP", [])
            .text([bold(term.as_str())])
            .text([roman(meaning.as_str())]);
    }
}

/// The lines below a heading: each a term and, two blanks apart, its meaning. A line that starts
/// further right goes on with the meaning of the one before.
fn section(text: &str, heading: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let below = text
        .lines()
        .skip_while(|line| !line.starts_with(heading))
        .skip(1);
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
