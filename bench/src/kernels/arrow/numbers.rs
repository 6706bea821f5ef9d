//! Numbers and times.

use std::sync::Arc;

use anyhow::Context;
use arrow_arith::boolean::{and_kleene, or_kleene};
use arrow_arith::numeric::{div, mul, sub};
use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::timestamp_us_to_datetime;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{
    Array, ArrayRef, Float64Array, Int32Array, PrimitiveArray, RecordBatch, Scalar, StringArray,
};
use arrow_cast::cast;
use arrow_ord::cmp::{eq, lt_eq};
use arrow_schema::{ArrowError, DataType};
use chrono::{Datelike, NaiveTime};

use super::text::masked_emails;
use super::{ArrowKernel, bitmap, column, floats, integers, texts};

/// To the first day of the month.
pub(crate) fn truncate_date() -> Box<dyn ArrowKernel> {
    Box::new(|batch: &RecordBatch| {
        let times: &PrimitiveArray<TimestampMicrosecondType> =
            column(batch, "time_hour")?.as_primitive_opt().context("time_hour is no time")?;
        let first_day = |micros| {
            let month = timestamp_us_to_datetime(micros)?.date().with_day(1)?;
            Some(month.and_time(NaiveTime::MIN).and_utc().timestamp_micros())
        };
        let out_of_range = || ArrowError::ComputeError("a time is out of range".into());
        let cut: PrimitiveArray<TimestampMicrosecondType> =
            times.try_unary(|micros| first_day(micros).ok_or_else(out_of_range))?;
        Ok(vec![Arc::new(cut.with_data_type(times.data_type().clone())) as ArrayRef])
    })
}

pub(crate) fn clamp_delay() -> Box<dyn ArrowKernel> {
    Box::new(|batch: &RecordBatch| {
        let clamped: Int32Array =
            integers(batch, "arr_delay")?.unary(|minutes| minutes.clamp(-30, 300));
        Ok(vec![Arc::new(clamped) as ArrayRef])
    })
}

fn clamped_amounts(batch: &RecordBatch) -> anyhow::Result<ArrayRef> {
    let clamped: Float64Array = floats(batch, "amount")?.unary(|amount| amount.clamp(0.0, 1_000.0));
    Ok(Arc::new(clamped))
}

pub(crate) fn clamp_amount() -> Box<dyn ArrowKernel> {
    Box::new(|batch: &RecordBatch| Ok(vec![clamped_amounts(batch)?]))
}

pub(crate) fn mask_and_clamp() -> Box<dyn ArrowKernel> {
    Box::new(|batch: &RecordBatch| {
        Ok(vec![masked_emails(texts(batch, "email")?)?, clamped_amounts(batch)?])
    })
}

/// The least minute of the quarter of an hour.
pub(crate) fn quarters_of_an_hour() -> Box<dyn ArrowKernel> {
    Box::new(|batch: &RecordBatch| {
        let delays = integers(batch, "arr_delay")?;
        let least: Int32Array = delays.unary(|minutes| minutes - minutes.rem_euclid(15));
        Ok(vec![Arc::new(least) as ArrayRef])
    })
}

/// Departed no later than an hour late, from Newark or Kennedy.
pub(crate) fn late_from() -> Box<dyn ArrowKernel> {
    let hour = Scalar::new(Int32Array::from(vec![60]));
    let newark = Scalar::new(StringArray::from(vec!["EWR"]));
    let kennedy = Scalar::new(StringArray::from(vec!["JFK"]));
    Box::new(move |batch: &RecordBatch| {
        let origin = texts(batch, "origin")?;
        let from = or_kleene(&eq(origin, &newark)?, &eq(origin, &kennedy)?)?;
        let late = lt_eq(integers(batch, "dep_delay")?, &hour)?;
        Ok(vec![bitmap(&and_kleene(&late, &from)?)])
    })
}

/// Departed no later than an hour late.
pub(crate) fn late() -> Box<dyn ArrowKernel> {
    let hour = Scalar::new(Int32Array::from(vec![60]));
    Box::new(move |batch: &RecordBatch| {
        Ok(vec![bitmap(&lt_eq(integers(batch, "dep_delay")?, &hour)?)])
    })
}

/// Miles an hour.
pub(crate) fn speed() -> Box<dyn ArrowKernel> {
    let sixty = Scalar::new(Float64Array::from(vec![60.0]));
    Box::new(move |batch: &RecordBatch| {
        let miles = cast(column(batch, "distance")?, &DataType::Float64)?;
        let minutes = cast(column(batch, "air_time")?, &DataType::Float64)?;
        Ok(vec![div(&mul(&miles, &sixty)?, &minutes)?])
    })
}

/// What a line item costs.
pub(crate) fn discounted() -> Box<dyn ArrowKernel> {
    let one = Scalar::new(Float64Array::from(vec![1.0]));
    Box::new(move |batch: &RecordBatch| {
        let rest = sub(&one, floats(batch, "l_discount")?)?;
        Ok(vec![mul(floats(batch, "l_extendedprice")?, &rest)?])
    })
}
