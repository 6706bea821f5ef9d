//! Contracts: what a product promises, in the Open Data Contract Standard.

mod column_type;
mod odcs;
mod quality;
mod type_text;

use arrow_schema::Field;
use serde::Deserialize;
use serde_json::Value;

pub use column_type::{ColumnTypeError, named_type, same_type, type_name};
pub use quality::QualityRule;
pub(crate) use quality::{Executed, StandardCheck, on_failure};

use crate::document::{DocumentError, Problems, yaml_value};

/// The logical types of ODCS 3.0 to 3.2.
pub(crate) const LOGICAL_TYPES: [&str; 11] = [
    "string",
    "date",
    "timestamp",
    "time",
    "number",
    "integer",
    "object",
    "array",
    "boolean",
    "map",
    "vector",
];

/// The part of an ODCS contract that governance acts on. The rest is valid, kept
/// in [`Contract::document`], and means nothing here.
///
/// A column's labels come from the `classification` and the `tags` of its own
/// property. Tags of the contract and of an object describe that as a whole, and
/// label no column.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// The version of the standard, such as `v3.1.0`.
    pub api_version: String,
    /// The contract's own id.
    pub id: String,
    /// The contract's own version.
    pub version: String,
    /// Such as `draft` or `active`; ODCS 3.2 need not state it.
    pub status: Option<String>,
    /// The domain, in the standard's free text.
    pub domain: Option<String>,
    /// The data product, in the standard's free text.
    pub data_product: Option<String>,
    /// The schema objects.
    pub objects: Vec<SchemaObject>,
    /// The whole contract, as read.
    pub document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a mapping")]
struct ContractText {
    api_version: String,
    id: String,
    version: String,
    status: Option<String>,
    domain: Option<String>,
    data_product: Option<String>,
    #[serde(default)]
    schema: Vec<SchemaObject>,
}

impl Contract {
    /// Reads a contract of ODCS 3.0, 3.1 or 3.2 and validates it against the
    /// standard's JSON Schema. The file's name is for errors alone.
    ///
    /// # Errors
    /// If the text is not YAML, or not a contract of one of these versions.
    pub fn read(file: &str, text: &str) -> Result<Self, DocumentError> {
        let document = yaml_value(file, text)?;
        odcs::validate(file, &document)?;
        let text: ContractText = serde_json::from_value(document.clone())
            .map_err(|e| DocumentError::malformed(file, e))?;
        let contract = Self {
            api_version: text.api_version,
            id: text.id,
            version: text.version,
            status: text.status,
            domain: text.domain,
            data_product: text.data_product,
            objects: text.schema,
            document,
        };
        contract.repeated_names().or(file, contract)
    }

    /// States the time that the product is governed for, as
    /// [`Bindings::govern_as_of`](crate::Bindings::govern_as_of), in the policies that stand in
    /// quality rules. [`Contract::document`] stays as it was read.
    pub fn govern_as_of(&mut self, time: &str) {
        for object in &mut self.objects {
            let of_columns = object.properties.iter_mut().flat_map(|column| &mut column.quality);
            object.quality.iter_mut().chain(of_columns).for_each(|rule| rule.govern_as_of(time));
        }
    }

    /// The schema object of a name.
    pub fn object(&self, name: &str) -> Option<&SchemaObject> {
        self.objects.iter().find(|object| object.name == name)
    }

    /// Names that stand twice where one must tell things apart: the standard's
    /// schema cannot say so.
    fn repeated_names(&self) -> Problems {
        let mut problems = Problems::default();
        for (i, object) in self.objects.iter().enumerate() {
            if self.objects.iter().take(i).any(|before| before.name == object.name) {
                problems.add(
                    format!("/schema/{i}/name"),
                    format!("an object before it is called {:?} too", object.name),
                );
            }
            for (j, property) in object.properties.iter().enumerate() {
                if object.properties.iter().take(j).any(|before| before.name == property.name) {
                    problems.add(
                        format!("/schema/{i}/properties/{j}/name"),
                        format!("a property before it is called {:?} too", property.name),
                    );
                }
            }
        }
        problems
    }
}

/// One object of a contract's schema: a table, a file, a topic.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a mapping")]
pub struct SchemaObject {
    /// Its name, unique within the contract.
    pub name: String,
    /// What it is called in the data source.
    pub physical_name: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its columns, in order.
    #[serde(default)]
    pub properties: Vec<Property>,
    /// Quality rules of the whole object.
    #[serde(default)]
    pub quality: Vec<QualityRule>,
}

impl SchemaObject {
    /// The column of a name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

/// One column of an object, or a part of a nested one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a mapping")]
pub struct Property {
    /// Its name. (A list's `items` needs none.)
    #[serde(default)]
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// One of the standard's logical types.
    pub logical_type: Option<String>,
    /// More on the logical type.
    #[serde(default)]
    pub logical_type_options: Value,
    /// The type in the data source, in that source's words.
    pub physical_type: Option<String>,
    /// Whether every row must have a value.
    #[serde(default)]
    pub required: bool,
    /// Whether no two rows may have the same value.
    #[serde(default)]
    pub unique: bool,
    /// Whether it is part of the primary key.
    #[serde(default)]
    pub primary_key: bool,
    /// How sensitive it is; a label if the framework declares one of that name.
    pub classification: Option<String>,
    /// Any words; labels where the framework declares them.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Quality rules of the column.
    #[serde(default)]
    pub quality: Vec<QualityRule>,
    /// The parts of an object.
    #[serde(default)]
    pub properties: Vec<Property>,
    /// The element of an array.
    pub items: Option<Box<Property>>,
}

impl Property {
    /// The column as a field: nullable, whatever `required` says, since rows that
    /// break a contract are for checks to find.
    ///
    /// # Errors
    /// If the contract gives it no type that can be read, or two that contradict.
    pub fn field(&self) -> Result<Field, ColumnTypeError> {
        column_type::of(self).map(|data_type| Field::new(&self.name, data_type, true))
    }

    /// Whether `physicalType` says nothing here, so that `logicalType` alone gave
    /// the column's type.
    pub fn physical_type_is_unknown(&self) -> bool {
        column_type::physical_is_unknown(self)
    }
}
