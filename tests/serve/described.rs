//! Every answer in these tests is one that `docs/openapi.json` describes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use super::Reply;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../docs/openapi.json");
    serde_json::from_str(text).unwrap()
});

/// Fails if the answer to this request line has a status, or lacks or adds a header, that is not
/// described. What is not described at all is 404, or 405.
#[track_caller]
pub(crate) fn judge(request: &str, reply: &Reply) {
    let Some((method, target)) = request.split_once(' ') else {
        return;
    };
    let path = target.split('?').next().unwrap();
    let Some(item) = item(path) else {
        // A page may ask about any path of the Profit flow whether it may ask.
        let is_preflight = method == "OPTIONS" && folded(path).is_some() && reply.status == 204;
        assert!(
            is_preflight || matches!(reply.status, 400 | 404 | 431),
            "{request}: {reply:?}"
        );
        return;
    };
    // Monitoring has a listener of its own: no other knows its paths.
    if reply.status == 404 && item.get("servers").is_some() {
        return;
    }
    let Some(operation) = operation(item, method) else {
        let statuses = [400, 404, 405, 431, 503];
        assert!(statuses.contains(&reply.status), "{request}: {reply:?}");
        return;
    };
    let described = &operation["responses"][reply.status.to_string()];
    let described = resolved(described);
    assert!(described.is_object(), "not described: {request}: {reply:?}");
    // What the HTTP library answers by itself is of no route.
    if !matches!(reply.status, 400 | 404 | 431) {
        headers(request, described, reply);
    }
    media(request, described, reply);
}

fn headers(request: &str, described: &'static Value, reply: &Reply) {
    let described = described["headers"].as_object().unwrap();
    let names: BTreeSet<_> = described.keys().map(|name| name.to_lowercase()).collect();
    for (name, header) in described {
        let name = name.to_lowercase();
        let is_there = reply.fields.iter().any(|(own, _)| *own == name);
        let is_required = resolved(header)["required"] == true;
        assert!(
            is_there || !is_required,
            "{request} lacks {name}: {reply:?}"
        );
    }
    let usual = ["content-length", "content-type", "date", "connection"];
    for (name, _) in &reply.fields {
        let is_usual = usual.contains(&name.as_str());
        assert!(
            is_usual || names.contains(name),
            "{name} is not described: {request}: {reply:?}"
        );
    }
}

/// A body has a media type that is described, and there is none without one.
fn media(request: &str, described: &Value, reply: &Reply) {
    let media = reply.field("content-type");
    let media = media.map(|value| value.split(';').next().unwrap());
    if let Some(media) = media {
        let content = described["content"].get(media);
        assert!(
            content.is_some(),
            "{media} is not described: {request}: {reply:?}"
        );
    }
    assert!(
        media.is_some() || reply.body.is_empty(),
        "{request}: {reply:?}"
    );
}

/// The description of a method. Methods of other standards cannot be described; a path that answers
/// every method answers them like GET.
fn operation(item: &'static Value, method: &str) -> Option<&'static Value> {
    let named = item.get(method.to_lowercase());
    let answers_all = item.get("trace").is_some() && method != "CONNECT";
    named.or_else(|| item.get("get").filter(|_| answers_all))
}

/// The description of a path: its own, or else the template with the most segments.
fn item(path: &str) -> Option<&'static Value> {
    let folded = folded(path);
    let path = folded.as_deref().unwrap_or(path);
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let found = paths.iter().filter(|(template, _)| is_of(template, path));
    let found = found.max_by_key(|(template, _)| template.matches('/').count());
    paths.get(path).or_else(|| found.map(|(_, item)| item))
}

/// A path of the Profit flow as it is described: cases and empty segments do not count there.
fn folded(path: &str) -> Option<String> {
    let lower = path.to_lowercase();
    let segments: Vec<_> = lower.split('/').filter(|it| !it.is_empty()).collect();
    let first = segments.first()?;
    let is_profit = ["profitrestservices", "profitservices"].contains(first);
    is_profit.then(|| format!("/{}", segments.join("/")))
}

fn is_of(template: &str, path: &str) -> bool {
    if template == path {
        return true;
    }
    let mut segments = path.split('/');
    let mut matched = template.split('/').all(|part| match part {
        "{rest}" => segments.by_ref().count() > 0,
        _ => segments
            .next()
            .is_some_and(|it| it == part || part.starts_with('{')),
    });
    matched &= segments.next().is_none();
    matched
}

fn resolved(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(target) => DOCUMENT.pointer(target.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

#[test]
fn paths_are_found_by_their_segments() {
    let find = |path| item(path).map(|item| item["description"].as_str().unwrap_or_default());
    assert!(
        find("/verify")
            .unwrap()
            .starts_with("May this request pass?")
    );
    assert_eq!(find("/authz/"), Some("Without segments."));
    assert!(
        find("/authz/a/b")
            .unwrap()
            .starts_with("May this request pass?")
    );
    assert!(find("/authz/a/b/c/d").unwrap().starts_with("As above"));
    assert_eq!(find("/authz/a"), Some("Without the second segment."));
    assert_eq!(find("/authz"), None);
    assert_eq!(find("/verify/"), None);
}
