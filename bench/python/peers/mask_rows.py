"""The rows of the work `mask`: written by rule, so that any language makes the same."""

import pyarrow as pa

ROWS = 65_536
FLOOR, CEILING = 0.0, 1000.0


def email(row: int) -> str | None:
    """Null in every 13th row, the first one included."""
    return None if row % 13 == 0 else f"user{row * 7919 % 100_003}@mail{row % 97}.example.com"


def amount(row: int) -> float | None:
    """From -500 to 1,499.999. Null in every 17th row, the first one included."""
    return None if row % 17 == 0 else row * 2_654_435_761 % 2_000_000 / 1000 - 500


def table() -> pa.Table:
    return _table([email(row) for row in range(ROWS)], [amount(row) for row in range(ROWS)])


def defects() -> pa.Table:
    """What no rule writes: texts that are no addresses, and numbers at the bounds."""
    texts = ["", "@", "a", "a@", "@b", "a@b", "ab", "a@b@c", "@@", "@a@", '"x@y"@z.example', "é@ü.example",
             "日本@例え.example", "a\n@b\n", "\n@b", " a@b ", "a@b\u0000c", None]
    numbers = [FLOOR, -0.0, -1e-300, 1e-300, -1e300, CEILING, 1000.0000000000001, 1e300, None]
    return _table(texts, (numbers * 2)[:len(texts)])


def _table(emails, amounts):
    return pa.table({"email": pa.array(emails, pa.string()), "amount": pa.array(amounts, pa.float64())})
