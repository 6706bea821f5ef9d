//! The module `convert-units`: converts numbers from one unit to another.
//!
//! ```json
//! {"from": "mi", "to": "km"}
//! {"from": "degF", "to": "degC"}
//! ```
//!
//! The column becomes `float64`: the value times a ratio of whole numbers, as the units are
//! defined, so that nothing but three roundings lies between it and the exact result. What
//! is not finite stays so. Both units measure the same:
//!
//! | of | units |
//! |---|---|
//! | length | `mm` `cm` `m` `km` `in` `ft` `yd` `mi` `nmi` |
//! | area | `m2` `ha` `km2` `ft2` `acre` `mi2` |
//! | volume | `ml` `l` `m3` `gal` (US), `gal-imp`, `bbl` (of oil) |
//! | mass | `mg` `g` `kg` `t` `oz` `lb` `st` |
//! | speed | `m/s` `km/h` `mph` `kn` `ft/min` |
//! | time | `ns` `us` `ms` `s` `min` `h` `d` `week` |
//! | temperature | `K` `degC` `degF` |
//! | pressure | `Pa` `hPa` `kPa` `bar` `atm` `psi` `inHg` |
//! | energy | `J` `kJ` `cal` `kcal` `Wh` `kWh` `Btu` |
//! | data | `bit` `B` `kB` `MB` `GB` `TB` `KiB` `MiB` `GiB` `TiB` |
//!
//! Money is not among them: its rates are data. A column of two units at once (`10 kg`)
//! is cut by `split` or `clean` and read by `parse` before.

mod unit;

use bailiwick_guest::numbers::{NUMBERS, floats, is_number};
use bailiwick_guest::{
    About, Array, Batch, DataType, Field, Map, Native, Plan, Result, Schema, Scope, Settings,
    about, with_native,
};
use serde::Deserialize;

use unit::Conversion;

/// From which unit to which.
#[derive(Debug, Clone, Deserialize, Settings)]
#[serde(deny_unknown_fields)]
pub struct Convert {
    /// The unit that the column is in.
    pub from: String,
    /// The unit that it becomes.
    pub to: String,
}

/// The opened module.
#[derive(Debug)]
pub struct Converting(Conversion);

impl Map for Converting {
    type Settings = Convert;
    const ABOUT: About =
        about!("convert-units", Scope::Column, "Converts numbers from one unit to another.");

    fn plan(settings: &Convert, input: &Schema) -> Result<Plan> {
        Conversion::new(settings)?;
        let field = input.only()?;
        if !is_number(&field.data_type) {
            return Err(field.unexpected(NUMBERS));
        }
        let written = Field::new(&field.name, DataType::Float64);
        let written = if field.nullable { written } else { written.required() };
        Ok(Plan::reading([&field.name]).writing([written]))
    }

    fn open(settings: Convert, _reads: &Schema) -> Result<Self> {
        Conversion::new(&settings).map(Self)
    }

    fn push(&self, rows: &Batch) -> Result<Vec<Array>> {
        let column = rows.only()?;
        let conversion = self.0;
        let of_values = with_native!(
            column.data_type(),
            T => {
                let values = column.as_primitive::<T>()?.values();
                converted(values, conversion, |value| value.to_f64())
            },
            else converted(&floats(column)?, conversion, |value| value)
        );
        Ok(vec![of_values.with_nulls_of(column)])
    }
}

/// The values, converted. Most units begin at the same zero: then there is a step less.
fn converted<T: Copy>(values: &[T], conversion: Conversion, float: impl Fn(T) -> f64) -> Array {
    if conversion.is_shifted() {
        Array::map(values, |value| conversion.of(float(value)))
    } else {
        Array::map(values, |value| conversion.scaled(float(value)))
    }
}

bailiwick_guest::export_map!(Converting);
