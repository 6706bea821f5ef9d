//! Files of reference tables that change in the middle of a run.

use std::fs;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use arrow_array::cast::AsArray;
use arrow_schema::{DataType, Field};
use bailiwick_governance::{Format, InputColumn};
use tempfile::TempDir;

use super::*;

const BEFORE: &str = "code\nNO\nSE\nDK\n";
/// As many bytes.
const AFTER: &str = "code\nXX\nYY\nZZ\n";

/// A file that stands behind a table.
struct Place {
    folder: TempDir,
    planned: PlannedReference,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("codes.csv"), BEFORE).unwrap();
        let column = InputColumn {
            field: Field::new("code", DataType::Utf8, true),
            labels: Vec::new(),
            obligations: std::collections::BTreeSet::default(),
        };
        let planned = PlannedReference {
            name: "codes".parse().unwrap(),
            source: PlannedSource::Location { location: "codes.csv".into(), format: Format::Csv },
            object: "codes".into(),
            columns: vec![column],
        };
        Self { folder, planned }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("codes.csv")
    }

    /// Below the folder of references: held open, and digested.
    fn found(&self) -> InputFile {
        let file = within(Some(self.folder.path()), "codes.csv").unwrap();
        InputFile::opened(file, self.path(), "codes.csv", Format::Csv).unwrap()
    }

    /// What another product delivered: digested by its path.
    fn delivered(&self) -> InputFile {
        InputFile::open(self.path(), "shop/codes#codes", Format::Csv, None).unwrap()
    }

    fn read(&self, file: &InputFile) -> Result<ReferenceTable, ReferenceError> {
        let workers = Workers::start(NonZeroUsize::MIN).unwrap();
        table(&self.planned, file, None, &workers)
    }

    /// Writes into the file, later than it was digested.
    fn write_later(&self, write: impl FnOnce(&mut File)) {
        let mut file = File::options().write(true).open(self.path()).unwrap();
        write(&mut file);
        file.set_modified(SystemTime::now() + Duration::from_secs(60)).unwrap();
    }

    /// Puts another file in its place, later than it was digested.
    fn replace_later(&self) {
        let other = self.folder.path().join("other.csv");
        fs::write(&other, AFTER).unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        File::options().write(true).open(&other).unwrap().set_modified(later).unwrap();
        fs::rename(other, self.path()).unwrap();
    }
}

fn codes(table: &ReferenceTable) -> Vec<&str> {
    table.column("code").unwrap().as_string::<i32>().iter().flatten().collect()
}

fn is_changed(read: Result<ReferenceTable, ReferenceError>) -> bool {
    matches!(read, Err(ReferenceError::Input(InputError::Changed { .. })))
}

#[test]
fn what_is_written_into_the_file_after_its_digest_is_an_error() {
    for write in [
        |file: &mut File| file.write_all(AFTER.as_bytes()).unwrap(),
        |file: &mut File| {
            file.set_len(0).unwrap();
            file.write_all(format!("{BEFORE}FI\n").as_bytes()).unwrap();
        },
        |file: &mut File| file.set_len(8).unwrap(),
    ] {
        for find in [Place::found, Place::delivered] {
            let place = Place::new();
            let file = find(&place);
            place.write_later(write);
            assert!(is_changed(place.read(&file)));
        }
    }
}

#[test]
fn another_file_in_its_place_is_not_read_or_is_an_error() {
    let place = Place::new();
    let file = place.found();
    place.replace_later();
    // It is the file that was digested which is read, whatever has its name now.
    assert_eq!(codes(&place.read(&file).unwrap()), ["NO", "SE", "DK"]);

    let place = Place::new();
    let file = place.delivered();
    place.replace_later();
    assert!(is_changed(place.read(&file)));
}

#[test]
fn what_becomes_of_the_file_after_it_was_read_does_not_matter() {
    for change in [Place::replace_later, |place: &Place| {
        place.write_later(|file| file.write_all(AFTER.as_bytes()).unwrap());
    }] {
        let place = Place::new();
        let table = place.read(&place.found()).unwrap();
        change(&place);
        assert_eq!(codes(&table), ["NO", "SE", "DK"]);
    }
}
