//! Why there is no plan.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::printable;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The rules refuse it. All refusals that were found, in the order of the plan:
    /// input, policies, output.
    #[error("{}", listed(.0))]
    Refused(Vec<Refusal>),
}

fn listed(refusals: &[Refusal]) -> String {
    let texts: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

/// One thing that the rules refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Which rule refuses.
    pub rule: RefusalRule,
    /// Where: a policy or a port.
    pub at: String,
    /// The column, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What was found.
    pub found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, printable(&self.found))?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {}", printable(remedy)),
            None => Ok(()),
        }
    }
}

/// The rules that can refuse a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalRule {
    /// A document names an object, port or product that is not there.
    NoSuchName,
    /// A policy names a column that is not there at that point.
    NoSuchColumn,
    /// A contract gives a column no type that can be read.
    ColumnType,
    /// A module is not there, or not approved, or does not answer.
    Module,
    /// A policy's settings are not what the module asks for.
    Settings,
    /// A policy states what its module cannot do.
    Policy,
    /// A module asks for, or writes, what it was not bound to.
    ModulePlan,
    /// A module reads a label that it has no grant for.
    LabelGrant,
    /// An output column is not there, or of another type than the contract says.
    OutputColumn,
    /// A label leaves through a port that is not cleared for it.
    Clearance,
    /// An output column carries a label that the contract does not declare.
    UndeclaredLabel,
    /// An obligation is not met.
    Obligation,
    /// A policy is laxer than a floor.
    Floor,
}

impl RefusalRule {
    /// Whether it holds a product to the framework: what breaks it would loosen what central
    /// governance set. The others say that a plan does not fit together, or not yet.
    pub fn is_of_framework(self) -> bool {
        matches!(self, Self::Clearance | Self::UndeclaredLabel | Self::Obligation | Self::Floor)
    }
}
