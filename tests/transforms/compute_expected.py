"""What the standard transforms must make, computed without them: with duckdb, pandas,
pint, the AES of cryptography and the standard library. Run it where `requirements.txt` is installed; it writes
`expected/transforms.json`, which `tests/expected.rs` compares with.

    python compute_expected.py
"""

import hashlib
import hmac
import json
import math
import random
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pint
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

random.seed(20251125)
ROWS = 160
KEY = b"0123456789abcdef"
EPOCH = datetime(1970, 1, 1)
cases = []
columns = {}


def sparse(values, share=0.1):
    return [None if random.random() < share else value for value in values]


def written(values):
    """Floats are written as text, which is read to the last bit, and knows NaN."""
    return [str(v) if isinstance(v, float) else v for v in values]


def column(name, kind, values):
    assert len(values) == ROWS
    columns[name] = {"type": kind, "values": written(values)}
    return values


def case(module, names, settings, outputs, relative=0.0):
    """One binding, and the columns that come of it: name, type, values."""
    outputs = [{"name": name, "type": kind, "values": written(values)} for name, kind, values in outputs]
    cases.append({"module": module, "columns": names, "settings": settings, "outputs": outputs, "relative": relative})


def each(function, values):
    return [None if value is None else function(value) for value in values]


alphabet = ["a", "Z", "0", "7", " ", "é", "日", "🙂", "e\u0301", "\n", "ß", "-", ",", ".", "@", "Ω", "\u00a0"]
texts = sparse(["".join(random.choices(alphabet, k=random.randrange(0, 12))) for _ in range(ROWS)])
texts[0], texts[1], texts[2], texts[3] = "", "🙂" * 40, "N/A", "\u1e9b\u0323 ǅ ΑΣ"
column("texts", "utf8", texts)
ascii_texts = column("ascii", "utf8", sparse(["".join(random.choices("aZ09 -_.,@", k=random.randrange(0, 20))) for _ in range(ROWS)]))
codes = column("codes", "utf8", sparse(random.choices(["EWR", "JFK", "LGA", "", "Ökö", "jfk"], [50, 30, 10, 5, 3, 2], k=ROWS)))
groups = column("groups", "utf8", sparse(random.choices(["a", "b", "ç", ""], k=ROWS)))
small = column("small", "int32", sparse([random.randrange(-50, 50) for _ in range(ROWS)]))
integers = sparse([random.randrange(-(2**50), 2**50) for _ in range(ROWS)])
integers[0], integers[1] = 2**63 - 1, -(2**63)
column("integers", "int64", integers)
numbers = column("numbers", "int64", sparse([random.randrange(-(2**40), 2**40) for _ in range(ROWS)]))
floats = sparse([random.lognormvariate(3, 2) * random.choice([1, -1]) for _ in range(ROWS)])
for at, value in enumerate([math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, -1e15, 1e300, 1e-300]):
    floats[at + 3] = value
column("floats", "float64", floats)
finite = column("finite", "float64", sparse([random.gauss(0, 1000) for _ in range(ROWS)]))
cents = column("cents", "decimal", sparse([random.randrange(-(10**12), 10**14) for _ in range(ROWS)]))
flags = column("flags", "bool", sparse([random.random() < 0.5 for _ in range(ROWS)]))
days = sparse([random.randrange(-700_000, 2_900_000) for _ in range(ROWS)])
days[0], days[1] = 11_016, -1
column("days", "date32", days)
stamps = sparse([random.randrange(-(6 * 10**16), 2 * 10**17) for _ in range(ROWS)])
stamps[0], stamps[1] = -1, 0
column("stamps", "timestamp[us]", stamps)
column("moments", "timestamp[us, UTC]", stamps)
# Around the hours at which clocks were put forward and back.
changes = [datetime(2013, 3, 31, 1), datetime(2013, 10, 27, 1), datetime(2026, 3, 29, 1), datetime(1980, 4, 6, 1), datetime(2040, 10, 28, 1)]
near = [int((random.choice(changes) - EPOCH).total_seconds() * 10**6) + random.randrange(-(9 * 10**10), 9 * 10**10) for _ in range(ROWS)]
near = sparse(near)
column("near", "timestamp[us]", near)
column("berlin", "timestamp[us, Europe/Berlin]", near)
people = column("people", "utf8", sparse(random.choices(["ann", "bob", "çem", "", "日本"], k=ROWS)))
names = [random.choice(["Doe, Jane", "Doe", "", "a, b, c, d", ", ", "Ökö, 日, 🙂", ",,", "x,  y", ", z"]) for _ in range(ROWS)]
names = column("names", "utf8", sparse(names))
mails = column("mails", "utf8", sparse([random.choice(["jane@example.com", "j@x.org", "@x.org", "no mail", "", "ünï@exämple.de", "a@b@c.d", "日本@x"]) for _ in range(ROWS)]))
lists = column("lists", "list<utf8>", sparse([[random.choice(["x", "é", "", None]) for _ in range(random.randrange(0, 4))] for _ in range(ROWS)]))
order = column("order", "int64", sparse([random.randrange(0, 8) for _ in range(ROWS)], 0.2))
row = column("row", "int64", list(range(ROWS)))
db = duckdb.connect()
db.execute("set timezone = 'UTC'")
SQL = {"utf8": "varchar", "int32": "integer", "int64": "bigint", "float64": "double", "bool": "boolean", "date32": "date", "timestamp[us]": "timestamp", "decimal": "decimal(20,2)"}
db.execute("create table t(" + ", ".join(f'"{n}" {SQL[c["type"]]}' for n, c in columns.items() if c["type"] in SQL) + ")")


def for_sql(kind, value):
    if value is None:
        return None
    if kind == "float64":
        return float(value)
    if kind == "decimal":
        return Decimal(value) / 100
    return value


kept = [n for n in columns if columns[n]["type"] in SQL]
places = [{"date32": "date '1970-01-01' + ?::integer", "timestamp[us]": "make_timestamp(?::bigint)"}.get(columns[n]["type"], "?") for n in kept]
db.executemany(f"insert into t values ({', '.join(places)})", [[for_sql(columns[n]["type"], columns[n]["values"][at]) for n in kept] for at in range(ROWS)])


def sql(query):
    """The columns of a query, dates and times as they are stored."""
    found = db.execute(query)
    kinds = [str(of[1]) for of in found.description]
    table = list(zip(*found.fetchall())) or [()] * len(kinds)

    def stored(value):
        if isinstance(value, Decimal):
            return int(value.scaleb(2))
        return value

    return [each(stored, values) for values in table]


# Clean.
WHITE = " \n\u00a0\t\r\u0085\u2003"


def clean(names, operations, function):
    for name in names:
        values = columns[name]["values"]
        case("clean", [name], {"operations": operations}, [(name, columns[name]["type"], [function(v) for v in values])])


def known(function):
    return lambda value: None if value is None else function(value)


for text in [["texts"], ["ascii"], ["codes"]]:
    clean(text, [{"op": "trim"}], known(lambda t: t.strip(WHITE)))
    clean(text, [{"op": "case", "to": "upper"}], known(str.upper))
    clean(text, [{"op": "case", "to": "lower"}], known(str.lower))
    clean(text, [{"op": "nfc"}], known(lambda t: unicodedata.normalize("NFC", t)))
    clean(text, [{"op": "null-tokens", "tokens": ["", "N/A", "jfk"]}], known(lambda t: None if t in ("", "N/A", "jfk") else t))
    clean(text, [{"op": "fill", "value": "ø"}], lambda t: "ø" if t is None else t)
    clean(text, [{"op": "regex-replace", "pattern": "([0-9]+)[ -]", "with": "<$1>"}], known(lambda t: re.sub("([0-9]+)[ -]", r"<\1>", t)))
    clean(text, [{"op": "regex-extract", "pattern": "[a-zA-Z]([^a-z])", "group": 1}],
          known(lambda t: m[1] if (m := re.search("[a-zA-Z]([^a-z])", t)) else None))
    clean(text, [{"op": "trim"}, {"op": "null-tokens", "tokens": [""]}, {"op": "case", "to": "upper"}, {"op": "fill", "value": "?"}],
          lambda t: ("?" if t is None or not t.strip(WHITE) else t.strip(WHITE).upper()))
clean(["small", "numbers"], [{"op": "clamp", "min": -10, "max": 20}], known(lambda v: min(max(v, -10), 20)))
clean(["floats"], [{"op": "clamp", "min": -1.5}, {"op": "fill", "value": 0.25}],
      lambda v: 0.25 if v is None else v if v == "nan" else max(float(v), -1.5))
clean(["days"], [{"op": "clamp", "min": "1900-01-01", "max": "2100-12-31"}],
      known(lambda v: min(max(v, (date(1900, 1, 1) - date(1970, 1, 1)).days), (date(2100, 12, 31) - date(1970, 1, 1)).days)))
clean(["cents"], [{"op": "clamp", "max": 1000}], known(lambda v: min(v, 100_000)))
clean(["flags"], [{"op": "fill", "value": True}], lambda v: True if v is None else v)

# Parse: texts, good and bad, as Python reads them.
dates = ["31.12.2013", "2013-12-31", "29.02.2013", "1.2.0001", "2013-13-01", "", "x", " 2000-02-29 ", "31.12.13", "9999-12-31", "2013-1-2"]
dates = column("dates", "utf8", sparse(random.choices(dates, k=ROWS)))


def read(text, *formats):
    for form in formats:
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            pass


def day(text):
    # Python reads a year of two digits for %Y only if it has four, as here.
    found = read(text, "%d.%m.%Y", "%Y-%m-%d")
    return None if found is None else (found.date() - date(1970, 1, 1)).days


case("parse", ["dates"], {"to": "date", "formats": ["%d.%m.%Y", "%Y-%m-%d"], "otherwise": "null"}, [("dates", "date32", each(day, dates))])
times = ["2013-12-31T23:59:59Z", "2013-12-31 23:59:59+02:00", "2013-12-31T23:59:59.25-0330", "2013-12-31T25:00:00Z", "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "", "now"]
times = column("times", "utf8", sparse(random.choices(times, k=ROWS)))


def moment(text):
    found = read(text, "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z")
    if found is None:
        return None
    return (found - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


case("parse", ["times"], {"to": "timestamp", "zone": "UTC", "otherwise": "null", "formats": ["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z"]},
     [("times", "timestamp[us, UTC]", each(moment, times))])
# Without formats, an offset has a colon.
case("parse", ["times"], {"to": "timestamp", "zone": "UTC", "otherwise": "null"},
     [("times", "timestamp[us, UTC]", each(lambda t: None if t.endswith("-0330") else moment(t), times))])
figures = ["1", "-17", "+5", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1.5", "", " 42 ", "x", "1e3", "0x1", "٣"]
figures = column("figures", "utf8", sparse(random.choices(figures, k=ROWS)))
INTEGER = re.compile(r"[+-]?[0-9]+")


def whole(text):
    text = text.strip()
    return int(text) if INTEGER.fullmatch(text) and -(2**63) <= int(text) < 2**63 else None


case("parse", ["figures"], {"to": "integer", "otherwise": "null"}, [("figures", "int64", each(whole, figures))])
measures = column("measures", "utf8", sparse(random.choices(["1.5", "-0.25", "1e3", "2.5E-7", "", "1,5", "abc", "123456789.123456789", "-7", "1e400x"], k=ROWS)))


def real(text):
    try:
        return float(text) if text else None
    except ValueError:
        return None


case("parse", ["measures"], {"to": "float", "otherwise": "null"}, [("measures", "float64", each(real, measures))])
prices = column("prices", "utf8", sparse(random.choices(["1.234,56", "-0,5", "12", "1,234", "", "99.999,99", "abc"], k=ROWS)))


def price(text):
    if not re.fullmatch(r"[+-]?[0-9][0-9.]*(,[0-9]{1,2})?", text):
        return None
    return int(Decimal(text.replace(".", "").replace(",", ".")).scaleb(2))


case("parse", ["prices"], {"to": "decimal", "precision": 20, "scale": 2, "decimal_mark": ",", "group_mark": ".", "otherwise": "null"},
     [("prices", "decimal", each(price, prices))])
case("parse", ["codes"], {"to": "bool", "true": ["EWR", "Ökö"], "false": ["JFK"], "otherwise": "null"},
     [("codes", "bool", each(lambda t: {"EWR": True, "Ökö": True, "JFK": False}.get(t), codes))])

# Derive and filter: DuckDB.
for text, kind in [
    ("small * 2 + coalesce(numbers, 0)", "int64"),
    ("case when small > 10 then upper(codes) else lower(codes) end", "utf8"),
    ("length(texts)", "int64"),
    ("coalesce(codes, '?') || '-' || cast(small as text)", "utf8"),
    ("floats > 0 and small is not null", "bool"),
]:
    used = [n for n in columns if re.search(rf"\b{n}\b", text)]
    case("derive", used, {"into": "derived", "expression": text}, [("derived", kind, sql(f"select {text} from t order by row")[0])])
for predicate in ["small > 0 and codes in ('EWR', 'JFK')", "texts is null or length(texts) > 5", "floats >= 0 or flags", "not (small between -10 and 10)"]:
    used = [n for n in columns if re.search(rf"\b{n}\b", predicate)]
    case("filter", used, {"where": predicate}, [("keep", "bool", sql(f"select coalesce({predicate}, false) from t order by row")[0])])

# Aggregate: DuckDB; approximate measures are exact of so few values but for quantiles.
(keys, rows_, values, total, least, most, mean, cents_, different) = sql(
    "select groups, count(*), count(numbers), sum(numbers)::bigint, min(codes), max(floats), avg(finite), sum(cents), count(distinct small) "
    "from t group by groups order by groups nulls first")
case("aggregate", ["groups", "numbers", "codes", "floats", "finite", "cents", "small"], {"group_by": ["groups"], "measures": [
    {"function": "count", "as": "rows"}, {"function": "count", "column": "numbers", "as": "values"}, {"function": "sum", "column": "numbers", "as": "total"},
    {"function": "min", "column": "codes", "as": "least"}, {"function": "max", "column": "floats", "as": "most"}, {"function": "mean", "column": "finite", "as": "mean"},
    {"function": "sum", "column": "cents", "as": "cents"}, {"function": "approx-distinct", "column": "small", "as": "different"}]},
    [("groups", "utf8", keys), ("rows", "int64", rows_), ("values", "int64", values), ("total", "int64", total), ("least", "utf8", least),
     ("most", "float64", most), ("mean", "float64", mean), ("cents", "decimal", cents_), ("different", "int64", different)], relative=1e-13)
quantiles = [0.1, 0.5, 0.99]
ranked = [sorted(v for v, g in zip(finite, groups) if g == key and v is not None) for key in keys]
case("aggregate", ["groups", "finite"], {"group_by": ["groups"], "measures": [{"function": "approx-quantile", "column": "finite", "q": q, "as": f"q{q}"} for q in quantiles]},
     [("groups", "utf8", keys)] + [(f"q{q}", "float64", [of[math.ceil(q * len(of)) - 1] for of in ranked]) for q in quantiles], relative=1 / 128)
(total,) = sql("select count(*) from t")
case("aggregate", ["small"], {"measures": [{"function": "count", "as": "n"}]}, [("n", "int64", total)])

# Windows: DuckDB's buckets where there is no zone, Python's zones where there is one.
for width, unit in [(15, "minute"), (7, "second"), (5, "hour"), (1, "day"), (10, "day"), (1, "week"), (2, "week"), (1, "month"), (5, "month"), (1, "quarter"), (4, "year")]:
    # DuckDB's quarters are three months.
    bucket = f"interval {3 * width} month" if unit == "quarter" else f"interval {width} {unit}"
    (begin,) = sql(f"select epoch_us(time_bucket({bucket}, stamps)) from t order by row")
    case("window", ["stamps"], {"column": "stamps", "width": width, "unit": unit, "into": "begin"}, [("begin", "timestamp[us]", begin)])
(begin,) = sql("select epoch_us(time_bucket(interval 8 hour, stamps, timestamp '1999-05-05 06:30:00')) from t order by row")
case("window", ["stamps"], {"column": "stamps", "width": 8, "unit": "hour", "origin": "1999-05-05T06:30:00", "into": "begin"}, [("begin", "timestamp[us]", begin)])
(begin,) = sql("select (time_bucket(interval 3 month, days)::date - date '1970-01-01')::bigint from t order by row")
case("window", ["days"], {"column": "days", "width": 1, "unit": "quarter", "into": "begin"}, [("begin", "date32", begin)])
berlin = ZoneInfo("Europe/Berlin")


def in_berlin(micros):
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=micros)).astimezone(berlin)


def micros(moment):
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)


def midnight(at):
    return micros(datetime(at.year, at.month, at.day, tzinfo=berlin).astimezone(timezone.utc))


def hour(at, hours):
    begin = datetime(2000, 1, 3, tzinfo=berlin).astimezone(timezone.utc)
    return begin + (at - begin) // timedelta(hours=hours) * timedelta(hours=hours)


def week(at):
    first = at.date() - timedelta(days=at.weekday())
    return midnight(first)


case("window", ["berlin"], {"column": "berlin", "width": 1, "unit": "day", "into": "begin"},
     [("begin", "timestamp[us, Europe/Berlin]", each(lambda v: midnight(in_berlin(v)), near))])
case("window", ["berlin"], {"column": "berlin", "width": 1, "unit": "week", "into": "begin"},
     [("begin", "timestamp[us, Europe/Berlin]", each(lambda v: week(in_berlin(v)), near))])
case("window", ["berlin"], {"column": "berlin", "width": 1, "unit": "month", "into": "begin"},
     [("begin", "timestamp[us, Europe/Berlin]", each(lambda v: midnight(in_berlin(v).replace(day=1)), near))])
case("window", ["berlin"], {"column": "berlin", "width": 6, "unit": "hour", "into": "begin"},
     [("begin", "timestamp[us, Europe/Berlin]", each(lambda v: micros(hour(in_berlin(v).astimezone(timezone.utc), 6)), near))])


# Local times: what a clock of Berlin, or of Lord Howe Island, showed.
def local(zone, repeated, skipped):
    def at(value):
        shown = EPOCH + timedelta(microseconds=value)
        both = [shown.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
        real = [of.astimezone(timezone.utc) for of in both]
        exists = real[0].astimezone(ZoneInfo(zone)).replace(tzinfo=None) == shown
        if not exists:
            # With fold 0, Python takes the offset that held before.
            return micros(real[0]) if skipped == "forward" else None
        if real[0] != real[1]:
            return {"earlier": micros(real[0]), "later": micros(real[1])}.get(repeated)
        return micros(real[0])

    return at


for zone, repeated, skipped in [("Europe/Berlin", "earlier", "forward"), ("Europe/Berlin", "later", "null"), ("Europe/Berlin", "null", "forward"),
                                ("Australia/Lord_Howe", "later", "forward"), ("America/New_York", "earlier", "null"), ("Asia/Kolkata", "error", "error"), ("UTC", "error", "error")]:
    case("local-time", ["near"], {"zone": zone, "repeated": repeated, "skipped": skipped}, [("near", f"timestamp[us, {zone}]", each(local(zone, repeated, skipped), near))])

# Split, merge, bucket, units.
for into, rest in [(["first"], "keep"), (["first", "second"], "keep"), (["first", "second"], "drop"), (["first", "second", "third", "fourth"], "error")]:
    parts = [[None] * len(into) if t is None else t.split(", ", len(into) - 1 if rest == "keep" else -1)[: len(into)] for t in names]
    parts = [of + [None] * (len(into) - len(of)) for of in parts]
    case("split", ["names"], {"column": "names", "separator": ", ", "into": into, "rest": rest},
         [(name, "utf8", [of[at] for of in parts]) for at, name in enumerate(into)])
(skipped, empty) = sql("select concat_ws('/', codes, texts, groups), codes is null and texts is null and groups is null from t order by row")
case("merge", ["codes", "texts", "groups"], {"columns": ["codes", "texts", "groups"], "separator": "/", "into": "all"},
     [("all", "utf8", [None if none else text for text, none in zip(skipped, empty)])])
(strict,) = sql("select codes || groups || codes from t order by row")
case("merge", ["codes", "groups"], {"columns": ["codes", "groups", "codes"], "into": "codes", "nulls": "null"}, [("codes", "utf8", strict)])
labels = ["low", "mid", "high", "tøp"]
case("bucket", ["small"], {"edges": [-10, 0, 25], "labels": labels}, [("small", "utf8", each(lambda v: labels[bisect_right([-10, 0, 25], v)], small))])
case("bucket", ["floats"], {"edges": [-1, 0, 1e3], "labels": labels},
     [("floats", "utf8", each(lambda v: labels[3 if math.isnan(v) else bisect_right([-1, 0, 1e3], v)], floats))])
case("bucket", ["cents"], {"edges": [0, "1000.50"], "labels": labels[:3]}, [("cents", "utf8", each(lambda v: labels[bisect_right([0, 100_050], v)], cents))])
epoch = date(1970, 1, 1)
edge = (date(2000, 2, 29) - epoch).days
case("bucket", ["days"], {"edges": ["2000-02-29"], "labels": ["before", "since"]}, [("days", "utf8", each(lambda v: "since" if v >= edge else "before", days))])
registry = pint.UnitRegistry()
# Pint's own is of survey feet.
registry.define("international_acre = 43560 * foot ** 2")
UNITS = {"mi": "mile", "km": "kilometer", "in": "inch", "cm": "centimeter", "nmi": "nautical_mile", "ft": "foot", "yd": "yard", "m": "meter", "mm": "millimeter",
         "acre": "international_acre", "ha": "hectare", "km2": "kilometer**2", "mi2": "mile**2", "ft2": "foot**2", "m2": "meter**2", "gal": "gallon", "gal-imp": "imperial_gallon", "l": "liter",
         "ml": "milliliter", "m3": "meter**3", "bbl": "oil_barrel", "lb": "pound", "kg": "kilogram", "oz": "ounce", "g": "gram", "mg": "milligram", "t": "metric_ton", "st": "stone", "kn": "knot", "km/h": "kilometer/hour",
         "mph": "mile/hour", "m/s": "meter/second", "ft/min": "foot/minute", "ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second", "min": "minute", "h": "hour", "d": "day", "week": "week",
         "K": "kelvin", "degC": "degC", "degF": "degF", "Pa": "pascal", "hPa": "hectopascal", "kPa": "kilopascal", "bar": "bar", "atm": "atmosphere", "psi": "psi", "J": "joule", "kJ": "kilojoule", "cal": "calorie",
         "kcal": "kilocalorie", "Wh": "watt*hour", "kWh": "kilowatt*hour", "Btu": "Btu_it", "bit": "bit", "B": "byte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "KiB": "kibibyte",
         "MiB": "mebibyte", "GiB": "gibibyte", "TiB": "tebibyte"}
FAMILIES = [["mi", "km", "in", "cm", "nmi", "ft", "yd", "m", "mm"], ["acre", "ha", "km2", "mi2", "ft2", "m2"], ["gal", "gal-imp", "l", "ml", "m3", "bbl"],
            ["lb", "kg", "oz", "g", "mg", "t", "st"], ["kn", "km/h", "mph", "m/s", "ft/min"], ["ns", "us", "ms", "s", "min", "h", "d", "week"], ["K", "degC", "degF"],
            ["Pa", "hPa", "kPa", "bar", "atm", "psi"], ["J", "kJ", "cal", "kcal", "Wh", "kWh", "Btu"], ["bit", "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]]
scale = column("scale", "float64", [None, math.nan, math.inf, -math.inf, 0.0] + [float(v) for v in range(1, ROWS - 4)])
for family in FAMILIES:
    for source, target in zip(family, family[1:] + family[:1]):
        made = each(lambda v: float(registry.Quantity(v, UNITS[source]).to(UNITS[target]).magnitude), scale)
        case("convert-units", ["scale"], {"from": source, "to": target}, [("scale", "float64", made)], relative=1e-12)

# Deduplicate, top-k: DuckDB's row numbers.
for settings, ordering in [({}, "row"), ({"keep": "last"}, "row desc"), ({"order_by": "order"}, '"order" nulls first, row'),
                           ({"order_by": "order", "keep": "last"}, '"order" desc nulls last, row desc')]:
    (codes_, flags_, order_, row_) = sql(f'select codes, flags, "order", row from t qualify row_number() over (partition by codes, flags order by {ordering}) = 1 order by row')
    case("deduplicate", ["codes", "flags", "order", "row"], {"by": ["codes", "flags"]} | settings,
         [("codes", "utf8", codes_), ("flags", "bool", flags_), ("order", "int64", order_), ("row", "int64", row_)])
for orders, ordering in [([{"column": "order"}], '"order" nulls last'), ([{"column": "order", "descending": True}], '"order" desc nulls last'),
                         ([{"column": "texts", "descending": True}], "texts desc nulls last"), ([{"column": "floats", "descending": True}], "floats desc nulls last"),
                         ([{"column": "flags"}, {"column": "floats"}], "flags nulls last, floats nulls last")]:
    used = ["groups", "row"] + [of["column"] for of in orders]
    found = sql("select " + ", ".join(f'"{u}"' for u in used) + f', row_number() over (partition by groups order by {ordering}, row) as place from t '
                "qualify place <= 7 order by groups nulls first, place")
    kinds = [columns[u]["type"] for u in used]
    case("top-k", used, {"by": ["groups"], "order_by": orders, "k": 7, "rank": "place"}, list(zip(used, kinds, found)) + [("place", "int64", found[-1])])
found = sql("select row, small from t order by small desc nulls last, row limit 20")
case("top-k", ["row", "small"], {"order_by": [{"column": "small", "descending": True}], "k": 20}, [("row", "int64", found[0]), ("small", "int32", found[1])])

# Reshapes of the columns.
exploded = pd.DataFrame({"lists": pd.Series(lists, dtype=object), "row": row})
kept_rows = exploded[[bool(of) for of in lists]].explode("lists")
case("explode", ["lists", "row"], {"column": "lists", "as": "value"},
     [("value", "utf8", [None if v is None or v != v else v for v in kept_rows.lists]), ("row", "int64", [int(v) for v in kept_rows.row])])
pairs = [(v, at + 1, r) for of, r in zip(lists, row) for at, v in enumerate(of or [])]
everyone = [item for of, r in zip(lists, row) for item in ([(v, at + 1, r) for at, v in enumerate(of)] if of else [(None, None, r)])]
case("explode", ["lists", "row"], {"column": "lists", "position": "place", "keep_empty": True},
     [("lists", "utf8", [v for v, _, _ in everyone]), ("place", "int64", [at for _, at, _ in everyone]), ("row", "int64", [r for _, _, r in everyone])])
melted = pd.DataFrame({"row": row, "codes": pd.Series(codes, dtype=object), "people": pd.Series(people, dtype=object)}).melt(id_vars="row", value_vars=["codes", "people"])
melted = melted.sort_values(["row", "variable"], kind="stable")
for keep in [False, True]:
    of = melted if keep else melted.dropna(subset="value")
    case("unpivot", ["row", "codes", "people"], {"columns": ["codes", "people"], "name": "name", "value": "value", "keep_nulls": keep},
         [("row", "int64", [int(v) for v in of.row]), ("name", "utf8", list(of.variable)), ("value", "utf8", [None if v is None or v != v else v for v in of.value])])
case("project", ["row", "codes", "small"], {"columns": [{"column": "small", "as": "s"}, {"column": "row"}]}, [("s", "int32", small), ("row", "int64", row)])
case("project", ["row", "codes", "small"], {"columns": [{"column": "small", "as": "s"}], "others": "keep"}, [("s", "int32", small), ("row", "int64", row), ("codes", "utf8", codes)])


# Masks.
def hidden(character, with_="*"):
    return with_ if (character.isascii() and character.isalnum()) or not character.isascii() else character


def redact(text, first=0, last=0):
    n = len(text)
    whole = n <= max(first, last)
    return "".join(c if not whole and (at < first or at >= n - last) else hidden(c) for at, c in enumerate(text))


for name in ["texts", "ascii"]:
    values = columns[name]["values"]
    case("mask", [name], {"method": "redact"}, [(name, "utf8", each(redact, values))])
    case("mask", [name], {"method": "show-first-n", "n": 3}, [(name, "utf8", each(lambda t: redact(t, first=3), values))])
    case("mask", [name], {"method": "show-last-n", "n": 4}, [(name, "utf8", each(lambda t: redact(t, last=4), values))])
    case("mask", [name], {"method": "fixed", "value": "ø"}, [(name, "utf8", each(lambda _: "ø", values))])
    case("mask", [name], {"method": "null"}, [(name, "utf8", [None] * ROWS)])
    case("mask", [name], {"method": "keyed-hash", "key": "test"}, [(name, "utf8", each(lambda t: hmac.new(KEY, t.encode(), hashlib.sha256).hexdigest(), values))])
for part in ["year", "month"]:
    (of_days, of_stamps) = sql(f"select (date_trunc('{part}', days)::date - date '1970-01-01')::bigint, epoch_us(date_trunc('{part}', stamps)) from t order by row")
    case("mask", ["days"], {"method": "truncate-date", "to": part}, [("days", "date32", of_days)])
    case("mask", ["stamps"], {"method": "truncate-date", "to": part}, [("stamps", "timestamp[us]", of_stamps)])
    case("restrict", ["days"], {"action": f"truncate-to-{part}"}, [("days", "date32", of_days)])
    case("restrict", ["stamps"], {"action": f"truncate-to-{part}"}, [("stamps", "timestamp[us]", of_stamps)])


# Iceberg's read restrictions.
def alphanum(character):
    return character if character in "(),.-@" else "n" if character in "0123456789" else "x"


def masked(text, first=0, last=0):
    n = len(text)
    whole = 0 < max(first, last) >= n
    return "".join(c if whole or at < first or (last and at >= n - last) else alphanum(c) for at, c in enumerate(text))


for name in ["texts", "ascii", "mails"]:
    values = columns[name]["values"]
    case("restrict", [name], {"action": "mask-alphanum"}, [(name, "utf8", each(masked, values))])
    case("restrict", [name], {"action": "show-first-4"}, [(name, "utf8", each(lambda t: masked(t, first=4), values))])
    case("restrict", [name], {"action": "show-last-4"}, [(name, "utf8", each(lambda t: masked(t, last=4), values))])
    case("restrict", [name], {"action": "mask-to-default"}, [(name, "utf8", each(lambda _: "XXXXXXXX", values))])
    case("restrict", [name], {"action": "replace-with-null"}, [(name, "utf8", [None] * ROWS)])
    case("restrict", [name], {"action": "sha-256-global"}, [(name, "utf8", each(lambda t: hashlib.sha256(t.encode()).hexdigest(), values))])
    case("restrict", [name], {"action": "sha-256-query-local", "key": "test"}, [(name, "utf8", each(lambda t: hmac.new(KEY, t.encode(), hashlib.sha256).hexdigest(), values))])
case("restrict", ["integers"], {"action": "sha-256-global"},
     [("integers", "int64", each(lambda v: int.from_bytes(hashlib.sha256(v.to_bytes(8, "little", signed=True)).digest()[:8], "little", signed=True), integers))])
case("restrict", ["flags"], {"action": "mask-to-default"}, [("flags", "bool", each(lambda _: False, flags))])
case("restrict", ["days"], {"action": "mask-to-default"}, [("days", "date32", each(lambda _: (date(9999, 12, 31) - epoch).days, days))])

# Generalise.
(buckets, below) = sql("select (floor((small - 5) / 10.0) * 10 + 5)::integer, floor(finite / 250) * 250 from t order by row")
case("generalise", ["small"], {"method": "bucket", "size": 10, "origin": 5}, [("small", "int32", buckets)])
case("generalise", ["finite"], {"method": "bucket", "size": 250}, [("finite", "float64", below)])
for name in ["texts", "ascii"]:
    case("generalise", [name], {"method": "prefix", "n": 3}, [(name, "utf8", each(lambda t: t[:3] + "*" * (len(t) - 3), columns[name]["values"]))])
words = {"EWR": "New Jersey", "": "-", "Ökö": "ø"}
case("generalise", ["codes"], {"method": "dictionary", "values": words}, [("codes", "utf8", each(words.get, codes))])
case("generalise", ["codes"], {"method": "dictionary", "values": words, "otherwise": "other"}, [("codes", "utf8", each(lambda t: words.get(t, "other"), codes))])


# k-anonymity: counted here.
def anonymous(k, suppress):
    tuples = list(zip(codes, flags))
    counts = Counter(tuples)
    out = []
    small_ = [at for at, of in enumerate(tuples) if of != (None, None) and counts[of] < k]
    nulls = [at for at, of in enumerate(tuples) if of == (None, None)]
    if suppress == "rows":
        out = [(of[0], of[1], at) for at, of in enumerate(tuples) if counts[of] >= k]
    else:
        together = set(small_ + nulls)
        stay = len(together) >= k
        out = [(None, None, at) if at in together else (*of, at) for at, of in enumerate(tuples) if at not in together or stay]
    return [("codes", "utf8", [v[0] for v in out]), ("flags", "bool", [v[1] for v in out]), ("row", "int64", [v[2] for v in out])]


for k in [2, 5, 20, 200]:
    for suppress in ["rows", "values"]:
        case("k-anonymity", ["codes", "flags", "row"], {"by": ["codes", "flags"], "k": k, "suppress": suppress}, anonymous(k, suppress))


# Shifted dates.
def shift(text):
    return int.from_bytes(hmac.new(KEY, text.encode(), hashlib.sha256).digest()[:8], "little") % (2 * 30 + 1) - 30


case("shift-dates", ["people", "days", "stamps"], {"entity": "people", "key": "test", "days": 30},
     [("days", "date32", [None if p is None or d is None else d + shift(p) for p, d in zip(people, days)]),
      ("stamps", "timestamp[us]", [None if p is None or s is None else s + shift(p) * 86_400_000_000 for p, s in zip(people, stamps)])])



# Format-preserving encryption: FF1, after the steps of SP 800-38G, section 6.
def ff1(key, tweak, numerals, radix):
    def cbc_mac(block):
        encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
        return encryptor.update(block)[-16:]

    def number(of):
        value = 0
        for numeral in of:
            value = value * radix + numeral
        return value

    n, t = len(numerals), len(tweak)
    u = n // 2
    v = n - u
    a, b = numerals[:u], numerals[u:]
    width = ((radix**v - 1).bit_length() + 7) // 8
    length = 4 * -(-width // 4) + 4
    head = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")
    for turn in range(10):
        block = tweak + bytes((-t - width - 1) % 16) + bytes([turn]) + number(b).to_bytes(width, "big")
        made = cbc_mac(head + block)
        more = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        stream = made + b"".join(more.update((int.from_bytes(made, "big") ^ j).to_bytes(16, "big")) for j in range(1, -(-length // 16)))
        m = u if turn % 2 == 0 else v
        value = (number(a) + int.from_bytes(stream[:length], "big")) % radix**m
        digits = []
        for _ in range(m):
            value, digit = divmod(value, radix)
            digits.insert(0, digit)
        a, b = b, digits
    return a + b


assert ff1(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"), b"9876543210", list(range(10)), 10) == [6, 1, 2, 4, 2, 0, 0, 7, 7, 3]


def encrypted(alphabet, tweak, others):
    least = max(2, math.ceil(round(math.log(1_000_000, len(alphabet)), 9)))

    def of(text):
        numerals = [alphabet.index(c) for c in text if c in alphabet]
        if (others == "null" and len(numerals) < len(text)) or not least <= len(numerals) <= 256:
            return None
        made = iter(ff1(KEY, tweak.encode(), numerals, len(alphabet)))
        return "".join(alphabet[next(made)] if c in alphabet else c for c in text)

    return of


cards = [random.choice(["4111-1111-1111-1111", "12345", "123456", "", "1" * 256, "1" * 257, "ø123456ß", "日本ab日本ab本日", "ABCDEZ", "zzzzzzzzzzzz", "0" * 21]) for _ in range(ROWS)]
cards = column("cards", "utf8", sparse(cards))
for alphabet, tweak in [("0123456789", ""), ("0123456789", "cards"), ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "x"), ("01", ""), ("日本ab", "ø" * 40), ("zyx0123456789", "")]:
    for others in ["keep", "null"]:
        case("encrypt", ["cards"], {"key": "test", "alphabet": alphabet, "tweak": tweak, "others": others, "short": "null"}, [("cards", "utf8", each(encrypted(alphabet, tweak, others), cards))])

out = Path(__file__).parent / "expected" / "transforms.json"
out.write_text(json.dumps({"columns": columns, "cases": cases}, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")
print(len(cases), "cases", out.stat().st_size, "bytes")
