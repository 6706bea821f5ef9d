//! Seeds, bent: the part of fuzzing that every test run does.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// The most edits of one seed.
const MOST_EDITS: usize = 6;

/// One change of an input.
#[derive(Debug, Clone)]
enum Edit {
    /// Another byte.
    Set(Index, u8),
    /// Bytes put in.
    Insert(Index, Vec<u8>),
    /// Bytes taken out.
    Remove(Index, usize),
    /// A part of this or another seed put in.
    Copy(Index, Index, usize),
    /// The rest taken out.
    Cut(Index),
}

/// Holds a target's property to so many bent seeds, the same ones every time.
///
/// # Panics
/// If the property does, or if there are no seeds. The message has the smallest input
/// that was found to break it: put its bytes into a file of the target's `crashes`.
pub fn bent(target: &str, count: u32, property: fn(&[u8])) {
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "{} has no seeds", corpus(target).display());
    let config = Config { cases: count, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let input = (any::<Index>(), prop::collection::vec(edit(), 1..=MOST_EDITS));
    let result = TestRunner::new_with_rng(config, rng).run(&input, |(seed, edits)| {
        let seed: &Vec<u8> = seed.get(&seeds);
        let mut bytes = seed.clone();
        edits.iter().for_each(|edit| apply(edit, &mut bytes, seed));
        std::panic::catch_unwind(|| property(&bytes)).map_err(|_| {
            TestCaseError::fail(format!("{target} broke on \"{}\"", bytes.escape_ascii()))
        })
    });
    assert!(
        result.is_ok(),
        "{}",
        result.map_or_else(|error| error.to_string(), |()| String::new())
    );
}

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__").join(target).join("corpus")
}

/// The seeds in the order of their names.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let Ok(folder) = fs::read_dir(corpus(target)) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.iter().filter_map(|file| fs::read(file).ok()).collect()
}

fn edit() -> impl Strategy<Value = Edit> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..9),
        // What text is made of.
        "[ -~\n]{1,8}".prop_map(String::into_bytes),
    ];
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        3 => (any::<Index>(), bytes).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        2 => (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        3 => (any::<Index>(), any::<Index>(), 1..80_usize)
            .prop_map(|(at, from, count)| Edit::Copy(at, from, count)),
        1 => any::<Index>().prop_map(Edit::Cut),
    ]
}

fn apply(edit: &Edit, bytes: &mut Vec<u8>, seed: &[u8]) {
    let place = |at: &Index, length: usize| at.index(length + 1);
    match edit {
        Edit::Set(at, byte) => {
            let at = place(at, bytes.len());
            match bytes.get_mut(at) {
                Some(old) => *old = *byte,
                None => bytes.push(*byte),
            }
        }
        Edit::Insert(at, new) => {
            let at = place(at, bytes.len());
            bytes.splice(at..at, new.iter().copied());
        }
        Edit::Remove(at, count) => {
            let at = place(at, bytes.len());
            let end = bytes.len().min(at + count);
            bytes.drain(at..end);
        }
        Edit::Copy(at, from, count) => {
            let at = place(at, bytes.len());
            let from = place(from, seed.len());
            let part = seed.iter().skip(from).take(*count).copied().collect::<Vec<_>>();
            bytes.splice(at..at, part);
        }
        Edit::Cut(at) => {
            let at = place(at, bytes.len());
            bytes.truncate(at);
        }
    }
}
