//! How much work a component can make for the compiler, looked at before it starts.
//!
//! Compiling has no deadline: it runs on the host's own threads. So what it is given
//! is bounded, by the quantities that its time and memory grow with.

use wasmparser::{
    BinaryReaderError, ComponentInstance, CompositeInnerType, FunctionBody, Operator, Payload,
};

use crate::fault::Admission;

/// Components and modules within each other: composed ones have two or three levels.
const MAX_DEPTH: u64 = 8;
/// Core modules: one an instance, and some that are only linked.
const MAX_CORE_MODULES: u64 = 32;
/// Instantiations of components. Those of nested ones multiply: 16 are at most some
/// hundred, thrice those would be a million.
const MAX_COMPONENT_INSTANCES: u64 = 16;
/// Functions of all core modules: a Python engine has some 20,000.
const MAX_FUNCTIONS: u64 = 100_000;
/// The code of one function, bytes: an interpreter's main loop has some 100 KiB.
const MAX_FUNCTION_BYTES: u64 = 512 << 10;
/// Values that can meet at the branches of one function: its variables times its
/// branches. The compiler may need one for each.
const MAX_FUNCTION_JOINS: u64 = 1 << 23;
/// The same, of all functions together.
const MAX_JOINS: u64 = 1 << 27;

/// Counts, over all of a component.
#[derive(Debug, Default)]
pub(crate) struct Complexity {
    depth: u64,
    core_modules: u64,
    component_instances: u64,
    functions: u64,
    joins: u64,
    /// The most parameters and results of a function type of the current core module:
    /// any function or block of it may have that many.
    widest: u64,
}

impl Complexity {
    /// Counts one more part of the component.
    pub(crate) fn add(&mut self, payload: &Payload<'_>) -> Result<(), Admission> {
        match payload {
            Payload::ModuleSection { .. } => {
                self.widest = 0;
                count(&mut self.core_modules, 1, MAX_CORE_MODULES, "core modules")?;
                count(&mut self.depth, 1, MAX_DEPTH, "levels of components")
            }
            Payload::ComponentSection { .. } => {
                count(&mut self.depth, 1, MAX_DEPTH, "levels of components")
            }
            Payload::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    if let ComponentInstance::Instantiate { .. } = instance.map_err(broken)? {
                        let (total, most) =
                            (&mut self.component_instances, MAX_COMPONENT_INSTANCES);
                        count(total, 1, most, "instances of components")?;
                    }
                }
                Ok(())
            }
            Payload::TypeSection(section) => {
                for group in section.clone() {
                    for of in group.map_err(broken)?.into_types() {
                        if let CompositeInnerType::Func(func) = of.composite_type.inner {
                            let wide = func.params().len() + func.results().len();
                            self.widest = self.widest.max(wide as u64);
                        }
                    }
                }
                Ok(())
            }
            Payload::FunctionSection(section) => {
                count(&mut self.functions, section.count().into(), MAX_FUNCTIONS, "functions")
            }
            Payload::CodeSectionEntry(body) => self.add_function(body),
            _ => Ok(()),
        }
    }

    fn add_function(&mut self, body: &FunctionBody<'_>) -> Result<(), Admission> {
        let mut bytes = 0;
        let found = body.range().len() as u64;
        count(&mut bytes, found, MAX_FUNCTION_BYTES, "bytes in one function")?;
        let mut variables = self.widest;
        for local in body.get_locals_reader().map_err(broken)? {
            let (count, _) = local.map_err(broken)?;
            variables = variables.saturating_add(count.into());
        }
        let mut branches = 1_u64;
        for operator in body.get_operators_reader().map_err(broken)? {
            branches += match operator.map_err(broken)? {
                Operator::Block { .. }
                | Operator::Loop { .. }
                | Operator::If { .. }
                | Operator::Else
                | Operator::Br { .. }
                | Operator::BrIf { .. } => 1,
                Operator::BrTable { targets } => u64::from(targets.len()) + 1,
                _ => 0,
            };
        }
        let (mut own, found) = (0, variables.saturating_mul(branches));
        count(&mut own, found, MAX_FUNCTION_JOINS, "variables times branches in one function")?;
        count(&mut self.joins, found, MAX_JOINS, "variables times branches")
    }
}

fn count(total: &mut u64, more: u64, limit: u64, what: &'static str) -> Result<(), Admission> {
    *total = total.saturating_add(more);
    if *total > limit {
        return Err(Admission::TooComplex { what, found: *total, limit });
    }
    Ok(())
}

fn broken(error: BinaryReaderError) -> Admission {
    Admission::not_wasm(&error)
}
