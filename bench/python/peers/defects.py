"""Flights with every kind of mistake, to see that peers mean the same by a rule.

The real flights break few rules and have no nulls in their key, so that two meanings of a
rule could give the same count there.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS = 20_000

TEXTS = ["", "a", "AA\n", "\nAA", "A A", "AAA", "N", "N12345", "N123456", "n12", "XN12", "N12X\n", "É9", "JFK\u0000",
         "jfk"]
NUMBERS = [-2_147_483_648, -71, -70, -31, -30, 0, 1, 20, 21, 79, 80, 690, 691, 720, 721, 2359, 2360, 2_147_483_647]


def write(flights: Path, target: Path) -> None:
    """The first rows, damaged column by column, with some of them up to four times."""
    table = pq.read_table(flights).slice(0, ROWS).combine_chunks()
    columns = {name: _damaged(table.column(name), at) for at, name in enumerate(table.column_names)}
    damaged = pa.table(columns)
    again = [damaged.slice(0, 60), damaged.slice(20, 80), damaged.slice(0, 30)]
    pq.write_table(pa.concat_tables([damaged, *again]), target)


def _damaged(column, at):
    """Nulls in every 31st row or so and odd values in every 37th, elsewhere in each column."""
    values = column.to_pylist()
    for row in range(at, len(values), 31 + at):
        values[row] = None
    odd = _odd(column)
    for turn, row in enumerate(range(at + 7, len(values), 37 + at)):
        values[row] = odd[turn % len(odd)]
    return pa.array(values, column.type)


def _odd(column):
    if pa.types.is_timestamp(column.type):
        ends = ["2012-12-31T23:59:59.999999", "2013-01-01", "2013-12-31T23:59:59.999999", "2014-01-01"]
        return pc.cast(pa.array(ends), pa.timestamp("us")).to_pylist()
    return TEXTS if pa.types.is_string(column.type) else NUMBERS
