//! Columns of ours that cannot cross, and batches that are not the ones planned.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, IntervalUnit, Schema, TimeUnit, UnionFields, UnionMode};
use bailiwick_columnar::{ColumnarError, Projection, fields_to_wire};
use bailiwick_terms::Read;

fn field(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, true)
}

fn unsupported() -> Vec<DataType> {
    use DataType as D;
    let item = |data_type| Arc::new(field("item", data_type));
    let entries = DataType::Struct(vec![field("k", D::Utf8), field("v", D::Int8)].into());
    let members = UnionFields::try_new([0], [field("a", D::Int8)]).unwrap();
    let run_ends = Arc::new(Field::new("run_ends", D::Int32, false));
    let run_end_encoded = D::RunEndEncoded(run_ends, item(D::Utf8));
    vec![
        D::Null,
        D::Interval(IntervalUnit::YearMonth),
        D::Interval(IntervalUnit::DayTime),
        D::Interval(IntervalUnit::MonthDayNano),
        D::Decimal32(5, 2),
        D::Decimal64(5, 2),
        D::FixedSizeBinary(0),
        D::FixedSizeBinary(-1),
        D::FixedSizeList(item(D::Int8), 3),
        D::ListView(item(D::Int8)),
        D::LargeListView(item(D::Int8)),
        D::Map(Arc::new(Field::new("entries", entries, false)), false),
        D::Union(members.clone(), UnionMode::Dense),
        D::Union(members.clone(), UnionMode::Sparse),
        run_end_encoded.clone(),
        D::Dictionary(Box::new(D::Int8), Box::new(D::Interval(IntervalUnit::DayTime))),
        // Within types that would cross by themselves.
        D::List(item(D::Union(members, UnionMode::Sparse))),
        D::LargeList(item(D::Null)),
        D::Struct(vec![field("fine", D::Int8), field("runs", run_end_encoded)].into()),
        D::List(item(D::Struct(vec![field("small", D::Decimal32(5, 2))].into()))),
    ]
}

#[test]
fn types_that_cannot_cross_are_refused_by_the_name_of_their_column() {
    for data_type in unsupported() {
        let columns = [field("fine", DataType::Time32(TimeUnit::Second)), field("odd", data_type)];
        let schema = Schema::new(columns.to_vec());
        let projected = Projection::new(&schema, &["fine", "odd"].map(Read::values)).unwrap_err();
        let described = fields_to_wire(schema.fields()).unwrap_err();
        for error in [projected, described] {
            match error {
                ColumnarError::UnsupportedType { column, found } => {
                    assert_eq!(
                        (column.as_str(), found),
                        ("odd", columns[1].data_type().to_string())
                    );
                }
                other => panic!("{}: another error: {other}", columns[1].data_type()),
            }
        }
        // Columns that are not read may have any type.
        assert!(Projection::new(&schema, &["fine"].map(Read::values)).is_ok());
    }
}

#[test]
fn a_type_nested_too_deep_is_refused_as_a_module_could_not_give_it_back() {
    let nested = |levels: usize| {
        let leaf = DataType::Int32;
        let data_type = (1..levels)
            .fold(leaf, |inner, _| DataType::List(Arc::new(Field::new("item", inner, true))));
        Schema::new(vec![field("deep", data_type)])
    };
    assert!(Projection::new(&nested(16), &["deep"].map(Read::values)).is_ok());
    let error = Projection::new(&nested(17), &["deep"].map(Read::values)).unwrap_err();
    assert!(matches!(error, ColumnarError::UnsupportedType { .. }), "{error}");
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    let schema = Schema::new(vec![field("id", DataType::Int32), field("email", DataType::Utf8)]);
    let error = Projection::new(&schema, &["id", "mail"].map(Read::values)).unwrap_err();
    assert_eq!(error.to_string(), "there is no column \"mail\"; there are id, email");
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn a_batch_of_another_schema_is_refused() {
    let planned = Schema::new(vec![field("id", DataType::Int32), field("email", DataType::Utf8)]);
    let projection = Projection::new(&planned, &["email"].map(Read::values)).unwrap();
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["jane"]));
    assert!(projection.lower(&batch(vec![("id", ids.clone()), ("email", texts)])).is_ok());

    let error = projection.lower(&batch(vec![("id", ids.clone()), ("email", ids.clone())]));
    assert_eq!(error.unwrap_err().to_string(), "column \"email\" has type Int32, planned was Utf8");
    let error = projection.lower(&batch(vec![("id", ids)]));
    assert_eq!(error.unwrap_err().to_string(), "there is no column \"email\"; there are id");
}

#[test]
fn columns_cross_in_the_order_they_are_read() {
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![7]));
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["jane"]));
    let batch = batch(vec![("id", ids), ("email", texts)]);
    let projection = Projection::new(&batch.schema(), &["email", "id"].map(Read::values)).unwrap();
    let lowered = projection.lower(&batch).unwrap();
    assert_eq!(lowered.buffers[2].as_slice(), b"jane");
    assert_eq!(lowered.buffers[4].as_slice(), [7, 0, 0, 0]);
    assert_eq!(lowered.bytes(), 8 + 4 + 4);
}
