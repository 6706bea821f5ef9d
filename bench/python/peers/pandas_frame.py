"""pandas, vectorised, on a frame as `read_parquet` makes it."""

import inspect
from functools import partial

import pandas as pd
import pyarrow as pa

from . import figures, gate, mask_rows
from .prepared import Inputs, Prepared

VERSION = pd.__version__


def flights(inputs: Inputs) -> pd.DataFrame:
    return pd.read_parquet(inputs.flights)


def failing(rule: gate.Rule, frame: pd.DataFrame) -> pd.Series:
    """True for a failing row."""
    match rule:
        case gate.Completeness():
            return frame[rule.column].isna()
        case gate.Range():
            column = frame[rule.column]
            below = column.le if rule.exclusive_min else column.lt
            above = column.ge if rule.exclusive_max else column.gt
            if rule.max is None:
                return below(rule.min)
            if rule.min is None:
                return above(rule.max)
            return below(rule.min) | above(rule.max)
        case gate.Pattern():
            return ~frame[rule.column].str.fullmatch(rule.pattern, na=True)
        case gate.AllowedValues():
            column = frame[rule.column]
            return column.notna() & ~column.isin(rule.values)
        case gate.Unique():
            return repeated(frame, rule.columns)


def repeated(frame: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Of rows with the same key all but the first; a key with a null in it repeats nothing."""
    return frame.duplicated(columns) & frame[columns].notna().all(axis=1)


def mask_addresses(frame):
    email, amount = frame["email"], frame["amount"]
    # To a text without `@` or with nothing before the last one, the address says nothing.
    parts = email.str.extract(r"(?s)^(.).*(@[^@]*)$")
    masked = (parts[0] + "***" + parts[1]).fillna("***").where(email.notna())
    return pd.DataFrame({"email": masked, "amount": amount.clip(mask_rows.FLOOR, mask_rows.CEILING)})


def _gate(inputs):
    rules, frame = gate.rules(), flights(inputs)
    return Prepared(
        rows=len(frame),
        what=inspect.getsource(failing),
        once=lambda: {rule.id: int(failing(rule, frame).sum()) for rule in rules},
        figures=lambda counts: counts,
    )


def _mask(rows, inputs):
    frame = rows().to_pandas()
    return Prepared(
        rows=len(frame),
        what=inspect.getsource(mask_addresses),
        once=lambda: mask_addresses(frame),
        figures=lambda masked: figures.of_table(pa.Table.from_pandas(masked, preserve_index=False)),
    )


WORKS = {
    "gate": _gate,
    "mask": partial(_mask, mask_rows.table),
    "mask/defects": partial(_mask, mask_rows.defects),
}
