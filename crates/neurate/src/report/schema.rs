//! JSON Schema of reports, derived from the types.

use super::document::{Report, SCHEMA_VERSION};
use super::questions::QUESTIONS;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of a [`Report`]: of its sections each question's own answer under `data`.
///
/// ```
/// let schema = neurate::report::schema();
/// assert!(schema["$defs"]["Normality"]["properties"]["nu"]["description"].is_string());
/// ```
#[must_use]
pub fn schema() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.transforms.push(Box::new(NumbersMayBeNull));
    let mut generator = settings.into_generator();
    let mut root = Report::json_schema(&mut generator);
    // What `data` holds follows from the section's name.
    let answers: Vec<Value> = QUESTIONS
        .iter()
        .map(|q| {
            let answer = (q.schema)(&mut generator);
            let unavailable = json!({
                "type": "object",
                "properties": { "not_available": { "type": "string" } },
                "required": ["not_available"]
            });
            let data = json!({ "anyOf": [answer, unavailable, { "type": "null" }] });
            json!({
                "if": { "properties": { "name": { "const": q.name } } },
                "then": { "title": q.title, "description": q.about, "properties": { "data": data } }
            })
        })
        .collect();
    root.insert("title".into(), json!(format!("neurate report, version {SCHEMA_VERSION}")));
    let mut definitions = generator.take_definitions(true);
    if let Some(Value::Object(section)) = definitions.get_mut("Section") {
        section.insert("allOf".into(), answers.into());
    }
    root.insert("$defs".into(), Value::Object(definitions));
    let mut root = root.to_value();
    if let Value::Object(object) = &mut root {
        let schema = Value::from("https://json-schema.org/draft/2020-12/schema");
        let mut ordered = Map::from_iter([("$schema".to_string(), schema)]);
        ordered.append(object);
        root = Value::Object(ordered);
    }
    root
}

/// A number that is not finite is null in JSON.
#[derive(Clone, Debug)]
struct NumbersMayBeNull;

impl Transform for NumbersMayBeNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if schema.get("type") == Some(&json!("number")) {
            schema.insert("type".into(), json!(["number", "null"]));
        }
    }
}
