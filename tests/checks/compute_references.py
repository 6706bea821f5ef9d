"""What `foreign-key`, `join` and `reconcile` must find, computed without them: with SQL,
by duckdb. Run it where `requirements.txt` is installed; it writes
`expected/references.json`, which `host/engine/tests/differential/references.rs` compares
with, through the components and the host's own index.

    python compute_references.py
"""

import json
import math
import random
from fractions import Fraction
from pathlib import Path

import duckdb
import pandas as pd

random.seed(20251126)
ROWS, TABLE_ROWS = 700, 240
CODES = ["EWR", "ewr", "", " ", "é", "e\u0301", "日本", "🙂", "Ökö", "x" * 70, "x" * 71, "a\u0000b"]


def sparse(values, share=0.1):
    return [None if random.random() < share else value for value in values]


def codes(rows):
    return sparse([random.choice(CODES) + random.choice(["", "", "1", "2", "3", "4", "5"]) for _ in range(rows)])


def numbers(rows, bits):
    ends = [2 ** (bits - 1) - 1, -(2 ** (bits - 1)), 2**31 - 1, -(2**31), 0]
    near = lambda: random.choice(ends) if random.random() < 0.1 else random.randrange(-40, 40)
    return sparse([max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, near())) for _ in range(rows)])


def amounts(rows):
    odd = [math.nan, math.inf, -math.inf, -0.0, 1e300, 1e-300, 0.1]
    return sparse([random.choice(odd) if random.random() < 0.02 else random.randrange(-999, 999) / 8 for _ in range(rows)])


# Numbers of 32 bits on one side and of 64 on the other.
rows = pd.DataFrame({
    "code": pd.Series(codes(ROWS), dtype=object),
    "number": pd.array(numbers(ROWS, 32), dtype="Int32"),
    "amount": pd.Series(amounts(ROWS), dtype=object),
})
table = pd.DataFrame({
    "code": pd.Series(codes(TABLE_ROWS), dtype=object),
    "number": pd.array(numbers(TABLE_ROWS, 64), dtype="Int64"),
    "name": pd.Series(sparse([f"näme {at}" for at in range(TABLE_ROWS)]), dtype=object),
    "amount": pd.Series(amounts(TABLE_ROWS), dtype=object),
})


def given(frame):
    """Floats as text, which is read to the last bit, and knows NaN."""
    def plain(value):
        if value is None or value is pd.NA:
            return None
        return str(value) if isinstance(value, float) else value if isinstance(value, str) else int(value)
    return {name: [plain(value) for value in frame[name]] for name in frame}


sql = duckdb.connect()
sql.execute("create table given (place integer, code varchar, number integer, amount double)")
sql.execute("create table known (place integer, code varchar, number bigint, name varchar, amount double)")
own, known = given(rows), given(table)
as_float = lambda text: None if text is None else float(text)
for at in range(ROWS):
    sql.execute("insert into given values (?, ?, ?, ?)", [at, own["code"][at], own["number"][at], as_float(own["amount"][at])])
for at in range(TABLE_ROWS):
    sql.execute("insert into known values (?, ?, ?, ?, ?)", [at, known["code"][at], known["number"][at], known["name"][at], as_float(known["amount"][at])])

cases = []
for on in (["code"], ["number"], ["code", "number"]):
    same = " and ".join(f"given.{key} = known.{key}" for key in on)
    there = " and ".join(f"given.{key} is not null" for key in on)
    failing = sql.execute(
        f"select place from given where {there} and not exists (select 1 from known where {same}) order by place").fetchall()
    firsts = sql.execute(
        f"""select given.place, known.place, known.name, known.number from given left join
            (select place as first, (select min(known.place) from known where {same}) as met from given) met on met.first = given.place
            left join known on known.place = met.met order by given.place""").fetchall()
    several = sql.execute(
        f"select count(*) from given where (select count(*) from known where {same}) > 1").fetchone()[0]
    assert [f[0] for f in firsts] == list(range(ROWS)) and several > 0
    cases.append({
        "on": on,
        "failing": [at for (at,) in failing],
        "names": ["nobody" if met is None else name for _, met, name, _ in firsts],
        "numbers": [number for _, _, _, number in firsts],
    })


def correctly_rounded(values):
    """An exact sum, as SQL's has an order of its own."""
    finite = [Fraction(v) for v in values if math.isfinite(v)]
    odd = [v for v in values if not math.isfinite(v)]
    if odd:
        return math.fsum(odd) if len(set(map(str, odd))) == 1 else math.nan
    total = sum(finite, Fraction(0))
    return total.numerator / total.denominator


def reconciled(group_by, tolerance, percent):
    key = ", ".join(group_by) or "1"
    def groups(of):
        found = sql.execute(f"select {key}, count(*), list(amount) from {of} group by all").fetchall()
        return {group[:-2]: (group[-2], correctly_rounded([v for v in group[-1] if v is not None])) for group in found}
    ours, theirs = groups("given"), groups("known")
    def apart(a, b):
        same = a == b or (math.isnan(a) and math.isnan(b))
        return not (same or abs(a - b) <= tolerance or abs(a - b) <= abs(b) * percent / 100)
    pairs = [(ours.get(k, (0, 0.0)), theirs.get(k, (0, 0.0))) for k in ours.keys() | theirs.keys()]
    return {
        "group_by": group_by, "tolerance": tolerance, "tolerance_percent": percent,
        "groups": len(pairs),
        "rows": sum(apart(float(a[0]), float(b[0])) for a, b in pairs),
        "amount-sum": sum(apart(a[1], b[1]) for a, b in pairs),
    }


reconciliations = [
    reconciled(group_by, tolerance, percent)
    for group_by in (["code"], [])
    for tolerance, percent in ((0, 0), (2, 0), (0, 50), (100, 20))
]
out = Path(__file__).parent / "expected" / "references.json"
out.write_text(json.dumps(
    {"rows": own, "table": known, "lookups": cases, "reconciliations": reconciliations},
    ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")
print(len(cases), "lookups", len(reconciliations), "reconciliations", out.stat().st_size, "bytes")
