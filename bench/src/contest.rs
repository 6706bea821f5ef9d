//! Several contestants that do the same work, measured round by round.
//!
//! A machine that others use too speeds up and slows down by tens of percent within
//! seconds. Run one after the other, contestants would each meet a machine of their
//! own, and that drift would enter every ratio between them; so it is with
//! criterion, which is why it is not used here. In a [`Contest`] every round runs all
//! contestants, beginning with another one each time, and a ratio is the median of
//! the ratios *within* rounds: what slows a whole round cancels out.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::Outcome;

/// How long a contest goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// Number of rounds.
    pub count: usize,
    /// How long each contestant runs in each round, at least: far above what the
    /// clock can tell apart and a timer interrupt costs.
    pub at_least: Duration,
}

impl Default for Rounds {
    /// 31 rounds of at least 2 ms for each contestant.
    fn default() -> Self {
        Self { count: 31, at_least: Duration::from_millis(2) }
    }
}

impl Rounds {
    /// Enough to see that everything runs, not to measure it.
    pub fn quick() -> Self {
        Self { count: 3, at_least: Duration::from_micros(200) }
    }
}

/// Several contestants that do the same work.
///
/// ```
/// use std::time::Duration;
///
/// use bailiwick_bench::{Contest, Rounds};
///
/// let numbers: Vec<u64> = (0..1_000).collect();
/// let outcome = Contest::new("sum", 1_000)
///     .contestant("iterator", || Ok(numbers.iter().sum::<u64>()))
///     // Its input is made anew for each run, off the clock.
///     .prepared("drained", || Ok(numbers.clone()), |mut own| Ok(own.drain(..).sum::<u64>()))
///     .run(Rounds { count: 3, at_least: Duration::ZERO })?;
/// assert_eq!(outcome.ratio("iterator", "iterator"), Some(1.0));
/// # anyhow::Ok(())
/// ```
pub struct Contest<'a> {
    name: String,
    rows: usize,
    calls: usize,
    contestants: Vec<(String, Box<dyn Run + 'a>)>,
}

impl std::fmt::Debug for Contest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.contestants.iter().map(|(name, _)| name).collect();
        f.debug_struct("Contest").field("name", &self.name).field("contestants", &names).finish()
    }
}

impl<'a> Contest<'a> {
    /// A contest in which one run works on so many rows.
    pub fn new(name: impl Into<String>, rows: usize) -> Self {
        Self { name: name.into(), rows, calls: 1, contestants: Vec::new() }
    }

    /// How many calls one run consists of, such as one for each batch; by default one.
    #[must_use]
    pub fn of_calls(self, calls: usize) -> Self {
        Self { calls, ..self }
    }

    /// Adds a contestant that can run again and again. What a run gives is dropped on
    /// the clock, as its work would be.
    #[must_use]
    pub fn contestant<O>(
        mut self,
        name: impl Into<String>,
        run: impl FnMut() -> anyhow::Result<O> + 'a,
    ) -> Self {
        self.contestants.push((name.into(), Box::new(Repeated(run))));
        self
    }

    /// Adds a contestant whose every run takes a fresh input. Neither the making of
    /// the input nor the dropping of what the run gives is timed.
    #[must_use]
    pub fn prepared<I: 'a, O>(
        mut self,
        name: impl Into<String>,
        prepare: impl FnMut() -> anyhow::Result<I> + 'a,
        run: impl FnMut(I) -> anyhow::Result<O> + 'a,
    ) -> Self {
        self.contestants.push((name.into(), Box::new(Prepared { prepare, run })));
        self
    }

    /// Runs it.
    ///
    /// # Errors
    /// What a contestant gives, under its name.
    pub fn run(self, rounds: Rounds) -> anyhow::Result<Outcome> {
        let Self { name, rows, calls, mut contestants } = self;
        let failed = |contestant: &str| format!("{name}: contestant {contestant} failed");
        let mut runs = Vec::with_capacity(contestants.len());
        for (contestant, run) in &mut contestants {
            runs.push(runs_for(run.as_mut(), rounds.at_least).with_context(|| failed(contestant))?);
        }
        let mut times = vec![Vec::with_capacity(rounds.count); contestants.len()];
        for round in 0..rounds.count {
            for turn in 0..contestants.len() {
                let at = (round + turn) % contestants.len();
                if let (Some((contestant, run)), Some(runs), Some(times)) =
                    (contestants.get_mut(at), runs.get(at), times.get_mut(at))
                {
                    let time = run.time(*runs).with_context(|| failed(contestant))?;
                    times.push(time.as_nanos() as f64 / *runs as f64);
                }
            }
        }
        let names = contestants.into_iter().map(|(contestant, _)| contestant);
        Ok(Outcome::of_times(&name, rows, calls, names.zip(times)))
    }
}

/// How many runs last long enough, after a first one that is not counted: it may
/// have to fault in memory.
fn runs_for(contestant: &mut dyn Run, at_least: Duration) -> anyhow::Result<usize> {
    contestant.time(1)?;
    let mut runs = 1;
    loop {
        let time = contestant.time(runs)?;
        if time >= at_least {
            return Ok(runs);
        }
        let wanted = at_least.as_nanos() as f64 / time.as_nanos().max(1) as f64 * runs as f64;
        // A little more than it seems to take, but the first guess may be far off.
        runs = ((wanted * 1.05).ceil() as usize).clamp(runs + 1, runs * 100);
    }
}

/// What is timed.
trait Run {
    /// The time that so many runs take.
    fn time(&mut self, runs: usize) -> anyhow::Result<Duration>;
}

struct Repeated<R>(R);

impl<O, R: FnMut() -> anyhow::Result<O>> Run for Repeated<R> {
    fn time(&mut self, runs: usize) -> anyhow::Result<Duration> {
        let start = Instant::now();
        for _ in 0..runs {
            drop(black_box((self.0)()?));
        }
        Ok(start.elapsed())
    }
}

struct Prepared<P, R> {
    prepare: P,
    run: R,
}

impl<I, O, P, R> Run for Prepared<P, R>
where
    P: FnMut() -> anyhow::Result<I>,
    R: FnMut(I) -> anyhow::Result<O>,
{
    fn time(&mut self, runs: usize) -> anyhow::Result<Duration> {
        let mut time = Duration::ZERO;
        for _ in 0..runs {
            let input = black_box((self.prepare)()?);
            let start = Instant::now();
            let output = black_box((self.run)(input)?);
            time += start.elapsed();
            drop(output);
        }
        Ok(time)
    }
}
