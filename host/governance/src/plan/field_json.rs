//! Fields as JSON, always in the same order: a field's metadata is a hash map, and
//! a plan that is written twice must be the same bytes.

use arrow_schema::Field;
use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::contract::type_name;
use crate::document::canonical;

/// The exact field, beside a type that people can read.
#[derive(Serialize, Deserialize)]
struct FieldJson {
    name: String,
    #[serde(rename = "type")]
    type_name: String,
    arrow: serde_json::Value,
}

impl FieldJson {
    fn of(field: &Field) -> Result<Self, serde_json::Error> {
        Ok(Self {
            name: field.name().clone(),
            type_name: type_name(field.data_type()),
            arrow: canonical(serde_json::to_value(field)?),
        })
    }
}

pub(super) fn serialize<S: Serializer>(field: &Field, serializer: S) -> Result<S::Ok, S::Error> {
    FieldJson::of(field).map_err(S::Error::custom)?.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
    let json = FieldJson::deserialize(deserializer)?;
    serde_json::from_value(json.arrow).map_err(serde::de::Error::custom)
}

/// The same for a list of fields.
pub(super) mod list {
    use super::{Deserialize, Deserializer, Error, Field, FieldJson, Serialize, Serializer};

    pub(in crate::plan) fn serialize<S: Serializer>(
        fields: &[Field],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let fields: Result<Vec<FieldJson>, _> = fields.iter().map(FieldJson::of).collect();
        fields.map_err(S::Error::custom)?.serialize(serializer)
    }

    pub(in crate::plan) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Field>, D::Error> {
        let fields = Vec::<FieldJson>::deserialize(deserializer)?;
        let fields: Result<Vec<Field>, _> =
            fields.into_iter().map(|field| serde_json::from_value(field.arrow)).collect();
        fields.map_err(serde::de::Error::custom)
    }
}
