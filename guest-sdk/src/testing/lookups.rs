//! Lookups that something else answers than the tables that tests set.

use std::cell::RefCell;
use std::rc::Rc;

use crate::lookup::Table;
use crate::{Result, Schema, wire};

/// What answers the lookups of modules that run natively: a host's own index, say.
pub trait Lookups {
    /// The tables that there are, by name, with their fields.
    ///
    /// # Errors
    /// What it cannot tell.
    fn tables(&self) -> Result<Vec<(String, Vec<wire::Field>)>>;

    /// The rows of these keys in a table.
    ///
    /// # Errors
    /// What it cannot find.
    fn find(&self, table: &str, keys: wire::Batch) -> Result<wire::Matches>;

    /// At most so many rows of a table from that one on.
    ///
    /// # Errors
    /// What it cannot give.
    fn rows(&self, table: &str, from: u64, most: u32) -> Result<wire::Batch>;
}

thread_local! {
    static LOOKUPS: RefCell<Option<Rc<dyn Lookups>>> = const { RefCell::new(None) };
}

/// Has the lookups of this thread's modules answered by these from now on.
pub fn set_lookups(lookups: Rc<dyn Lookups>) {
    LOOKUPS.set(Some(lookups));
}

/// What answers in place of the tables that were set; none: nothing does.
pub(super) fn instead() -> Option<Rc<dyn Lookups>> {
    LOOKUPS.with_borrow(Clone::clone)
}

/// The tables of these lookups, as modules are told of them.
pub(super) fn tables(lookups: &dyn Lookups) -> Result<Vec<Table>> {
    let tables = lookups.tables()?.into_iter();
    tables.map(|(name, fields)| Ok(Table::new(name, Schema::from_wire(fields)?))).collect()
}
