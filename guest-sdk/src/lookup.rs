//! Reference tables: rows that the host holds, and a module looks up by keys.
//!
//! The product's bindings give tables to a policy, by names. When a module plans, it is
//! told of their fields ([`Table::given`]), and says what it will look up: a [`Lookup`] a
//! table. Nothing else of the table is there for it when it is opened. What it writes may
//! depend on the columns that it named, and inherits their labels.
//!
//! ```
//! use bailiwick_guest::testing::{Rows, set_table};
//! use bailiwick_guest::{Lookup, Result, lookup::Table};
//!
//! set_table(
//!     "airlines",
//!     Rows::new().column("code", ["UA", "DL"]).column("name", ["United", "Delta"]),
//! );
//! let rows = Rows::new().column("carrier", [Some("DL"), None, Some("XX")]);
//! // In `plan`:
//! let airlines = Table::given(None)?;
//! let names = Lookup::new(airlines.name()).by("code", rows.schema().field("carrier")?).giving(["name"]);
//! # bailiwick_guest::testing::plan_lookups(vec![names.clone()]);
//! // In `open`, of the same fields:
//! let names = names.open()?;
//! // In `push`:
//! let batch = rows.batch();
//! let found = names.find(&[batch.column("carrier")?])?;
//! assert!(found.found.bits().iter().eq([true, false, false]));
//! assert_eq!(found.rows.column("name")?.as_utf8()?.get(0), Some("Delta"));
//! # Ok::<(), bailiwick_guest::Error>(())
//! ```

use std::rc::Rc;

use crate::gather::gather;
use crate::keys::has_key;
use crate::service::host;
use crate::{
    Array, Batch, Bitmap, Bits, Column, DataType, Error, Exact, Field, Result, Schema, array, wire,
};

/// What is looked up in one reference table. The host holds the module to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// The table.
    pub table: String,
    /// The columns that rows are found by, with the name that each has in the table and
    /// the type that its keys come in: that of the column, or another integer for an
    /// integer, another text for a text, other bytes for bytes.
    /// As they cross, so that modules that look nothing up need not hold what makes them so.
    pub on: Vec<wire::Field>,
    /// The columns that are given.
    pub columns: Vec<String>,
}

impl Lookup {
    /// Looks up in that table, by nothing and nothing of it yet.
    pub fn new(table: impl Into<String>) -> Self {
        Self { table: table.into(), ..Self::default() }
    }

    /// Finds rows by this column too: its keys are those of a column of that field.
    pub fn by(mut self, column: impl Into<String>, key: &Field) -> Self {
        let key = key.clone().renamed(column).optional();
        self.on.extend(Schema::new([key]).to_wire());
        self
    }

    /// Is given these columns besides.
    pub fn giving<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.columns.extend(columns.into_iter().map(Into::into));
        self
    }

    /// Opens it, in an opened module whose plan said the same.
    ///
    /// # Errors
    /// If its plan did not.
    pub fn open(&self) -> Result<OpenLookup> {
        let table = Table::given(Some(&self.table))?;
        let fields = self.columns.iter().map(|name| {
            // What is not found is null, whatever the table says.
            table.schema.field(name).map(|field| field.clone().optional())
        });
        let fields = fields.collect::<Result<Vec<_>>>()?;
        Ok(OpenLookup {
            table: self.table.clone(),
            on: Schema::from_wire(self.on.clone())?.fields,
            given: Rc::new(Schema::new(fields)),
        })
    }
}

/// A table, as a module is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    name: String,
    schema: Schema,
}

impl Table {
    pub(crate) fn new(name: String, schema: Schema) -> Self {
        Self { name, schema }
    }

    /// All tables that the binding gives, or once opened: that the plan names.
    ///
    /// # Errors
    /// If the host describes one in types that there are not.
    pub fn all() -> Result<Vec<Self>> {
        host::tables()
    }

    /// The table of that name; where none is stated, the only one that there is.
    ///
    /// # Errors
    /// If there is none of that name, or none is stated and there are others than one.
    pub fn given(name: Option<&str>) -> Result<Self> {
        let mut tables = Self::all()?;
        let names: Vec<&str> = tables.iter().map(Self::name).collect();
        let there = match names.as_slice() {
            [] => "the binding gives none: name one under its `references`".to_owned(),
            names => format!("the binding gives {}", names.join(", ")),
        };
        let at = match name {
            Some(name) => names.iter().position(|there| *there == name).ok_or_else(|| {
                Error::settings(format!("there is no reference table \"{name}\"; {there}"))
            })?,
            None if names.len() == 1 => 0,
            None => {
                let what = "settings must say which reference table is meant";
                return Err(Error::settings(format!("{what}; {there}")));
            }
        };
        Ok(tables.swap_remove(at))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its fields: all of them in a module that plans, those that its plan names in one
    /// that is opened.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }
}

impl Table {
    /// A lookup by these columns of the table, one for each of the keys' fields, in that
    /// order; where none is named, by the columns of the fields' own names.
    ///
    /// # Errors
    /// If there are not as many, or there is no such column, or its values are none that
    /// such keys can be equal to.
    pub fn lookup(&self, on: &[String], keys: &[Field]) -> Result<Lookup> {
        if keys.is_empty() {
            return Err(Error::fields("no columns are bound: bind those that rows are found by"));
        }
        if !on.is_empty() && on.len() != keys.len() {
            return Err(Error::settings(format!(
                "`on` names {} columns of table \"{}\", and {} are bound: name one for each",
                on.len(),
                self.name,
                keys.len()
            )));
        }
        let mut lookup = Lookup::new(&self.name);
        for (at, key) in keys.iter().enumerate() {
            let column = self.column(on.get(at).unwrap_or(&key.name))?;
            if !comparable(&key.data_type, &column.data_type) {
                return Err(Error::fields(format!(
                    "column \"{}\" is of type {} and column \"{}\" of table \"{}\" of type {}: \
                     expected two of one type that is no float, two of integers, or two of texts",
                    key.name, key.data_type, column.name, self.name, column.data_type
                )));
            }
            lookup = lookup.by(&column.name, key);
        }
        Ok(lookup)
    }

    /// The field of that column.
    ///
    /// # Errors
    /// If there is none.
    pub fn column(&self, name: &str) -> Result<&Field> {
        let there = self.schema.fields.iter().find(|field| field.name == name);
        there.ok_or_else(|| {
            Error::settings(format!(
                "table \"{}\" has no column \"{name}\"; it has {}",
                self.name,
                self.schema.names().join(", ")
            ))
        })
    }
}

/// Whether values of one type can be equal to values of the other, as the host holds it.
fn comparable(key: &DataType, column: &DataType) -> bool {
    let of_bytes = |of: &DataType| matches!(of, DataType::Binary | DataType::LargeBinary);
    has_key(key)
        && !key.is_float()
        && (key == column
            || (key.is_integer() && column.is_integer())
            || (key.is_text() && column.is_text())
            || (of_bytes(key) && of_bytes(column)))
}

/// An opened lookup.
#[derive(Debug, Clone)]
pub struct OpenLookup {
    table: String,
    on: Vec<Field>,
    given: Rc<Schema>,
}

/// The rows of some keys.
#[derive(Debug)]
pub struct Matches {
    /// A set bit for each key that a row of the table has.
    pub found: Bitmap,
    /// A set bit for each key that several have.
    pub several: Bitmap,
    /// The given columns of the first row that has it, a row for each key; null where there
    /// is none.
    pub rows: Batch,
}

impl Matches {
    /// A given column, with a value of one's own where no row was found.
    ///
    /// # Errors
    /// If there is no such column, or the value is none of its type.
    pub fn column_or(&self, name: &str, default: &Exact) -> Result<Array> {
        let column = self.rows.column(name)?;
        let field = column.field();
        let one = array::to_wire(vec![Array::filled(field, default, 1)?])?;
        let one = Batch::from_wire(Rc::new(Schema::new([field.clone()])), one)?;
        let place = |(row, found)| Some(if found { (0, row) } else { (1, 0) });
        let places: Vec<_> = (0..).zip(self.found.bits().iter()).map(place).collect();
        gather(field, &[column, one.column_at(0)?], &places)
    }
}

impl OpenLookup {
    /// The fields of what is given.
    pub fn given(&self) -> &Schema {
        &self.given
    }

    /// The rows of these keys: columns of the fields that it finds rows by, in that order.
    /// A key of which a part is null is no row's.
    ///
    /// # Errors
    /// If these are not such columns, are more than 262,144 keys, or the answer is larger than
    /// a call may give.
    pub fn find(&self, keys: &[Column<'_>]) -> Result<Matches> {
        let types = keys.iter().map(|key| key.data_type());
        if !types.eq(self.on.iter().map(|field| &field.data_type)) {
            return Err(Error::data("keys are not of the fields that the plan said"));
        }
        let count = keys.first().map_or(0, |key| key.len());
        let keys: Vec<Array> = keys.iter().map(|key| key.to_array()).collect();
        let answer = host::find(&self.table, array::to_wire(keys)?)?;
        let rows = Batch::from_wire(self.given.clone(), answer.columns)?;
        // The host is trusted; still, a short answer must not shift values.
        if rows.rows() != count {
            return Err(Error::data("the host's rows are not one for each key"));
        }
        let bits = |bytes: &[u8]| {
            let bits = Bits::new(bytes, count).map(Bits::to_bitmap);
            bits.ok_or_else(|| Error::data("the host's bits are not one for each key"))
        };
        Ok(Matches { found: bits(&answer.found)?, several: bits(&answer.several)?, rows })
    }

    /// At most so many rows of the table from that one on, of the given columns; none where
    /// it has no more.
    ///
    /// # Errors
    /// If they are larger than a call may give.
    pub fn rows(&self, from: u64, most: u32) -> Result<Batch> {
        Batch::from_wire(self.given.clone(), host::rows(&self.table, from, most)?)
    }
}
