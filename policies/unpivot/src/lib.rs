//! The module `unpivot`: makes a row of each of several columns.
//!
//! ```json
//! {"columns": ["jan", "feb", "mar"], "name": "month", "value": "sales"}
//! ```
//!
//! Each row becomes one row for each of these columns, in their order: the column's name
//! in `name`, its value in `value`. The other columns of the binding are repeated. The
//! columns are of one type. A null makes no row, unless `keep_nulls` says so.

use bailiwick_guest::gather::gather;
use bailiwick_guest::{
    About, Array, Batch, Bits, Column, DataType, Error, Field, Plan, Reshape, Result, Schema,
    Scope, Settings, about, pieces,
};
use serde::Deserialize;

/// Which columns become rows, and how.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Unpivot {
    /// The columns, in order; of one type.
    pub columns: Vec<String>,
    /// The name of the column of their names.
    pub name: String,
    /// The name of the column of their values.
    pub value: String,
    /// Whether a null makes a row.
    #[serde(default)]
    pub keep_nulls: bool,
}

/// The opened module.
#[derive(Debug)]
pub struct Unpivoting {
    settings: Unpivot,
    value: Field,
}

impl Unpivot {
    /// The field of the values.
    fn value(&self, input: &Schema) -> Result<Field> {
        let mut fields = self.columns.iter().map(|name| input.field(name));
        let first = fields.next().ok_or_else(|| Error::settings("`columns` names no column"))??;
        let mut value = first.clone().renamed(&self.value);
        for field in fields {
            let field = field?;
            if field.data_type != value.data_type || field.children != value.children {
                return Err(field.unexpected(&format!(
                    "{}, as column \"{}\" is: cast one of them before",
                    value.data_type, first.name
                )));
            }
            value.nullable |= field.nullable;
        }
        value.nullable &= self.keep_nulls;
        Ok(value)
    }
}

impl Reshape for Unpivoting {
    type Settings = Unpivot;
    const ABOUT: About =
        about!("unpivot", Scope::Columns, "Makes a row of each of several columns.");

    fn plan(settings: &Unpivot, input: &Schema) -> Result<Plan> {
        let value = settings.value(input)?;
        let mut writes: Vec<Field> = input
            .fields
            .iter()
            .filter(|field| !settings.columns.contains(&field.name))
            .cloned()
            .collect();
        writes.push(Field::new(&settings.name, DataType::Utf8).required());
        writes.push(value);
        Plan::reading(input.names()).writing(writes).independent().with_distinct_names()
    }

    fn open(settings: Unpivot, reads: &Schema) -> Result<Self> {
        let value = settings.value(reads)?;
        Ok(Self { settings, value })
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        let columns = self.settings.columns.iter().map(|name| rows.column(name));
        let columns = columns.collect::<Result<Vec<Column<'_>>>>()?;
        let too_many = |_| Error::data("a batch has more rows than 2³²");
        let (count, width) = (u32::try_from(rows.rows()), u32::try_from(columns.len()));
        let (count, width) = (count.map_err(too_many)?, width.map_err(too_many)?);
        let (names, ranges) = pieces::joined(&self.settings.columns);
        let sources: Vec<(u32, Option<Bits<'_>>, (u32, u32))> = (0..width)
            .zip(&columns)
            .zip(ranges)
            .map(|((at, column), name)| (at, column.validity(), name))
            .collect();
        let most = rows.rows() * columns.len();
        // For each row of the output its row, its value, its name.
        let (mut repeated, mut values) = (Vec::with_capacity(most), Vec::with_capacity(most));
        let mut named = Vec::with_capacity(most);
        for row in 0..count {
            for (at, validity, name) in &sources {
                let valid = validity.is_none_or(|bits| bits.get(row as usize));
                if valid || self.settings.keep_nulls {
                    repeated.push(Some((0, row)));
                    values.push(Some((*at, row)));
                    named.push(*name);
                }
            }
        }
        let others = rows
            .columns()
            .filter(|column| !self.settings.columns.iter().any(|name| name == column.name()));
        let others = others.map(|column| gather(column.field(), &[column], &repeated));
        let mut out = others.collect::<Result<Vec<Array>>>()?;
        out.push(pieces::texts(&names, &named)?);
        out.push(gather(&self.value, &columns, &values)?);
        Ok(Some(out))
    }

    fn state(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

bailiwick_guest::export_reshape!(Unpivoting);
