//! What a module never sees. The witness gives back every byte of its memory, so
//! what is not in there was not given to it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use bailiwick_engine::Conditions;

use crate::support::guest;

const SECRET: &str = "salary-is-4711-and-nobody-shall-know";
const SECRET_NUMBER: i64 = 0x5ec2_e75e_c2e7_5ec2;

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// What the module was given while it ran, its whole memory, and what it was told
/// when it was planned.
struct Testimony {
    given: Vec<u8>,
    memory: Vec<u8>,
    planned: String,
}

impl Testimony {
    fn knows(&self, needle: &[u8]) -> bool {
        contains(&self.given, needle) || contains(&self.memory, needle)
    }
}

fn testify(batch: &RecordBatch, bound: &[&str], reads: &[&str]) -> Testimony {
    let settings = format!("{{\"reads\": {reads:?}}}");
    let witness = guest("witness");
    let mut stage =
        witness.stage(&settings, &batch.schema(), bound, &Conditions::default()).unwrap();
    assert!(stage.apply(batch).unwrap().is_none());
    let told = stage.finish().unwrap().unwrap();
    let bytes = told.column(0).as_binary::<i32>();
    Testimony {
        given: bytes.value(0).to_vec(),
        memory: bytes.value(1).to_vec(),
        planned: told.schema().field(0).metadata()["given"].clone(),
    }
}

fn people() -> RecordBatch {
    let metadata = [("hint".to_owned(), "metadata-of-the-secret".to_owned())].into();
    let schema = Schema::new(vec![
        Field::new("before", DataType::Int64, false),
        Field::new("email", DataType::Utf8, false),
        Field::new("pay_column", DataType::Utf8, false).with_metadata(metadata),
        Field::new("id", DataType::Int64, false),
    ]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![SECRET_NUMBER; 3])),
        Arc::new(StringArray::from(vec!["jane@example.com", "li@example.com", "ada@example.com"])),
        Arc::new(StringArray::from(vec![SECRET; 3])),
        Arc::new(Int64Array::from(vec![1, 2, 3])),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

#[test]
fn what_a_module_reads_is_found_in_its_memory() {
    let told = testify(&people(), &["email", "pay_column"], &["email", "pay_column"]);
    for known in ["li@example.com", "pay_column", SECRET, "metadata-of-the-secret"] {
        assert!(contains(&told.given, known.as_bytes()), "{known}");
        assert!(contains(&told.memory, known.as_bytes()), "{known}");
    }
}

#[test]
fn columns_outside_the_binding_are_nowhere_in_a_module() {
    let told = testify(&people(), &["email", "id"], &["email", "id"]);
    assert!(told.knows(b"jane@example.com") && told.knows(&2_i64.to_le_bytes()));
    assert!(!told.knows(SECRET.as_bytes()));
    assert!(!told.knows(&SECRET_NUMBER.to_le_bytes()));
    for name in ["pay_column", "before", "metadata-of-the-secret"] {
        assert!(!told.knows(name.as_bytes()), "{name}");
        assert!(!told.planned.contains(name), "{name}");
    }
}

#[test]
fn of_a_bound_column_that_is_not_read_only_the_field_is_told_and_only_to_the_plan() {
    let told = testify(&people(), &["email", "pay_column"], &["email"]);
    assert!(told.planned.contains("pay_column"));
    assert!(!told.knows(b"pay_column"));
    assert!(!told.knows(SECRET.as_bytes()));
}

#[test]
fn rows_outside_a_slice_are_nowhere_in_a_module() {
    let told = testify(&people().slice(1, 1), &["email", "id"], &["email", "id"]);
    assert!(told.knows(b"li@example.com"));
    assert!(!told.knows(b"jane@") && !told.knows(b"ada@"));
    // Not even behind the last bit of a validity or a bool.
    let bools: ArrayRef = Arc::new(arrow_array::BooleanArray::from(vec![true; 24]));
    let batch = RecordBatch::try_from_iter([("flag", bools)]).unwrap();
    let told = testify(&batch.slice(3, 2), &["flag"], &["flag"]);
    assert_eq!(told.given.last(), Some(&0b11));
}

#[test]
fn a_module_finds_nothing_of_those_that_ran_before_it() {
    let secrets: ArrayRef = Arc::new(StringArray::from(vec![SECRET; 10_000]));
    let before = RecordBatch::try_from_iter([("email", secrets)]).unwrap();
    for _ in 0..4 {
        assert!(testify(&before, &["email"], &["email"]).knows(SECRET.as_bytes()));
        let told = testify(&people(), &["email"], &["email"]);
        assert!(told.knows(b"jane@example.com") && !told.knows(SECRET.as_bytes()));
    }
}

#[test]
fn the_values_of_a_dictionary_that_no_row_has_do_not_enter() {
    let values = Arc::new(StringArray::from(vec!["open", SECRET]));
    let keys = arrow_array::Int8Array::from(vec![0, 0, 0]);
    let dictionary: ArrayRef = Arc::new(arrow_array::Int8DictionaryArray::new(keys, values));
    let batch = RecordBatch::try_from_iter([("word", dictionary)]).unwrap();
    let told = testify(&batch, &["word"], &["word"]);
    assert!(told.knows(b"openopenopen") && !told.knows(SECRET.as_bytes()));
}

#[test]
fn views_bring_nothing_but_their_own_values() {
    let texts = StringArray::from(vec![SECRET, "another long value that is not inlined"]);
    let views = arrow_cast::cast(&texts, &DataType::Utf8View).unwrap();
    let batch = RecordBatch::try_from_iter([("word", views)]).unwrap();
    let told = testify(&batch.slice(1, 1), &["word"], &["word"]);
    assert!(told.knows(b"another long value") && !told.knows(SECRET.as_bytes()));
    assert_eq!(batch.column(0).len(), 2);
}
