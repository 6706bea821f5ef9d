//! The records of `wit/*.wit` as the component model passes them.
//!
//! Written out rather than generated: transforms and checks share one set, what
//! goes in borrows the host's buffers, so that each is copied once. What comes out is
//! [`Untrusted`] from the call on (`sandbox.rs`), and its check is beside the type that
//! it becomes.

use bailiwick_columnar::{Lowered, Untrusted, WireBatch, WireField, WireNode};
use bailiwick_terms::{Ordering, Part, Read};
use wasmtime::component::{ComponentType, Lift, Lower, ResourceAny};

use crate::{Fault, GuestText, Subject};

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Field {
    name: String,
    format: String,
    nullable: bool,
    children: u32,
    metadata: Vec<(String, String)>,
}

impl From<WireField> for Field {
    fn from(field: WireField) -> Self {
        let WireField { name, format, nullable, children, metadata } = field;
        Self { name, format, nullable, children, metadata }
    }
}

pub(crate) fn untrusted_fields(fields: Vec<Field>) -> Untrusted<Vec<WireField>> {
    let fields = fields.into_iter().map(|field| {
        let Field { name, format, nullable, children, metadata } = field;
        WireField { name, format, nullable, children, metadata }
    });
    Untrusted::new(fields.collect())
}

#[derive(Debug, Clone, Copy, ComponentType, Lift, Lower)]
#[component(record)]
pub(crate) struct Node {
    length: u32,
    #[component(name = "null-count")]
    null_count: u32,
}

/// A batch on its way in.
#[derive(Debug, Clone, Copy, ComponentType, Lower)]
#[component(record)]
pub(crate) struct BatchIn<'a> {
    rows: u32,
    nodes: &'a [Node],
    buffers: &'a [&'a [u8]],
}

/// Nodes and buffers of a batch, laid out for [`BatchIn`].
pub(crate) struct Outgoing<'a> {
    rows: u32,
    nodes: Vec<Node>,
    buffers: Vec<&'a [u8]>,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn new(lowered: &'a Lowered) -> Self {
        let nodes = lowered.nodes.iter();
        Self {
            rows: lowered.rows,
            nodes: nodes
                .map(|node| Node { length: node.length, null_count: node.null_count })
                .collect(),
            buffers: lowered.buffers.iter().map(|buffer| buffer.as_slice()).collect(),
        }
    }

    pub(crate) fn batch(&self) -> BatchIn<'_> {
        BatchIn { rows: self.rows, nodes: &self.nodes, buffers: &self.buffers }
    }
}

/// A batch that a service gives, with buffers of its own: an answer must outlive whatever
/// it was made of.
#[derive(Debug, ComponentType, Lower)]
#[component(record)]
pub(crate) struct BatchGiven {
    rows: u32,
    nodes: Vec<Node>,
    buffers: Vec<Vec<u8>>,
}

impl BatchGiven {
    /// Bytes that are copied into the module.
    pub(crate) fn bytes(&self) -> usize {
        self.buffers.iter().map(Vec::len).sum()
    }
}

impl From<&Lowered> for BatchGiven {
    fn from(lowered: &Lowered) -> Self {
        let Outgoing { rows, nodes, buffers } = Outgoing::new(lowered);
        Self { rows, nodes, buffers: buffers.into_iter().map(<[u8]>::to_vec).collect() }
    }
}

/// A batch on its way out.
#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct BatchOut {
    rows: u32,
    nodes: Vec<Node>,
    buffers: Vec<Vec<u8>>,
}

impl BatchOut {
    /// Bytes that were copied out of the module.
    pub(crate) fn bytes(&self) -> usize {
        self.buffers.iter().map(Vec::len).sum()
    }

    pub(crate) fn untrusted(self) -> Untrusted<WireBatch> {
        let nodes = self.nodes.into_iter();
        Untrusted::new(WireBatch {
            rows: self.rows,
            nodes: nodes
                .map(|node| WireNode { length: node.length, null_count: node.null_count })
                .collect(),
            buffers: self.buffers,
        })
    }
}

#[derive(Debug, ComponentType, Lift)]
#[component(variant)]
pub(crate) enum GuestError {
    #[component(name = "settings")]
    Settings(String),
    #[component(name = "fields")]
    Fields(String),
    #[component(name = "data")]
    Data(String),
}

impl GuestError {
    /// The fault it stands for; its words only where they may be shown.
    pub(crate) fn into_fault(self, show: bool) -> Fault {
        let (subject, text) = match self {
            GuestError::Settings(text) => (Subject::Settings, text),
            GuestError::Fields(text) => (Subject::Fields, text),
            GuestError::Data(text) => (Subject::Data, text),
        };
        let text = Untrusted::new(text);
        let text = if show { GuestText::from(text) } else { GuestText::withheld() };
        Fault::Rejected { subject, text }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made only by lifting")]
pub(crate) enum KindOut {
    #[component(name = "transform")]
    Transform,
    #[component(name = "quality")]
    Quality,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made only by lifting")]
pub(crate) enum ScopeOut {
    #[component(name = "column")]
    Column,
    #[component(name = "columns")]
    Columns,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct DescriptionOut {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) summary: String,
    pub(crate) kind: KindOut,
    pub(crate) scope: ScopeOut,
    #[component(name = "settings-schema")]
    pub(crate) settings_schema: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made only by lifting")]
pub(crate) enum ShapeOut {
    #[component(name = "map")]
    Map,
    #[component(name = "filter")]
    Filter,
    #[component(name = "reshape")]
    Reshape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made only by lifting")]
pub(crate) enum PartOut {
    #[component(name = "values")]
    Values,
    #[component(name = "presence")]
    Presence,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct ReadOut {
    pub(crate) column: String,
    part: PartOut,
}

impl From<ReadOut> for Read {
    fn from(ReadOut { column, part }: ReadOut) -> Self {
        let part = match part {
            PartOut::Values => Part::Values,
            PartOut::Presence => Part::Presence,
        };
        Read { column, part }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made only by lifting")]
pub(crate) enum OrderingOut {
    #[component(name = "independent")]
    Independent,
    #[component(name = "ordered")]
    Ordered,
}

impl From<OrderingOut> for Ordering {
    fn from(ordering: OrderingOut) -> Self {
        match ordering {
            OrderingOut::Independent => Ordering::Independent,
            OrderingOut::Ordered => Ordering::Ordered,
        }
    }
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct LookupOut {
    pub(crate) table: String,
    pub(crate) on: Vec<Field>,
    pub(crate) columns: Vec<String>,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct TransformPlanOut {
    pub(crate) reads: Vec<ReadOut>,
    pub(crate) writes: Vec<Field>,
    pub(crate) shape: ShapeOut,
    pub(crate) ordering: OrderingOut,
    pub(crate) lookups: Vec<LookupOut>,
}

#[derive(Debug, ComponentType, Lift)]
#[component(variant)]
pub(crate) enum OutputOut {
    #[component(name = "columns")]
    Columns(BatchOut),
    #[component(name = "keep")]
    Keep(Vec<u8>),
    #[component(name = "rows")]
    Rows(BatchOut),
    #[component(name = "nothing")]
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "made only by lifting")]
pub(crate) enum GranularityOut {
    #[component(name = "row")]
    Row,
    #[component(name = "dataset")]
    Dataset,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct RuleOut {
    pub(crate) id: String,
    pub(crate) summary: String,
    pub(crate) dimension: String,
    pub(crate) granularity: GranularityOut,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct CheckPlanOut {
    pub(crate) reads: Vec<ReadOut>,
    pub(crate) rules: Vec<RuleOut>,
    pub(crate) ordering: OrderingOut,
    pub(crate) lookups: Vec<LookupOut>,
}

#[derive(Debug, ComponentType, Lift)]
#[component(record)]
pub(crate) struct MeasureOut {
    pub(crate) rule: String,
    pub(crate) name: String,
    pub(crate) value: f64,
}

/// What an exported function gives that can give up: `T`, or words.
pub(crate) type Answer<T> = (Result<T, GuestError>,);
/// Parameters of the exported functions.
pub(crate) type SettingsAndFields<'a> = (&'a str, &'a [Field]);
pub(crate) type PushParams<'a> = (ResourceAny, BatchIn<'a>);
pub(crate) type MergeParams<'a> = (ResourceAny, &'a [u8]);
