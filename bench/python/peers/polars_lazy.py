"""Polars, lazily, by its engine for what is in memory; what goes to a file is streamed."""

import inspect
from functools import partial

import polars as pl
from polars import col

from . import figures, gate, mask_rows, policies
from .prepared import Inputs, Prepared

VERSION = pl.__version__


def failing(rule: gate.Rule) -> pl.Expr:
    """True for a failing row; null, as false, for one that passes."""
    match rule:
        case gate.Completeness():
            return col(rule.column).is_null()
        case gate.Range():
            below = col(rule.column).le if rule.exclusive_min else col(rule.column).lt
            above = col(rule.column).ge if rule.exclusive_max else col(rule.column).gt
            ends = [(below, rule.min), (above, rule.max)]
            return pl.any_horizontal(outside(end) for outside, end in ends if end is not None)
        case gate.Pattern():
            return ~col(rule.column).str.contains(rule.anchored("$"))
        case gate.AllowedValues():
            return ~col(rule.column).is_in(rule.values)
        case gate.Unique():
            present = pl.all_horizontal(col(rule.columns).is_not_null())
            return present & ~pl.struct(rule.columns).is_first_distinct()


def _judging(rules, inputs):
    frame = pl.read_parquet(inputs.flights).rechunk()
    query = frame.lazy().select(failing(rule).sum().alias(rule.id) for rule in rules)
    return Prepared(
        rows=frame.height,
        what=inspect.getsource(failing),
        once=query.collect,
        figures=lambda counts: counts.row(0, named=True),
    )


def clean_tailnum(flights):
    return flights.select(col("tailnum").str.strip_chars().str.to_uppercase())


def filter_delay(flights):
    return flights.filter(col("dep_delay") <= 60)


def derive_speed(flights):
    speed = col("distance") * 60.0 / col("air_time")
    return flights.select(pl.when(col("air_time") != 0).then(speed).alias("speed"))


def aggregate_carriers(flights):
    delay = col("dep_delay")
    return flights.group_by("carrier").agg(
        pl.len().alias("flights"), delay.mean().alias("mean_delay"),
        delay.min().alias("least_delay"), delay.max().alias("greatest_delay"),
    ).sort("carrier", nulls_last=False)


def redact_tailnum(flights):
    # All that is not ASCII, and of ASCII letters and digits.
    return flights.select(col("tailnum").str.replace_all(r"[^\x00-/:-@\[-`{-\x7F]", "*"))


def mask_addresses(addresses):
    email, amount = col("email"), col("amount")
    domain = email.str.split("@").list.last()
    # To a text without `@` or with nothing before the last one, the address says nothing.
    is_address = email.str.len_bytes() - domain.str.len_bytes() > 1
    masked = pl.concat_str(email.str.head(1), pl.lit("***@"), domain)
    hidden = pl.when(email.is_not_null()).then(pl.lit("***"))
    return addresses.select(
        pl.when(is_address).then(masked).otherwise(hidden).alias("email"),
        amount.clip(mask_rows.FLOOR, mask_rows.CEILING))


def run(flights):
    def minutes(name):
        clock = col(name)
        shown = clock.is_between(0, 2359) & (clock % 100 < 60) | (clock == 2400)
        return pl.when(shown).then(clock // 100 * 60 + clock % 100).alias(f"{name}_minutes")

    hours = col("air_time") / 60
    return flights.select(
        "year", "month", "day", "carrier", "flight", "origin", "dest", "tailnum", "time_hour",
        "sched_dep_time", minutes("sched_dep_time"), "dep_time", minutes("dep_time"),
        "dep_delay", "sched_arr_time", "arr_time", "arr_delay", "distance", "air_time",
        pl.when(hours != 0).then(col("distance") / hours).alias("speed_mph"),
    )


def _transforming(transform, frame):
    query = transform(frame.lazy())
    return Prepared(
        rows=frame.height,
        what=inspect.getsource(transform),
        once=query.collect,
        figures=lambda answer: figures.of_table(answer.to_arrow()),
    )


def _transforming_flights(transform, inputs):
    return _transforming(transform, pl.read_parquet(inputs.flights).rechunk())


def _mask(rows, inputs):
    return _transforming(mask_addresses, pl.from_arrow(rows()))


def _run(inputs):
    target = inputs.scratch / f"polars-{inputs.threads}.parquet"

    def once():
        run(pl.scan_parquet(inputs.flights)).sink_parquet(target, compression="zstd", compression_level=1)

    return Prepared(
        rows=pl.scan_parquet(inputs.flights).select(pl.len()).collect().item(),
        what=inspect.getsource(run) + inspect.getsource(once),
        once=once,
        figures=lambda _: figures.of_file(target),
    )


TRANSFORMS = {
    "clean": clean_tailnum,
    "filter": filter_delay,
    "derive": derive_speed,
    "aggregate": aggregate_carriers,
    "mask": redact_tailnum,
}

WORKS = {
    "gate": partial(_judging, gate.rules()),
    "mask": partial(_mask, mask_rows.table),
    "mask/defects": partial(_mask, mask_rows.defects),
    "run": _run,
    **{policies.work(name): partial(_transforming_flights, TRANSFORMS[name]) for name in policies.TRANSFORMS},
    **{policies.work(name): partial(_judging, gate.rules(name)) for name in policies.CHECKS},
}
