"""What came out of a work, in figures that do not depend on who did it."""

import hashlib
import math

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def of_table(table) -> dict:
    """Of an Arrow table: its rows, and of each column what its values add up to.

    Text adds up to the SHA-256 of its values in their order, each followed by a line
    feed, without the nulls.
    """
    return {"rows": table.num_rows, **{name: _of_column(table.column(name)) for name in table.column_names}}


def of_file(path) -> dict:
    """Of the table in a Parquet file, without its size: compression is not what must agree."""
    return of_table(pq.read_table(path))


def _of_column(column):
    kind, figures = column.type, {"nulls": column.null_count}
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        figures |= {"sum": pc.sum(column).as_py(), **pc.min_max(column).as_py()}
    elif pa.types.is_timestamp(kind):
        figures |= {end: str(value) for end, value in pc.min_max(column).as_py().items()}
    else:
        figures["sha256"] = _digest(column)
    return figures


def _digest(texts):
    kind = pa.large_string()
    end = pa.scalar("\n", kind)
    lines = pc.binary_join_element_wise(texts.cast(kind).drop_null(), pa.scalar("", kind), end)
    digest = hashlib.sha256()
    for chunk in lines.chunks:
        length = pc.sum(pc.binary_length(chunk)).as_py() or 0
        digest.update(memoryview(chunk.buffers()[2] or b"")[:length])
    return digest.hexdigest()


def differing(one: dict, other: dict) -> list[str]:
    """The keys of which two sets of figures do not say the same."""
    return [key for key in one.keys() | other.keys() if not _equal(one.get(key), other.get(key))]


def _equal(one, other):
    """Sums of floats hang on the order of adding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return not differing(one, other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other
