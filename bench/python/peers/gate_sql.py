"""The gate as SQL: one query whose one row counts the failing rows of each rule."""

from datetime import datetime

from .gate import AllowedValues, Completeness, Pattern, Range, Rule, Unique


def plain(rules: list[Rule], table: str) -> str:
    """A filtered count for each rule, all in one pass over the table."""
    counts = ",\n  ".join(f"{_count(rule, table)} AS {_name(rule.id)}" for rule in rules)
    return f"SELECT\n  {counts}\nFROM {table}"


def grouped(rules: list[Rule], table: str) -> str:
    """Rules on text are judged once for each different text, not once for each row."""
    on_text = [rule for rule in rules if isinstance(rule, (Pattern, AllowedValues))]
    others = [rule for rule in rules if rule not in on_text]
    parts = [plain(others, table)] if others else []
    for column in dict.fromkeys(rule.column for rule in on_text):
        counts = ",\n  ".join(
            f"coalesce(sum(n) FILTER (WHERE {failing(rule)}), 0) AS {_name(rule.id)}"
            for rule in on_text if rule.column == column)
        parts.append(f"SELECT\n  {counts}\nFROM (SELECT {column}, count(*) AS n FROM {table} GROUP BY {column})")
    names = ", ".join(_name(rule.id) for rule in rules)
    sources = ",\n".join(f"({part})" for part in parts)
    return f"SELECT {names} FROM\n{sources}"


def failing(rule: Rule) -> str:
    """The condition that a failing row fits; null is as good as false."""
    match rule:
        case Completeness():
            return f"{rule.column} IS NULL"
        case Range():
            ends = [("<=" if rule.exclusive_min else "<", rule.min), (">=" if rule.exclusive_max else ">", rule.max)]
            return " OR ".join(f"{rule.column} {sign} {_literal(end)}" for sign, end in ends if end is not None)
        case Pattern():
            return f"NOT regexp_full_match({rule.column}, {_literal(rule.pattern)})"
        case AllowedValues():
            return f"{rule.column} NOT IN ({', '.join(map(_literal, rule.values))})"


def _count(rule, table):
    if isinstance(rule, Unique):
        columns = ", ".join(rule.columns)
        present = " AND ".join(f"{column} IS NOT NULL" for column in rule.columns)
        return ("(SELECT coalesce(sum(n - 1), 0) FROM "
                f"(SELECT count(*) AS n FROM {table} WHERE {present} GROUP BY {columns}))")
    return f"count(*) FILTER (WHERE {failing(rule)})"


def _literal(value):
    match value:
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            return f"TIMESTAMPTZ '{value.isoformat()}'"
        case _:
            return repr(value)


def _name(id):
    return f'"{id}"'
