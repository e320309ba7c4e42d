//! Finds what can be taken out of a file: conditions, parts of conditions, borders, sums, statements,
//! arms of a match, constants and whole functions.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::Span;
use serde::{Deserialize, Serialize};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ReturnType, Stmt, Type, UnOp};

use crate::write::Edit;

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

    fn body(&mut self, block: &Block, output: &ReturnType) {
        let values = match output {
            ReturnType::Default => vec!["()"],
            ReturnType::Type(_, kind) => stand_ins(kind),
        };
        for value in values {
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

/// What stands behind parentheses.
fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => strip(&paren.expr),
        other => other,
    }
}

fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

/// The parts of a chain of `&&`.
fn flatten<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            flatten(&binary.left, parts);
            flatten(&binary.right, parts);
        }
        other => parts.push(other),
    }
}

/// What a function of this type could answer without doing anything.
fn stand_ins(kind: &Type) -> Vec<&'static str> {
    match kind {
        Type::Tuple(tuple) if tuple.elems.is_empty() => vec!["()"],
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return Vec::new() };
            let inner = || match &last.arguments {
                syn::PathArguments::AngleBracketed(list) => match list.args.first() {
                    Some(syn::GenericArgument::Type(inner)) => stand_ins(inner),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            };
            match last.ident.to_string().as_str() {
                "bool" => vec!["true", "false"],
                "u8" | "u16" | "u32" | "u64" | "usize" | "i64" | "i32" => vec!["0", "1"],
                "Option" => vec!["None"],
                "Vec" => vec!["Vec::new()"],
                "String" => vec!["String::new()"],
                "Result" => inner()
                    .iter()
                    .filter_map(|value| match *value {
                        "()" => Some("Ok(())"),
                        "true" => Some("Ok(true)"),
                        "false" => Some("Ok(false)"),
                        "None" => Some("Ok(None)"),
                        "0" => Some("Ok(0)"),
                        "Vec::new()" => Some("Ok(Vec::new())"),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let of_tests = || {
            let list = attribute.meta.require_list();
            list.is_ok_and(|list| list.tokens.to_string().starts_with("test"))
        };
        path.is_ident("test") || (path.is_ident("cfg") && of_tests())
    })
}

/// Methods whose answer is a truth.
const TRUTHS: &[&str] = &[
    "all", "any", "contains", "contains_key", "ends_with", "is_empty", "is_err", "is_none",
    "is_none_or", "is_ok", "is_ok_and", "is_some", "is_some_and", "starts_with",
];

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if is_test(&function.attrs) || function.sig.constness.is_some() {
            return;
        }
        self.functions.push(function.sig.ident.to_string());
        self.body(&function.block, &function.sig.output);
        self.visit_block(&function.block);
        self.functions.pop();
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if is_test(&item.attrs) {
            return;
        }
        let of = match &*item.self_ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        self.functions.push(of.unwrap_or_else(|| "impl".to_owned()));
        visit::visit_item_impl(self, item);
        self.functions.pop();
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if is_test(&function.attrs) || function.sig.constness.is_some() {
            return;
        }
        self.functions.push(function.sig.ident.to_string());
        self.body(&function.block, &function.sig.output);
        self.visit_block(&function.block);
        self.functions.pop();
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.functions.push(function.sig.ident.to_string());
            self.body(block, &function.sig.output);
            self.visit_block(block);
            self.functions.pop();
        }
    }

    // None of these can be switched while the program runs.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
    fn visit_expr_const(&mut self, _: &'ast syn::ExprConst) {}
    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(expr, Some(semi)) = statement {
            let inner = match expr {
                Expr::Try(tried) => &*tried.expr,
                other => other,
            };
            let adds = |op: &BinOp| matches!(op, BinOp::AddAssign(_) | BinOp::SubAssign(_));
            let acts = match inner {
                Expr::Call(_) | Expr::MethodCall(_) | Expr::Assign(_) => true,
                Expr::Binary(binary) => adds(&binary.op) || binary.op.span().source_text().is_some_and(|op| op.len() > 1 && op.ends_with('=') && !matches!(op.as_str(), "==" | "<=" | ">=" | "!=")),
                _ => false,
            };
            if acts {
                self.statement(expr, range(expr.span()).start..range(semi.span()).end);
            }
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_expr_if(&mut self, expr: &'ast syn::ExprIf) {
        self.test_of(&expr.cond, &[true, false]);
        visit::visit_expr_if(self, expr);
    }

    fn visit_expr_while(&mut self, expr: &'ast syn::ExprWhile) {
        // One that never ends would only be stopped by its time limit.
        self.test_of(&expr.cond, &[false]);
        visit::visit_expr_while(self, expr);
    }

    fn visit_expr_match(&mut self, expr: &'ast syn::ExprMatch) {
        let rest = expr.arms.iter().any(|arm| {
            arm.guard.is_none() && matches!(arm.pat, syn::Pat::Wild(_) | syn::Pat::Ident(_))
        });
        for arm in &expr.arms {
            let text = self.text(arm.pat.span());
            match &arm.guard {
                Some((_, guard)) if !has_let(guard) => self.condition(guard, &[true, false]),
                Some(_) => (),
                None if rest && !matches!(arm.pat, syn::Pat::Wild(_) | syn::Pat::Ident(_)) => {
                    let what = format!("no case `{text}`");
                    if let Some(id) = self.mutant(arm.pat.span(), what) {
                        let text = format!(" if !{}", self.switch(id));
                        let end = range(arm.pat.span()).end;
                        self.insert(end, text, id);
                    }
                }
                None => (),
            }
        }
        visit::visit_expr_match(self, expr);
    }

    fn visit_expr_binary(&mut self, expr: &'ast syn::ExprBinary) {
        let whole = Expr::Binary(expr.clone());
        let sides = ("&(", "), &(", ")");
        let values = ("", ",", "");
        match expr.op {
            BinOp::And(_) | BinOp::Or(_) if !has_let(&whole) => {
                let kinds: &[bool] = &[matches!(expr.op, BinOp::And(_))];
                for side in [&expr.left, &expr.right] {
                    // A longer chain is a tree of pairs: its inner ones come by themselves.
                    let same = matches!(strip(side), Expr::Binary(inner)
                        if std::mem::discriminant(&inner.op) == std::mem::discriminant(&expr.op));
                    if !same {
                        self.condition(side, kinds);
                    }
                }
            }
            BinOp::Eq(_) | BinOp::Ne(_) => self.turn(&whole),
            BinOp::Lt(_) => self.operator(expr, "lt", sides),
            BinOp::Le(_) => self.operator(expr, "le", sides),
            BinOp::Gt(_) => self.operator(expr, "gt", sides),
            BinOp::Ge(_) => self.operator(expr, "ge", sides),
            BinOp::Add(_) => self.operator(expr, "add", values),
            BinOp::Sub(_) => self.operator(expr, "sub", values),
            BinOp::Mul(_) => self.operator(expr, "mul", values),
            BinOp::Div(_) => self.operator(expr, "div", values),
            BinOp::BitAnd(_) => self.operator(expr, "and", values),
            BinOp::BitOr(_) => self.operator(expr, "or", values),
            BinOp::AddAssign(_) => self.operator(expr, "add_assign", ("&mut (", "),", "")),
            BinOp::SubAssign(_) => self.operator(expr, "sub_assign", ("&mut (", "),", "")),
            _ => (),
        }
        visit::visit_expr_binary(self, expr);
    }

    fn visit_expr_unary(&mut self, expr: &'ast syn::ExprUnary) {
        if matches!(expr.op, UnOp::Not(_)) {
            self.turn(&Expr::Unary(expr.clone()));
        }
        visit::visit_expr_unary(self, expr);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        let whole = Expr::MethodCall(call.clone());
        if TRUTHS.contains(&name.as_str()) {
            self.turn(&whole);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_macro(&mut self, call: &'ast syn::ExprMacro) {
        if call.mac.path.is_ident("matches") {
            self.turn(&Expr::Macro(call.clone()));
        }
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let Some(last) = path.path.segments.last() else { return };
        let name = last.ident.to_string();
        let loud = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
        if name.len() < 2 || !name.chars().all(loud) {
            return;
        }
        let what = format!("`{}` is one more", self.text(path.span()));
        if let Some(id) = self.mutant(path.span(), what) {
            let text = self.place.text.get(range(path.span())).unwrap_or_default();
            let new = format!("(if {} {{ {text} + 1 }} else {{ {text} }})", self.switch(id));
            self.replace(range(path.span()), &new, id);
        }
    }
}
