//! What takes all rows together.

use std::sync::Arc;

use anyhow::Context;
use arrow_arith::aggregate;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, PrimitiveArray, RecordBatch,
    StringArray,
};
use arrow_buffer::BooleanBuffer;
use hashbrown::{HashMap, HashSet};

use super::{ArrowKernel, column, floats, integers, texts};

#[derive(Default)]
struct Delays {
    flights: i64,
    total: i64,
    arrived: i64,
    latest: Option<i32>,
}

/// Flights and their delays by carrier.
#[derive(Default)]
struct ByCarrier(HashMap<String, Delays>);

impl ArrowKernel for ByCarrier {
    fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<Vec<ArrayRef>> {
        let carriers = texts(batch, "carrier")?;
        let delays = integers(batch, "arr_delay")?;
        for (carrier, delay) in carriers.iter().zip(delays) {
            let carrier = carrier.context("a carrier is null")?;
            let group = self.0.entry_ref(carrier).or_default();
            group.flights += 1;
            if let Some(delay) = delay {
                group.total += i64::from(delay);
                group.arrived += 1;
                group.latest = group.latest.max(Some(delay));
            }
        }
        Ok(Vec::new())
    }

    fn finish(&mut self) -> anyhow::Result<Vec<ArrayRef>> {
        let mut groups: Vec<_> = self.0.iter().collect();
        groups.sort_unstable_by_key(|(carrier, _)| *carrier);
        let of = |group: fn(&Delays) -> i64| groups.iter().map(|(_, own)| group(own)).collect();
        let flights: Vec<i64> = of(|group| group.flights);
        let total: Vec<i64> = of(|group| group.total);
        let mean: Float64Array =
            groups.iter().map(|(_, own)| Some(own.total as f64 / own.arrived as f64)).collect();
        let latest: Int32Array = groups.iter().map(|(_, own)| own.latest).collect();
        let carriers: StringArray = groups.iter().map(|(carrier, _)| Some(carrier)).collect();
        Ok(vec![
            Arc::new(carriers),
            Arc::new(Int64Array::from(flights)),
            Arc::new(Int64Array::from(total)),
            Arc::new(mean),
            Arc::new(latest),
        ])
    }
}

pub(crate) fn by_carrier() -> Box<dyn ArrowKernel> {
    Box::new(ByCarrier::default())
}

/// The least, the greatest and the mean amount.
#[derive(Default)]
struct Amounts {
    least: Option<f64>,
    greatest: Option<f64>,
}

impl ArrowKernel for Amounts {
    fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<Vec<ArrayRef>> {
        let amounts = floats(batch, "amount")?;
        let either = |own: Option<f64>, new: Option<f64>, choose: fn(f64, f64) -> f64| match own {
            Some(own) => Some(new.map_or(own, |new| choose(own, new))),
            None => new,
        };
        self.least = either(self.least, aggregate::min(amounts), f64::min);
        self.greatest = either(self.greatest, aggregate::max(amounts), f64::max);
        Ok(Vec::new())
    }

    fn finish(&mut self) -> anyhow::Result<Vec<ArrayRef>> {
        let one = |value| Arc::new(Float64Array::from(vec![value])) as ArrayRef;
        Ok(vec![one(self.least), one(self.greatest)])
    }
}

pub(crate) fn amounts() -> Box<dyn ArrowKernel> {
    Box::new(Amounts::default())
}

/// Flights that say again what an earlier one said.
#[derive(Default)]
struct Unique(HashSet<(i64, String, i32)>);

impl ArrowKernel for Unique {
    fn push(&mut self, batch: &RecordBatch) -> anyhow::Result<Vec<ArrayRef>> {
        let times: &PrimitiveArray<TimestampMicrosecondType> =
            column(batch, "time_hour")?.as_primitive_opt().context("time_hour is no time")?;
        let (carriers, flights) = (texts(batch, "carrier")?, integers(batch, "flight")?);
        let repeats =
            times.iter().zip(carriers).zip(flights).map(|((time, carrier), flight)| {
                match (time, carrier, flight) {
                    (Some(time), Some(carrier), Some(flight)) => {
                        !self.0.insert((time, carrier.to_owned(), flight))
                    }
                    _ => false,
                }
            });
        let repeats = BooleanBuffer::from_iter(repeats);
        Ok(vec![Arc::new(BooleanArray::new(repeats, None)) as ArrayRef])
    }
}

pub(crate) fn unique() -> Box<dyn ArrowKernel> {
    Box::new(Unique::default())
}
