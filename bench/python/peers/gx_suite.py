"""Great Expectations, by a suite that its pandas engine validates."""

import inspect
import os

# It would report what is called here to its maker, and take the time for that.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig

from . import gate, pandas_frame
from .prepared import Prepared

VERSION = gx.__version__

COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}
INDICES = {"result_format": "COMPLETE", "partial_unexpected_count": 0, "return_unexpected_index_query": False}


def expectation(rule: gate.Rule) -> gxe.Expectation:
    # Results come in an order of their own.
    meta = {"rule": rule.id}
    match rule:
        case gate.Completeness():
            return gxe.ExpectColumnValuesToNotBeNull(column=rule.column, meta=meta)
        case gate.Range():
            return gxe.ExpectColumnValuesToBeBetween(
                column=rule.column, min_value=rule.min, max_value=rule.max,
                strict_min=rule.exclusive_min, strict_max=rule.exclusive_max, meta=meta)
        case gate.Pattern():
            return gxe.ExpectColumnValuesToMatchRegex(column=rule.column, regex=rule.anchored(r"\Z"), meta=meta)
        case gate.AllowedValues():
            return gxe.ExpectColumnValuesToBeInSet(column=rule.column, value_set=rule.values, meta=meta)
        case gate.Unique():
            return gxe.ExpectCompoundColumnsToBeUnique(
                column_list=rule.columns, ignore_row_if="any_value_is_missing", meta=meta)


def _gate(inputs):
    rules, frame = gate.rules(), pandas_frame.flights(inputs)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("flights")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})

    keys = [rule for rule in rules if isinstance(rule, gate.Unique)]
    suite = gx.ExpectationSuite("gate", expectations=[expectation(rule) for rule in rules if rule not in keys])

    def once():
        results = batch.validate(suite, result_format=COUNTS).results
        counts = {result.expectation_config.meta["rule"]: result.result["unexpected_count"] for result in results}
        for rule in keys:
            # It counts the first of equal rows too: one for each different key among them.
            result = batch.validate(expectation(rule), result_format=INDICES).result
            equal = frame.loc[result["unexpected_index_list"], rule.columns]
            counts[rule.id] = int(equal.duplicated().sum())
        return counts

    what = inspect.getsource(expectation) + inspect.getsource(once)
    return Prepared(len(frame), what, once, lambda counts: counts)


WORKS = {"gate": _gate}
