"""DuckDB, in SQL that is written for speed: see `gate_sql.grouped`."""

from functools import partial

from . import gate, gate_sql, policies
from .duckdb_sql import VERSION as VERSION
from .duckdb_sql import counting

WORKS = {
    "gate": partial(counting, gate_sql.grouped, gate.rules()),
    **{policies.work(name): partial(counting, gate_sql.grouped, gate.rules(name)) for name in policies.TEXT_CHECKS},
}
