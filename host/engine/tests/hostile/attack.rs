//! An attack: what it does, and the end that it must come to.

use bailiwick_engine::{Admission, Call, EngineError, Fault};

use crate::arena::Arena;

/// Attacks of one kind.
#[derive(Clone, Copy)]
pub struct Class {
    pub title: &'static str,
    /// What they have in common, a sentence or two.
    pub says: &'static str,
    pub attacks: &'static [Attack],
}

pub struct Attack {
    pub name: &'static str,
    pub does: &'static str,
    /// As [`end`] writes it, or [`CONTAINED`].
    pub ends: &'static str,
    pub way: Way,
}

/// How it is carried out.
pub enum Way {
    /// The settings of the guest `liar`, a transform.
    Liar,
    /// The settings of the guest `misjudge`, a check.
    Misjudge,
    /// The pretence of the guest `pretender`, written into its file.
    Pretender(&'static str),
    /// A file that a domain had signed and approved.
    File(fn() -> Vec<u8>),
    /// Anything else.
    Strike(fn(&Arena) -> Result<(), EngineError>),
}

/// The end of an attack of which nothing came: that it did no harm and what it could
/// not learn is asserted where it is carried out.
pub const CONTAINED: &str = "contained";

/// An end of more bytes is cut.
const LONG_BYTES: usize = 300;
/// What is left of it then.
const SHOWN_CHARACTERS: usize = 80;

pub const fn lie(name: &'static str, does: &'static str, ends: &'static str) -> Attack {
    Attack { name, does, ends, way: Way::Liar }
}

pub const fn misjudgement(name: &'static str, does: &'static str, ends: &'static str) -> Attack {
    Attack { name, does, ends, way: Way::Misjudge }
}

pub const fn file(
    name: &'static str,
    does: &'static str,
    ends: &'static str,
    bytes: fn() -> Vec<u8>,
) -> Attack {
    Attack { name, does, ends, way: Way::File(bytes) }
}

pub const fn pretence(
    name: &'static str,
    pretence: &'static str,
    does: &'static str,
    ends: &'static str,
) -> Attack {
    Attack { name, does, ends, way: Way::Pretender(pretence) }
}

pub const fn strike(
    name: &'static str,
    does: &'static str,
    ends: &'static str,
    way: fn(&Arena) -> Result<(), EngineError>,
) -> Attack {
    Attack { name, does, ends, way: Way::Strike(way) }
}

/// The end that an attack came to: its types, with what they hold. Long texts are cut,
/// and told by their length.
pub fn end(result: &Result<(), EngineError>) -> String {
    let whole = whole_end(result);
    match whole.char_indices().nth(SHOWN_CHARACTERS) {
        Some((at, _)) if whole.len() > LONG_BYTES => {
            format!("{}… ({} bytes)", &whole[..at], whole.len())
        }
        _ => whole,
    }
}

fn whole_end(result: &Result<(), EngineError>) -> String {
    match result {
        Ok(()) => CONTAINED.into(),
        Err(EngineError::Fault { call, fault, .. }) => fault_end(*call, fault),
        Err(EngineError::Refused { refusal, .. }) => refusal_end(refusal),
        Err(EngineError::Columns { source, .. }) => format!("Columns: {source}"),
        Err(EngineError::Reference { table, source, .. }) => format!("Reference {table}: {source}"),
        Err(EngineError::WrongKind { found, .. }) => format!("WrongKind: {found}"),
        Err(EngineError::Setup { reason }) => format!("Setup: {reason}"),
    }
}

fn fault_end(call: Call, fault: &Fault) -> String {
    let end = match fault {
        Fault::Rejected { subject, text } => format!("Rejected {subject:?}: {text}"),
        Fault::Trapped { reason } => format!("Trapped: {reason}"),
        Fault::LimitExceeded { limit, .. } => format!("LimitExceeded {limit:?}"),
        Fault::Malformed(error) => {
            let said = error.to_string();
            format!("Malformed: {}", said.trim_start_matches("the module broke the contract: "))
        }
        Fault::Contract(text) => format!("Contract: {text}"),
        Fault::Discarded => "Discarded".into(),
        Fault::Host(text) => format!("Host: {text}"),
    };
    format!("{call}: {end}")
}

fn refusal_end(refusal: &Admission) -> String {
    let end = match refusal {
        Admission::Fault { call, fault } => return fault_end(*call, fault),
        Admission::TooLarge { found, limit } => format!("TooLarge: {found} bytes of {limit}"),
        Admission::NotWasm { reason } => format!("NotWasm: {reason}"),
        Admission::TooComplex { what, found, limit } => {
            format!("TooComplex: {found} {what} of {limit}")
        }
        Admission::CoreModule => "CoreModule".into(),
        Admission::MissingExport { expected } => format!("MissingExport: {expected}"),
        Admission::TwoKinds => "TwoKinds".into(),
        Admission::WitVersion { found } => format!("WitVersion: {found}"),
        Admission::Import { import, .. } => format!("Import: {import}"),
        Admission::Link { reason } => format!("Link: {reason}"),
        Admission::Description { reason } => format!("Description: {reason}"),
        Admission::OtherName { found, .. } => format!("OtherName: {found}"),
    };
    format!("refused: {end}")
}
