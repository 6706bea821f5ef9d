//! The product that is run: a contract of the columns, and policies for them.

use anyhow::Context;
use arrow_schema::{DataType, Field, Schema};
use serde_json::{Value, json};

/// Modules that its policies are of.
pub(super) const MODULES: [&str; 6] =
    ["range", "completeness", "allowed-values", "clean", "mask", "pattern"];

/// The objects of the contract: what comes in, and what is published.
const OBJECTS: [&str; 2] = ["raw", "lineitem"];

/// The contract, as JSON, which is YAML too: all columns come in, the first ones go out.
pub(super) fn contract(schema: &Schema, published: usize) -> anyhow::Result<String> {
    let properties =
        schema.fields().iter().map(|field| property(field)).collect::<anyhow::Result<Vec<_>>>()?;
    let object = |name: &str, columns: usize| {
        let properties: Vec<_> = properties.iter().take(columns).collect();
        json!({"name": name, "logicalType": "object", "properties": properties})
    };
    let contract = json!({
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "bench-lineitem",
        "version": "1.0.0",
        "status": "active",
        "schema": [object(OBJECTS[0], properties.len()), object(OBJECTS[1], published)],
    });
    Ok(contract.to_string())
}

fn property(field: &Field) -> anyhow::Result<Value> {
    let (logical, physical) = match field.data_type() {
        DataType::Int32 => ("integer", "int32"),
        DataType::Int64 => ("integer", "int64"),
        DataType::Float64 => ("number", "float64"),
        DataType::Date32 => ("date", "date"),
        DataType::Utf8 => ("string", "string"),
        other => {
            return Err(anyhow::anyhow!("no line item has {other}")).context(field.name().clone());
        }
    };
    Ok(json!({"name": field.name(), "logicalType": logical, "physicalType": physical}))
}

/// Bindings of so many policies, in turns of eight: five checks, three maps.
pub(super) fn bindings(location: &str, steps: usize, version: &str) -> String {
    let policies: Vec<Value> = (0..steps).map(|at| policy(at, version)).collect();
    json!({
        "apiVersion": "bailiwick/v1",
        "product": "bench/lineitem",
        "input": {"port": "raw", "object": OBJECTS[0], "location": location},
        "output": {"port": "lineitem", "object": OBJECTS[1], "format": "parquet"},
        "policies": policies,
    })
    .to_string()
}

fn policy(at: usize, version: &str) -> Value {
    let of = |module: &str, column: &str, settings: Value| {
        json!({
            "id": format!("policy-{at}"),
            "module": format!("bench/{module}@{version}"),
            "columns": [column],
            "settings": settings,
        })
    };
    let lower = json!({"operations": [{"op": "case", "to": "lower"}]});
    match at % 8 {
        0 => of("range", "l_orderkey", json!({"min": 1})),
        1 => of("completeness", "l_orderkey", json!({})),
        2 => of("range", "l_quantity", json!({"min": 1, "max": 50})),
        3 => of("allowed-values", "l_returnflag", json!({"values": ["A", "N", "R"]})),
        4 => of("clean", "l_shipmode", lower),
        5 => of("pattern", "l_shipinstruct", json!({"pattern": "[A-Z ]+"})),
        6 => of("mask", "l_comment", json!({"method": "redact"})),
        _ => of("mask", "l_receiptdate", json!({"method": "truncate-date", "to": "month"})),
    }
}
