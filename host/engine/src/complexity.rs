//! How much work a component can make for the compiler, looked at before it starts.
//!
//! Compiling has no deadline: it runs on the host's own threads. So what it is given
//! is bounded, by the quantities that its time and memory grow with.

use wasmparser::{
    BinaryReaderError, ComponentExternalKind, ComponentInstance, CompositeInnerType, FunctionBody,
    Operator, Payload,
};

use crate::fault::Admission;

/// Components and modules within each other: composed ones have two or three levels.
const MAX_DEPTH: u64 = 8;
/// Core modules: one an instance, and some that are only linked.
const MAX_CORE_MODULES: u64 = 32;
/// Instances of components, those within others counted as often as the others are there:
/// they multiply. A JavaScript engine with stubs for what it is not given has some 80.
const MAX_COMPONENT_INSTANCES: u64 = 300;
/// Components that are given to others, to be instantiated there: as often as nobody can see
/// without following them. No tool makes any.
const MAX_COMPONENTS_GIVEN: u64 = 0;
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
    /// Instances of the components around the current one, as far as they were counted.
    around: Vec<u64>,
    /// Instances of the current one, each with those within it.
    instances: u64,
    /// The most instances that one component has of those that ended: no instance that is
    /// made has more within it, since only what ended before it can be instantiated.
    most_instances: u64,
    given: u64,
    core_modules: u64,
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
                self.begin()
            }
            Payload::ComponentSection { .. } => self.begin(),
            Payload::End(_) => {
                self.most_instances = self.most_instances.max(self.instances);
                self.instances = self.around.pop().unwrap_or_default();
                Ok(())
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    self.add_instance(&instance.map_err(broken)?)?;
                }
                Ok(())
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    self.add_given(export.map_err(broken)?.kind)?;
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

    /// A component or a module within the current one.
    fn begin(&mut self) -> Result<(), Admission> {
        self.around.push(std::mem::take(&mut self.instances));
        let mut depth = 0;
        count(&mut depth, self.around.len() as u64, MAX_DEPTH, "levels of components")
    }

    fn add_instance(&mut self, instance: &ComponentInstance<'_>) -> Result<(), Admission> {
        match instance {
            ComponentInstance::Instantiate { args, .. } => {
                args.iter().try_for_each(|given| self.add_given(given.kind))?;
                let more = self.most_instances.saturating_add(1);
                let most = MAX_COMPONENT_INSTANCES;
                count(&mut self.instances, more, most, "instances of components")
            }
            ComponentInstance::FromExports(exports) => {
                exports.iter().try_for_each(|given| self.add_given(given.kind))
            }
        }
    }

    fn add_given(&mut self, kind: ComponentExternalKind) -> Result<(), Admission> {
        match kind {
            ComponentExternalKind::Component => {
                count(&mut self.given, 1, MAX_COMPONENTS_GIVEN, "components given to others")
            }
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
