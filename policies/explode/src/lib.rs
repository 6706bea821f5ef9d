//! The module `explode`: makes a row of each value of a list.
//!
//! ```json
//! {"column": "legs", "as": "leg", "position": "leg_number", "keep_empty": true}
//! ```
//!
//! The other columns of the binding are repeated. A row whose list is null or has no
//! value is dropped, unless `keep_empty` says that it stays, with null for the value.
//! `position` adds a column of that name with the value's place in its list, from 1, as
//! `int64`; null for a row without a value.

use bailiwick_guest::gather::gather;
use bailiwick_guest::{
    About, Array, Batch, DataType, Error, Field, Plan, PrimitiveBuilder, Reshape, Result, Schema,
    Scope, Settings, about,
};
use serde::Deserialize;

/// Which list becomes rows, and how.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Explode {
    /// The column of lists.
    pub column: String,
    /// The name of the column of its values; none: the name that it has.
    pub r#as: Option<String>,
    /// The name of a column with each value's place; none: there is no such column.
    pub position: Option<String>,
    /// Whether a row without a value stays.
    #[serde(default)]
    pub keep_empty: bool,
}

/// The opened module.
#[derive(Debug)]
pub struct Exploding(Explode);

impl Reshape for Exploding {
    type Settings = Explode;
    const ABOUT: About = about!("explode", Scope::Columns, "Makes a row of each value of a list.");

    fn plan(settings: &Explode, input: &Schema) -> Result<Plan> {
        let list = input.field(&settings.column)?;
        let child = match (&list.data_type, list.children.first()) {
            (DataType::List | DataType::LargeList, Some(child)) => child,
            _ => return Err(list.unexpected("a list")),
        };
        let mut writes = Vec::new();
        for field in &input.fields {
            if field.name != settings.column {
                writes.push(field.clone());
                continue;
            }
            let name = settings.r#as.as_ref().unwrap_or(&settings.column);
            let mut value = child.clone().renamed(name);
            value.nullable |= settings.keep_empty;
            writes.push(value);
            writes.extend(settings.position.as_ref().map(|name| {
                let position = Field::new(name, DataType::Int64);
                if settings.keep_empty { position } else { position.required() }
            }));
        }
        Plan::reading(input.names()).writing(writes).independent().with_distinct_names()
    }

    fn open(settings: Explode, _reads: &Schema) -> Result<Self> {
        Ok(Self(settings))
    }

    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>> {
        let lists = rows.column(&self.0.column)?.as_list()?;
        let too_many = |_| Error::data("a batch has more values than 2³²");
        let count = u32::try_from(rows.rows()).map_err(too_many)?;
        u32::try_from(lists.values().len()).map_err(too_many)?;
        let (validity, offsets) = (lists.validity(), lists.offsets());
        let most = lists.values().len() + if self.0.keep_empty { rows.rows() } else { 0 };
        // For each row of the output its row, its value, its place.
        let (mut repeated, mut values) = (Vec::with_capacity(most), Vec::with_capacity(most));
        let mut positions = PrimitiveBuilder::<i64>::with_capacity(0);
        let positioned = self.0.position.is_some();
        for (row, (start, end)) in (0..count).zip(offsets.iter().zip(offsets.iter().skip(1))) {
            let valid = validity.is_none_or(|bits| bits.get(row as usize));
            let list = *start..if valid { *end } else { *start };
            if list.is_empty() && self.0.keep_empty {
                repeated.push(Some((0, row)));
                values.push(None);
                positions.push_null();
            }
            for (position, at) in (1..).zip(list) {
                repeated.push(Some((0, row)));
                values.push(Some((0, at)));
                if positioned {
                    positions.push(position);
                }
            }
        }
        let mut positions = self.0.position.as_ref().map(|_| positions.finish());
        let mut out = Vec::new();
        for column in rows.columns() {
            if column.name() == self.0.column {
                let inner = lists.values();
                out.push(gather(inner.field(), &[inner], &values)?);
                out.extend(positions.take());
            } else {
                out.push(gather(column.field(), &[column], &repeated)?);
            }
        }
        Ok(Some(out))
    }

    fn state(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

bailiwick_guest::export_reshape!(Exploding);
