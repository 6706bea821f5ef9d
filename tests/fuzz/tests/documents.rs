//! The text of a contract, of bindings or of a framework: what is read can be read
//! again, and what is said of the rest is short and harmless.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use bailiwick_fuzz::bent;
use bailiwick_governance::{
    Bindings, Contract, DocumentError, Framework, Property, Selection, type_name,
};
use bailiwick_terms::Label;
use serde_json::Value;

/// Bytes of an error at most: a few screens of text, whatever the document holds.
const LONGEST_ERROR: usize = 24_000;

#[test]
fn documents() {
    bolero::check!().with_iterations(0).for_each(property);
}

#[test]
fn bent_documents() {
    bent("documents", 1_500, property);
}

/// The first byte says which document the rest is.
fn property(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    match kind % 3 {
        0 => contract(text),
        1 => bindings(text),
        _ => framework(text),
    }
}

fn refused(error: &DocumentError) {
    let message = error.to_string();
    assert!(message.len() <= LONGEST_ERROR, "{} bytes: {message}", message.len());
    assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{message:?}");
}

fn contract(text: &str) {
    let contract = match Contract::read("contract.yaml", text) {
        Ok(contract) => contract,
        Err(error) => return refused(&error),
    };
    // JSON is YAML: the document as it is kept says the same as the one that was read.
    let again = Contract::read("contract.yaml", &contract.document.to_string()).unwrap();
    assert_eq!(again, contract);

    distinct(contract.objects.iter().map(|object| &object.name));
    for object in &contract.objects {
        assert_eq!(contract.object(&object.name), Some(object));
        distinct(object.properties.iter().map(|property| &property.name));
        object.properties.iter().for_each(column);
    }
}

/// A column's type is written as it is read.
fn column(property: &Property) {
    let Ok(field) = property.field() else {
        return;
    };
    assert_eq!(field.name(), &property.name);
    let written = serde_json::json!({
        "name": property.name,
        "physicalType": type_name(field.data_type()),
    });
    let written: Property = serde_json::from_value(written).unwrap();
    let read = written.field().map(|field| type_name(field.data_type()));
    assert_eq!(read.as_ref(), Ok(&type_name(field.data_type())));
}

fn bindings(text: &str) {
    let bindings = match Bindings::read("bindings.yaml", text) {
        Ok(bindings) => bindings,
        Err(error) => return refused(&error),
    };
    distinct(bindings.policies.iter().map(|policy| &policy.id));
    for policy in &bindings.policies {
        if let Selection::Columns(columns) = &policy.columns {
            distinct(columns);
        }
        assert!(policy.settings.is_object());
        assert!(is_ordered(&policy.settings), "{}", policy.settings);
        // What a step is given is the settings as text: it says the same.
        let text = policy.settings.to_string();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap().to_string(), text);
    }
}

fn framework(text: &str) {
    let framework = match Framework::read("framework.yaml", text) {
        Ok(framework) => framework,
        Err(error) => return refused(&error),
    };
    distinct(framework.obligations.iter().map(|obligation| &obligation.id));
    let declared = |label: &Label| framework.labels.contains_key(label);
    assert!(framework.quarantine.iter().all(declared));
    assert!(framework.clearance.default.iter().all(declared));
    assert!(framework.clearance.ports.values().flatten().all(declared));
    for obligation in &framework.obligations {
        assert!(obligation.when.label.as_ref().is_none_or(declared));
        // What asks for exactly these settings is met by them.
        let require = &obligation.require;
        assert!(require.is_met_by(&require.module, &require.settings));
    }
}

fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) {
    let mut seen = BTreeSet::new();
    assert!(items.into_iter().all(|item| seen.insert(item)));
}

/// Whether the keys of every object stand in order, each once.
fn is_ordered(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.keys().is_sorted_by(|a, b| a < b) && members.values().all(is_ordered)
        }
        Value::Array(items) => items.iter().all(is_ordered),
        _ => true,
    }
}
