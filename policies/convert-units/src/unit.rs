//! Units, by what they are defined as.

use bailiwick_guest::{Error, Result};

use crate::Convert;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Length,
    Area,
    Volume,
    Mass,
    Speed,
    Time,
    Temperature,
    Pressure,
    Energy,
    Data,
}

/// A value `x` in this unit is `(x * number + zero) / parts` of its quantity's base unit.
struct Unit {
    name: &'static str,
    of: Quantity,
    number: u64,
    parts: u64,
    zero: u32,
}

const fn unit(name: &'static str, of: Quantity, number: u64, parts: u64) -> Unit {
    Unit { name, of, number, parts, zero: 0 }
}

/// Metre, square metre, litre, kilogram, metre a second, second, kelvin, pascal, joule and
/// bit are the bases. An inch is 25.4 mm and a pound 0.45359237 kg (international yard and
/// pound, 1959), a US gallon 231 cubic inches, a standard atmosphere 101,325 Pa, a calorie
/// 4.184 J, a Btu that of the international table.
const UNITS: &[Unit] = {
    use Quantity as Q;
    &[
        unit("mm", Q::Length, 1, 1_000),
        unit("cm", Q::Length, 1, 100),
        unit("m", Q::Length, 1, 1),
        unit("km", Q::Length, 1_000, 1),
        unit("in", Q::Length, 254, 10_000),
        unit("ft", Q::Length, 3_048, 10_000),
        unit("yd", Q::Length, 9_144, 10_000),
        unit("mi", Q::Length, 1_609_344, 1_000),
        unit("nmi", Q::Length, 1_852, 1),
        unit("m2", Q::Area, 1, 1),
        unit("ha", Q::Area, 10_000, 1),
        unit("km2", Q::Area, 1_000_000, 1),
        unit("ft2", Q::Area, 9_290_304, 100_000_000),
        unit("acre", Q::Area, 40_468_564_224, 10_000_000),
        unit("mi2", Q::Area, 2_589_988_110_336, 1_000_000),
        unit("ml", Q::Volume, 1, 1_000),
        unit("l", Q::Volume, 1, 1),
        unit("m3", Q::Volume, 1_000, 1),
        unit("gal", Q::Volume, 3_785_411_784, 1_000_000_000),
        unit("gal-imp", Q::Volume, 454_609, 100_000),
        unit("bbl", Q::Volume, 158_987_294_928, 1_000_000_000),
        unit("mg", Q::Mass, 1, 1_000_000),
        unit("g", Q::Mass, 1, 1_000),
        unit("kg", Q::Mass, 1, 1),
        unit("t", Q::Mass, 1_000, 1),
        unit("oz", Q::Mass, 28_349_523_125, 1_000_000_000_000),
        unit("lb", Q::Mass, 45_359_237, 100_000_000),
        unit("st", Q::Mass, 635_029_318, 100_000_000),
        unit("m/s", Q::Speed, 1, 1),
        unit("km/h", Q::Speed, 1_000, 3_600),
        unit("mph", Q::Speed, 44_704, 100_000),
        unit("kn", Q::Speed, 1_852, 3_600),
        unit("ft/min", Q::Speed, 508, 100_000),
        unit("ns", Q::Time, 1, 1_000_000_000),
        unit("us", Q::Time, 1, 1_000_000),
        unit("ms", Q::Time, 1, 1_000),
        unit("s", Q::Time, 1, 1),
        unit("min", Q::Time, 60, 1),
        unit("h", Q::Time, 3_600, 1),
        unit("d", Q::Time, 86_400, 1),
        unit("week", Q::Time, 604_800, 1),
        unit("K", Q::Temperature, 1, 1),
        Unit { name: "degC", of: Q::Temperature, number: 100, parts: 100, zero: 27_315 },
        Unit { name: "degF", of: Q::Temperature, number: 100, parts: 180, zero: 45_967 },
        unit("Pa", Q::Pressure, 1, 1),
        unit("hPa", Q::Pressure, 100, 1),
        unit("kPa", Q::Pressure, 1_000, 1),
        unit("bar", Q::Pressure, 100_000, 1),
        unit("atm", Q::Pressure, 101_325, 1),
        // A pound's weight (times 9.80665 m/s²) on a square inch: 44.4822161526... N / 0.00064516 m².
        unit("psi", Q::Pressure, 8_896_443_230_521, 1_290_320_000),
        unit("inHg", Q::Pressure, 3_386_389, 1_000),
        unit("J", Q::Energy, 1, 1),
        unit("kJ", Q::Energy, 1_000, 1),
        unit("cal", Q::Energy, 4_184, 1_000),
        unit("kcal", Q::Energy, 4_184, 1),
        unit("Wh", Q::Energy, 3_600, 1),
        unit("kWh", Q::Energy, 3_600_000, 1),
        unit("Btu", Q::Energy, 105_505_585_262, 100_000_000),
        unit("bit", Q::Data, 1, 1),
        unit("B", Q::Data, 8, 1),
        unit("kB", Q::Data, 8_000, 1),
        unit("MB", Q::Data, 8_000_000, 1),
        unit("GB", Q::Data, 8_000_000_000, 1),
        unit("TB", Q::Data, 8_000_000_000_000, 1),
        unit("KiB", Q::Data, 8_192, 1),
        unit("MiB", Q::Data, 8 << 20, 1),
        unit("GiB", Q::Data, 8 << 30, 1),
        unit("TiB", Q::Data, 8 << 40, 1),
    ]
};

/// From one unit to another: `(x * factor + shift) / divisor`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conversion {
    factor: f64,
    shift: f64,
    divisor: f64,
}

impl Conversion {
    pub(crate) fn new(settings: &Convert) -> Result<Self> {
        let (from, to) = (found(&settings.from)?, found(&settings.to)?);
        if from.of != to.of {
            let same = UNITS.iter().filter(|unit| unit.of == from.of).map(|unit| unit.name);
            return Err(Error::settings(format!(
                "{:?} is no unit of what {:?} measures: these are {}",
                to.name,
                from.name,
                same.collect::<Vec<_>>().join(", ")
            )));
        }
        let factor = i128::from(from.number) * i128::from(to.parts);
        let divisor = i128::from(to.number) * i128::from(from.parts);
        let shift = i128::from(from.zero) * i128::from(to.parts)
            - i128::from(to.zero) * i128::from(from.parts);
        // So that most are floats as they are.
        let shared = divisor_of(divisor_of(factor, divisor), shift.abs());
        let of = |number: i128| (number / shared) as f64;
        Ok(Self { factor: of(factor), shift: of(shift), divisor: of(divisor) })
    }

    /// Whether the units begin at different zeros.
    pub(crate) fn is_shifted(self) -> bool {
        self.shift != 0.0
    }

    pub(crate) fn of(self, value: f64) -> f64 {
        (value * self.factor + self.shift) / self.divisor
    }

    /// As [`of`](Self::of), where nothing [is shifted](Self::is_shifted).
    pub(crate) fn scaled(self, value: f64) -> f64 {
        value * self.factor / self.divisor
    }
}

fn found(name: &str) -> Result<&'static Unit> {
    UNITS.iter().find(|unit| unit.name == name).ok_or_else(|| {
        let names: Vec<&str> = UNITS.iter().map(|unit| unit.name).collect();
        Error::settings(format!("{name:?} is no unit: these are {}", names.join(", ")))
    })
}

/// The greatest that divides both, by Euclid.
fn divisor_of(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { divisor_of(b, a % b) }
}
