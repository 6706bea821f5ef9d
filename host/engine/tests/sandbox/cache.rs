//! Compiled code that is kept: found again, never believed.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use bailiwick_engine::{
    CacheError, CacheUsage, CompiledCache, Conditions, DEFAULT_CACHE_BYTES, Engine, Module,
};
use bailiwick_terms::{Grants, Limits, Services};
use bailiwick_trust::ApprovedModule;
use tempfile::TempDir;

use crate::support::{approved, component, ten_emails, words};

static ECHO: LazyLock<ApprovedModule> =
    LazyLock::new(|| approved("echo", &component("echo"), Grants::default(), Limits::default()));
static WITNESS: LazyLock<ApprovedModule> = LazyLock::new(|| {
    approved("witness", &component("witness"), Grants::default(), Limits::default())
});
static METERED_ECHO: LazyLock<ApprovedModule> = LazyLock::new(|| {
    let limits = Limits { fuel: Some(1 << 40), ..Limits::default() };
    approved("echo", &component("echo"), Grants::default(), limits)
});

/// A folder for a cache, not there yet.
struct Place {
    _around: TempDir,
    folder: PathBuf,
}

impl Place {
    fn new() -> Self {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("store/compiled");
        Self { _around: around, folder }
    }

    /// What a process that loads these modules finds and compiles.
    fn load(&self, modules: &[&ApprovedModule]) -> CacheUsage {
        self.load_within(DEFAULT_CACHE_BYTES, modules)
    }

    fn load_within(&self, max_bytes: u64, modules: &[&ApprovedModule]) -> CacheUsage {
        let cache = CompiledCache::open(&self.folder, max_bytes).unwrap();
        let engine = Engine::with_cache(cache.clone()).unwrap();
        for approved in modules {
            check(&engine.load(approved).unwrap(), approved);
        }
        cache.usage()
    }

    /// The entries, but for the key.
    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let mut entries: Vec<_> = entries.filter(|path| !path.ends_with("key")).collect();
        entries.sort();
        entries
    }

    fn key(&self) -> PathBuf {
        self.folder.join("key")
    }

    fn opened(&self) -> Result<CompiledCache, CacheError> {
        CompiledCache::open(&self.folder, DEFAULT_CACHE_BYTES)
    }

    /// The words of the error, without where this test happens to run.
    fn refused(&self) -> String {
        let said = self.opened().unwrap_err().to_string();
        said.replace(self.folder.to_str().unwrap(), "FOLDER")
    }
}

/// It is this module, and works.
fn check(module: &Module, approved: &ApprovedModule) {
    assert_eq!(module.name(), approved.name());
    if module.name().module().as_str() == "echo" {
        let sent = ten_emails();
        let mut stage =
            module.stage("{}", &sent.schema(), &["email"], &Conditions::default()).unwrap();
        assert_eq!(stage.apply(&sent).unwrap(), Some(sent));
    }
}

fn usage(found: u64, compiled: u64) -> CacheUsage {
    CacheUsage { found, compiled, trouble: None }
}

fn swap(one: &Path, other: &Path) {
    let (first, second) = (fs::read(one).unwrap(), fs::read(other).unwrap());
    fs::write(one, second).unwrap();
    fs::write(other, first).unwrap();
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn a_second_process_finds_what_the_first_compiled() {
    let place = Place::new();
    assert_eq!(place.load(&[&ECHO, &WITNESS]), usage(0, 2));
    let entries = place.entries();
    assert_eq!(entries.len(), 2);
    assert_eq!(place.load(&[&ECHO, &WITNESS]), usage(2, 0));
    assert_eq!(place.entries(), entries);
}

#[test]
fn the_folder_and_what_is_in_it_are_their_owners_alone() {
    let place = Place::new();
    place.load(&[&ECHO]);
    assert_eq!(mode(&place.folder), 0o700);
    for file in place.entries().iter().chain([&place.key()]) {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}

#[test]
fn an_entry_with_any_part_changed_is_compiled_anew_and_replaced() {
    let place = Place::new();
    place.load(&[&ECHO]);
    let entry = place.entries().remove(0);
    let whole = fs::read(&entry).unwrap();
    // The MAC at its beginning, the header after it, the code, the end.
    for at in [0, 31, 32, 36, 100, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&entry, changed).unwrap();
        assert_eq!(place.load(&[&ECHO]), usage(0, 1), "byte {at}");
        assert_eq!(place.load(&[&ECHO]), usage(1, 0), "byte {at}");
    }
}

#[test]
fn an_entry_cut_short_or_made_longer_is_compiled_anew() {
    let place = Place::new();
    place.load(&[&ECHO]);
    let entry = place.entries().remove(0);
    let whole = fs::read(&entry).unwrap();
    for length in [0, 31, 32, 33, whole.len() / 2, whole.len() - 1] {
        fs::write(&entry, &whole[..length]).unwrap();
        assert_eq!(place.load(&[&ECHO]), usage(0, 1), "{length} bytes");
    }
    fs::write(&entry, [&whole[..], b"more"].concat()).unwrap();
    assert_eq!(place.load(&[&ECHO]), usage(0, 1));
}

#[test]
fn an_entry_under_the_name_of_another_module_is_not_taken() {
    let place = Place::new();
    place.load(&[&ECHO, &WITNESS]);
    let entries = place.entries();
    swap(&entries[0], &entries[1]);
    assert_eq!(place.load(&[&ECHO, &WITNESS]), usage(0, 2));
    assert_eq!(place.load(&[&ECHO, &WITNESS]), usage(2, 0));
}

#[test]
fn an_entry_that_was_sealed_with_another_key_is_not_taken() {
    let (place, other) = (Place::new(), Place::new());
    place.load(&[&ECHO]);
    other.load(&[&ECHO]);
    fs::copy(&other.entries()[0], &place.entries()[0]).unwrap();
    assert_eq!(place.load(&[&ECHO]), usage(0, 1));
    // A new key makes all entries those of another.
    fs::remove_file(place.key()).unwrap();
    assert_eq!(place.load(&[&ECHO]), usage(0, 1));
    assert_eq!(place.load(&[&ECHO]), usage(1, 0));
}

#[test]
fn a_damaged_key_is_replaced() {
    let place = Place::new();
    place.load(&[&ECHO]);
    let key = fs::read(place.key()).unwrap();
    for damaged in [&[][..], &key[..31], &[&key[..], b"\0"].concat()] {
        fs::write(place.key(), damaged).unwrap();
        assert_eq!(place.load(&[&ECHO]), usage(0, 1));
        assert_eq!(fs::read(place.key()).unwrap().len(), 32);
        assert_ne!(fs::read(place.key()).unwrap(), key);
        assert_eq!(place.load(&[&ECHO]), usage(1, 0));
    }
}

#[test]
fn code_that_counts_fuel_and_code_that_does_not_are_kept_apart() {
    let place = Place::new();
    assert_eq!(place.load(&[&ECHO]), usage(0, 1));
    assert_eq!(place.load(&[&METERED_ECHO]), usage(0, 1));
    assert_eq!(place.load(&[&ECHO, &METERED_ECHO]), usage(2, 0));
    let entries = place.entries();
    assert_eq!(entries.len(), 2);
    swap(&entries[0], &entries[1]);
    assert_eq!(place.load(&[&ECHO, &METERED_ECHO]), usage(0, 2));
}

#[test]
fn fuel_still_ends_a_call_of_a_module_that_was_found() {
    let place = Place::new();
    place.load(&[&METERED_ECHO]);
    let limits = Limits { fuel: Some(100), ..Limits::default() };
    let starved = approved("echo", &component("echo"), Grants::default(), limits);
    let cache = place.opened().unwrap();
    let engine = Engine::with_cache(cache.clone()).unwrap();
    let said = words(engine.load(&starved));
    assert!(said.contains("it went past its limit of 100 units of fuel"), "{said}");
    assert_eq!(cache.usage(), usage(1, 0));
}

#[test]
fn a_module_is_admitted_anew_whenever_it_is_loaded() {
    let place = Place::new();
    let cache = place.opened().unwrap();
    let engine = Engine::with_cache(cache.clone()).unwrap();
    let chatterbox = |services| {
        let grants = Grants { services, ..Grants::default() };
        approved("chatterbox", &component("chatterbox"), grants, Limits::default())
    };
    engine.load(&chatterbox(Services { log: true, ..Services::default() })).unwrap();
    let said = words(engine.load(&chatterbox(Services::default())));
    assert!(said.contains("which its approval does not grant"), "{said}");
    // It was compiled the first time, and not looked for the second.
    assert_eq!(cache.usage(), usage(0, 1));
}

#[test]
fn a_folder_that_is_open_to_others_is_refused() {
    let place = Place::new();
    place.load(&[&ECHO]);
    for mode in [0o755, 0o710, 0o702, 0o777] {
        set_mode(&place.folder, mode);
        assert!(matches!(place.opened(), Err(CacheError::OpenToOthers { .. })), "{mode:o}");
    }
    set_mode(&place.folder, 0o770);
    insta::assert_snapshot!(place.refused(), @"FOLDER, of the cache of compiled code, is open to others (mode 770), who could run code here through it; run `chmod 700 FOLDER`, or, if others did get in, `rm -r FOLDER`: it is made anew");
    set_mode(&place.folder, 0o700);
    assert_eq!(place.load(&[&ECHO]), usage(1, 0));
}

#[test]
fn a_key_that_is_open_to_others_is_refused() {
    let place = Place::new();
    place.load(&[&ECHO]);
    set_mode(&place.key(), 0o640);
    insta::assert_snapshot!(place.refused(), @"FOLDER/key, of the cache of compiled code, is open to others (mode 640), who could run code here through it; run `chmod 600 FOLDER/key`, or, if others did get in, `rm -r FOLDER`: it is made anew");
    set_mode(&place.key(), 0o600);
    assert_eq!(place.load(&[&ECHO]), usage(1, 0));
}

#[test]
fn what_is_no_folder_of_its_own_is_refused() {
    let (place, elsewhere) = (Place::new(), Place::new());
    elsewhere.load(&[&ECHO]);
    fs::create_dir_all(place.folder.parent().unwrap()).unwrap();
    symlink(&elsewhere.folder, &place.folder).unwrap();
    insta::assert_snapshot!(place.refused(), @"FOLDER, where the cache of compiled code is to be, is a symbolic link; remove it, or name a folder of its own");
    fs::remove_file(&place.folder).unwrap();
    fs::write(&place.folder, "").unwrap();
    insta::assert_snapshot!(place.refused(), @"FOLDER, where the cache of compiled code is to be, is not a folder; remove it, or name a folder of its own");
}

#[test]
fn a_folder_of_another_user_is_refused() {
    let place = Place::new();
    place.load(&[&ECHO]);
    // Only root can give a folder away, and `/usr` is of nobody who is not root.
    let others = if chown(&place.folder, Some(12_345), None).is_ok() {
        place.folder.as_path()
    } else {
        Path::new("/usr")
    };
    let said = CompiledCache::open(others, DEFAULT_CACHE_BYTES).unwrap_err();
    let CacheError::OtherOwner { owner, user, .. } = said else { panic!("not refused: {said}") };
    assert_ne!(owner, user);
    let said = said.to_string();
    let said = said.replace(&format!("user {owner}, not to {user}"), "user OWNER, not to USER");
    let said = said.replace(others.to_str().unwrap(), "FOLDER");
    insta::assert_snapshot!(said, @"FOLDER, of the cache of compiled code, belongs to user OWNER, not to USER, who runs this; name another folder, or run `rm -r FOLDER`: it is made anew");
}

#[test]
fn where_nothing_can_be_kept_modules_are_compiled_and_it_says_why() {
    let place = Place::new();
    fs::write(place.folder.parent().unwrap(), "a file where a folder is to be").unwrap();
    let CacheUsage { found, compiled, trouble } = place.load(&[&ECHO, &ECHO]);
    assert_eq!((found, compiled), (0, 2));
    let said = trouble.unwrap().replace(place.folder.to_str().unwrap(), "FOLDER");
    insta::assert_snapshot!(said, @"compiled code cannot be kept in FOLDER: Not a directory (os error 20)");
}

#[test]
fn a_folder_that_goes_away_costs_time_and_no_run() {
    let place = Place::new();
    let cache = place.opened().unwrap();
    let engine = Engine::with_cache(cache.clone()).unwrap();
    fs::remove_dir_all(&place.folder).unwrap();
    for _ in 0..2 {
        check(&engine.load(&ECHO).unwrap(), &ECHO);
    }
    let CacheUsage { found, compiled, trouble } = cache.usage();
    assert_eq!((found, compiled), (0, 2));
    let said = trouble.unwrap().replace(place.folder.to_str().unwrap(), "FOLDER");
    insta::assert_snapshot!(said, @"compiled code cannot be kept in FOLDER: No such file or directory (os error 2)");
}

#[test]
fn an_entry_that_cannot_be_written_costs_time_and_no_run() {
    let place = Place::new();
    place.load(&[&ECHO]);
    let entry = place.entries().remove(0);
    fs::remove_file(&entry).unwrap();
    // A folder there cannot be replaced by a file, whoever tries.
    fs::create_dir(&entry).unwrap();
    let CacheUsage { found, compiled, trouble } = place.load(&[&ECHO]);
    assert_eq!((found, compiled), (0, 1));
    assert!(trouble.unwrap().starts_with("compiled code cannot be kept in "));
    // Nothing half-written stays behind.
    assert_eq!(place.entries(), [entry]);
}

#[test]
fn a_read_only_cache_is_read() {
    let place = Place::new();
    place.load(&[&ECHO]);
    set_mode(&place.folder, 0o500);
    assert_eq!(place.load(&[&ECHO]), usage(1, 0));
    set_mode(&place.folder, 0o700);
}

#[test]
fn what_was_written_longest_ago_makes_room() {
    let place = Place::new();
    place.load(&[&ECHO]);
    let oldest = place.entries().remove(0);
    place.load(&[&METERED_ECHO]);
    let entries = place.entries();
    let middle = entries.iter().find(|entry| **entry != oldest).unwrap();
    place.load(&[&WITNESS]);
    let size = |entry: &PathBuf| fs::metadata(entry).unwrap().len();
    let all: u64 = place.entries().iter().map(size).sum();

    // Written again, within exactly as much as they need, all three stay.
    let hour_ago = SystemTime::now() - Duration::from_secs(3_600);
    let age = |entry: &PathBuf, hours: u32| {
        let file = fs::File::options().write(true).open(entry).unwrap();
        file.set_modified(hour_ago - Duration::from_secs(3_600) * hours).unwrap();
    };
    let newest = place.entries().into_iter().find(|entry| !entries.contains(entry)).unwrap();
    age(&oldest, 2);
    age(middle, 1);
    fs::remove_file(&newest).unwrap();
    assert_eq!(place.load_within(all, &[&WITNESS]), usage(0, 1));
    assert_eq!(place.entries().len(), 3);

    // With a byte less the oldest goes, and it alone.
    fs::remove_file(&newest).unwrap();
    assert_eq!(place.load_within(all - 1, &[&WITNESS]), usage(0, 1));
    let mut left = [middle.clone(), newest.clone()];
    left.sort();
    assert_eq!(place.entries(), left);
    assert_eq!(place.load(&[&METERED_ECHO, &WITNESS]), usage(2, 0));
}

#[test]
fn an_entry_larger_than_the_whole_cache_may_be_is_not_kept() {
    let place = Place::new();
    place.load(&[&ECHO]);
    let entry = place.entries().remove(0);
    let size = fs::metadata(&entry).unwrap().len();
    fs::remove_file(&entry).unwrap();
    let CacheUsage { compiled, trouble, .. } = place.load_within(size - 1, &[&ECHO]);
    assert_eq!(compiled, 1);
    let said = trouble.unwrap().replace(place.folder.to_str().unwrap(), "FOLDER");
    let said = said.replace(&size.to_string(), "SIZE").replace(&(size - 1).to_string(), "LIMIT");
    insta::assert_snapshot!(said, @"an entry of SIZE bytes is more than the LIMIT that FOLDER may hold");
    assert!(place.entries().is_empty());
    assert_eq!(place.load_within(size, &[&ECHO]), usage(0, 1));
    assert_eq!(place.entries(), [entry]);
}

#[test]
fn processes_that_start_at_the_same_time_do_not_disturb_each_other() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(place.load(&[&ECHO]).trouble, None));
        }
    });
    assert_eq!(place.entries().len(), 1);
    assert_eq!(place.load(&[&ECHO]), usage(1, 0));
}
