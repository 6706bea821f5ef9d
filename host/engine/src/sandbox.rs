//! One instance in a store of its own, and how a call into it can end.
//!
//! The store is the unit of loss: after a trap or a limit it is never entered
//! again. One a stage rather than one a lane: limits are then exactly a module's
//! own, and what one module does to its store cannot reach another's.

use std::time::{Duration, Instant};

use bailiwick_columnar::{GuestText, Untrusted};
use bailiwick_terms::Limits;
use wasmtime::component::{
    ComponentNamedList, Func, Instance, InstancePre, Lift, Lower, ResourceAny, TypedFunc,
};
use wasmtime::{Store, Trap};

use crate::abi::{Answer, DescriptionOut};
use crate::limiter::{Limiter, MAX_INSTANCES};
use crate::reference::Lookups;
use crate::runtime::{STACK_BYTES, TICK_MS};
use crate::services::{Keyring, LogLevel, LogLine};
use crate::{Fault, Held, LimitKind, interface_name};

/// Handles that a component may hold: it needs one, of its stage or check.
const MAX_HANDLES: usize = 1_000;

/// What the host keeps for one sandbox.
pub(crate) struct HostState {
    pub(crate) keys: Keyring,
    pub(crate) lookups: Lookups,
    /// What a service may give back at once, bytes.
    pub(crate) room_bytes: u64,
    /// When the present call must have ended; none: not for centuries.
    deadline: Option<Instant>,
    limiter: Limiter,
    log: Vec<LogLine>,
    log_bytes_left: u64,
    show_text: bool,
}

impl HostState {
    /// Whether the present call is past its time: a service that takes time of its own
    /// asks, since only the module's own code is interrupted.
    pub(crate) fn late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() > deadline)
    }

    pub(crate) fn log(&mut self, level: LogLevel, text: Untrusted<String>) {
        let text = if self.show_text { GuestText::from(text) } else { GuestText::withheld() };
        let line = LogLine { level, text };
        if let Some(left) = self.log_bytes_left.checked_sub(line.cost()) {
            self.log_bytes_left = left;
            self.log.push(line);
        } else {
            self.log_bytes_left = 0;
        }
    }
}

/// A service that failed by no fault of the module's, with why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct HostFailure(pub(crate) String);

pub(crate) struct Sandbox {
    store: Store<HostState>,
    instance: Instance,
    limits: Limits,
    show_text: bool,
    usable: bool,
}

impl Sandbox {
    /// Instantiates: runs the component's start functions, under its limits.
    pub(crate) fn start(
        pre: &InstancePre<HostState>,
        limits: &Limits,
        (keys, lookups): (Keyring, Lookups),
        show_text: bool,
        run: Option<Held>,
    ) -> Result<Self, Fault> {
        let state = HostState {
            keys,
            lookups,
            room_bytes: limits.memory_bytes.min(limits.output_bytes),
            deadline: None,
            limiter: Limiter::new(limits, run),
            log: Vec::new(),
            log_bytes_left: limits.log_bytes,
            show_text,
        };
        let mut store = Store::new(pre.engine(), state);
        store.limiter(|state| &mut state.limiter);
        store.set_max_component_handles(MAX_HANDLES);
        // Bytes that one call may make the host allocate.
        store.set_hostcall_fuel(usize::try_from(limits.output_bytes).unwrap_or(usize::MAX));
        arm(&mut store, limits)?;
        let instance = match pre.instantiate(&mut store) {
            Ok(instance) => instance,
            Err(error) => return Err(classified(&store, limits, &error)),
        };
        Ok(Self { store, instance, limits: limits.clone(), show_text, usable: true })
    }

    /// The exported function of an interface that gives `T` or gives up, its type checked.
    pub(crate) fn function<P, T>(&mut self, interface: &str, name: &str) -> Result<Func, Fault>
    where
        P: ComponentNamedList + Lower,
        T: Lift + 'static,
    {
        self.typed_function::<P, Answer<T>>(interface, name)
    }

    fn typed_function<P, R>(&mut self, interface: &str, name: &str) -> Result<Func, Fault>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let interface = interface_name(interface);
        let missing = || Fault::Contract(format!("it exports no {name} in {interface}"));
        let index = self
            .instance
            .get_export_index(&mut self.store, None, &interface)
            .and_then(|at| self.instance.get_export_index(&mut self.store, Some(&at), name))
            .ok_or_else(missing)?;
        let func = self.instance.get_func(&mut self.store, index).ok_or_else(missing)?;
        func.typed::<P, R>(&self.store).map_err(|error| {
            let error = GuestText::new(&error.to_string());
            Fault::Contract(format!("{name} of {interface} has another type: {error}"))
        })?;
        Ok(func)
    }

    /// Calls a function that [`Sandbox::function`] gave for these very types. This is
    /// where all that a module gives comes in.
    pub(crate) fn call<P, T>(&mut self, func: Func, params: P) -> Result<Untrusted<T>, Fault>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        T: Lift + Send + Sync + 'static,
    {
        self.answer(func, params).map(Untrusted::new)
    }

    /// Calls a function that opens a resource: a handle, which is the runtime's own.
    pub(crate) fn open<P>(&mut self, func: Func, params: P) -> Result<ResourceAny, Fault>
    where
        P: ComponentNamedList + Lower + Send + Sync,
    {
        self.answer(func, params)
    }

    /// Asks the module what it is.
    pub(crate) fn describe(&mut self) -> Result<Untrusted<DescriptionOut>, Fault> {
        let func = self.typed_function::<(), (DescriptionOut,)>("module", "describe")?;
        let (said,) = self.typed_call::<(), (DescriptionOut,)>(func, ())?;
        Ok(Untrusted::new(said))
    }

    fn answer<P, T>(&mut self, func: Func, params: P) -> Result<T, Fault>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        T: Lift + Send + Sync + 'static,
    {
        let (answer,) = self.typed_call::<P, Answer<T>>(func, params)?;
        answer.map_err(|error| error.into_fault(self.show_text))
    }

    fn typed_call<P, R>(&mut self, func: Func, params: P) -> Result<R, Fault>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        if !self.usable {
            return Err(Fault::Discarded);
        }
        arm(&mut self.store, &self.limits)?;
        // SAFETY: `typed_function` checked this function against these parameters and
        // results; they differ here at most in a lifetime.
        let typed = unsafe { TypedFunc::<P, R>::new_unchecked(func) };
        typed.call(&mut self.store, params).map_err(|error| {
            self.usable = false;
            classified(&self.store, &self.limits, &error)
        })
    }

    /// Marks the sandbox as lost: what it answered cannot be relied on.
    pub(crate) fn discard(&mut self) {
        self.usable = false;
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.store.data_mut().log)
    }
}

/// Gives the next call its time and fuel.
fn arm(store: &mut Store<HostState>, limits: &Limits) -> Result<(), Fault> {
    let state = store.data_mut();
    state.limiter.rearm();
    state.deadline = Instant::now().checked_add(Duration::from_millis(limits.call_ms));
    // One more tick, since the current one is already partly over.
    store.set_epoch_deadline(limits.call_ms.div_ceil(TICK_MS).saturating_add(1));
    if let Some(fuel) = limits.fuel {
        store.set_fuel(fuel).map_err(|error| Fault::Host(error.to_string()))?;
    }
    Ok(())
}

fn classified(store: &Store<HostState>, limits: &Limits, error: &wasmtime::Error) -> Fault {
    let exceeded = |limit, allowed| Fault::LimitExceeded { limit, allowed };
    if let Some(fault) = store.data().limiter.fault() {
        return fault;
    }
    if let Some(HostFailure(reason)) = error.downcast_ref() {
        return Fault::Host(reason.clone());
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => exceeded(LimitKind::CallMs, limits.call_ms),
        Some(Trap::OutOfFuel) => exceeded(LimitKind::Fuel, limits.fuel.unwrap_or(0)),
        Some(Trap::StackOverflow) => exceeded(LimitKind::StackBytes, STACK_BYTES as u64),
        Some(trap) => Fault::Trapped { reason: trap.to_string() },
        None => {
            let reason = error.root_cause().to_string();
            // wasmtime has no type for these: their texts are held by tests.
            if reason.contains("allocated for hostcalls") {
                exceeded(LimitKind::OutputBytes, limits.output_bytes)
            } else if reason.contains("resource limit exceeded") {
                exceeded(LimitKind::Instances, MAX_INSTANCES as u64)
            } else if reason.contains("store handle limit exceeded") {
                exceeded(LimitKind::Handles, MAX_HANDLES as u64)
            } else {
                // The canonical ABI refused what the guest gave: bad pointers, bad UTF-8.
                Fault::Contract(GuestText::new(&reason).to_string())
            }
        }
    }
}
