//! What expressions, types and attributes say.

use syn::{BinOp, Expr, Type};

/// What stands behind parentheses.
pub(super) fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => strip(&paren.expr),
        other => other,
    }
}

pub(super) fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

/// The parts of a chain of `&&`.
pub(super) fn flatten<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            flatten(&binary.left, parts);
            flatten(&binary.right, parts);
        }
        other => parts.push(other),
    }
}

/// What a function of this type could answer without doing anything.
pub(super) fn stand_ins(kind: &Type) -> Vec<&'static str> {
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

pub(super) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let of_tests = || {
            let list = attribute.meta.require_list();
            list.is_ok_and(|list| list.tokens.to_string().starts_with("test"))
        };
        path.is_ident("test") || (path.is_ident("cfg") && of_tests())
    })
}
