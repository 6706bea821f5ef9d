//! What an author implements: one of four traits.
//!
//! Life of a module: `plan` once, when the pipeline is planned, in an instance that
//! is then thrown away. In a run `open`, then `push` for each batch, then the end.
//! There is no clock, no randomness, no state outside the value that `open` made: the
//! same settings and batches must give the same answers.
//!
//! A run has several lanes. A module whose plan says that it is independent is opened
//! once in each of them, and gets some of the batches there; one that is ordered is
//! opened once and gets all of them. A map and a filter are independent by their type.

use crate::{
    About, Array, Batch, Bitmap, CheckPlan, Error, Measure, Plan, Result, Schema, Settings,
};

/// Same rows, new values for some columns. Register it with
/// [`export_map!`](crate::export_map).
pub trait Map: Sized + 'static {
    /// What a binding can set.
    type Settings: Settings;

    /// What the module says of itself: see [`about!`](crate::about).
    const ABOUT: About;

    /// What it reads and writes, given the fields of the binding's columns. By
    /// default it reads all of them and writes each again with the same type.
    fn plan(settings: &Self::Settings, input: &Schema) -> Result<Plan> {
        let _ = settings;
        Ok(Plan::in_place(input))
    }

    /// Opens it on the fields that the plan reads, in that order.
    fn open(settings: Self::Settings, reads: &Schema) -> Result<Self>;

    /// The new values: one column for each field that the plan writes, in that
    /// order, each with as many rows as the batch.
    fn push(&self, rows: &Batch) -> Result<Vec<Array>>;
}

/// Fewer rows. Register it with [`export_filter!`](crate::export_filter).
pub trait Filter: Sized + 'static {
    /// What a binding can set.
    type Settings: Settings;

    /// What the module says of itself: see [`about!`](crate::about).
    const ABOUT: About;

    /// What it reads, given the fields of the binding's columns. By default all of
    /// them. A filter writes nothing.
    fn plan(settings: &Self::Settings, input: &Schema) -> Result<Plan> {
        let _ = settings;
        Ok(Plan::reading(input.names()))
    }

    /// Opens it on the fields that the plan reads, in that order.
    fn open(settings: Self::Settings, reads: &Schema) -> Result<Self>;

    /// A set bit for each row that stays.
    fn push(&self, rows: &Batch) -> Result<Bitmap>;
}

/// A wholly new batch: aggregate, explode, deduplicate. Register it with
/// [`export_reshape!`](crate::export_reshape).
pub trait Reshape: Sized + 'static {
    /// What a binding can set.
    type Settings: Settings;

    /// What the module says of itself: see [`about!`](crate::about).
    const ABOUT: About;

    /// What it reads, given the fields of the binding's columns, and the whole new
    /// schema. Say [`independent`](Plan::independent) where states merge in any order.
    fn plan(settings: &Self::Settings, input: &Schema) -> Result<Plan>;

    /// Opens it on the fields that the plan reads, in that order.
    fn open(settings: Self::Settings, reads: &Schema) -> Result<Self>;

    /// Rows to pass on now: one column for each field that the plan writes; or none.
    fn push(&mut self, rows: &Batch) -> Result<Option<Vec<Array>>>;

    /// The rows it still holds, after the last batch; by default none.
    fn finish(&mut self) -> Result<Option<Vec<Array>>> {
        Ok(None)
    }

    /// What it holds so far, for [`merge`](Self::merge). By default an error, so
    /// that it runs in one part only; one that holds nothing between batches gives
    /// no bytes.
    fn state(&self) -> Result<Vec<u8>> {
        Err(Error::data("this module cannot run in parts"))
    }

    /// Takes in the state of another one, opened on the same settings and fields,
    /// that saw *later* rows; where its plan is independent, any other rows.
    fn merge(&mut self, state: &[u8]) -> Result<()> {
        if state.is_empty() { Ok(()) } else { Err(Error::data("this module cannot run in parts")) }
    }
}

/// Judges rows and changes none. Register it with [`export_check!`](crate::export_check).
pub trait Check: Sized + 'static {
    /// What a binding can set.
    type Settings: Settings;

    /// What the module says of itself: see [`about!`](crate::about).
    const ABOUT: About;

    /// What it reads, given the fields of the binding's columns, and its rules. Say
    /// [`independent`](CheckPlan::independent) where no row is judged by another one.
    fn plan(settings: &Self::Settings, input: &Schema) -> Result<CheckPlan>;

    /// Opens it on the fields that the plan reads, in that order.
    fn open(settings: Self::Settings, reads: &Schema) -> Result<Self>;

    /// A set bit for each row that *fails*: one bitmap for each rule about rows,
    /// in the order of the plan.
    fn push(&mut self, rows: &Batch) -> Result<Vec<Bitmap>>;

    /// What it holds so far, for [`merge`](Self::merge). By default nothing, which
    /// is right only where no row is judged by another one and nothing is measured.
    fn state(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    /// Takes in the state of another one, opened on the same settings and fields,
    /// that saw *later* rows; where its plan is independent, any other rows.
    fn merge(&mut self, state: &[u8]) -> Result<()> {
        if state.is_empty() { Ok(()) } else { Err(Error::data("this check holds no state")) }
    }

    /// The figures, after the last batch; by default none.
    fn conclude(&mut self) -> Result<Vec<Measure>> {
        Ok(Vec::new())
    }
}
