//! How much work a component can make for the compiler, looked at before it starts.
//!
//! Compiling has no deadline: it runs on the host's own threads. So what it is given
//! is bounded, by the quantities that its time and memory grow with.

use wasmparser::{
    BinaryReaderError, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentTypeRef, CompositeInnerType, FunctionBody, Operator, Payload,
};

use crate::fault::Admission;

/// Components and modules within each other: composed ones have two or three levels.
const MAX_DEPTH: u64 = 8;
/// Core modules: a Python engine, which is linked as it starts, has 38 with the stubs for
/// what it is not given.
const MAX_CORE_MODULES: u64 = 64;
/// Instances of components, those within others counted as often as the others are there:
/// they multiply. A JavaScript engine with stubs for what it is not given has 25.
const MAX_COMPONENT_INSTANCES: u64 = 100;
/// Components that are given to others, to be instantiated there: how often, only following
/// them would tell. No tool makes any.
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
    /// The components around the current one, as far as they were read.
    around: Vec<Scope>,
    current: Scope,
    given: u64,
    core_modules: u64,
    functions: u64,
    joins: u64,
    /// The most parameters and results of a function type of the current core module:
    /// any function or block of it may have that many.
    widest: u64,
}

/// A component, or a core module, that is being read.
#[derive(Debug, Default)]
struct Scope {
    is_component: bool,
    /// Its instances of components, each with those within it.
    instances: u64,
    /// How many instances each component that it can instantiate has within it, by index.
    components: Vec<u64>,
}

impl Complexity {
    /// Counts one more part of the component.
    pub(crate) fn add(&mut self, payload: &Payload<'_>) -> Result<(), Admission> {
        match payload {
            Payload::ModuleSection { .. } => {
                self.widest = 0;
                count(&mut self.core_modules, 1, MAX_CORE_MODULES, "core modules")?;
                self.begin(false)
            }
            Payload::ComponentSection { .. } => self.begin(true),
            Payload::End(_) => {
                self.end();
                Ok(())
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.clone() {
                    self.add_alias(&alias.map_err(broken)?);
                }
                Ok(())
            }
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    if let ComponentTypeRef::Component(_) = import.map_err(broken)?.ty {
                        // Nothing is given there: what would be is refused.
                        self.current.components.push(0);
                    }
                }
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
    fn begin(&mut self, is_component: bool) -> Result<(), Admission> {
        let begun = Scope { is_component, ..Scope::default() };
        self.around.push(std::mem::replace(&mut self.current, begun));
        let mut depth = 0;
        count(&mut depth, self.around.len() as u64, MAX_DEPTH, "levels of components")
    }

    fn end(&mut self) {
        let Some(around) = self.around.pop() else { return };
        let ended = std::mem::replace(&mut self.current, around);
        if ended.is_component {
            self.current.components.push(ended.instances);
        }
    }

    /// Another name for a component becomes one more that can be instantiated.
    fn add_alias(&mut self, alias: &ComponentAlias<'_>) {
        let within = match alias {
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, count, index } => {
                let scope = match *count as usize {
                    0 => Some(&self.current),
                    levels => self.around.iter().nth_back(levels - 1),
                };
                scope.and_then(|scope| scope.components.get(*index as usize)).copied()
            }
            // No instance exports one: that would be given.
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Component, .. } => None,
            _ => return,
        };
        self.current.components.push(within.unwrap_or_default());
    }

    fn add_instance(&mut self, instance: &ComponentInstance<'_>) -> Result<(), Admission> {
        match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                args.iter().try_for_each(|given| self.add_given(given.kind))?;
                let within = self.current.components.get(*component_index as usize);
                let more = within.copied().unwrap_or_default().saturating_add(1);
                let most = MAX_COMPONENT_INSTANCES;
                count(&mut self.current.instances, more, most, "instances of components")
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
