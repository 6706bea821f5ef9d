//! Where values lie along an axis.

/// The most marks on a linear axis.
const MOST_TICKS: f64 = 8.0;

/// An axis from one end to the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Axis {
    /// From 0, marked at every step.
    Linear { step: f64, end: f64 },
    /// Whole powers of a base, from one to the other.
    Logarithmic { base: f64, from: i32, to: i32 },
}

impl Axis {
    /// From 0 to a whole number of steps that is past all values.
    pub(super) fn linear(values: impl Iterator<Item = f64>) -> Self {
        let most = values.fold(f64::MIN_POSITIVE, f64::max);
        let magnitude = 10_f64.powf((most / MOST_TICKS).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * magnitude);
        let step = steps.into_iter().find(|step| most / step <= MOST_TICKS);
        let step = step.unwrap_or(most);
        Self::Linear { step, end: (most / step).ceil() * step }
    }

    /// From the whole power below all values to the one above all.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64> + Clone) -> Self {
        let positive = values.filter(|value| *value > 0.0);
        let (least, most) = positive
            .fold((1_f64, 1_f64), |(least, most), value| (least.min(value), most.max(value)));
        // Powers of 2 as long as they can be told apart.
        let base: f64 = if most / least > 256.0 { 10.0 } else { 2.0 };
        let power = |value: f64| value.ln() / base.ln();
        Self::Logarithmic {
            base,
            from: power(least).floor() as i32,
            to: (power(most).ceil() as i32).max(1),
        }
    }

    /// Where every bar begins.
    pub(super) fn base(self) -> f64 {
        match self {
            Self::Linear { .. } => 0.0,
            Self::Logarithmic { .. } => 1.0,
        }
    }

    /// How far along the axis a value lies: 0 at its beginning, 1 at its end.
    pub(super) fn share(self, value: f64) -> f64 {
        match self {
            Self::Linear { end, .. } => value / end,
            Self::Logarithmic { base, from, to } => {
                let from = f64::from(from);
                ((value.ln() / base.ln() - from) / (f64::from(to) - from)).clamp(0.0, 1.0)
            }
        }
    }

    /// The values to mark.
    pub(super) fn ticks(self) -> Vec<f64> {
        match self {
            Self::Linear { step, end } => {
                (0..=(end / step).round() as i32).map(|number| f64::from(number) * step).collect()
            }
            Self::Logarithmic { base, from, to } => {
                (from..=to).map(|power| base.powi(power)).collect()
            }
        }
    }
}
