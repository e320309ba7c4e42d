//! The way through a file.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Stmt, Type, UnOp};

use super::syntax::{has_let, is_test, strip};
use super::{Finder, range};

/// Whether an operator changes what stands on its left.
fn assigns(operator: &BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign,
        ShlAssign, ShrAssign, SubAssign,
    };
    matches!(
        operator,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// Methods whose answer is a truth.
const TRUTHS: &[&str] = &[
    "all",
    "any",
    "contains",
    "contains_key",
    "ends_with",
    "is_empty",
    "is_err",
    "is_none",
    "is_none_or",
    "is_ok",
    "is_ok_and",
    "is_some",
    "is_some_and",
    "starts_with",
];

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_test(&function.attrs) && function.sig.constness.is_none() {
            self.function(&function.sig, &function.block);
        }
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
        if !is_test(&function.attrs) && function.sig.constness.is_none() {
            self.function(&function.sig, &function.block);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.function(&function.sig, block);
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
            let acts = match inner {
                Expr::Call(_) | Expr::MethodCall(_) | Expr::Assign(_) => true,
                Expr::Binary(binary) => assigns(&binary.op),
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
}
