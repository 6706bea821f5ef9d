//! What is measured, on the terminal.

use bailiwick_bench::gate::Findings;
use bailiwick_bench::kernels::contestants::{ARROW, BAILIWICK, MEMCPY, NATIVE};
use bailiwick_bench::scale::{Axis, Cost};
use bailiwick_bench::table::{Table, figure};
use bailiwick_bench::{Goal, Outcome};

pub(crate) fn heading(text: &str) {
    println!("\n{text}\n");
}

pub(crate) fn goals(goals: &[Goal]) {
    if goals.is_empty() {
        return;
    }
    heading("goals");
    let mut table = Table::new(&["goal", "at most", "measured", ""]);
    for Goal { what, at_most, unit, measured, met } in goals {
        let with_unit = |value: String| format!("{value} {unit}").trim_end().to_owned();
        let met = if *met { "met" } else { "not met" };
        table.row([
            what.clone(),
            with_unit(format!("<= {at_most}")),
            with_unit(figure(*measured)),
            met.to_owned(),
        ]);
    }
    print!("{table}");
}

/// A table of kernels: each contestant's median, and what ours is to the others.
pub(crate) struct Kernels(Table);

impl Kernels {
    pub(crate) fn new() -> Self {
        let headings =
            ["policy", BAILIWICK, NATIVE, ARROW, MEMCPY, "/ native", "/ arrow-rs", "/ memcpy"];
        Self(Table::new(&headings))
    }

    pub(crate) fn row(&mut self, name: &str, outcome: &Outcome) {
        let median = |contestant: &&str| {
            let timing = outcome.contestant(contestant);
            timing.map_or_else(String::new, |timing| figure(timing.ns_per_row.median))
        };
        let ratio = |other: &&str| {
            outcome.ratio(BAILIWICK, other).map_or_else(String::new, |ratio| format!("{ratio:.2}"))
        };
        let medians = [BAILIWICK, NATIVE, ARROW, MEMCPY];
        let ratios = [NATIVE, ARROW, MEMCPY];
        let figures = medians.iter().map(median).chain(ratios.iter().map(ratio));
        self.0.row(std::iter::once(name.to_owned()).chain(figures));
    }

    pub(crate) fn print(&self) {
        print!("{}", self.0);
    }
}

/// One contest, contestant by contestant.
pub(crate) fn calls(outcome: &Outcome) {
    let mut table = Table::new(&["", "min", "median", "p90"]);
    for timing in &outcome.contestants {
        let spread = timing.ns_per_call;
        let figures = [spread.min, spread.median, spread.p90].map(figure);
        table.row(std::iter::once(timing.name.clone()).chain(figures));
    }
    print!("{table}");
}

/// Whole runs, in milliseconds.
pub(crate) fn runs(outcome: &Outcome) {
    let mut table = Table::new(&["", "min", "median", "p90"]);
    for timing in &outcome.contestants {
        let spread = timing.ns_per_call;
        let ms = [spread.min, spread.median, spread.p90].map(|ns| figure(ns / 1e6));
        table.row(std::iter::once(timing.name.clone()).chain(ms));
    }
    print!("{table}");
}

/// The gate: what each policy takes, and the failing rows of its rules.
pub(crate) fn gate(outcome: &Outcome, findings: &Findings) {
    let mut table = Table::new(&["policy", "min", "median", "p90", "failing rows"]);
    for timing in &outcome.contestants {
        let spread = timing.ns_per_call;
        let ms = [spread.min, spread.median, spread.p90].map(|ns| figure(ns / 1e6));
        let own = findings
            .failing
            .iter()
            .filter(|(rule, _)| rule.split('/').next() == Some(timing.name.as_str()));
        let failing: Vec<String> = own.map(|(_, count)| count.to_string()).collect();
        let row = std::iter::once(timing.name.clone()).chain(ms);
        table.row(row.chain([failing.join(" ")]));
    }
    print!("{table}");
}

/// What runs took along an axis.
pub(crate) struct Costs {
    axis: Axis,
    table: Table,
}

impl Costs {
    pub(crate) fn new(axis: Axis) -> Self {
        let headings = [axis.name(), "wall ms", "cpu ms", "cpu ns a row", "peak MiB"];
        Self { axis, table: Table::new(&headings) }
    }

    pub(crate) fn row(&mut self, cost: &Cost) {
        let figures = [cost.wall_ms, cost.cpu_ms, cost.ns_per_row(), cost.peak_mib].map(figure);
        let value = self.axis.value(cost.shape).to_string();
        self.table.row(std::iter::once(value).chain(figures));
    }

    pub(crate) fn print(&self) {
        print!("{}", self.table);
    }
}
