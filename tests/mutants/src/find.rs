//! Finds what can be taken out of a file: conditions, parts of conditions, borders, sums, statements,
//! arms of a match, constants and whole functions.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::Span;
use serde::{Deserialize, Serialize};
use syn::spanned::Spanned as _;
use syn::visit::Visit as _;
use syn::{Block, Expr, ReturnType, Signature};

use crate::write::Edit;

mod syntax;
mod walk;

use syntax::{flatten, has_let, stand_ins, strip};

/// Something that can be switched.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mutant {
    pub(crate) id: u32,
    /// Below `src`.
    pub(crate) file: String,
    pub(crate) line: usize,
    /// The function it is in.
    pub(crate) function: String,
    /// What is done.
    pub(crate) what: String,
    /// Tells two of the same function and text apart.
    pub(crate) nth: usize,
}

impl Mutant {
    /// A name that does not change when other code does.
    pub(crate) fn name(&self) -> String {
        let nth = if self.nth > 1 { format!(" ({})", self.nth) } else { String::new() };
        format!("{} {}: {}{nth}", self.file, self.function, self.what)
    }
}

/// Which file is searched.
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    /// How the module with the switches is called from here.
    pub(crate) switches: &'static str,
    /// Mutants that did not compile.
    pub(crate) dropped: &'a BTreeSet<String>,
}

/// The mutants of a file, and the edits that put them into it.
pub(crate) fn mutants(place: &Place<'_>, next: &mut u32) -> syn::Result<(Vec<Mutant>, Vec<Edit>)> {
    let tree = syn::parse_file(place.text)?;
    let mut finder = Finder {
        place,
        next,
        functions: Vec::new(),
        found: Vec::new(),
        edits: Vec::new(),
        covered: BTreeSet::new(),
        depth: 0,
    };
    finder.visit_file(&tree);
    Ok((finder.found, finder.edits))
}

struct Finder<'a> {
    place: &'a Place<'a>,
    next: &'a mut u32,
    functions: Vec<String>,
    found: Vec<Mutant>,
    edits: Vec<Edit>,
    /// Where expressions begin and end whose truth is switched from outside already.
    covered: BTreeSet<(usize, usize)>,
    /// Counts the edits, so that of two at one point the outer one is outside.
    depth: usize,
}

fn range(span: Span) -> Range<usize> {
    span.byte_range()
}

impl Finder<'_> {
    /// Registers a mutant; `None` if it is one that did not compile.
    fn mutant(&mut self, span: Span, what: String) -> Option<u32> {
        let function = self.functions.join("::");
        let same = |mutant: &&Mutant| mutant.function == function && mutant.what == what;
        // The number counts all of them, so that it does not depend on which ones compile.
        let nth = 1 + self.found.iter().filter(same).count();
        let id = *self.next;
        let file = self.place.file.to_owned();
        let mutant = Mutant { id, file, line: span.start().line, function, what, nth };
        let dropped = self.place.dropped.contains(&mutant.name());
        self.found.push(Mutant { id: if dropped { 0 } else { id }, ..mutant });
        if dropped {
            return None;
        }
        *self.next += 1;
        Some(id)
    }

    fn text(&self, span: Span) -> String {
        let text = self.place.text.get(range(span)).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut short: String = text.chars().take(70).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    }

    fn switch(&self, id: u32) -> String {
        format!("{}::m({id})", self.place.switches)
    }

    fn insert(&mut self, at: usize, text: String, id: u32) {
        self.depth += 1;
        self.edits.push(Edit { at: at..at, text, opens: true, depth: self.depth, id });
    }

    fn wrap(&mut self, around: &Range<usize>, before: String, after: &str, id: u32) {
        self.depth += 1;
        let depth = self.depth;
        let (start, end) = (around.start, around.end);
        self.edits.push(Edit { at: start..start, text: before, opens: true, depth, id });
        let after = after.to_owned();
        self.edits.push(Edit { at: end..end, text: after, opens: false, depth, id });
    }

    fn replace(&mut self, at: Range<usize>, text: &str, id: u32) {
        self.depth += 1;
        let text = text.to_owned();
        self.edits.push(Edit { at, text, opens: true, depth: self.depth, id });
    }

    /// A truth that can be made true or false.
    fn condition(&mut self, expr: &Expr, kinds: &[bool]) {
        let inner = strip(expr);
        let text = self.text(inner.span());
        for &to in kinds {
            let Some(id) = self.mutant(expr.span(), format!("`{text}` is {to}")) else { continue };
            let switch = self.switch(id);
            let before = if to { format!("({switch} || (") } else { format!("(!{switch} && (") };
            self.wrap(&range(expr.span()), before, "))", id);
        }
        let at = range(inner.span());
        self.covered.insert((at.start, at.end));
    }

    /// Of a condition with `let` in it: it never holds, and each part that is no `let` always does.
    fn chain(&mut self, expr: &Expr) {
        let text = self.text(expr.span());
        if let Some(id) = self.mutant(expr.span(), format!("`{text}` never is")) {
            let switch = self.switch(id);
            self.insert(range(expr.span()).start, format!("!{switch} && "), id);
        }
        let mut parts = Vec::new();
        flatten(expr, &mut parts);
        for part in parts {
            if !matches!(strip(part), Expr::Let(_)) {
                self.condition(part, &[true]);
            }
        }
    }

    fn test_of(&mut self, cond: &Expr, kinds: &[bool]) {
        if has_let(cond) {
            self.chain(cond);
        } else {
            self.condition(cond, kinds);
        }
    }

    fn is_covered(&self, span: Span) -> bool {
        let at = range(span);
        self.covered.contains(&(at.start, at.end))
    }

    /// Turns a truth around, unless it is switched already.
    fn turn(&mut self, expr: &Expr) {
        if self.is_covered(expr.span()) {
            return;
        }
        let text = self.text(expr.span());
        if let Some(id) = self.mutant(expr.span(), format!("`{text}` is turned around")) {
            let before = format!("({} ^ (", self.switch(id));
            self.wrap(&range(expr.span()), before, "))", id);
        }
    }

    /// Calls `function` of the switches with both sides of an operator.
    fn operator(&mut self, expr: &syn::ExprBinary, function: &str, by: (&str, &str, &str)) {
        let text = self.text(expr.span());
        let Some(id) = self.mutant(expr.span(), format!("`{text}`: {function} is another")) else {
            return;
        };
        let (before, between, after) = by;
        let before = format!("{}::{function}({id}, {before}", self.place.switches);
        self.wrap(&range(expr.span()), before, &format!("{after})"), id);
        self.replace(range(expr.op.span()), between, id);
    }

    /// What can be taken out of a function, and the whole of it.
    fn function(&mut self, signature: &Signature, block: &Block) {
        self.functions.push(signature.ident.to_string());
        self.body(block, &signature.output);
        self.visit_block(block);
        self.functions.pop();
    }

    fn body(&mut self, block: &Block, output: &ReturnType) {
        let values = match output {
            ReturnType::Default => vec!["()"],
            ReturnType::Type(_, kind) => stand_ins(kind),
        };
        // What does nothing else already is no mutant.
        let whole = match block.stmts.as_slice() {
            [only] => self.text(only.span()),
            _ => String::new(),
        };
        for value in values.into_iter().filter(|value| **value != whole) {
            let what = format!("returns `{value}` at once");
            let Some(id) = self.mutant(block.span(), what) else { continue };
            let start = range(block.brace_token.span.open()).end;
            let text = format!(" if {} {{ return {value}; }}", self.switch(id));
            self.insert(start, text, id);
        }
    }

    fn statement(&mut self, expr: &Expr, whole: Range<usize>) {
        let text = self.text(expr.span());
        if let Some(id) = self.mutant(expr.span(), format!("`{text}` is left out")) {
            let before = format!("if !{} {{ ", self.switch(id));
            self.wrap(&whole, before, " }", id);
        }
    }
}
