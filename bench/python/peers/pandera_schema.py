"""pandera, by a schema for a pandas frame that is validated lazily: all failures at once."""

import inspect
from collections import defaultdict
from functools import partial

import pandera
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from . import gate, pandas_frame
from .prepared import Prepared

VERSION = pandera.__version__


def schema(rules: list[gate.Rule]) -> pa.DataFrameSchema:
    """Each check has its rule's id as its name; completeness is a column that is not nullable."""
    checks, required, tables = defaultdict(list), set(), []
    for rule in rules:
        match rule:
            case gate.Completeness():
                required.add(rule.column)
                checks[rule.column]
            case gate.Range(min=least, max=greatest):
                below = pa.Check.gt if rule.exclusive_min else pa.Check.ge
                above = pa.Check.lt if rule.exclusive_max else pa.Check.le
                if least is None:
                    check = above(greatest, name=rule.id)
                elif greatest is None:
                    check = below(least, name=rule.id)
                else:
                    check = pa.Check.in_range(least, greatest, include_min=not rule.exclusive_min,
                                              include_max=not rule.exclusive_max, name=rule.id)
                checks[rule.column].append(check)
            case gate.Pattern():
                checks[rule.column].append(pa.Check.str_matches(rule.anchored(r"\Z"), name=rule.id))
            case gate.AllowedValues():
                checks[rule.column].append(pa.Check.isin(rule.values, name=rule.id))
            case gate.Unique():
                # The schema's own `unique` takes nulls to be equal.
                first = partial(_is_first, columns=rule.columns)
                tables.append(pa.Check(first, name=rule.id))
    columns = {name: pa.Column(None, given, nullable=name not in required) for name, given in checks.items()}
    return pa.DataFrameSchema(columns, checks=tables)


def _is_first(frame, columns):
    return ~pandas_frame.repeated(frame, columns)


def _gate(inputs):
    rules, frame = gate.rules(), pandas_frame.flights(inputs)
    checked = schema(rules)
    completeness = {rule.column: rule.id for rule in rules if isinstance(rule, gate.Completeness)}

    def once():
        counts = {rule.id: 0 for rule in rules}
        try:
            checked.validate(frame, lazy=True)
        except SchemaErrors as errors:
            for error in errors.schema_errors:
                id = completeness[error.schema.name] if error.check == "not_nullable" else error.check.name
                counts[id] = error.failure_cases["index"].nunique()
        return counts

    return Prepared(len(frame), inspect.getsource(schema), once, lambda counts: counts)


WORKS = {"gate": _gate}
