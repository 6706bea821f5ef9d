#!/usr/bin/env python3
"""What DuckDB makes of the expressions in expressions.txt, over rows that hold what goes
wrong most: nulls, NaN, infinities, empty texts, text outside ASCII, the ends of ranges.

    pip install duckdb && python compute_expected.py > expected.json

Numbers are written so that nothing is lost: floats by their 64 bits, decimals and
timestamps as integers.
"""
import datetime
import json
import pathlib
import struct
import sys

import duckdb

HERE = pathlib.Path(__file__).parent
EPOCH = datetime.date(1970, 1, 1)
INF, NAN = float("inf"), float("nan")
COLUMNS = {
    "flag": ("BOOLEAN", [True, False, None]),
    "tiny": ("TINYINT", [0, 1, -1, 127, -128, None, 7]),
    "i": ("BIGINT", [0, 1, -1, 2**62, -(2**62), None, 60, 7, -7]),
    "j": ("BIGINT", [3, 0, None, -2, 5, 1]),
    "big": ("UBIGINT", [0, 2**64 - 1, 10, None]),
    "f": ("DOUBLE", [0.0, -0.0, 1.5, -1.5, NAN, INF, -INF, None, 1e300, 2.5, 0.1, 5e-324]),
    "g": ("DOUBLE", [1.5, NAN, 0.0, None, 0.1, -INF, 3.0]),
    "small": ("FLOAT", [0.5, None, -2.25, NAN]),
    "d": ("DECIMAL(10,2)", ["0.00", "12.34", "-99999999.99", None, "0.05", "0.15", "-0.05", "7.50"]),
    "e": ("DECIMAL(6,4)", ["1.2345", None, "-0.0001", "12.3400"]),
    "s": ("VARCHAR", ["", "EWR", "jfk", "Jürgen Straße", None, "a_b%c", "日本語", "  padded  ", "12", "é", "N14228"]),
    "t": ("VARCHAR", ["EWR", "", None, "b", "12", "z"]),
    "n": ("VARCHAR", ["12", " -7 ", "3.5", "x", "", None, "9223372036854775807", "9223372036854775808"]),
    "day": ("DATE", ["2013-01-01", "1969-12-31", "2000-02-29", None, "2013-12-30", "0001-01-01", "9999-12-31"]),
    "later": ("DATE", ["2013-01-31", "2013-01-01", None, "1900-03-01"]),
    "moment": ("TIMESTAMP", ["2013-07-04 12:34:56.789012", "1969-12-31 23:59:59.999999", None, "2000-02-29 00:00:00", "2013-12-30 05:00:01"]),
}
ROWS = 140


def value(column, row):
    """Columns go round with lengths that share no factor with each other's often."""
    _, values = COLUMNS[column]
    place = list(COLUMNS).index(column)
    return values[(row + row // len(values) * (place + 1)) % len(values)]


def plain(kind, cell):
    if cell is None:
        return None
    if kind == "DOUBLE" or kind == "FLOAT":
        return format(struct.unpack("<Q", struct.pack("<d", cell))[0], "016x") if cell == cell else "nan"
    if kind.startswith("DECIMAL"):
        return str(int(cell.scaleb(int(kind.split(",")[1].rstrip(")")))))
    if kind == "DATE":
        return (cell - EPOCH).days
    if kind == "BIGINT" or kind == "INTEGER":
        return cell
    if kind == "UBIGINT" or kind == "HUGEINT":
        return str(cell)
    return cell if isinstance(cell, (bool, str)) else int(cell)


db = duckdb.connect()
db.execute("set ieee_floating_point_ops = false")
# Here, what is divided by 0 is null.
db.execute("set error_on_division_by_zero = false")
definitions = ", ".join(f"{name} {kind}" for name, (kind, _) in COLUMNS.items())
db.execute(f"create table rows (number integer, {definitions})")
rows = [[row] + [value(name, row) for name in COLUMNS] for row in range(ROWS)]
places = ", ".join("?" for _ in range(len(COLUMNS) + 1))
db.executemany(f"insert into rows values ({places})", rows)

out = {"columns": {}, "expressions": []}
for name, (kind, _) in COLUMNS.items():
    selected = f"epoch_us({name})" if kind == "TIMESTAMP" else name
    cells = [plain(kind, cell) for (cell,) in db.execute(f"select {selected} from rows order by number").fetchall()]
    out["columns"][name] = {"type": kind, "values": cells}

for line in (HERE / "expressions.txt").read_text().splitlines():
    line = line.strip()
    if not line or line.startswith("#"):
        continue
    # Where DuckDB writes it otherwise, its own text stands behind `=>`.
    ours, _, theirs = line.partition(" => ")
    theirs = theirs or ours
    kind = db.execute(f"select typeof({theirs}) from rows limit 1").fetchone()[0]
    selected = theirs
    if kind == "TIMESTAMP":
        selected = f"epoch_us({theirs})"
    result = db.execute(f"select {selected} from rows order by number").fetchall()
    values = [plain(kind, cell) for (cell,) in result]
    out["expressions"].append({"sql": ours, "type": kind, "values": values})

json.dump(out, sys.stdout, ensure_ascii=False, separators=(",", ":"))
