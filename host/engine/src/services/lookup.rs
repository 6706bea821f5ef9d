//! `lookup`: rows of reference tables.

use std::sync::Arc;

use arrow_array::RecordBatch;
use bailiwick_columnar::{
    ColumnarError, GuestText, Lowered, Untrusted, Validate, fields_to_wire, lift_rows,
};
use wasmtime::component::{ComponentType, LinkerInstance, Lower};
use wasmtime::{StoreContextMut, Trap};

use super::in_time;
use crate::abi::{BatchGiven, BatchOut, Field};
use crate::reference::{NoAnswer, OpenLookup};
use crate::sandbox::{HostFailure, HostState};

/// What a call costs where fuel is counted, and so many bytes that it takes or gives:
/// about what the module's own code could do in that time.
const FUEL_A_CALL: u64 = 1_000;
const BYTES_A_UNIT_OF_FUEL: u64 = 4;

/// The most keys of one call: many times the rows of a batch, and few enough for what the
/// host holds of each while it looks them up, which can be more than their own bytes.
const MAX_KEYS: u64 = 1 << 18;

#[derive(Debug, ComponentType, Lower)]
#[component(record)]
struct Table {
    name: String,
    fields: Vec<Field>,
}

#[derive(Debug, ComponentType, Lower)]
#[component(record)]
struct MatchesGiven {
    found: Vec<u8>,
    several: Vec<u8>,
    columns: BatchGiven,
}

#[derive(Debug, ComponentType, Lower)]
#[component(variant)]
enum LookupError {
    #[component(name = "no-such-table")]
    NoSuchTable(String),
    #[component(name = "malformed")]
    Malformed(String),
    #[component(name = "too-large")]
    TooLarge(String),
}

/// What a module asks to have found.
struct FindRequest {
    table: String,
    keys: BatchOut,
}

/// What a module asks to be read.
struct RowsRequest {
    table: String,
    from: u64,
    most: u32,
}

impl Validate for FindRequest {
    type Against<'a> = &'a HostState;
    type Valid = (Arc<OpenLookup>, RecordBatch);
    type Error = LookupError;

    fn validate(self, state: &HostState) -> Result<Self::Valid, LookupError> {
        let lookup = known(&self.table, state)?;
        if !lookup.has_keys() {
            let why = "its plan finds no rows by keys in that table";
            return Err(LookupError::Malformed(why.to_owned()));
        }
        let keys = lift_rows(self.keys.untrusted(), &lookup.keys, MAX_KEYS);
        let malformed = |error| match error {
            ColumnarError::Malformed(malformed) => malformed.to_string(),
            error => error.to_string(),
        };
        keys.map(|keys| (lookup, keys)).map_err(|error| LookupError::Malformed(malformed(error)))
    }
}

impl Validate for RowsRequest {
    type Against<'a> = &'a HostState;
    type Valid = (Arc<OpenLookup>, u64, u32);
    type Error = LookupError;

    /// Any number of a row can be asked for: where there is none, none is given.
    fn validate(self, state: &HostState) -> Result<Self::Valid, LookupError> {
        Ok((known(&self.table, state)?, self.from, self.most))
    }
}

fn known(table: &str, state: &HostState) -> Result<Arc<OpenLookup>, LookupError> {
    state.lookups.get(table).cloned().ok_or_else(|| {
        LookupError::NoSuchTable(format!(
            "there is no table \"{}\" to look rows up in: the module's plan must name it, and \
             it must be opened",
            GuestText::new(table)
        ))
    })
}

/// The answer, the error that the module gets, or the error that ends its call.
type Answer<T> = wasmtime::Result<Result<T, LookupError>>;

fn answered<T>(answer: Result<T, NoAnswer>, room_bytes: u64) -> Answer<T> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(NoAnswer::TooLarge(bytes)) => Ok(Err(LookupError::TooLarge(format!(
            "the answer has {bytes} bytes, more than the {room_bytes} that a call may give"
        )))),
        Err(NoAnswer::Late(late)) => Err(late),
        Err(NoAnswer::Host(error)) => Err(HostFailure(error.to_string()).into()),
    }
}

fn tables(state: &HostState) -> wasmtime::Result<Vec<Table>> {
    let tables = state.lookups.tables().into_iter().map(|(name, fields)| {
        let fields = fields_to_wire(&fields).map_err(|error| HostFailure(error.to_string()))?;
        let fields = fields.into_iter().map(Field::from).collect();
        Ok(Table { name: name.to_string(), fields })
    });
    tables.collect()
}

fn find(state: &HostState, request: Untrusted<FindRequest>) -> Answer<MatchesGiven> {
    let (lookup, keys) = match request.validate(state) {
        Ok(valid) => valid,
        Err(error) => return Ok(Err(error)),
    };
    let found = lookup.find(&keys, state.room_bytes, || in_time(state)).map(|matches| {
        let [found, several] = matches.bitmaps();
        MatchesGiven { found, several, columns: BatchGiven::from(&matches.columns) }
    });
    answered(found, state.room_bytes)
}

fn rows(state: &HostState, request: Untrusted<RowsRequest>) -> Answer<BatchGiven> {
    let (lookup, from, most) = match request.validate(state) {
        Ok(valid) => valid,
        Err(error) => return Ok(Err(error)),
    };
    let rows = lookup.rows(from, most, state.room_bytes);
    answered(rows.map(|rows: Lowered| BatchGiven::from(&rows)), state.room_bytes)
}

/// Takes what a call costs off the fuel that is left, where fuel is counted.
fn burn(store: &mut StoreContextMut<'_, HostState>, bytes: u64) -> wasmtime::Result<()> {
    let Ok(left) = store.get_fuel() else { return Ok(()) };
    match left.checked_sub(FUEL_A_CALL + bytes / BYTES_A_UNIT_OF_FUEL) {
        Some(left) => store.set_fuel(left),
        None => Err(Trap::OutOfFuel.into()),
    }
}

/// Adds the functions of the interface.
pub(super) fn link(instance: &mut LinkerInstance<'_, HostState>) -> wasmtime::Result<()> {
    instance.func_wrap("tables", |mut store: StoreContextMut<'_, HostState>, (): ()| {
        burn(&mut store, 0)?;
        Ok((tables(store.data())?,))
    })?;
    instance.func_wrap(
        "find",
        |mut store: StoreContextMut<'_, HostState>, (table, keys): (String, BatchOut)| {
            burn(&mut store, keys.bytes() as u64)?;
            let answer = find(store.data(), Untrusted::new(FindRequest { table, keys }))?;
            burn(&mut store, answer.as_ref().map_or(0, |answer| answer.columns.bytes() as u64))?;
            in_time(store.data())?;
            Ok((answer,))
        },
    )?;
    instance.func_wrap(
        "rows",
        |mut store: StoreContextMut<'_, HostState>, (table, from, most): (String, u64, u32)| {
            let answer = rows(store.data(), Untrusted::new(RowsRequest { table, from, most }))?;
            burn(&mut store, answer.as_ref().map_or(0, |answer| answer.bytes() as u64))?;
            in_time(store.data())?;
            Ok((answer,))
        },
    )
}
