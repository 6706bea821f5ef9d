//! The module `local-time`: makes moments of what clocks of a time zone showed.
//!
//! ```json
//! {"zone": "America/New_York"}
//! {"zone": "Europe/Berlin", "repeated": "earlier", "skipped": "null"}
//! ```
//!
//! The column is a timestamp without a zone, such as `parse` makes of `2013-07-19 12:30:00`
//! and what an airport's clock or a cash register wrote down. It becomes one of that zone:
//! Arrow then holds the moment in UTC, and knows which clocks show it how. A null stays null.
//!
//! Twice a year that is no matter of arithmetic. Where clocks are put back they show an hour
//! twice: `repeated` takes the `earlier` or the `later` moment, makes it `null`, or an
//! `error`, as where nothing is stated. Where they are put forward they show an hour never:
//! `skipped` makes it `null` or an `error`, or moves it `forward` by as much as the clocks.
//!
//! Zones are those of the IANA time zone database; which version of it is the module's.

use bailiwick_guest::{
    About, Array, Batch, DataType, Error, Field, Map, Plan, PrimitiveBuilder, Result, Schema,
    Scope, Settings, TimeUnit, about,
};
use bailiwick_guest_zones::{Local, Zone};
use serde::Deserialize;

/// Whose clocks, and what of the times that they show twice or never.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct LocalTime {
    /// The zone, by its name in the IANA time zone database.
    pub zone: String,
    /// What a time becomes that clocks showed twice.
    #[serde(default)]
    pub repeated: Repeated,
    /// What a time becomes that they never showed.
    #[serde(default)]
    pub skipped: Skipped,
}

/// What a time becomes that clocks showed twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Repeated {
    /// An error.
    #[default]
    Error,
    /// Null.
    Null,
    /// The former moment.
    Earlier,
    /// The latter.
    Later,
}

/// What a time becomes that clocks never showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Settings)]
#[serde(rename_all = "kebab-case")]
pub enum Skipped {
    /// An error.
    #[default]
    Error,
    /// Null.
    Null,
    /// What clocks showed that had not been put forward.
    Forward,
}

/// The opened module.
#[derive(Debug)]
pub struct Locating {
    settings: LocalTime,
    zone: Zone,
    unit: TimeUnit,
}

impl Map for Locating {
    type Settings = LocalTime;
    const ABOUT: About =
        about!("local-time", Scope::Column, "Makes moments of what clocks of a time zone showed.");

    fn plan(settings: &LocalTime, input: &Schema) -> Result<Plan> {
        let field = input.only()?;
        let unit = unit(field)?;
        Zone::named(&settings.zone)?;
        let mut written =
            Field::new(&field.name, DataType::Timestamp(unit, Some(settings.zone.clone())));
        let nulls = settings.repeated == Repeated::Null || settings.skipped == Skipped::Null;
        written.nullable = field.nullable || nulls;
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: LocalTime, reads: &Schema) -> Result<Self> {
        let (zone, unit) = (Zone::named(&settings.zone)?, unit(reads.only()?)?);
        Ok(Self { settings, zone, unit })
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let mut out = PrimitiveBuilder::<i64>::with_capacity(rows.rows());
        let (mut repeated, mut skipped) = (0_usize, 0_usize);
        let per_second = self.unit.per_second();
        for time in column.as_primitive::<i64>()?.iter() {
            let Some(time) = time else {
                out.push_null();
                continue;
            };
            let (local, part) = (time.div_euclid(per_second), time.rem_euclid(per_second));
            let moment = match self.zone.utc_of(local)? {
                Local::Once(moment) => Some(moment),
                Local::Twice { earlier, later } => match self.settings.repeated {
                    Repeated::Earlier => Some(earlier),
                    Repeated::Later => Some(later),
                    of => {
                        repeated += usize::from(of == Repeated::Error);
                        None
                    }
                },
                Local::Skipped { offset_before, .. } => match self.settings.skipped {
                    Skipped::Forward => Some(local - offset_before),
                    of => {
                        skipped += usize::from(of == Skipped::Error);
                        None
                    }
                },
            };
            let moment = moment
                .map(|moment| moment.checked_mul(per_second)?.checked_add(part))
                .map(|moment| moment.ok_or_else(|| beyond(column.name())));
            out.push_option(moment.transpose()?);
        }
        if repeated + skipped > 0 {
            return Err(Error::data(format!(
                "column \"{}\": clocks of {:?} showed {repeated} of {} times twice and {skipped} \
                 never: state what `repeated` and `skipped` ones become, or `on_fault: \
                 quarantine` to keep their rows back",
                column.name(),
                self.settings.zone,
                rows.rows()
            )));
        }
        let written = DataType::Timestamp(self.unit, Some(self.settings.zone.clone()));
        Ok(vec![out.finish_as(&written)?])
    }
}

fn unit(field: &Field) -> Result<TimeUnit> {
    match &field.data_type {
        DataType::Timestamp(unit, None) => Ok(*unit),
        _ => Err(field.unexpected("a timestamp without a time zone")),
    }
}

fn beyond(column: &str) -> Error {
    Error::data(format!("a moment of column \"{column}\" would leave the range of its type"))
}

bailiwick_guest::export_map!(Locating);
