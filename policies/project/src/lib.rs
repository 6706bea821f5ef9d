//! The module `project`: chooses, renames and orders columns, and takes fields out of
//! structs.
//!
//! ```json
//! {"columns": [
//!   {"column": "order_id", "as": "id"},
//!   {"column": "customer", "path": ["address", "city"], "as": "city"},
//!   {"column": "amount"}
//! ]}
//! ```
//!
//! The output has these columns, in this order, and no others; with `others: keep` the
//! binding's columns that are not among them follow, as they are: so `{"columns":
//! [{"column": "id", "as": "order_id"}], "others": "keep"}` renames one. `path` names the fields
//! to follow in a struct; where a struct on the way is null, so is the value. Without
//! `as` a column has the name that it had, and a field of a struct its own.

use bailiwick_guest::{
    About, Array, Batch, Bitmap, Column, Error, Field, Plan, Reshape, Result, Schema, Scope,
    Settings, about,
};
use serde::Deserialize;

/// The columns of the output.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The columns, in order.
    pub columns: Vec<Chosen>,
    /// What becomes of the binding's other columns.
    #[serde(default)]
    pub others: Others,
}

/// What becomes of columns that are not named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Others {
    /// They are dropped.
    #[default]
    Drop,
    /// They follow, as they are.
    Keep,
}

impl Project {
    /// All columns of the output, in order.
    fn chosen(&self, input: &Schema) -> Vec<Chosen> {
        let is_named = |field: &&Field| self.columns.iter().any(|of| of.column == field.name);
        let as_it_is =
            |field: &Field| Chosen { column: field.name.clone(), path: Vec::new(), r#as: None };
        let mut chosen = self.columns.clone();
        if self.others == Others::Keep {
            chosen.extend(input.fields.iter().filter(|field| !is_named(field)).map(as_it_is));
        }
        chosen
    }
}

/// One column of the output.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The column that it is, or is in.
    pub column: String,
    /// The fields to follow, where the column is a struct.
    #[serde(default)]
    pub path: Vec<String>,
    /// Its name; none: the name that it has.
    pub r#as: Option<String>,
}

impl Chosen {
    /// The field that is written.
    fn field(&self, input: &Schema) -> Result<Field> {
        let mut field = input.field(&self.column)?;
        let mut nullable = field.nullable;
        for name in &self.path {
            let missing = || {
                let names: Vec<&str> = field.children.iter().map(|of| of.name.as_str()).collect();
                Error::settings(format!(
                    "`{}` has no field `{name}`: it has {}",
                    field.name,
                    if names.is_empty() { "none".into() } else { names.join(", ") }
                ))
            };
            let is_struct = field.data_type == bailiwick_guest::DataType::Struct;
            let child = field.children.iter().find(|child| is_struct && child.name == *name);
            let child = child.ok_or_else(missing)?;
            nullable |= child.nullable;
            field = child;
        }
        let name = self.r#as.as_ref().unwrap_or(&field.name);
        Ok(Field { nullable, ..field.clone().renamed(name) })
    }

    fn values(&self, rows: &Batch) -> Result<Array> {
        let mut column = rows.column(&self.column)?;
        let mut valid: Option<Bitmap> = None;
        let mut cut = |column: Column<'_>| {
            if let Some(bits) = column.validity() {
                let both = valid.take().map_or_else(|| bits.to_bitmap(), |valid| valid.and(bits));
                valid = Some(both);
            }
        };
        cut(column);
        for name in &self.path {
            let child = column.as_struct()?.children().find(|child| child.name() == name);
            column = child.ok_or_else(|| Error::data(format!("there is no field `{name}`")))?;
            cut(column);
        }
        Ok(column.to_array().with_validity(valid.as_ref().map(Bitmap::bits)))
    }
}

/// The opened module.
#[derive(Debug)]
pub struct Projecting(Vec<Chosen>);

impl Reshape for Projecting {
    type Settings = Project;
    const ABOUT: About = about!(
        "project",
        Scope::Columns,
        "Chooses, renames and orders columns, and takes fields out of structs."
    );

    fn plan(settings: &Project, input: &Schema) -> Result<Plan> {
        if settings.columns.is_empty() {
            return Err(Error::settings("`columns` names no column"));
        }
        let mut reads: Vec<&str> = Vec::new();
        let mut writes: Vec<Field> = Vec::new();
        let all = settings.chosen(input);
        for chosen in &all {
            let field = chosen.field(input)?;
            if writes.iter().any(|before| before.name == field.name) {
                return Err(Error::settings(format!(
                    "two columns would be named `{}`: say `as`",
                    field.name
                )));
            }
            if !reads.contains(&chosen.column.as_str()) {
                reads.push(&chosen.column);
            }
            writes.push(field);
        }
        Ok(Plan::reading(reads).writing(writes).independent())
    }

    fn open(settings: Project, reads: &Schema) -> Result<Self> {
        Ok(Self(settings.chosen(reads)))
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        self.0.iter().map(|chosen| chosen.values(rows)).collect::<Result<_>>().map(Some)
    }

    fn state(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

bailiwick_guest::export_reshape!(Projecting);
