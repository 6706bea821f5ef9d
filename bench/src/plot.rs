//! Charts of the results file.

mod axis;
mod bars;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::kernels::contestants::{ARROW, BAILIWICK, NATIVE};
use crate::kernels::{self, contest_name};
use crate::scale::{Axis, Cost, Series};
use crate::{Results, Section};

pub use bars::{Bars, Group, Line, Scale};

/// Draws every chart that the sections measured allow, as SVG into a folder, and
/// gives the paths.
///
/// # Errors
/// Where a chart cannot be drawn or written.
pub fn draw(results: &Results, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut charts = Vec::new();
    if let Some(section) = results.sections.get("kernels") {
        charts.push(("kernels-native", kernels_against(section, NATIVE)));
        charts.push(("kernels-arrow", kernels_against(section, ARROW)));
    }
    if let Some(section) = results.sections.get("gate") {
        charts.push(("gate", judged(section)));
    }
    if let Some(section) = results.sections.get("scale") {
        charts.extend(scaled(section)?);
    }
    let mut paths = Vec::new();
    for (name, chart) in charts {
        let path = folder.join(format!("{name}.svg"));
        chart.draw(&path).with_context(|| path.display().to_string())?;
        paths.push(path);
    }
    Ok(paths)
}

/// What each policy takes in the sandbox, as a multiple of what another takes.
fn kernels_against(section: &Section, other: &str) -> Bars {
    let ratio = |work: &kernels::Work, batch_rows: usize| {
        let name = contest_name(work, batch_rows);
        let outcome = section.contests.iter().find(|outcome| outcome.name == name)?;
        outcome.ratio(BAILIWICK, other)
    };
    let group = |work: &kernels::Work| Group {
        label: work.name.to_owned(),
        values: kernels::BATCH_ROWS.iter().map(|rows| ratio(work, *rows)).collect(),
    };
    let (title, scale, lines) = if other == NATIVE {
        let title = "Time of a policy in the sandbox, as a multiple of its own code's natively";
        let lines = vec![Line { at: 1.0, label: "as fast" }, Line { at: 1.6, label: "goal" }];
        (title, Scale::Linear, lines)
    } else {
        let title = "Time of a policy in the sandbox, as a multiple of arrow's kernels' natively";
        (title, Scale::Logarithmic, vec![Line { at: 1.0, label: "as fast" }])
    };
    Bars {
        title: title.to_owned(),
        note: provenance(section),
        series: kernels::BATCH_ROWS
            .iter()
            .map(|rows| format!("{} rows a batch", grouped(*rows)))
            .collect(),
        groups: kernels::works().iter().map(group).filter(Group::has_values).collect(),
        scale,
        lines,
        unit: "×",
    }
}

/// What each policy of the gate takes, and all of them.
fn judged(section: &Section) -> Bars {
    let ms = |timing: &crate::Timing| Some(timing.ns_per_call.median / 1e6);
    let timings = section.contests.iter().flat_map(|outcome| &outcome.contestants);
    let group =
        |timing: &crate::Timing| Group { label: timing.name.clone(), values: vec![ms(timing)] };
    Bars {
        title: String::from("Time of each policy of the gate over all flights, on one thread"),
        note: provenance(section),
        series: vec![String::from("bailiwick")],
        groups: timings.map(group).collect(),
        scale: Scale::Linear,
        lines: Vec::new(),
        unit: " ms",
    }
}

/// What runs take against rows, columns and steps, and the memory against rows.
fn scaled(section: &Section) -> anyhow::Result<Vec<(&'static str, Bars)>> {
    let all: Vec<Series> = serde_json::from_value(section.facts.clone())?;
    let chart = |series: &Series, title: &str, unit, value: fn(&Cost) -> f64| Bars {
        title: title.to_owned(),
        note: provenance(section),
        series: vec![String::from("bailiwick run, TPC-H lineitem")],
        groups: series
            .costs
            .iter()
            .map(|cost| Group {
                label: format!("{} {}", grouped(series.axis.value(cost.shape)), series.axis.name()),
                values: vec![Some(value(cost))],
            })
            .collect(),
        scale: Scale::Linear,
        lines: Vec::new(),
        unit,
    };
    let mut charts = Vec::new();
    for series in &all {
        let (name, title) = match series.axis {
            Axis::Rows => {
                let title = "The most memory of a run of 16 columns and 8 steps";
                charts.push(("scale-memory", chart(series, title, " MiB", |cost| cost.peak_mib)));
                ("scale-rows", "Processor time a row of a run of 16 columns and 8 steps")
            }
            Axis::Columns => ("scale-columns", "Processor time a row of a run of one step"),
            Axis::Steps => ("scale-steps", "Processor time a row of a run of 16 columns"),
        };
        charts.push((name, chart(series, title, " ns", Cost::ns_per_row)));
    }
    Ok(charts)
}

fn provenance(section: &Section) -> String {
    let machine = &section.machine;
    let revision = machine.revision.as_deref().unwrap_or("unknown");
    let day = machine.date.split('T').next().unwrap_or_default();
    let rounds = section.contests.iter().map(|outcome| outcome.rounds).min();
    let rounds = rounds.map(|rounds| format!("; median of {rounds} rounds")).unwrap_or_default();
    format!(
        "{}, {} cores; {}; revision {revision}; {day}{rounds}",
        machine.cpu, machine.cores, machine.kernel
    )
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
