//! A new crate of each kind: its own test passes and it builds to a component.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic)]

mod interfaces;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use bailiwick_cases::{Cases, Outcome};
use bailiwick_engine::Engine;
use bailiwick_guest_build::{
    GuestProject, Kind, ScaffoldError, SdkSource, Toolchain, cases_beside, scaffold,
};

fn sdk() -> SdkSource {
    SdkSource::Path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guest-sdk"))
}

/// Kept from run to run, so that the standard library is built once.
fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests")
}

/// One folder for all crates, one crate after another: its path is part of how the
/// standard library is built, which is then built once.
static FOLDER: Mutex<()> = Mutex::new(());

fn passes_its_test_and_builds(kind: Kind, exports: &str) {
    let _mine = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fresh");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).unwrap();
    }
    let name = format!("scaffolded-{kind}");
    scaffold(&dir, &name, kind, &sdk()).unwrap();

    let mut test = Command::new(env!("CARGO"));
    test.args(["test", "--quiet", "--target-dir"]).arg(target_dir().join("native"));
    let output = test.current_dir(&dir).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("test result: ok."), "{text}");

    let toolchain = Toolchain::detect().unwrap();
    let built = toolchain.build(&GuestProject::new(&dir), target_dir()).unwrap();
    let [module] = built.as_slice() else { panic!("{built:?}") };
    assert_eq!(module.name, name);
    assert_eq!(std::fs::read(&module.path).unwrap(), module.bytes);
    assert!(module.bytes.len() < 150 << 10, "{} bytes", module.bytes.len());

    // Its own tests are beside it, and it does what they say.
    let cases = cases_beside(&module.path);
    let cases = Cases::read(&cases.display().to_string(), &std::fs::read(&cases).unwrap()).unwrap();
    let candidate = Engine::new().unwrap().local_candidate(&name, &module.bytes).unwrap();
    let outcomes: Vec<_> = cases.run(&candidate).collect();
    assert!(!outcomes.is_empty() && outcomes.iter().all(Outcome::is_passed), "{outcomes:?}");

    // `columnar` has types alone; no host service is used, so none is imported.
    let (imported, exported) = interfaces::interfaces(&module.bytes);
    assert_eq!(imported, ["bailiwick:policy/columnar@0.3.0"]);
    assert_eq!(exported, ["bailiwick:policy/module@0.3.0".to_owned(), exports.to_owned()]);

    // No trace of where it was built.
    let home = dir.display().to_string();
    assert!(!module.bytes.windows(home.len()).any(|bytes| bytes == home.as_bytes()));
}

#[test]
fn a_new_map_works() {
    passes_its_test_and_builds(Kind::Map, "bailiwick:policy/transform@0.3.0");
}

#[test]
fn a_new_filter_works() {
    passes_its_test_and_builds(Kind::Filter, "bailiwick:policy/transform@0.3.0");
}

#[test]
fn a_new_reshape_works() {
    passes_its_test_and_builds(Kind::Reshape, "bailiwick:policy/transform@0.3.0");
}

#[test]
fn a_new_check_works() {
    passes_its_test_and_builds(Kind::Check, "bailiwick:policy/quality@0.3.0");
}

#[test]
fn the_same_source_gives_the_same_bytes_wherever_it_lies() {
    let toolchain = Toolchain::detect().unwrap();
    let _mine = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    let build = |folder: &str| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        if dir.exists() {
            std::fs::remove_dir_all(&dir).unwrap();
        }
        scaffold(&dir, "same", Kind::Map, &sdk()).unwrap();
        let mut built = toolchain.build(&GuestProject::new(&dir), target_dir()).unwrap();
        built.pop().unwrap().bytes
    };
    assert!(build("fresh") == build("over/there"), "the bytes differ");
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes"), "mine").unwrap();
    let refused = scaffold(dir.path(), "name", Kind::Map, &sdk()).unwrap_err();
    assert!(matches!(refused, ScaffoldError::NotEmpty { .. }), "{refused}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn names_that_a_module_may_not_have_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let longest = "a".repeat(64);
    for name in ["", "Upper", "1st", "under_score", "../up", &format!("{longest}a")] {
        let refused = scaffold(dir.path().join("new"), name, Kind::Map, &sdk()).unwrap_err();
        assert!(matches!(refused, ScaffoldError::Name { .. }), "{refused}");
    }
    scaffold(dir.path().join("new"), &longest, Kind::Map, &sdk()).unwrap();
}
