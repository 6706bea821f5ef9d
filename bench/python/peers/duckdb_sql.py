"""DuckDB, in SQL.

The flights lie in a table in memory, in DuckDB's own compressed form: for the gate that is
faster than a plain table, and faster than the same columns as an Arrow table read without
a copy; for texts that come again and again, many times so. Addresses to mask are all
different, and lie in a plain table, which is faster there. What has columns as a result
comes back as an Arrow table: that is faster than a table of DuckDB's.
"""

from functools import partial

import duckdb

from . import figures, gate, gate_sql, mask_rows, policies
from .prepared import Inputs, Prepared

VERSION = duckdb.__version__

CLOCK = "CASE WHEN {0} BETWEEN 0 AND 2359 AND {0} % 100 < 60 OR {0} = 2400 THEN {0} // 100 * 60 + {0} % 100 END"

# To a text without `@` or with nothing before the last one, the address says nothing.
MASK = """SELECT
  CASE WHEN strlen(email) - strlen(split_part(email, '@', -1)) > 1
       THEN left(email, 1) || '***@' || split_part(email, '@', -1)
       WHEN email IS NOT NULL THEN '***' END AS email,
  CASE WHEN amount < {floor} THEN {floor} WHEN amount > {ceiling} THEN {ceiling} ELSE amount END AS amount
FROM addresses"""

TRANSFORMS = {
    "clean": "SELECT upper(trim(tailnum)) AS tailnum FROM flights",
    "filter": "SELECT * FROM flights WHERE dep_delay <= 60",
    "derive": "SELECT distance * 60e0 / nullif(air_time, 0) AS speed FROM flights",
    "aggregate": """SELECT carrier, count(*) AS flights, avg(dep_delay) AS mean_delay,
  min(dep_delay) AS least_delay, max(dep_delay) AS greatest_delay
FROM flights GROUP BY carrier ORDER BY carrier NULLS FIRST""",
    # All that is not ASCII, and of ASCII letters and digits.
    "mask": r"SELECT regexp_replace(tailnum, '[^\x00-/:-@\[-`{-\x7F]', '*', 'g') AS tailnum FROM flights",
}

RUN = f"""COPY (
  SELECT year, month, day, carrier, flight, origin, dest, tailnum, time_hour,
    sched_dep_time, {CLOCK.format("sched_dep_time")} AS sched_dep_time_minutes,
    dep_time, {CLOCK.format("dep_time")} AS dep_time_minutes,
    dep_delay, sched_arr_time, arr_time, arr_delay, distance, air_time,
    distance / nullif(air_time / 60, 0) AS speed_mph
  FROM '{{source}}'
) TO '{{target}}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"""


def _connect(threads):
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def _flights(inputs: Inputs):
    """A connection with the table, and its rows."""
    connection = _connect(inputs.threads)
    connection.execute("ATTACH ':memory:' AS loaded (COMPRESS true)")
    connection.execute("USE loaded")
    connection.execute(f"CREATE TABLE flights AS FROM '{inputs.flights}'")
    # Only now is it compressed.
    connection.execute("CHECKPOINT")
    [(rows,)] = connection.execute("SELECT count(*) FROM flights").fetchall()
    return connection, rows


def counting(query, rules: list[gate.Rule], inputs: Inputs) -> Prepared:
    """The rules by the query that `query` writes for them."""
    connection, rows = _flights(inputs)
    sql = query(rules, "flights")
    names = [rule.id for rule in rules]
    return Prepared(
        rows=rows,
        what=sql,
        once=lambda: connection.execute(sql).fetchone(),
        figures=lambda counts: dict(zip(names, map(int, counts))),
    )


def _transform(name, inputs):
    connection, rows = _flights(inputs)
    sql = TRANSFORMS[name]
    return Prepared(rows, sql, lambda: connection.sql(sql).to_arrow_table(), figures.of_table)


def _mask(rows, inputs):
    given = rows()
    connection = _connect(inputs.threads)
    connection.register("given", given)
    connection.execute("CREATE TABLE addresses AS FROM given")
    sql = MASK.format(floor=mask_rows.FLOOR, ceiling=mask_rows.CEILING)
    return Prepared(given.num_rows, sql, lambda: connection.sql(sql).to_arrow_table(), figures.of_table)


def _run(inputs):
    connection = _connect(inputs.threads)
    target = inputs.scratch / f"duckdb-{inputs.threads}.parquet"
    sql = RUN.format(source=inputs.flights, target=target)
    [(rows,)] = connection.execute(f"SELECT count(*) FROM '{inputs.flights}'").fetchall()
    return Prepared(rows, sql, lambda: connection.execute(sql), lambda _: figures.of_file(target))


WORKS = {
    "gate": partial(counting, gate_sql.plain, gate.rules()),
    "mask": partial(_mask, mask_rows.table),
    "mask/defects": partial(_mask, mask_rows.defects),
    "run": _run,
    **{policies.work(name): partial(_transform, name) for name in policies.TRANSFORMS},
    **{policies.work(name): partial(counting, gate_sql.plain, gate.rules(name)) for name in policies.CHECKS},
}
