//! Where attacks are carried out and measured.

use std::cell::Cell;
use std::time::{Duration, Instant};

use bailiwick_engine::{Check, Conditions, EngineError, Module, Stage};
use bailiwick_terms::{Grants, Limits};

use crate::attack::{Attack, Way, end};
use crate::support::{approved, component, engine, guest_with, ten_emails};

/// How long a call may take, by its limit.
pub const DEADLINE: Duration = Duration::from_millis(1_000);
/// What a module may hold, bytes.
pub const MEMORY_BYTES: u64 = 64 << 20;
/// What a call may give back, bytes.
const OUTPUT_BYTES: u64 = 16 << 20;
/// What stands for the pretence in the file of the guest `pretender`.
const NO_PRETENCE: &[u8] = b"pretence=none...................";

/// The limits under which everything is attacked.
pub fn limits() -> Limits {
    Limits {
        call_ms: DEADLINE.as_millis() as u64,
        memory_bytes: MEMORY_BYTES,
        output_bytes: OUTPUT_BYTES,
        ..Limits::default()
    }
}

pub struct Arena {
    pub liar: Module,
    pub misjudge: Module,
    echo: Module,
    /// How long the guest `pretender` takes to be compiled, which is no call's time.
    compiling: Duration,
    calls: Cell<u64>,
    longest: Cell<Duration>,
}

/// What came of an attack.
pub struct Struck {
    /// As [`end`] writes it.
    pub end: String,
    /// The longest that one call took.
    pub longest: Duration,
    /// By how much the process grew meanwhile, at its peak, bytes; 0 where that cannot
    /// be told.
    pub growth: u64,
}

impl Arena {
    pub fn new() -> Self {
        let guest = |name| guest_with(name, Grants::default(), limits());
        let (liar, misjudge, echo) = (guest("liar"), guest("misjudge"), guest("echo"));
        let start = Instant::now();
        guest("pretender");
        let compiling = start.elapsed();
        Self { liar, misjudge, echo, compiling, calls: Cell::default(), longest: Cell::default() }
    }

    /// An honest module does its work, over so many batches: as many calls, and three.
    pub fn work(&self, batches: u64) {
        let (batch, conditions) = (ten_emails(), Conditions::default());
        let schema = batch.schema();
        let plan = self.timed(|| self.echo.plan_transform("{}", &schema)).unwrap();
        let stage = self.timed(|| self.echo.open_stage("{}", &plan, &schema, &conditions));
        let mut stage = stage.unwrap();
        for _ in 0..batches {
            assert_eq!(self.timed(|| stage.apply(&batch)).unwrap().unwrap(), batch);
        }
        assert!(self.timed(|| stage.finish()).unwrap().is_none());
    }

    /// How many calls were made so far.
    pub fn calls(&self) -> u64 {
        self.calls.get()
    }

    pub fn strike(&self, attack: &Attack) -> Struck {
        self.longest.set(Duration::ZERO);
        let before = resident();
        reset_peak();
        let result = match attack.way {
            Way::Liar => self.lied(attack.name, &Conditions::default()),
            Way::Misjudge => self.misjudged(attack.name, &Conditions::default()),
            Way::Pretender(pretence) => self.loaded("pretender", &pretender(pretence)),
            Way::File(bytes) => self.loaded("stranger", &bytes()),
            Way::Strike(strike) => strike(self),
        };
        let growth = peak().saturating_sub(before);
        let besides = match attack.way {
            Way::Pretender(_) => self.compiling,
            _ => Duration::ZERO,
        };
        Struck { end: end(&result), longest: self.longest.get().saturating_sub(besides), growth }
    }

    /// Makes a call, counts it, and remembers how long it took.
    pub fn timed<T>(&self, call: impl FnOnce() -> T) -> T {
        self.calls.set(self.calls.get() + 1);
        let start = Instant::now();
        let answer = call();
        self.longest.set(self.longest.get().max(start.elapsed()));
        answer
    }

    pub fn stage(&self, lie: &str, conditions: &Conditions) -> Result<Stage, EngineError> {
        let settings = settings(lie);
        let schema = ten_emails().schema();
        let plan = self.timed(|| self.liar.plan_transform(&settings, &schema))?;
        self.timed(|| self.liar.open_stage(&settings, &plan, &schema, conditions))
    }

    pub fn check(&self, lie: &str, conditions: &Conditions) -> Result<Check, EngineError> {
        let settings = settings(lie);
        let schema = ten_emails().schema();
        let plan = self.timed(|| self.misjudge.plan_check(&settings, &schema))?;
        self.timed(|| self.misjudge.open_check(&settings, &plan, &schema, conditions))
    }

    /// A whole life of a transform that lies somewhere in it.
    pub fn lied(&self, lie: &str, conditions: &Conditions) -> Result<(), EngineError> {
        let mut stage = self.stage(lie, conditions)?;
        self.timed(|| stage.apply(&ten_emails()))?;
        let state = self.timed(|| stage.state())?;
        self.timed(|| stage.merge(&state))?;
        self.timed(|| stage.finish()).map(drop)
    }

    /// A whole life of a check that lies somewhere in it.
    pub fn misjudged(&self, lie: &str, conditions: &Conditions) -> Result<(), EngineError> {
        let mut check = self.check(lie, conditions)?;
        self.timed(|| check.push(&ten_emails()))?;
        let state = self.timed(|| check.state())?;
        self.timed(|| check.merge(&state))?;
        self.timed(|| check.conclude()).map(drop)
    }

    /// Loads a file that was signed under that name, with nothing granted.
    pub fn loaded(&self, name: &str, bytes: &[u8]) -> Result<(), EngineError> {
        let approved = approved(name, bytes, Grants::default(), limits());
        self.timed(|| engine().load(&approved)).map(drop)
    }
}

fn settings(lie: &str) -> String {
    format!("{{\"lie\": \"{lie}\"}}")
}

/// The guest `pretender` with a pretence in it.
fn pretender(pretence: &str) -> Vec<u8> {
    let mut bytes = component("pretender");
    let length = NO_PRETENCE.len();
    let at = bytes.windows(length).position(|text| text == NO_PRETENCE).unwrap();
    let text = format!("{:.<length$}", format!("pretence={pretence}"));
    bytes[at..][..length].copy_from_slice(text.as_bytes());
    bytes
}

/// Lets the peak begin anew (proc(5), `clear_refs`).
fn reset_peak() {
    if cfg!(target_os = "linux") {
        std::fs::write("/proc/self/clear_refs", "5").unwrap();
    }
}

fn peak() -> u64 {
    status("VmHWM:")
}

/// Memory that the process holds, bytes.
pub fn resident() -> u64 {
    status("VmRSS:")
}

/// A figure of proc(5), `status`, bytes.
fn status(name: &str) -> u64 {
    if !cfg!(target_os = "linux") {
        return 0;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
