//! Clock times as carriers report them, as numbers one can reckon with.
//!
//! Reports write 5:17 in the morning as the number 517. From 559 to 600 is a minute,
//! not 41: such numbers must not be subtracted, averaged or plotted. This module
//! gives minutes after midnight beside them.

use bailiwick_guest::{
    About, Array, Batch, DataType, Error, Field, Map, Plan, PrimitiveBuilder, Result, Schema,
    Scope, Settings, about, export_map,
};
use serde::Deserialize;

/// How clock times are turned into minutes.
#[derive(Debug, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct ClockSettings {
    /// What is added to a column's name to name the column of its minutes.
    #[serde(default = "default_suffix")]
    pub suffix: String,
}

fn default_suffix() -> String {
    "_minutes".to_owned()
}

/// The module.
#[derive(Debug)]
pub struct ClockMinutes;

impl Map for ClockMinutes {
    type Settings = ClockSettings;

    const ABOUT: About =
        about!(Scope::Column, "Adds the minutes after midnight of a clock time written as HHMM.");

    fn plan(settings: &ClockSettings, input: &Schema) -> Result<Plan> {
        let clock = input.only()?;
        if clock.data_type != DataType::Int32 {
            return Err(Error::fields(format!(
                "column {:?} is {}, expected int32 clock times such as 517",
                clock.name, clock.data_type
            )));
        }
        if settings.suffix.is_empty() {
            return Err(Error::settings("the suffix is empty, expected one such as \"_minutes\""));
        }
        let minutes = Field::new(format!("{}{}", clock.name, settings.suffix), DataType::Int32);
        Ok(Plan::reading([clock.name.as_str()]).writing([minutes]))
    }

    fn open(_: ClockSettings, _: &Schema) -> Result<Self> {
        Ok(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let clock = rows.only()?.as_primitive::<i32>()?;
        let mut minutes = PrimitiveBuilder::with_capacity(clock.len());
        for time in clock.iter() {
            minutes.push_option(time.and_then(minutes_after_midnight));
        }
        Ok(vec![minutes.finish()])
    }
}

/// 5:17, written 517, is minute 317. The midnight that a day ends with is written 2400
/// and is minute 1,440. None for what no clock shows, such as 1275.
fn minutes_after_midnight(time: i32) -> Option<i32> {
    let (hour, minute) = (time / 100, time % 100);
    let shown = (0..24).contains(&hour) && (0..60).contains(&minute) || time == 2400;
    shown.then_some(hour * 60 + minute)
}

export_map!(ClockMinutes);
