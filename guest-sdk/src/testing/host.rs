//! The host services, natively.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use aes::cipher::{BlockCipher, BlockEncrypt};
use aes::{Aes128, Aes192, Aes256};
use fpe::ff1::{FF1, FlexibleNumeralString};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Rows, lookups};
use crate::gather::gather;
use crate::keys::KeyColumn;
use crate::lookup::Table;
use crate::service::Level;
use crate::{Batch, Bitmap, Error, Field, Lookup, Result, Schema, array, wire};

thread_local! {
    static KEYS: RefCell<BTreeMap<String, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
    static TABLES: RefCell<BTreeMap<String, Rows>> = const { RefCell::new(BTreeMap::new()) };
    static PLANNED: RefCell<Option<Vec<Lookup>>> = const { RefCell::new(None) };
    static LOG: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
}

/// Gives the modules that this thread tests a key to hash under.
pub fn set_key(name: &str, key: &[u8]) {
    KEYS.with_borrow_mut(|keys| keys.insert(name.to_owned(), key.to_vec()));
}

/// Gives the modules that this thread tests a reference table. Keys are of the types of
/// its columns.
pub fn set_table(name: &str, rows: Rows) {
    TABLES.with_borrow_mut(|tables| tables.insert(name.to_owned(), rows));
}

/// Holds the modules that this thread opens to these lookups, as a host does with what a
/// module has planned. The runs of this module do it by themselves.
pub fn plan_lookups(lookups: Vec<Lookup>) {
    PLANNED.set(Some(lookups));
}

/// Lets a module plan: it is told of all tables, and can look up nothing.
pub(super) fn planning() {
    PLANNED.set(None);
}

/// What modules have logged on this thread since the last call.
pub fn logged() -> Vec<(Level, String)> {
    LOG.with_borrow_mut(std::mem::take)
}

pub(crate) fn hash(key: &str, offsets: &[u32], bytes: &[u8]) -> Result<Vec<u8>> {
    let secret = KEYS.with_borrow(|keys| keys.get(key).cloned());
    let secret = secret.ok_or_else(|| Error::settings(format!("no key {key:?}")))?;
    let malformed = || Error::data("offsets do not describe the bytes");
    let mut hashes = Vec::new();
    for (start, end) in offsets.iter().zip(offsets.iter().skip(1)) {
        let value = bytes.get(*start as usize..*end as usize).ok_or_else(malformed)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).map_err(|_| malformed())?;
        mac.update(value);
        hashes.extend_from_slice(&mac.finalize().into_bytes());
    }
    Ok(hashes)
}

pub(crate) fn encrypt(
    key: &str,
    radix: u32,
    tweak: &[u8],
    offsets: &[u32],
    numerals: &[u16],
) -> Result<Vec<u16>> {
    let secret = KEYS.with_borrow(|keys| keys.get(key).cloned());
    let secret = secret.ok_or_else(|| Error::settings(format!("no key {key:?}")))?;
    match secret.len() {
        16 => ff1::<Aes128>(&secret, radix, tweak, offsets, numerals),
        24 => ff1::<Aes192>(&secret, radix, tweak, offsets, numerals),
        32 => ff1::<Aes256>(&secret, radix, tweak, offsets, numerals),
        _ => Err(Error::settings(format!("key {key:?} has not 16, 24 or 32 bytes"))),
    }
}

fn ff1<C: BlockCipher + BlockEncrypt + aes::cipher::KeyInit + Clone>(
    key: &[u8],
    radix: u32,
    tweak: &[u8],
    offsets: &[u32],
    numerals: &[u16],
) -> Result<Vec<u16>> {
    let cipher = FF1::<C>::new(key, radix).map_err(|error| Error::data(error.to_string()))?;
    let mut encrypted = Vec::with_capacity(numerals.len());
    for (start, end) in offsets.iter().zip(offsets.iter().skip(1)) {
        let value = numerals.get(*start as usize..*end as usize);
        let value = value.ok_or_else(|| Error::data("offsets do not describe the numerals"))?;
        let value = FlexibleNumeralString::from(value.to_vec());
        let value =
            cipher.encrypt(tweak, &value).map_err(|error| Error::data(error.to_string()))?;
        encrypted.extend(Vec::from(value));
    }
    Ok(encrypted)
}

pub(crate) fn log(level: Level, message: &str) {
    LOG.with_borrow_mut(|log| log.push((level, message.to_owned())));
}

fn table(name: &str) -> Result<Rows> {
    let none = || Error::settings(format!("there is no table {name:?} to look rows up in"));
    TABLES.with_borrow(|tables| tables.get(name).cloned()).ok_or_else(none)
}

/// What was planned for that table.
fn planned(name: &str) -> Result<Lookup> {
    let planned = PLANNED.with_borrow(|planned| {
        planned.iter().flatten().find(|lookup| lookup.table == name).cloned()
    });
    planned.ok_or_else(|| Error::settings(format!("no lookup in table {name:?} was planned")))
}

pub(crate) fn tables() -> Result<Vec<Table>> {
    if let Some(instead) = lookups::instead() {
        return lookups::tables(instead.as_ref());
    }
    let Some(planned) = PLANNED.with_borrow(Clone::clone) else {
        let of = |(name, rows): (&String, &Rows)| Table::new(name.clone(), rows.schema().clone());
        return Ok(TABLES.with_borrow(|tables| tables.iter().map(of).collect()));
    };
    let told = planned.into_iter().map(|lookup| {
        let schema = table(&lookup.table)?.schema().clone();
        let keys = lookup.on.iter().map(|key| &key.name);
        let keys = keys.filter(|key| !lookup.columns.contains(key));
        let fields = lookup.columns.iter().chain(keys).map(|name| schema.field(name).cloned());
        Ok(Table::new(lookup.table, Schema::new(fields.collect::<Result<Vec<Field>>>()?)))
    });
    told.collect()
}

pub(crate) fn find(name: &str, keys: wire::Batch) -> Result<wire::Matches> {
    if let Some(instead) = lookups::instead() {
        return instead.find(name, keys);
    }
    let (lookup, rows) = (planned(name)?, table(name)?.batch());
    let count = keys.rows as usize;
    let on = Schema::from_wire(lookup.on.clone())?;
    let keys = Batch::from_wire(Rc::new(on.clone()), keys)?;
    let stored = on.fields.iter().map(|key| {
        let column = rows.column(&key.name)?;
        match column.data_type() == &key.data_type {
            true => KeyColumn::new(column),
            false => Err(column.field().unexpected("natively of the type of its keys")),
        }
    });
    let stored = stored.collect::<Result<Vec<_>>>()?;
    let asked = keys.columns().map(KeyColumn::new).collect::<Result<Vec<_>>>()?;
    let mut known: BTreeMap<Vec<u8>, Vec<u32>> = BTreeMap::new();
    for (row, at) in (0..rows.rows()).zip(0_u32..) {
        if let Some(key) = key(&stored, row) {
            known.entry(key).or_default().push(at);
        }
    }
    let found: Vec<&[u32]> = (0..count)
        .map(|row| key(&asked, row).and_then(|key| known.get(&key)).map_or(&[][..], Vec::as_slice))
        .collect();
    let places: Vec<_> = found.iter().map(|rows| rows.first().map(|row| (0, *row))).collect();
    let columns = lookup.columns.iter().map(|name| {
        let column = rows.column(name)?;
        gather(column.field(), &[column], &places)
    });
    let columns = array::to_wire(columns.collect::<Result<Vec<_>>>()?)?;
    let bits = |more_than: usize| {
        Bitmap::from_iter(found.iter().map(|rows| rows.len() > more_than)).into_bytes()
    };
    let columns = wire::Batch { rows: keys.rows() as u32, ..columns };
    Ok(wire::Matches { found: bits(0), several: bits(1), columns })
}

/// The bytes of a key; none where a part of it is null.
fn key(columns: &[KeyColumn<'_>], row: usize) -> Option<Vec<u8>> {
    if columns.iter().any(|column| column.is_null(row)) {
        return None;
    }
    let mut key = Vec::new();
    columns.iter().for_each(|column| column.write(row, &mut key));
    Some(key)
}

pub(crate) fn rows(name: &str, from: u64, most: u32) -> Result<wire::Batch> {
    if let Some(instead) = lookups::instead() {
        return instead.rows(name, from, most);
    }
    let (lookup, rows) = (planned(name)?, table(name)?.batch());
    let from = usize::try_from(from).map_or(rows.rows(), |from| from.min(rows.rows()));
    let to = from.saturating_add(most as usize).min(rows.rows());
    let places: Vec<_> = (from..to).map(|row| Some((0, row as u32))).collect();
    let columns = lookup.columns.iter().map(|name| {
        let column = rows.column(name)?;
        gather(column.field(), &[column], &places)
    });
    let columns = array::to_wire(columns.collect::<Result<Vec<_>>>()?)?;
    Ok(wire::Batch { rows: places.len() as u32, ..columns })
}
