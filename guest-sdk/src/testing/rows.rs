//! Rows of a test, in and out.

use std::rc::Rc;

use super::Literals;
use crate::{Array, Batch, DataType, Field, Native, Part, Read, Schema, array, wire};

/// A schema and one batch of rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    schema: Schema,
    columns: Vec<Array>,
    // Those of a projection to no column are as many as before.
    rows: usize,
}

impl Rows {
    /// No columns yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a nullable column of these values, its type being that of the literals.
    pub fn column<L: Literals>(self, name: &str, values: impl IntoIterator<Item = L>) -> Self {
        let array = L::array(values.into_iter());
        self.array(Field::new(name, array.data_type().clone()), array)
    }

    /// Adds a nullable column of these values as another type that stores them the
    /// same way, such as `date32` for `i32`.
    pub fn column_as<L: Literals>(
        self,
        name: &str,
        data_type: DataType,
        values: impl IntoIterator<Item = L>,
    ) -> Self {
        match L::array(values.into_iter()).as_type(&data_type) {
            Ok(array) => self.array(Field::new(name, data_type), array),
            Err(error) => panic!("column {name:?}: {error}"),
        }
    }

    /// Adds a column that was built otherwise.
    pub fn array(mut self, field: Field, array: Array) -> Self {
        assert_eq!(&field.data_type, array.data_type(), "column {:?}", field.name);
        if let Some(first) = self.columns.first() {
            assert_eq!(first.len(), array.len(), "number of values of column {:?}", field.name);
        }
        self.rows = array.len();
        self.schema.fields.push(field);
        self.columns.push(array);
        self
    }

    /// The fields.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows as a module sees them, to read them with its views.
    pub fn batch(&self) -> Batch {
        match Batch::from_wire(Rc::new(self.schema.clone()), self.to_wire()) {
            Ok(batch) => batch,
            Err(error) => panic!("the rows are malformed: {error}"),
        }
    }

    /// The values of a text column.
    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        let batch = self.batch();
        match batch.column(name).and_then(|column| column.as_utf8()) {
            Ok(column) => column.iter().map(|value| value.map(str::to_owned)).collect(),
            Err(error) => panic!("{error}"),
        }
    }

    /// The values of a bool column.
    pub fn bools(&self, name: &str) -> Vec<Option<bool>> {
        let batch = self.batch();
        match batch.column(name).and_then(|column| column.as_bool()) {
            Ok(column) => column.iter().collect(),
            Err(error) => panic!("{error}"),
        }
    }

    /// The values of a column of numbers, dates or times.
    pub fn values<T: Native>(&self, name: &str) -> Vec<Option<T>> {
        let batch = self.batch();
        match batch.column(name).and_then(|column| column.as_primitive()) {
            Ok(column) => column.iter().collect(),
            Err(error) => panic!("{error}"),
        }
    }

    /// The values of a decimal128 column.
    pub fn decimals(&self, name: &str) -> Vec<Option<i128>> {
        let batch = self.batch();
        match batch.column(name).and_then(|column| column.as_decimal128()) {
            Ok(column) => column.iter().collect(),
            Err(error) => panic!("{error}"),
        }
    }

    /// The values of a column of bytes.
    pub fn bytes(&self, name: &str) -> Vec<Option<Vec<u8>>> {
        let batch = self.batch();
        match batch.column(name).and_then(|column| column.as_binary()) {
            Ok(column) => column.iter().map(|value| value.map(<[u8]>::to_vec)).collect(),
            Err(error) => panic!("{error}"),
        }
    }

    pub(super) fn to_wire(&self) -> wire::Batch {
        match array::to_wire(self.columns.clone()) {
            Ok(batch) => wire::Batch { rows: self.rows as u32, ..batch },
            Err(error) => panic!("the rows are too many: {error}"),
        }
    }

    /// Only these parts of columns, as the host projects them.
    pub(super) fn project(&self, reads: &[Read]) -> Self {
        let none = Self { rows: self.rows, ..Self::new() };
        reads.iter().fold(none, |rows, Read { column, part }| {
            let mut present = self.schema.fields.iter().zip(&self.columns);
            let Some((field, array)) = present.find(|(field, _)| field.name == *column) else {
                panic!("the plan reads column {column:?}, which the rows do not have")
            };
            match part {
                Part::Values => rows.array(field.clone(), array.clone()),
                Part::Presence => {
                    let field = Field::new(column, DataType::Bool).required();
                    rows.array(field, Array::from_bools(array.presence()))
                }
            }
        })
    }

    /// What a module gave back, held to the fields that its plan writes.
    pub(super) fn from_wire(fields: &[Field], batch: wire::Batch) -> Self {
        let schema = Rc::new(Schema::new(fields.iter().cloned()));
        let batch = match Batch::from_wire(schema, batch) {
            Ok(batch) => batch,
            Err(error) => panic!("what the module gave back is malformed: {error}"),
        };
        batch.columns().fold(Self::new(), |rows, column| {
            hold_to_contract(column);
            rows.array(column.field().clone(), column.to_array())
        })
    }
}

fn hold_to_contract(column: crate::Column<'_>) {
    let name = column.name();
    if let Some(validity) = column.validity() {
        let nulls = column.len() - validity.count_ones();
        assert_eq!(nulls, column.null_count(), "null count of column {name:?}");
        assert!(column.field().nullable, "column {name:?} is not nullable, but has nulls");
    }
    if column.data_type().is_text()
        && let Err(error) = column.as_utf8()
    {
        panic!("{error}");
    }
    if let Some(first) = column.as_binary().ok().and_then(|column| column.offsets().first()) {
        assert_eq!(*first, 0, "the first offset of column {name:?}");
    }
    if let Ok(list) = column.as_list() {
        assert_eq!(list.offsets().first(), Some(&0), "the first offset of column {name:?}");
        hold_to_contract(list.values());
    }
    if let Ok(structs) = column.as_struct() {
        structs.children().for_each(hold_to_contract);
    }
}
