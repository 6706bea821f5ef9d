//! `bailiwick profile`: what it finds, in every format, and what it keeps to itself.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::nasty::{PLAIN, nasty, plain, write_arrow, write_csv, write_ndjson, write_parquet};
use support::{BAILIWICK, Ended, workspace};

fn bailiwick(words: &[&str]) -> Ended {
    Command::new(BAILIWICK).args(words).output().unwrap().into()
}

fn flights() -> String {
    workspace().join("examples/flights/data/flights.parquet").display().to_string()
}

fn profile_of(file: &Path, more: &[&str]) -> Value {
    let file = file.display().to_string();
    let ended = bailiwick(&[&["profile", &file, "--json"], more].concat()).good();
    serde_json::from_str(&ended.out).unwrap()
}

fn column<'p>(profile: &'p Value, name: &str) -> &'p Value {
    let columns = profile["columns"].as_array().unwrap();
    columns.iter().find(|column| column["name"] == name).unwrap()
}

#[test]
fn figures_of_the_flights_are_those_that_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flights.json");
    let name = file.display().to_string();
    let words = ["profile", &flights(), "--output", &name];
    let told = bailiwick(&words).good().out;
    assert!(told.contains("336776 rows, 19 columns, parquet"), "{told}");
    let text = fs::read_to_string(&file).unwrap();
    bailiwick(&words).good();
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "the same file, the same profile");

    let profile: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(profile["rows"], 336_776);
    // As pandas has them: nunique, isna, mean, min, max of dep_delay.
    for (name, distinct, nulls) in
        [("carrier", 16, 0), ("dest", 105, 0), ("tailnum", 4_043, 2_512), ("dep_delay", 527, 8_255)]
    {
        let found = column(&profile, name);
        assert_eq!(found["distinct"]["count"], distinct, "{name}");
        assert_eq!(found["nulls"], nulls, "{name}");
    }
    let delay = column(&profile, "dep_delay");
    assert_eq!((delay["min"].as_f64(), delay["max"].as_f64()), (Some(-43.0), Some(1301.0)));
    assert!((delay["figures"]["mean"].as_f64().unwrap() - 12.639_070_257).abs() < 1e-8);
    assert_eq!(delay["quantiles"][3]["value"].as_f64(), Some(-2.0), "the median");
    let carrier = column(&profile, "carrier");
    assert_eq!(carrier["values"]["common"][0], json!({"value": "UA", "rows": 58_665}));
    assert_eq!(carrier["values"]["complete"], true);
    let tail = column(&profile, "tailnum");
    assert_eq!(tail["forms"]["common"][0]["form"], "A999AA", "{}", tail["forms"]);
    assert_eq!(column(&profile, "time_hour")["min"], "2013-01-01T10:00:00Z");
}

#[test]
fn a_profile_is_of_the_form_that_is_published() {
    let schema = include_str!("../../../docs/profile.schema.json");
    let form = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let nasty = write_parquet(folder.path(), &nasty());
    let bookings = workspace().join("examples/flights/data/bookings.parquet");
    let estimated = ["--memory", "64KiB"];
    let shown = ["--show-values"];
    for (file, more) in [(&nasty, &[][..]), (&bookings, &estimated), (&bookings, &shown)] {
        let profile = profile_of(file, more);
        let wrong: Vec<String> = form.iter_errors(&profile).map(|e| e.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new(), "{profile:#}");
    }
}

/// Every value of a text column of the bookings.
fn texts(name: &str) -> Vec<String> {
    let file = workspace().join("examples/flights/data/bookings.parquet");
    let batches = support::rows::parquet(&file);
    let of = |batch: &arrow_array::RecordBatch| -> Vec<String> {
        let column =
            arrow_cast::cast(batch.column_by_name(name).unwrap(), &arrow_schema::DataType::Utf8);
        let column = column.unwrap();
        let column = column.as_any().downcast_ref::<arrow_array::StringArray>().unwrap();
        column.iter().flatten().map(str::to_owned).collect()
    };
    batches.iter().flat_map(of).collect()
}

#[test]
fn a_profile_states_no_value_of_a_column_suspected_to_be_personal() {
    let file = workspace().join("examples/flights/data/bookings.parquet");
    let words = ["profile", &file.display().to_string()];
    let told = bailiwick(&words).good().out;
    let stated = profile_of(&file, &[]);
    let text = stated.to_string();
    for name in ["passenger_id", "passenger_name", "email", "phone", "date_of_birth", "card_number"]
    {
        let found = column(&stated, name);
        assert_eq!(found["withheld"], true, "{name}");
        assert!(!found["personal_data"].as_array().unwrap().is_empty(), "{name}");
        for member in ["min", "max", "values", "quantiles", "figures"] {
            assert!(found.get(member).is_none(), "{name} has {member}");
        }
        let values = texts(name);
        assert!(values.len() > 1_000);
        for value in values.iter().filter(|value| value.chars().count() >= 6) {
            assert!(!text.contains(value), "{name}: {value}");
            assert!(!told.contains(value), "{name}: {value}");
        }
    }
    for (name, kind) in [("email", "email"), ("card_number", "card-number"), ("phone", "phone")] {
        let first = &column(&stated, name)["personal_data"][0];
        assert_eq!(
            (&first["kind"], &first["confidence"]),
            (&json!(kind), &json!("high")),
            "{name}"
        );
    }
    for name in ["carrier", "fare", "channel", "booked_at"] {
        assert!(column(&stated, name).get("personal_data").is_none(), "{name}");
    }
    let shown = profile_of(&file, &["--show-values"]);
    assert!(column(&shown, "date_of_birth")["min"].is_string());
}

#[test]
fn past_its_memory_different_values_are_estimated_and_it_says_so() {
    let exact = profile_of(Path::new(&flights()), &["--memory", "1GiB"]);
    let about = profile_of(Path::new(&flights()), &["--memory", "64KiB"]);
    let mut estimated = 0;
    for column in exact["columns"].as_array().unwrap() {
        let name = column["name"].as_str().unwrap();
        let count = column["distinct"]["count"].as_f64().unwrap();
        assert!(column["distinct"].get("standard_error").is_none(), "{name}");
        let other = &self::column(&about, name)["distinct"];
        if other.get("standard_error").is_some() {
            estimated += 1;
            let off = (other["count"].as_f64().unwrap() - count).abs() / count;
            assert!(off < 0.04, "{name}: {other} for {count}");
        } else {
            assert_eq!(other["count"].as_f64(), Some(count), "{name}");
        }
    }
    assert!(estimated >= 3, "{estimated}");
}

#[test]
fn every_format_gives_the_same_figures() {
    let folder = tempfile::tempdir().unwrap();
    let rows = plain(&nasty());
    let files: Vec<PathBuf> = vec![
        write_parquet(folder.path(), &rows),
        write_arrow(folder.path(), &rows),
        write_ndjson(folder.path(), &rows),
        write_csv(folder.path(), &rows),
    ];
    let profiles: Vec<Value> = files.iter().map(|file| profile_of(file, &[])).collect();
    for profile in &profiles {
        assert_eq!(profile["rows"], rows.num_rows(), "{}", profile["input"]["location"]);
        for name in PLAIN {
            for member in ["nulls", "distinct", "min", "max", "quantiles"] {
                let (found, expected) = (column(profile, name), column(&profiles[0], name));
                assert_eq!(
                    found[member], expected[member],
                    "{member} of {name} in {}",
                    profile["input"]["location"]
                );
            }
        }
    }
}

#[test]
fn odd_values_are_counted_as_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let profile = profile_of(&write_parquet(folder.path(), &nasty()), &[]);
    let ratio = column(&profile, "order by");
    assert_eq!(ratio["not_finite"], json!({"nan": 40, "infinite": 80}));
    assert!(ratio["max"].as_f64().unwrap() < f64::MAX);
    let word = column(&profile, "größe");
    assert!(word["empty"].as_u64().unwrap() > 0 && word["nulls"].as_u64().unwrap() > 0);
    let all_null = column(&profile, "true");
    assert_eq!(all_null["nulls"], profile["rows"]);
    assert_eq!(all_null["distinct"]["count"], 0);
    let codes = column(&profile, "no");
    assert!(codes.get("holds").is_none(), "a code with leading zeros is no number: {codes}");
}

#[test]
fn a_file_without_rows_has_its_columns_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    fs::write(&file, "code,amount\n").unwrap();
    let told = bailiwick(&["profile", &file.display().to_string()]).good().out;
    assert!(told.contains("0 rows, 2 columns, csv"), "{told}");
    assert!(told.lines().all(|line| line == line.trim_end()), "{told}");
    assert!(!told.contains("forms"), "{told}");
}

#[test]
fn what_is_no_file_of_rows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(folder.path().join("rows.csv"), "a,a\n1,2\n").unwrap();
    fs::write(folder.path().join("rows.txt"), "a\n1\n").unwrap();
    fs::write(folder.path().join("rows.parquet"), "PAR1").unwrap();
    fs::write(folder.path().join("rows.ndjson"), "{\"a\": 1}\n{\"a\": \"secret\"}\n").unwrap();
    bailiwick(&["profile", &path("none.csv")]).refused(5, &["none.csv", "cannot be read"]);
    bailiwick(&["profile", &path("rows.csv")]).refused(5, &["two columns named \"a\""]);
    bailiwick(&["profile", &path("rows.txt")]).refused(5, &["state its format"]);
    bailiwick(&["profile", &path("rows.txt"), "--format", "csv"]).good();
    let mixed = ["'a': a value is not of the column's type"];
    let refused = bailiwick(&["profile", &path("rows.ndjson")]).refused(5, &mixed);
    assert!(!refused.err.contains("secret"), "{}", refused.err);
    bailiwick(&["profile", &path("rows.parquet")]).refused(5, &["cannot be read"]);
    let words = ["profile", &path("rows.txt"), "--format", "csv", "--output", &path("rows.csv")];
    bailiwick(&words).refused(1, &["left as it is"]);
    assert_eq!(fs::read_to_string(folder.path().join("rows.csv")).unwrap(), "a,a\n1,2\n");
}

/// Two columns of which only the pair differs between rows, one that repeats the first, and
/// addresses. Texts that are as long as stated, at least.
fn grid(side: u32, length: usize) -> String {
    let mut csv = String::from("row,column,again,email\n");
    for row in 0..side {
        for column in 0..side {
            csv.push_str(&format!("r{row:0>length$},{column},a{row},m{column}@example.com\n"));
        }
    }
    csv
}

#[test]
fn keys_of_two_columns_are_found_but_of_none_that_is_personal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grid.csv");
    fs::write(&file, grid(20, 2)).unwrap();
    let keys = &profile_of(&file, &[])["keys"];
    assert_eq!(keys, &json!({"found": [["row", "column"], ["column", "again"]], "left_out": 0}));
    let told = bailiwick(&["profile", &file.display().to_string()]).good().out;
    assert!(told.ends_with("\nkeys of two columns\n  row, column\n  column, again\n"), "{told}");
    // As many rows, of which the last repeats another one.
    let all = grid(20, 2);
    let (but_last, _) = all.trim_end().rsplit_once('\n').unwrap();
    fs::write(&file, format!("{but_last}\nr03,7,a3,\n")).unwrap();
    assert_eq!(profile_of(&file, &[])["keys"], json!({"found": [], "left_out": 0}));
    // Too few different values: no pair of them could tell so many rows apart.
    let few = "a,b\n1,x\n2,y\n1,y\n2,x\n1,x\n";
    fs::write(&file, few).unwrap();
    assert_eq!(profile_of(&file, &[]).get("keys"), None);
}

#[test]
fn pairs_that_take_too_much_memory_are_left_out_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grid.csv");
    fs::write(&file, grid(100, 400)).unwrap();
    assert_eq!(profile_of(&file, &[])["keys"]["found"][0], json!(["row", "column"]));
    let keys = &profile_of(&file, &["--memory", "4MiB"])["keys"];
    // 10,000 pairs of 400 characters are more than half of that, of short ones less.
    assert_eq!(keys, &json!({"found": [["column", "again"]], "left_out": 1}));
}
