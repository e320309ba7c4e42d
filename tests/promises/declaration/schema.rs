//! As much of JSON Schema as `docs/apply.schema.json` uses. A real validator judges it in
//! `tests/interop/schema.py`.

use regex::Regex;
use serde_json::Value;

use crate::promises::document;

pub(super) struct Schema(Value);

/// The words that are judged, or say nothing about a value.
const KNOWN: [&str; 22] = [
    "$schema",
    "$id",
    "$defs",
    "$ref",
    "title",
    "description",
    "default",
    "type",
    "properties",
    "additionalProperties",
    "propertyNames",
    "required",
    "items",
    "minItems",
    "minLength",
    "const",
    "enum",
    "pattern",
    "anyOf",
    "allOf",
    "not",
    "if",
];

impl Schema {
    pub(super) fn read() -> Self {
        Self(serde_json::from_str(&document("docs/apply.schema.json")).unwrap())
    }

    /// Whether the schema takes a declaration.
    pub(super) fn takes(&self, value: &Value) -> bool {
        self.judge(&self.0, value)
    }

    fn judge(&self, schema: &Value, value: &Value) -> bool {
        let Some(rules) = schema.as_object() else {
            return schema != &Value::Bool(false);
        };
        let unknown = rules
            .keys()
            .find(|it| !KNOWN.contains(&it.as_str()) && *it != "then");
        assert_eq!(unknown, None, "a word that is not judged");
        let get = |name: &str| rules.get(name);
        let each = |name: &str| get(name).and_then(Value::as_array).into_iter().flatten();
        let conditional = get("if").is_none_or(|condition| {
            !self.judge(condition, value) || get("then").is_none_or(|then| self.judge(then, value))
        });
        get("$ref").is_none_or(|path| self.judge(self.find(path), value))
            && get("type").is_none_or(|types| is_of(types, value))
            && get("const").is_none_or(|it| it == value)
            && get("enum").is_none_or(|all| all.as_array().unwrap().contains(value))
            && get("not").is_none_or(|not| !self.judge(not, value))
            && (get("anyOf").is_none() || each("anyOf").any(|it| self.judge(it, value)))
            && each("allOf").all(|it| self.judge(it, value))
            && conditional
            && self.judge_parts(rules, value)
    }

    fn judge_parts(&self, rules: &serde_json::Map<String, Value>, value: &Value) -> bool {
        let size = |name: &str| rules.get(name).and_then(Value::as_u64).unwrap_or_default();
        match value {
            Value::String(text) => {
                let fits = |it: &Value| Regex::new(it.as_str().unwrap()).unwrap().is_match(text);
                text.chars().count() as u64 >= size("minLength")
                    && rules.get("pattern").is_none_or(fits)
            }
            Value::Array(items) => {
                items.len() as u64 >= size("minItems")
                    && rules
                        .get("items")
                        .is_none_or(|it| items.iter().all(|i| self.judge(it, i)))
            }
            Value::Object(fields) => {
                let required = rules.get("required").and_then(Value::as_array);
                let known = rules.get("properties").and_then(Value::as_object);
                let has = |name: &Value| fields.contains_key(name.as_str().unwrap());
                required.into_iter().flatten().all(has)
                    && fields.iter().all(|(name, field)| {
                        let named = Value::String(name.clone());
                        let other = rules
                            .get("additionalProperties")
                            .unwrap_or(&Value::Bool(true));
                        let own = known.and_then(|known| known.get(name)).unwrap_or(other);
                        rules
                            .get("propertyNames")
                            .is_none_or(|it| self.judge(it, &named))
                            && self.judge(own, field)
                    })
            }
            _ => true,
        }
    }

    fn find(&self, path: &Value) -> &Value {
        let path = path.as_str().unwrap().strip_prefix('#').unwrap();
        self.0.pointer(path).unwrap()
    }
}

fn is_of(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type {other} is not judged"),
    };
    types
        .as_array()
        .map_or_else(|| is(types), |types| types.iter().any(is))
}
