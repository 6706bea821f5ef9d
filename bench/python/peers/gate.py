"""The gate: the rules of `bench/gate.json`, as every peer takes them.

The file is written in the terms of Bailiwick's modules, and so are the meanings: a rule
counts the rows that fail it, a null fails `completeness` only, a pattern is matched by the
whole text, and of rows with the same key the first passes.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "gate.json"

Bound = int | float | datetime | None


@dataclass(frozen=True)
class Rule:
    id: str
    """As a report of Bailiwick names it: the policy, a slash, the module's rule."""


@dataclass(frozen=True)
class Completeness(Rule):
    column: str


@dataclass(frozen=True)
class Range(Rule):
    column: str
    min: Bound = None
    max: Bound = None
    exclusive_min: bool = False
    exclusive_max: bool = False


@dataclass(frozen=True)
class Pattern(Rule):
    column: str
    pattern: str

    def anchored(self, end: str) -> str:
        """For those who only search. `end` is what their regular expressions have for the
        end of the text: in some `$` is also before a line feed that ends it."""
        return f"^(?:{self.pattern}){end}"


@dataclass(frozen=True)
class AllowedValues(Rule):
    column: str
    values: list[str]


@dataclass(frozen=True)
class Unique(Rule):
    columns: list[str]


def rules(module: str | None = None) -> list[Rule]:
    """All rules, in order; or those of the first policy of a module."""
    policies = json.loads(FILE.read_text())["policies"]
    if module is not None:
        policies = [next(policy for policy in policies if policy["module"] == module)]
    return [rule for policy in policies for rule in _rules_of(policy)]


def _rules_of(policy):
    """A setting that no peer knows is an error here, not left out."""
    name, columns, settings = policy["id"], policy["columns"], policy["settings"]
    match policy["module"]:
        case "completeness":
            return [Completeness(f"{name}/{column}-complete", column, **settings) for column in columns]
        case "unique":
            return [Unique(f"{name}/unique", columns, **settings)]
    [column] = columns
    match policy["module"]:
        case "range":
            bounds = {key: _bound(value) for key, value in settings.items()}
            return [Range(f"{name}/in-range", column, **bounds)]
        case "pattern":
            return [Pattern(f"{name}/matches-pattern", column, **settings)]
        case "allowed-values":
            return [AllowedValues(f"{name}/allowed", column, **settings)]
        case other:
            raise ValueError(f"{FILE}: policy {name}: no peer knows the module {other}")


def _bound(value):
    """A text is a time; a date alone is its midnight in UTC."""
    if not isinstance(value, str):
        return value
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
