//! Renders Markdown for a person at a terminal.
//!
//! Every text goes through [`sanitize`]: only this module writes control sequences.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr as _;

use super::{Look, mask, sanitize};

/// The widest line: longer ones are hard to read, however wide the terminal is.
const WIDEST: u16 = 100;
const NARROWEST: u16 = 20;
const USUAL: u16 = 80;

const BOLD: &str = "\u{1b}[1m";
const ITALIC: &str = "\u{1b}[3m";
const CYAN: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

/// Renders the text, with its last newline.
pub(crate) fn render(text: &str, look: Look) -> String {
    let width = look.width.unwrap_or(USUAL).clamp(NARROWEST, WIDEST);
    let mut page = RenderedPage {
        color: look.color,
        width: usize::from(width),
        ..RenderedPage::default()
    };
    // Before the layout: a secret that is wrapped over lines can no longer be recognized.
    let text = mask::text(text);
    for event in Parser::new(&text) {
        page.take(event);
    }
    page.flush();
    page.out
}

#[derive(Default)]
struct RenderedPage {
    color: bool,
    width: usize,
    out: String,
    /// The prefix of each line: quotes, and the depth of lists.
    indents: Vec<String>,
    /// The prefix of the next line instead of the last indent: a bullet.
    marker: Option<String>,
    /// The number of the next item of each open list, if it is numbered.
    lists: Vec<Option<u64>>,
    /// Whether the next block follows without a blank line: the first of an item.
    close: bool,
    /// How many of each are open.
    bold: usize,
    italic: usize,
    heading: Option<HeadingLevel>,
    links: Vec<String>,
    code: Option<String>,
    words: Vec<Word>,
    /// Whether the last word is still incomplete.
    open: bool,
}

/// A word, which is never wrapped: its text with styles, and its width.
#[derive(Default)]
struct Word {
    text: String,
    width: usize,
}

impl RenderedPage {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) => self.inline_code(&text),
            Event::SoftBreak => self.open = false,
            Event::HardBreak => {
                self.flush();
                self.close = true;
            }
            Event::Rule => {
                self.flush();
                self.line(&"-".repeat(self.room().min(40)));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(level);
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.indents.push("| ".to_owned());
            }
            Tag::List(first) => {
                self.flush();
                self.close = !self.lists.is_empty();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::BlockQuote(_) | TagEnd::Item => {
                self.flush();
                self.indents.pop();
                // An item that is empty still has its bullet.
                if let Some(marker) = self.marker.take() {
                    self.close = true;
                    self.line(marker.trim_end());
                }
                self.close = matches!(tag, TagEnd::Item);
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.close = !self.lists.is_empty();
            }
            TagEnd::Link => self.end_link(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.flush();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "- ".to_owned(),
        };
        self.indents.push(" ".repeat(marker.len()));
        self.marker = Some(marker);
    }

    fn text(&mut self, text: &str) {
        match &mut self.code {
            Some(code) => code.push_str(text),
            None => self.push(text),
        }
    }

    fn push(&mut self, text: &str) {
        for piece in text.split_inclusive(char::is_whitespace) {
            let letters = piece.trim_end();
            if !letters.is_empty() {
                self.append(letters, &self.style());
            }
            self.open = letters.len() == piece.len() && (self.open || !letters.is_empty());
        }
    }

    /// Appends text to the incomplete word, or begins one.
    fn append(&mut self, letters: &str, style: &str) {
        let letters = sanitize::line(letters);
        if !self.open {
            self.words.push(Word::default());
            self.open = true;
        }
        if let Some(word) = self.words.last_mut() {
            word.width += letters.width();
            let end = if style.is_empty() { "" } else { PLAIN };
            word.text.extend([style, &letters, end]);
        }
    }

    fn style(&self) -> String {
        let bold = self.bold > 0 || self.heading.is_some();
        match (self.color, bold, self.italic > 0) {
            (false, ..) => String::new(),
            (true, bold, italic) => [
                if bold { BOLD } else { "" },
                if italic { ITALIC } else { "" },
            ]
            .concat(),
        }
    }

    fn inline_code(&mut self, text: &str) {
        if self.color {
            self.append(text, CYAN);
        } else {
            self.append(&format!("`{text}`"), "");
        }
    }

    fn end_link(&mut self) {
        let Some(url) = self.links.pop() else { return };
        let shown: String = self
            .words
            .last()
            .map(|it| it.text.clone())
            .unwrap_or_default();
        if !shown.contains(&sanitize::line(&url)) {
            self.open = false;
            self.append(&format!("({url})"), "");
        }
    }

    fn end_heading(&mut self) {
        let width: usize = self.words.iter().map(|it| it.width + 1).sum();
        self.flush();
        let line = match self.heading.take() {
            Some(HeadingLevel::H1) => "=",
            Some(HeadingLevel::H2) => "-",
            _ => return,
        };
        self.close = true;
        self.line(&line.repeat(width.saturating_sub(1).clamp(1, self.room())));
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        for line in code.trim_end_matches('\n').split('\n') {
            let line = sanitize::line(&line.replace('\t', "    "));
            let line = if self.color {
                format!("{CYAN}{line}{PLAIN}")
            } else {
                line
            };
            self.line(&format!("    {line}"));
            self.close = true;
        }
        self.close = false;
    }

    /// Writes the words of a block, wrapped into lines.
    fn flush(&mut self) {
        self.open = false;
        let mut line = String::new();
        let mut used = 0;
        for word in std::mem::take(&mut self.words) {
            if used > 0 && used + 1 + word.width > self.room() {
                self.line(&line);
                self.close = true;
                line.clear();
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(&word.text);
            used += word.width;
        }
        if used > 0 {
            self.line(&line);
            self.close = false;
        }
    }

    fn room(&self) -> usize {
        let taken: usize = self.indents.iter().map(String::len).sum();
        // Deep in nested lists a line still holds a few words.
        self.width
            .saturating_sub(taken)
            .max(usize::from(NARROWEST) / 2)
    }

    /// Writes a line, after a blank one where a block begins.
    fn line(&mut self, line: &str) {
        if !self.close && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.close = false;
        let mut before = self.indents.concat();
        if let Some(marker) = self.marker.take() {
            let keep = before.len().saturating_sub(marker.len());
            before.truncate(keep);
            before.push_str(&marker);
        }
        self.out.push_str(&before);
        self.out.push_str(line);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests;
