//! Horizontal bars: for each group one of each series.

use std::path::Path;

use super::axis::Axis;
use crate::table::figure;
use anyhow::anyhow;
use plotters::prelude::{
    Color, DrawingArea, DrawingBackend, IntoDrawingArea, IntoFont, PathElement, RGBColor,
    Rectangle, SVGBackend, Text, TextStyle, WHITE,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: i32 = 920;
const MARGIN: i32 = 24;
/// Room for the groups' names.
const NAMES: i32 = 190;
/// Room for a figure behind the longest bar.
const FIGURES: i32 = 48;
const HEADING: i32 = 104;
const FOOTER: i32 = 30;
const BAR: i32 = 7;
const GAP: i32 = 9;

const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
const PALE: RGBColor = RGBColor(0x6e, 0x77, 0x81);
const GRID: RGBColor = RGBColor(0xe4, 0xe8, 0xec);
const ACCENT: RGBColor = RGBColor(0xc2, 0x41, 0x0c);
/// From pale to full: the series are in an order.
const SERIES: [RGBColor; 4] = [
    RGBColor(0xa9, 0xc9, 0xe8),
    RGBColor(0x58, 0x96, 0xcf),
    RGBColor(0x1f, 0x5a, 0x96),
    RGBColor(0x10, 0x2f, 0x52),
];

/// The bars of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub label: String,
    /// One value a series; none where it was not measured.
    pub values: Vec<Option<f64>>,
}

impl Group {
    /// Whether anything was measured.
    pub fn has_values(&self) -> bool {
        self.values.iter().any(Option::is_some)
    }
}

/// A value worth a line across all groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The value.
    pub at: f64,
    /// What it is.
    pub label: &'static str,
}

/// How values lie along the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// From 0, evenly.
    Linear,
    /// By their logarithms, each bar from 1 to its value: half lies as far to the
    /// left of 1 as double to the right.
    Logarithmic,
}

/// A chart of horizontal bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// What it shows.
    pub title: String,
    /// On what and when it was measured.
    pub note: String,
    /// Names of the series.
    pub series: Vec<String>,
    /// The groups, from top to bottom.
    pub groups: Vec<Group>,
    /// How they lie along the axis.
    pub scale: Scale,
    /// Values worth a line.
    pub lines: Vec<Line>,
    /// Put behind each figure.
    pub unit: &'static str,
}

impl Bars {
    /// Writes it as SVG.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn draw(&self, path: &Path) -> anyhow::Result<()> {
        let area = SVGBackend::new(path, (WIDTH as u32, self.height() as u32)).into_drawing_area();
        self.draw_on(&area).map_err(|error| anyhow!("{error}"))
    }

    fn group_height(&self) -> i32 {
        self.series.len() as i32 * BAR + GAP
    }

    fn bottom(&self) -> i32 {
        HEADING + self.groups.len() as i32 * self.group_height()
    }

    fn height(&self) -> i32 {
        self.bottom() + FOOTER
    }

    fn axis(&self) -> Axis {
        let values = self.groups.iter().flat_map(|group| group.values.iter().flatten().copied());
        let values = values.chain(self.lines.iter().map(|line| line.at));
        match self.scale {
            Scale::Linear => Axis::linear(values),
            Scale::Logarithmic => Axis::logarithmic(values),
        }
    }

    fn draw_on<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, plotters::coord::Shift>,
    ) -> Result<(), Box<dyn std::error::Error>>
    where
        B::ErrorType: 'static,
    {
        let axis = self.axis();
        let (left, right) = (MARGIN + NAMES, WIDTH - MARGIN - FIGURES);
        let x = |value: f64| left + (axis.share(value) * f64::from(right - left)).round() as i32;
        let text = |content: String, at: (i32, i32), style: TextStyle<'static>| {
            area.draw(&Text::new(content, at, style))
        };

        area.fill(&WHITE)?;
        text(self.title.clone(), (MARGIN, 18), style(19, INK, HPos::Left, VPos::Top))?;
        text(self.note.clone(), (MARGIN, 44), style(11, PALE, HPos::Left, VPos::Top))?;
        let mut at = left;
        for (name, color) in self.series.iter().zip(SERIES) {
            area.draw(&Rectangle::new([(at, 68), (at + 12, 78)], color.filled()))?;
            text(name.clone(), (at + 18, 73), style(12, INK, HPos::Left, VPos::Center))?;
            at += 42 + name.chars().count() as i32 * 7;
        }

        let (top, bottom) = (HEADING - 4, self.bottom());
        for value in axis.ticks() {
            area.draw(&PathElement::new([(x(value), top), (x(value), bottom)], GRID))?;
            let label = format!("{}{}", (value * 1_000.0).round() / 1_000.0, self.unit);
            text(label, (x(value), bottom + 6), style(11, PALE, HPos::Center, VPos::Top))?;
        }
        for line in &self.lines {
            let ends = [(x(line.at), top), (x(line.at), bottom)];
            area.draw(&PathElement::new(ends, ACCENT.stroke_width(1)))?;
            let at = (x(line.at), top - 2);
            text(line.label.to_owned(), at, style(11, ACCENT, HPos::Center, VPos::Bottom))?;
        }
        for (row, group) in self.groups.iter().enumerate() {
            let first = HEADING + row as i32 * self.group_height();
            let middle = first + self.series.len() as i32 * BAR / 2;
            let name = style(12, INK, HPos::Right, VPos::Center);
            text(group.label.clone(), (left - 10, middle), name)?;
            for (number, (value, color)) in group.values.iter().zip(SERIES).enumerate() {
                let Some(value) = value else { continue };
                let y = first + number as i32 * BAR;
                let (from, to) = (x(axis.base()), x(*value));
                let bar = [(from.min(to), y), (from.max(to), y + BAR - 1)];
                area.draw(&Rectangle::new(bar, color.filled()))?;
            }
            // The last series is what the figures are of: three in a row cannot be read.
            if let Some(Some(value)) = group.values.last() {
                let farthest = group.values.iter().flatten().copied().fold(axis.base(), f64::max);
                let figure = format!("{}{}", figure(*value), self.unit);
                let at = (x(farthest) + 6, middle);
                // A line may pass here.
                let width = figure.chars().count() as i32 * 7;
                let behind = [(at.0 - 2, middle - 7), (at.0 + width, middle + 7)];
                area.draw(&Rectangle::new(behind, WHITE.filled()))?;
                text(figure, at, style(11, INK, HPos::Left, VPos::Center))?;
            }
        }
        area.present()?;
        Ok(())
    }
}

fn style(size: u32, color: RGBColor, across: HPos, down: VPos) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&color).pos(Pos::new(across, down))
}
