//! Charts of the results file.

mod axis;
mod bars;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::kernels::contestants::{ARROW, BAILIWICK, NATIVE};
use crate::kernels::{self, contest_name};
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

fn provenance(section: &Section) -> String {
    let machine = &section.machine;
    let revision = machine.revision.as_deref().unwrap_or("unknown");
    let day = machine.date.split('T').next().unwrap_or_default();
    let rounds = section.contests.iter().map(|outcome| outcome.rounds).min().unwrap_or_default();
    format!(
        "{}, {} cores; {}; revision {revision}; {day}; median of {rounds} rounds",
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
