//! Answers back among the columns that stayed.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{DataType, Field, FieldRef, Schema};
use bailiwick_columnar::{ColumnarError, Malformed, keep_rows, replace_columns, replaced_fields};

fn field(name: &str, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(name, data_type, true))
}

fn people() -> RecordBatch {
    let schema = Schema::new(vec![field("id", DataType::Int32), field("name", DataType::Utf8)]);
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let names: ArrayRef = Arc::new(StringArray::from(vec!["jane", "li", "ada"]));
    RecordBatch::try_new(Arc::new(schema), vec![ids, names]).unwrap()
}

#[test]
fn a_written_column_stands_where_its_namesake_stood_or_last() {
    let batch = people();
    let (age, id) = (field("age", DataType::Int32), field("id", DataType::Utf8));
    let fields = replaced_fields(batch.schema().fields(), &[age.clone(), id.clone()]);
    let names: Vec<_> = fields.iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["id", "name", "age"]);

    let ages: ArrayRef = Arc::new(Int32Array::from(vec![40, 50, 60]));
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["x", "y", "z"]));
    let written = [(age, ages.clone()), (id, ids.clone())];
    let out = replace_columns(&batch, &Arc::new(Schema::new(fields)), &written).unwrap();
    assert_eq!(out.columns(), [ids, batch.column(1).clone(), ages]);
    // What was not written is the same array, not a copy of it.
    assert!(Arc::ptr_eq(out.column(1), batch.column(1)));
}

#[test]
fn written_columns_must_fit_the_schema() {
    let batch = people();
    let id = field("id", DataType::Int32);
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["x", "y", "z"]));
    let wrong_type = replace_columns(&batch, &batch.schema(), &[(id.clone(), texts)]);
    assert!(matches!(wrong_type, Err(ColumnarError::Arrow(_))), "{wrong_type:?}");
    let short: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let wrong_rows = replace_columns(&batch, &batch.schema(), &[(id, short)]);
    assert!(matches!(wrong_rows, Err(ColumnarError::Arrow(_))), "{wrong_rows:?}");
    let other = Arc::new(Schema::new(vec![field("salary", DataType::Int32)]));
    let missing = replace_columns(&batch, &other, &[]);
    assert!(matches!(missing, Err(ColumnarError::MissingColumn { .. })), "{missing:?}");
}

#[test]
fn rows_whose_bit_is_set_stay() {
    let batch = people();
    let some = keep_rows(&batch, &BooleanBuffer::from(vec![true, false, true])).unwrap();
    assert_eq!(some.column(0).as_ref(), &Int32Array::from(vec![1, 3]) as &dyn Array);
    let none = keep_rows(&batch, &BooleanBuffer::new_unset(3)).unwrap();
    assert_eq!((none.num_rows(), none.schema()), (0, batch.schema()));
    let all = keep_rows(&batch, &BooleanBuffer::new_set(3)).unwrap();
    assert!(Arc::ptr_eq(all.column(0), batch.column(0)));
}

#[test]
fn there_must_be_a_bit_for_every_row() {
    for bits in [0, 2, 4] {
        for keep in [BooleanBuffer::new_set(bits), BooleanBuffer::new_unset(bits)] {
            let field = "a bitmap".into();
            let expected = Malformed::Count { field, what: "bits", expected: 3, found: bits };
            assert_eq!(keep_rows(&people(), &keep), Err(expected.into()));
        }
    }
}

#[test]
fn rows_without_columns_are_still_rows() {
    let options = RecordBatchOptions::new().with_row_count(Some(5));
    let schema = Arc::new(Schema::empty());
    let batch = RecordBatch::try_new_with_options(schema.clone(), vec![], &options).unwrap();
    assert_eq!(replace_columns(&batch, &schema, &[]).unwrap().num_rows(), 5);
    let keep = BooleanBuffer::from(vec![true, false, true, false, false]);
    assert_eq!(keep_rows(&batch, &keep).unwrap().num_rows(), 2);
}
