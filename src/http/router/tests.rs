//! `docs/openapi.json` describes these routes, and no others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Methods, ROUTES};
use crate::http::monitoring::MONITORING;
use crate::http::profit;

/// The methods that a path item of `OpenAPI` can have. CONNECT is none: it is refused everywhere.
const ALL: [&str; 8] = [
    "delete", "get", "head", "options", "patch", "post", "put", "trace",
];

fn described() -> Value {
    serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap()
}

/// The methods of each path that is described.
fn operations(document: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| {
        let methods = ALL.into_iter().filter(|method| item.get(method).is_some());
        methods.collect()
    };
    paths
        .iter()
        .map(|(path, item)| (path.as_str(), methods(item)))
        .collect()
}

fn of(methods: Methods) -> BTreeSet<&'static str> {
    match methods {
        Methods::Any => ALL.into(),
        Methods::Get => ["get", "head"].into(),
        Methods::Post => ["post"].into(),
    }
}

/// Whether a described path is one of the route's.
fn is_of(route: &str, path: &str) -> bool {
    route == path
        || route
            .split_once("{*")
            .is_some_and(|(start, _)| path.strip_prefix(start).is_some_and(|it| !it.is_empty()))
}

#[test]
fn every_route_is_described_with_its_methods_and_nothing_else_is() {
    let document = described();
    let mut described = operations(&document);
    let doors = ROUTES.iter().map(|route| (route.path, route.methods));
    let monitoring = MONITORING.map(|path| (path, Methods::Get));
    for (route, methods) in doors.chain(monitoring) {
        let ours: Vec<_> = described
            .keys()
            .copied()
            .filter(|path| is_of(route, path))
            .collect();
        assert!(!ours.is_empty(), "{route} is not described");
        for path in ours {
            assert_eq!(described.remove(path), Some(of(methods)), "{path}");
        }
    }
    for (path, methods) in profit::described() {
        let methods = methods.to_lowercase();
        let ours: BTreeSet<_> = methods.split(", ").collect();
        assert_eq!(described.remove(path), Some(ours), "{path}");
    }
    assert!(described.is_empty(), "no such routes: {described:?}");
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    fn walk(document: &Value, value: &Value, names: &mut BTreeSet<String>) {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
        if let Some(name) = value.get("operationId").and_then(Value::as_str) {
            assert!(names.insert(name.to_owned()), "{name} twice");
        }
        match value {
            Value::Object(fields) => fields.values().for_each(|it| walk(document, it, names)),
            Value::Array(items) => items.iter().for_each(|it| walk(document, it, names)),
            _ => {}
        }
    }
    let document = described();
    let mut names = BTreeSet::new();
    walk(&document, &document, &mut names);
    let operations: usize = operations(&document).values().map(BTreeSet::len).sum();
    assert_eq!(names.len(), operations);
}

#[test]
fn the_document_is_of_this_version() {
    let document = described();
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}
