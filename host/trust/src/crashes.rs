//! What is left when the machine stops while this crate writes: at every step, by a
//! killed process or a power cut, once or twice, and when the disk fails instead.
//!
//! The steps of one act are noted ([`journal`]); a model of the machine ([`machine`])
//! says what can be found after each of them, and each of these folders is made and gone
//! on with. So these tests see what a stop at an unlucky moment would, every time.

pub(crate) mod journal;
mod machine;
mod mesh;
mod pending;
mod publishing;
mod single_files;
mod store;

use std::collections::BTreeMap;
use std::path::Path;

use journal::{failing_after, noted};
use machine::{Machine, Tree, folder};

/// All folders that can be found after a stop during `act`, which begins with `begun`
/// and can be repeated; and whether `act` had ended, so that what it did must be there.
fn stops(begun: &Tree, act: impl Fn(&Path)) -> BTreeMap<Tree, bool> {
    let mut stops = BTreeMap::new();
    let mut found = |tree, ended| *stops.entry(tree).or_default() |= ended;
    let first = folder(begun);
    let mut machine = Machine::holding(first.path());
    let ((), steps) = noted(|| act(first.path()));
    for taken in 0..=steps.len() {
        let ended = taken == steps.len();
        found(machine.killed(), ended);
        for tree in machine.cut() {
            found(tree, ended);
        }
        // Killed here, done again to its end, and only then is the power cut.
        let mut again = machine.clone();
        let second = folder(&machine.killed());
        let ((), repeated) = noted(|| act(second.path()));
        again.take(&repeated, second.path());
        for tree in again.cut() {
            found(tree, true);
        }
        machine.take(steps.get(taken..=taken).unwrap_or_default(), first.path());
    }
    stops
}

/// Each folder that is left when the disk fails during `act`, after no step, after one,
/// and so on; and what `act` says of it.
fn failures<T>(begun: &Tree, act: impl Fn(&Path) -> T, check: impl Fn(&Path, T)) {
    let (_, steps) = {
        let folder = folder(begun);
        noted(|| act(folder.path()))
    };
    for step in 0..steps.len() {
        let folder = folder(begun);
        let said = failing_after(step, || act(folder.path()));
        check(folder.path(), said);
    }
}
