//! One opened resource of a module, a stage or a check: what both have in common.

use bailiwick_columnar::{Lowered, Untrusted, lift_state};
use bailiwick_terms::Isolation;
use wasmtime::component::{Func, Lift, ResourceAny};

use crate::abi::{Field, MergeParams, Outgoing, PushParams, SettingsAndFields};
use crate::reference::Lookups;
use crate::sandbox::Sandbox;
use crate::{Call, Conditions, EngineError, Fault, LimitKind, LogLine, Module};

/// The names by which a component exports a resource (`wit/transform.wit`,
/// `wit/quality.wit`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) interface: &'static str,
    pub(crate) resource: &'static str,
    /// The method that ends the input.
    pub(crate) end: &'static str,
}

/// How a resource is opened, and opened again.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) settings: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) conditions: Conditions,
    pub(crate) lookups: Lookups,
}

/// An opened resource, alone in a store of its own.
pub(crate) struct Instance {
    module: Module,
    role: Role,
    opening: Opening,
    sandbox: Sandbox,
    resource: ResourceAny,
    push: Func,
    end: Func,
    state: Func,
    merge: Func,
    isolation: Isolation,
    /// Whether rows were pushed since it was opened.
    used: bool,
    /// What instances before this one logged.
    logged: Vec<LogLine>,
}

impl Instance {
    /// Opens a resource whose `push` and end give these results.
    pub(crate) fn open<P, E>(
        module: &Module,
        role: Role,
        opening: Opening,
    ) -> Result<Self, EngineError>
    where
        P: Lift + 'static,
        E: Lift + 'static,
    {
        let Opening { settings, fields, conditions, lookups } = &opening;
        let mut sandbox = module.sandbox(Call::Open, settings, conditions, lookups.clone())?;
        let opened = (|| {
            let Role { interface, resource, end } = role;
            let method = |name: &str| format!("[method]{resource}.{name}");
            let open = sandbox.function::<SettingsAndFields<'_>, ResourceAny>(
                interface,
                &format!("[static]{resource}.open"),
            )?;
            let push = sandbox.function::<PushParams<'_>, P>(interface, &method("push"))?;
            let end = sandbox.function::<(ResourceAny,), E>(interface, &method(end))?;
            let state = sandbox.function::<(ResourceAny,), Vec<u8>>(interface, &method("state"))?;
            let merge = sandbox.function::<MergeParams<'_>, ()>(interface, &method("merge"))?;
            let opened = sandbox.open(open, (settings.as_str(), fields.as_slice()))?;
            Ok((opened, push, end, state, merge))
        })();
        let (resource, push, end, state, merge) =
            opened.map_err(|fault| module.fault(Call::Open, fault))?;
        let isolation = sandbox.limits().isolation;
        Ok(Self {
            module: module.clone(),
            role,
            opening,
            sandbox,
            resource,
            push,
            end,
            state,
            merge,
            isolation,
            used: false,
            logged: Vec::new(),
        })
    }

    /// Pushes a batch, into a fresh instance where that is asked for.
    pub(crate) fn push<P, E>(
        &mut self,
        lowered: &Lowered,
        keeps_state: bool,
    ) -> Result<Untrusted<P>, EngineError>
    where
        P: Lift + Send + Sync + 'static,
        E: Lift + 'static,
    {
        if self.used && self.isolation == Isolation::Batch {
            self.renew::<P, E>(keeps_state)?;
        }
        self.used = true;
        let outgoing = Outgoing::new(lowered);
        let answer = self.sandbox.call(self.push, (self.resource, outgoing.batch()));
        answer.map_err(|fault| self.failed(Call::Push, fault))
    }

    /// Ends the input.
    pub(crate) fn end<E: Lift + Send + Sync + 'static>(
        &mut self,
        call: Call,
    ) -> Result<Untrusted<E>, EngineError> {
        let answer = self.sandbox.call(self.end, (self.resource,));
        answer.map_err(|fault| self.failed(call, fault))
    }

    /// What it holds.
    pub(crate) fn state(&mut self) -> Result<Vec<u8>, EngineError> {
        let allowed = self.sandbox.limits().output_bytes;
        let exceeded = |_| Fault::LimitExceeded { limit: LimitKind::OutputBytes, allowed };
        let state = self.sandbox.call(self.state, (self.resource,));
        let state = state.and_then(|state| lift_state(state, allowed).map_err(exceeded));
        state.map_err(|fault| self.failed(Call::State, fault))
    }

    /// What it holds. Nothing that it logs when it is asked is kept.
    pub(crate) fn state_in_silence(&mut self) -> Result<Vec<u8>, EngineError> {
        let logged = self.take_log();
        let state = self.state();
        drop(self.take_log());
        self.logged = logged;
        state
    }

    /// Takes in what another one holds.
    pub(crate) fn merge(&mut self, state: &[u8]) -> Result<(), EngineError> {
        let merged = self.sandbox.call::<_, ()>(self.merge, (self.resource, state));
        merged.map(drop).map_err(|fault| self.failed(Call::Merge, fault))
    }

    /// A fresh instance in place of this one, to which nothing comes over but the state
    /// that the module declares.
    fn renew<P, E>(&mut self, keeps_state: bool) -> Result<(), EngineError>
    where
        P: Lift + 'static,
        E: Lift + 'static,
    {
        let state = if keeps_state { Some(self.state()?) } else { None };
        let mut fresh = self.fresh::<P, E>(state.as_deref())?;
        fresh.logged = self.take_log();
        *self = fresh;
        Ok(())
    }

    /// A fresh instance in place of this one, faulted or not, and what it logged with
    /// it. It holds that state, if one is given, and nothing else.
    pub(crate) fn reopen<P, E>(&mut self, state: Option<&[u8]>) -> Result<(), EngineError>
    where
        P: Lift + 'static,
        E: Lift + 'static,
    {
        self.sandbox.discard();
        let mut fresh = self.fresh::<P, E>(state)?;
        fresh.take_log();
        *self = fresh;
        Ok(())
    }

    /// Another instance, opened as this one was, which holds that state, if one is given.
    fn fresh<P, E>(&self, state: Option<&[u8]>) -> Result<Self, EngineError>
    where
        P: Lift + 'static,
        E: Lift + 'static,
    {
        let mut fresh = Self::open::<P, E>(&self.module, self.role, self.opening.clone())?;
        if let Some(state) = state {
            fresh.merge(state)?;
        }
        Ok(fresh)
    }

    /// The lines that were logged since this was last asked.
    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        let mut lines = std::mem::take(&mut self.logged);
        lines.append(&mut self.sandbox.take_log());
        lines
    }

    pub(crate) fn module(&self) -> &Module {
        &self.module
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The fault as an error. What it answered cannot be relied on: it is of no more use.
    pub(crate) fn failed(&mut self, call: Call, fault: Fault) -> EngineError {
        self.sandbox.discard();
        self.module.fault(call, fault)
    }
}
