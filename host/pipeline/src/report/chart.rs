//! Drawings within a page: SVG without script, coloured by the page's own style.

use std::fmt::{self, Write as _};

use super::markup::Escaped;
use crate::Accounting;

/// Part of an axis that is left free at both ends, of its length.
const MARGIN: f64 = 0.08;

/// What lies along an axis: from a least to a greatest number, which differ.
#[derive(Debug, Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    /// Where they are drawn.
    from: f64,
    to: f64,
}

impl Scale {
    /// For these numbers, those that are not finite left out.
    fn of(numbers: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let finite = numbers.filter(|number| number.is_finite());
        let ends = finite.fold(None, |ends: Option<(f64, f64)>, number| {
            let (low, high) = ends.unwrap_or((number, number));
            Some((low.min(number), high.max(number)))
        });
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let (low, high) = if low < high {
            // Divided first: their difference may be past what is finite.
            let margin = MARGIN * (high / 2.0 - low / 2.0) * 2.0;
            // What is never below zero is not drawn so.
            (if low >= 0.0 { (low - margin).max(0.0) } else { low - margin }, high + margin)
        } else {
            let margin = low.abs().max(1.0) / 2.0;
            (if low >= 0.0 { (low - margin).max(0.0) } else { low - margin }, high + margin)
        };
        Self { low, high, from, to }
    }

    /// Where a number is drawn; what is past an end, at it.
    fn at(&self, number: f64) -> f64 {
        let half = self.high / 2.0 - self.low / 2.0;
        let share = ((number / 2.0 - self.low / 2.0) / half).clamp(0.0, 1.0);
        let share = if share.is_finite() { share } else { 0.5 };
        self.from + share * (self.to - self.from)
    }
}

/// A figure, what it must lie within, and the word for what came of it.
pub(super) struct Gauge {
    pub(super) figure: f64,
    pub(super) within: Option<(f64, f64)>,
    pub(super) word: &'static str,
}

impl Gauge {
    /// A line with the figure on it, and what it must lie within behind.
    pub(super) fn write(&self, text: &mut String) -> fmt::Result {
        const WIDTH: f64 = 140.0;
        let bounds = self.within.into_iter().flat_map(|(low, high)| [low, high]);
        let scale = Scale::of(bounds.chain([self.figure]), 4.0, WIDTH - 4.0);
        write!(
            text,
            "<svg viewBox=\"0 0 {WIDTH} 18\" width=\"{WIDTH}\" height=\"18\" role=\"img\" \
             class=\"gauge\"><line class=\"axis\" x1=\"0\" y1=\"9\" x2=\"{WIDTH}\" y2=\"9\"/>"
        )?;
        if let Some((low, high)) = self.within {
            let (left, right) = (
                if low.is_finite() { scale.at(low) } else { 0.0 },
                if high.is_finite() { scale.at(high) } else { WIDTH },
            );
            let width = (right - left).max(1.0);
            write!(
                text,
                "<rect class=\"within\" x=\"{left:.1}\" y=\"2\" width=\"{width:.1}\" height=\"14\"/>"
            )?;
            for end in [low, high].into_iter().filter(|end| end.is_finite()) {
                let x = scale.at(end);
                write!(
                    text,
                    "<line class=\"bound\" x1=\"{x:.1}\" y1=\"1\" x2=\"{x:.1}\" y2=\"17\"/>"
                )?;
            }
        }
        let x = scale.at(self.figure);
        write!(text, "<circle class=\"{}\" cx=\"{x:.1}\" cy=\"9\" r=\"4\"/></svg>", self.word)
    }
}

/// One point of a course.
pub(super) struct Point {
    /// None where there was no figure.
    pub(super) figure: Option<f64>,
    pub(super) within: Option<(f64, f64)>,
    pub(super) word: &'static str,
    /// What is told where the pointer rests.
    pub(super) told: String,
}

/// How a figure went from run to run, the newest last; with 0 on its axis if asked for.
pub(super) fn course(text: &mut String, points: &[Point], from_zero: bool) -> fmt::Result {
    const WIDTH: f64 = 320.0;
    const HEIGHT: f64 = 110.0;
    let bounds = points.iter().filter_map(|point| point.within).flat_map(|(low, high)| [low, high]);
    let figures = points.iter().filter_map(|point| point.figure);
    let zero = from_zero.then_some(0.0);
    let scale = Scale::of(figures.chain(bounds).chain(zero), HEIGHT - 8.0, 8.0);
    let step = (WIDTH - 56.0) / points.len().max(1) as f64;
    let x = |index: usize| 50.0 + step * (index as f64 + 0.5);
    write!(
        text,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\" role=\"img\" class=\"course-of-runs\">"
    )?;
    for (index, point) in points.iter().enumerate() {
        let Some((low, high)) = point.within else { continue };
        let (top, bottom) = (
            if high.is_finite() { scale.at(high) } else { 2.0 },
            if low.is_finite() { scale.at(low) } else { HEIGHT - 2.0 },
        );
        let (left, height) = (x(index) - step / 2.0, (bottom - top).max(1.5));
        write!(
            text,
            "<rect class=\"within\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{step:.1}\" height=\"{height:.1}\"/>"
        )?;
    }
    for end in [scale.low, scale.high] {
        let y = scale.at(end);
        write!(
            text,
            "<line class=\"axis\" x1=\"50\" y1=\"{y:.1}\" x2=\"{WIDTH}\" y2=\"{y:.1}\"/>\
             <text x=\"44\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            y + 4.0,
            super::figure::short(end)
        )?;
    }
    let drawn = points.iter().enumerate();
    let drawn: Vec<(f64, f64, &Point)> = drawn
        .filter_map(|(index, point)| Some((x(index), scale.at(point.figure?), point)))
        .collect();
    if drawn.len() > 1 {
        let line: Vec<String> = drawn.iter().map(|(x, y, _)| format!("{x:.1},{y:.1}")).collect();
        write!(text, "<polyline class=\"course\" points=\"{}\"/>", line.join(" "))?;
    }
    for (x, y, point) in &drawn {
        let newest = drawn.last().is_some_and(|(last, ..)| last == x);
        let radius = if newest { 4.5 } else { 3.0 };
        write!(
            text,
            "<circle class=\"{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"><title>{}</title></circle>",
            point.word,
            Escaped(&point.told)
        )?;
    }
    writeln!(text, "</svg>")
}

/// Shares of bins, side by side.
pub(super) fn bins(text: &mut String, shares: &[f64]) -> fmt::Result {
    const HEIGHT: f64 = 70.0;
    let width = 300.0 / shares.len().max(1) as f64;
    let most = shares.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    write!(text, "<svg viewBox=\"0 0 300 {HEIGHT}\" width=\"100%\" role=\"img\" class=\"bins\">")?;
    for (bin, share) in shares.iter().enumerate() {
        let height = (HEIGHT - 4.0) * share / most;
        write!(
            text,
            "<rect class=\"out\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\">\
             <title>bin {bin}: {:.2} %</title></rect>",
            bin as f64 * width,
            HEIGHT - 2.0 - height,
            (width - 1.0).max(0.5),
            100.0 * share
        )?;
    }
    write!(text, "<line class=\"axis\" x1=\"0\" y1=\"69\" x2=\"300\" y2=\"69\"/></svg>")
}

/// Where rows went, as (class, words, rows).
fn parts(accounting: &Accounting) -> [(&'static str, &'static str, u64); 3] {
    [
        ("out", "out", accounting.rows_out),
        ("quarantined", "quarantined", accounting.quarantined),
        (
            "filtered",
            "filtered or taken in by a reshape",
            accounting.filtered + accounting.consumed,
        ),
    ]
}

/// One bar of where the rows of a run went, and what its colours mean.
pub(super) fn rows(text: &mut String, accounting: &Accounting) -> fmt::Result {
    let all: u64 = parts(accounting).iter().map(|(.., rows)| rows).sum();
    write!(
        text,
        "<svg viewBox=\"0 0 1000 16\" width=\"100%\" height=\"16\" preserveAspectRatio=\"none\" \
         role=\"img\" class=\"rows\">"
    )?;
    let mut left = 0.0;
    for (class, words, rows) in parts(accounting) {
        let width = 1000.0 * rows as f64 / all.max(1) as f64;
        // A few rows of many are still to be seen.
        let width = if rows > 0 { width.max(3.0) } else { 0.0 };
        write!(
            text,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"0\" width=\"{width:.1}\" height=\"16\">\
             <title>{words}: {rows}</title></rect>"
        )?;
        left += width;
    }
    writeln!(text, "</svg>")?;
    legend(text, accounting)
}

fn legend(text: &mut String, accounting: &Accounting) -> fmt::Result {
    text.push_str("<div class=\"legend\">");
    for (class, words, rows) in parts(accounting) {
        write!(
            text,
            "<span><svg viewBox=\"0 0 10 10\"><rect class=\"{class}\" width=\"10\" height=\"10\"/></svg>\
             {words}: {rows}</span>"
        )?;
    }
    writeln!(text, "</div>")
}

/// Where the rows of each of several runs went, the newest last.
pub(super) fn runs<'a>(
    text: &mut String,
    runs: impl ExactSizeIterator<Item = (&'a Accounting, bool, String)> + Clone,
) -> fmt::Result {
    const HEIGHT: f64 = 120.0;
    let all =
        |accounting: &Accounting| parts(accounting).iter().map(|(.., rows)| rows).sum::<u64>();
    let most = runs.clone().map(|(accounting, ..)| all(accounting)).max().unwrap_or(0).max(1);
    let step = (1000.0 - 70.0) / runs.len().max(1) as f64;
    let width = (step * 0.7).min(60.0);
    write!(
        text,
        "<svg viewBox=\"0 0 1000 {HEIGHT}\" width=\"100%\" role=\"img\" class=\"rows-of-runs\">\
         <line class=\"axis\" x1=\"70\" y1=\"{0}\" x2=\"1000\" y2=\"{0}\"/>\
         <text x=\"62\" y=\"14\" text-anchor=\"end\">{most}</text>\
         <text x=\"62\" y=\"{0}\" text-anchor=\"end\">0</text>",
        HEIGHT - 12.0
    )?;
    for (index, (accounting, delivered, told)) in runs.enumerate() {
        let left = 70.0 + step * (index as f64 + 0.5) - width / 2.0;
        let mut bottom = HEIGHT - 12.0;
        write!(text, "<g><title>{}</title>", Escaped(&told))?;
        for (class, _, rows) in parts(accounting) {
            let height = (HEIGHT - 22.0) * rows as f64 / most as f64;
            let height = if rows > 0 { height.max(1.5) } else { 0.0 };
            bottom -= height;
            write!(
                text,
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{bottom:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
            )?;
        }
        if !delivered {
            let x = left + width / 2.0;
            let (y, r) = (HEIGHT - 5.0, 4.0);
            write!(text, "<circle class=\"BLOCK\" cx=\"{x:.1}\" cy=\"{y}\" r=\"{r}\"/>")?;
        }
        text.push_str("</g>");
    }
    writeln!(text, "</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_a_place_whatever_the_numbers() {
        for numbers in [vec![], vec![0.0], vec![f64::MIN, f64::MAX], vec![3.0, f64::INFINITY]] {
            let scale = Scale::of(numbers.iter().copied(), 0.0, 10.0);
            for number in [f64::MIN, -1.0, 0.0, 1e300, f64::MAX] {
                let at = scale.at(number);
                assert!((0.0..=10.0).contains(&at), "{numbers:?}: {number} at {at}");
            }
        }
        let scale = Scale::of([0.0, 10.0].into_iter(), 0.0, 100.0);
        assert!(scale.at(2.0) < scale.at(8.0));
    }
}
