//! From what crosses to an author's trait and back: the one path that both the
//! exports and the native tests take.

use std::rc::Rc;

use crate::settings::schema_of;
use crate::{
    About, Array, Batch, Check, CheckPlan, Error, Filter, Map, Measure, Ordering, Plan, Reshape,
    Result, Schema, Settings, array, json, wire,
};

/// What a transform does to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// New values.
    Map,
    /// Fewer rows.
    Filter,
    /// A new batch.
    Reshape,
}

/// What came of one pushed batch.
#[derive(Debug)]
pub enum Output {
    /// The written columns.
    Columns(wire::Batch),
    /// Which rows stay.
    Keep(Vec<u8>),
    /// Rows to pass on.
    Rows(wire::Batch),
    /// Nothing yet.
    Nothing,
}

/// A transform of any shape, in terms of what crosses.
pub trait Transform: Sized + 'static {
    /// Its shape.
    const SHAPE: Shape;
    /// What its answers may depend on where its plan does not say.
    const ORDERING: Ordering;
    /// What it says of itself.
    const ABOUT: About;

    /// JSON Schema of its settings.
    fn settings_schema() -> String;
    /// Plans.
    fn plan(settings: &str, input: Vec<wire::Field>) -> Result<Plan>;
    /// Opens.
    fn open(settings: &str, reads: Vec<wire::Field>) -> Result<Self>;
    /// Takes a batch.
    fn push(&mut self, rows: wire::Batch) -> Result<Output>;
    /// Ends the input.
    fn finish(&mut self) -> Result<Option<wire::Batch>> {
        Ok(None)
    }
    /// What it holds.
    fn state(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }
    /// Takes in what another holds.
    fn merge(&mut self, state: &[u8]) -> Result<()> {
        if state.is_empty() { Ok(()) } else { Err(Error::data("this module holds no state")) }
    }
}

/// An opened module of an author's type.
#[derive(Debug)]
struct Opened<M> {
    module: M,
    reads: Rc<Schema>,
}

impl<M> Opened<M> {
    fn new<S: Settings>(
        settings: &str,
        reads: Vec<wire::Field>,
        open: impl FnOnce(S, &Schema) -> Result<M>,
    ) -> Result<Self> {
        let reads = Rc::new(Schema::from_wire(reads)?);
        Ok(Self { module: open(json::read(settings)?, &reads)?, reads })
    }

    fn batch(&self, rows: wire::Batch) -> Result<Batch> {
        Batch::from_wire(self.reads.clone(), rows)
    }
}

/// An opened [`Map`].
#[derive(Debug)]
pub struct MapModule<M>(Opened<M>);

impl<M: Map> Transform for MapModule<M> {
    const SHAPE: Shape = Shape::Map;
    const ORDERING: Ordering = Ordering::Independent;
    const ABOUT: About = M::ABOUT;

    fn settings_schema() -> String {
        schema_of::<M::Settings>()
    }

    fn plan(settings: &str, input: Vec<wire::Field>) -> Result<Plan> {
        M::plan(&json::read(settings)?, &Schema::from_wire(input)?)
    }

    fn open(settings: &str, reads: Vec<wire::Field>) -> Result<Self> {
        Opened::new(settings, reads, M::open).map(Self)
    }

    fn push(&mut self, rows: wire::Batch) -> Result<Output> {
        let expected = rows.rows;
        let columns = self.0.module.push(&self.0.batch(rows)?)?;
        let mut batch = array::to_wire(columns)?;
        // A map that writes nothing still has its rows.
        if batch.nodes.is_empty() {
            batch.rows = expected;
        }
        Ok(Output::Columns(batch))
    }
}

/// An opened [`Filter`].
#[derive(Debug)]
pub struct FilterModule<M>(Opened<M>);

impl<M: Filter> Transform for FilterModule<M> {
    const SHAPE: Shape = Shape::Filter;
    const ORDERING: Ordering = Ordering::Independent;
    const ABOUT: About = M::ABOUT;

    fn settings_schema() -> String {
        schema_of::<M::Settings>()
    }

    fn plan(settings: &str, input: Vec<wire::Field>) -> Result<Plan> {
        M::plan(&json::read(settings)?, &Schema::from_wire(input)?)
    }

    fn open(settings: &str, reads: Vec<wire::Field>) -> Result<Self> {
        Opened::new(settings, reads, M::open).map(Self)
    }

    fn push(&mut self, rows: wire::Batch) -> Result<Output> {
        let keep = self.0.module.push(&self.0.batch(rows)?)?;
        Ok(Output::Keep(keep.into_bytes()))
    }
}

/// An opened [`Reshape`].
#[derive(Debug)]
pub struct ReshapeModule<M>(Opened<M>);

impl<M: Reshape> Transform for ReshapeModule<M> {
    const SHAPE: Shape = Shape::Reshape;
    const ORDERING: Ordering = Ordering::Ordered;
    const ABOUT: About = M::ABOUT;

    fn settings_schema() -> String {
        schema_of::<M::Settings>()
    }

    fn plan(settings: &str, input: Vec<wire::Field>) -> Result<Plan> {
        M::plan(&json::read(settings)?, &Schema::from_wire(input)?)
    }

    fn open(settings: &str, reads: Vec<wire::Field>) -> Result<Self> {
        Opened::new(settings, reads, M::open).map(Self)
    }

    fn push(&mut self, rows: wire::Batch) -> Result<Output> {
        match self.0.module.push(&self.0.batch(rows)?)? {
            Some(columns) => array::to_wire(columns).map(Output::Rows),
            None => Ok(Output::Nothing),
        }
    }

    fn finish(&mut self) -> Result<Option<wire::Batch>> {
        let columns: Option<Vec<Array>> = self.0.module.finish()?;
        columns.map(array::to_wire).transpose()
    }

    fn state(&self) -> Result<Vec<u8>> {
        self.0.module.state()
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.0.module.merge(state)
    }
}

/// An opened [`Check`].
#[derive(Debug)]
pub struct CheckModule<M>(Opened<M>);

impl<M: Check> CheckModule<M> {
    /// What it says of itself.
    pub const ABOUT: About = M::ABOUT;
    /// What its judgements may depend on where its plan does not say.
    pub const ORDERING: Ordering = Ordering::Ordered;

    /// JSON Schema of its settings.
    pub fn settings_schema() -> String {
        schema_of::<M::Settings>()
    }

    /// Plans.
    pub fn plan(settings: &str, input: Vec<wire::Field>) -> Result<CheckPlan> {
        M::plan(&json::read(settings)?, &Schema::from_wire(input)?)
    }

    /// Opens.
    pub fn open(settings: &str, reads: Vec<wire::Field>) -> Result<Self> {
        Opened::new(settings, reads, M::open).map(Self)
    }

    /// Takes a batch.
    pub fn push(&mut self, rows: wire::Batch) -> Result<Vec<Vec<u8>>> {
        let failing = self.0.module.push(&self.0.batch(rows)?)?;
        Ok(failing.into_iter().map(crate::Bitmap::into_bytes).collect())
    }

    /// What it holds.
    pub fn state(&self) -> Result<Vec<u8>> {
        self.0.module.state()
    }

    /// Takes in what another holds.
    pub fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.0.module.merge(state)
    }

    /// Ends the input.
    pub fn conclude(&mut self) -> Result<Vec<Measure>> {
        self.0.module.conclude()
    }
}
