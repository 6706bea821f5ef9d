"""The works of `policies`: one for each standard module, on the flights."""

CHECKS = ["completeness", "range", "pattern", "allowed-values", "unique"]
"""Each by the first policy of the gate that uses it."""

TEXT_CHECKS = ["pattern", "allowed-values"]
"""Those that are on text, as the gate uses them."""

TRANSFORMS = ["clean", "filter", "derive", "aggregate", "mask"]
"""With settings that the README lists."""


def work(module: str) -> str:
    return f"policies/{module}"

