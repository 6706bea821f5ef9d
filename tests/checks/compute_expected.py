"""What the standard checks must find, computed without them: with numpy, pandas, duckdb,
scipy, exact fractions and the standard library. Run it where `requirements.txt` is
installed; it writes `expected/checks.json`, which `tests/expected.rs` compares with.

    python compute_expected.py
"""

import ipaddress
import json
import math
import random
import re
import uuid
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pycountry
from scipy import stats
from stdnum import iban, luhn

random.seed(20251125)
rng = np.random.default_rng(20251125)
ROWS = 1000
cases = []
columns = {}


def column(name, kind, values):
    """Floats are written as text, which is read to the last bit, and knows NaN."""
    columns[name] = {"type": kind, "values": [str(v) if isinstance(v, float) else v for v in values]}
    return values


def case(module, names, settings, failing=None, measures=None, relative=1e-12):
    """One binding: the rows that fail each rule, the measures that each rule has (null:
    it has none), and how far those may lie off, of their size."""
    cases.append(
        {
            "module": module,
            "columns": names,
            "settings": settings,
            "failing": failing or {},
            "measures": measures or {},
            "relative": relative,
        }
    )


def sparse(values, share=0.1):
    return [None if random.random() < share else value for value in values]


# Columns with all that is awkward.
floats = sparse([float(v) for v in rng.lognormal(3, 2, ROWS)])
for at, value in [(3, math.nan), (4, math.inf), (5, -math.inf), (6, -0.0), (7, 0.0), (8, 5e-324),
                  (9, -1e15), (10, 1e15), (11, 1e-300), (12, -123.456)]:
    floats[at] = value
floats = column("floats", "float64", floats)
narrow = column("narrow", "float64", sparse([1e9 + float(v) for v in rng.normal(0, 1e-3, ROWS)]))
singles = column("singles", "float32", sparse([float(np.float32(v)) for v in rng.normal(5, 3, ROWS)]))
integers = sparse([int(v) for v in rng.integers(-2**62, 2**62, ROWS)])
integers[0], integers[1] = 2**63 - 1, -(2**63)
integers = column("integers", "int64", integers)
small = column("small", "int32", sparse([int(v) for v in rng.integers(-50, 50, ROWS)]))
cents = column("cents", "decimal", sparse([int(v) for v in rng.integers(-10**12, 10**14, ROWS)]))
alphabet = ["a", "Z", "0", " ", "é", "日", "🙂", "\u0301", "\n", "ß"]
texts = sparse(["".join(random.choices(alphabet, k=random.randrange(0, 12))) for _ in range(ROWS)])
texts[0], texts[1], texts[2] = "", "🙂" * 40, "N/A"
texts = column("texts", "utf8", texts)
codes = column("codes", "utf8", sparse(random.choices(["EWR", "JFK", "LGA", "", "Ökö", "jfk"], [50, 30, 10, 5, 3, 2], k=ROWS)))
stamps = sparse([int(v) for v in rng.integers(-10**15, 2 * 10**15, ROWS)])
stamps[0], stamps[1] = 2**63 - 1, -(2**63)
stamps = column("stamps", "timestamp", stamps)
loaded = column("loaded", "timestamp", sparse([int(v) for v in rng.integers(10**15, 3 * 10**15, ROWS)]))
days = column("days", "date32", sparse([int(v) for v in rng.integers(-3_000_000, 3_000_000, ROWS)]))
rising = column("rising", "int64", sparse([int(v) for v in np.cumsum(rng.integers(-1, 5, ROWS))]))
clock = column("clock", "timestamp", sparse([int(v) for v in np.cumsum(rng.integers(0, 90_000_000, ROWS))]))
wobbly = [float(v) for v in np.cumsum(rng.normal(0.5, 1, ROWS))]
wobbly[50], wobbly[51] = math.nan, math.inf
wobbly = column("wobbly", "float64", sparse(wobbly))
x = column("x", "float64", sparse([float(v) for v in rng.normal(100, 5, ROWS)]))
y = column("y", "float64", sparse([3 * v + float(n) if v is not None else 1.5 for v, n in zip(x, rng.normal(0, 8, ROWS))]))
flags = column("flags", "bool", sparse([bool(v) for v in rng.integers(0, 2, ROWS)]))


def is_finite(v):
    return v is not None and math.isfinite(v)


def correctly_rounded(fraction):
    return fraction.numerator / fraction.denominator


# Statistics: exact fractions for what is exact, scipy and duckdb beside them.
def statistics(name, values, scale=1):
    there = [v for v in values if v is not None]
    kept = [v for v in there if math.isfinite(v)]
    exact = [Fraction(v) / scale for v in kept]
    rounded = [Fraction(float(f)) for f in exact]
    n = len(kept)
    total = sum(exact)
    mean = sum(rounded) / n
    m2 = sum((f - mean) ** 2 for f in rounded)
    m3 = sum((f - mean) ** 3 for f in rounded)
    skewness = float(m3) / n / (float(m2) / n) ** 1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    figures = {
        "min": float(min(exact)),
        "max": float(max(exact)),
        "sum": correctly_rounded(total),
        "mean": correctly_rounded(total / n),
        "variance": correctly_rounded(m2 / (n - 1)),
        "standard-deviation": math.sqrt(m2 / (n - 1)),
        "population-variance": correctly_rounded(m2 / n),
        "population-standard-deviation": math.sqrt(m2 / n),
        "skewness": skewness,
    }
    quantiles = [0, 0.01, 0.25, 0.5, 0.75, 0.999, 1]
    floats = [float(f) for f in exact]
    measures = {rule: {"value": value, "values": n, "not-finite": len(there) - n} for rule, value in figures.items()}
    frame = pd.DataFrame({"v": floats})
    (found,) = duckdb.sql(f"select quantile_cont(v, {quantiles}) from frame").fetchall()
    for quantile, value in zip(quantiles, found[0]):
        assert math.isclose(np.quantile(floats, quantile), value, rel_tol=1e-12, abs_tol=1e-300)
        measures[f"quantile-{quantile}"] = {"value": value}
    # The same by others, to whom the values are floats.
    assert math.isclose(frame.v.skew(), skewness, rel_tol=1e-6, abs_tol=1e-9), (frame.v.skew(), skewness)
    if name != "narrow":
        (row,) = duckdb.sql("select var_samp(v), stddev_pop(v), avg(v) from frame").fetchall()
        for got, rule in zip(row, ["variance", "population-standard-deviation", "mean"]):
            assert math.isclose(got, figures[rule], rel_tol=1e-6), (name, rule, got, figures[rule])
    case("statistics", [name], {"figures": list(figures), "quantiles": quantiles}, measures=measures, relative=4e-15)


for name, values in [("floats", floats), ("narrow", narrow), ("singles", singles), ("integers", integers), ("small", small)]:
    statistics(name, values)
statistics("cents", cents, 100)
lengths = [len(t) for t in texts if t is not None]
case("statistics", ["texts"], {"of": "length", "figures": ["min", "max", "mean", "sum"], "quantiles": [0.5]},
     measures={"min": {"value": min(lengths)}, "max": {"value": max(lengths)}, "sum": {"value": sum(lengths)},
               "mean": {"value": sum(lengths) / len(lengths)}, "quantile-0.5": {"value": float(np.median(lengths))}})

# Row count.
case("row-count", [], {}, measures={"row-count": {"value": ROWS}})
case("row-count", ["small"], {}, measures={"row-count": {"value": ROWS}})


# Distinct values.
def distinct(names, nulls):
    frame = pd.DataFrame({name: pd.Series(columns[name]["values"], dtype=object) for name in names})
    kept = frame if nulls == "value" else frame.dropna()
    counts = kept.value_counts(dropna=False, sort=True)
    n = len(kept)
    shares = counts / n
    case("distinct", names, {"rules": ["distinct-count", "distinct-ratio", "once-count", "once-ratio", "top-share", "entropy"], "nulls": nulls},
         measures={
             "distinct-count": {"value": len(counts), "rows": n, "exact": 1},
             "distinct-ratio": {"value": len(counts) / n},
             "once-count": {"value": int((counts == 1).sum())},
             "once-ratio": {"value": int((counts == 1).sum()) / n},
             "top-share": {"value": float(counts.iloc[0]) / n},
             "entropy": {"value": float(stats.entropy(shares, base=2))},
         })


for nulls in ["ignore", "value"]:
    distinct(["codes"], nulls)
    distinct(["small"], nulls)
    distinct(["codes", "small"], nulls)
    distinct(["texts"], nulls)
    distinct(["flags", "codes"], nulls)
number = len({v for v in integers if v is not None})
case("distinct", ["integers"], {"rules": ["distinct-count", "entropy"], "exact_up_to": 100},
     measures={"distinct-count": {"value": number, "exact": 0}, "entropy": {"value": None}}, relative=0.03)

# Lengths, forbidden values, missing values.
def failing(values, predicate):
    return [at for at, v in enumerate(values) if v is not None and predicate(v)]


case("length", ["texts"], {"min": 2, "max": 8}, {"length": failing(texts, lambda t: not 2 <= len(t) <= 8)})
case("length", ["texts"], {"max": 8, "unit": "bytes"}, {"length": failing(texts, lambda t: len(t.encode()) > 8)})
case("length", ["codes"], {"min": 3}, {"length": failing(codes, lambda t: len(t) < 3)})
case("allowed-values", ["codes"], {"values": ["EWR", "JFK", "LGA"]}, {"allowed": failing(codes, lambda t: t not in ("EWR", "JFK", "LGA"))})
case("allowed-values", ["codes"], {"values": ["", "Ökö"], "mode": "forbid"}, {"forbidden": failing(codes, lambda t: t in ("", "Ökö"))})
case("allowed-values", ["small"], {"values": [-1, 0, 7], "mode": "forbid"}, {"forbidden": failing(small, lambda v: v in (-1, 0, 7))})
case("completeness", ["texts"], {"missing": ["", "N/A"]}, {"texts-complete": [at for at, v in enumerate(texts) if v is None or v in ("", "N/A")]})
case("completeness", ["floats"], {}, {"floats-complete": [at for at, v in enumerate(floats) if v is None]})
case("range", ["floats"], {"min": 0, "max": 100}, {"in-range": failing(floats, lambda v: not 0 <= v <= 100)})
case("pattern", ["codes"], {"pattern": "[A-Z]{3}"}, {"matches-pattern": failing(codes, lambda t: not re.fullmatch("[A-Z]{3}", t))})
case("pattern", ["codes"], {"pattern": "[A-Z]{3}", "mode": "forbid"}, {"no-match": failing(codes, lambda t: re.fullmatch("[A-Z]{3}", t))})


def repeats(names):
    seen, rows = set(), []
    for at in range(ROWS):
        row = tuple(columns[name]["values"][at] for name in names)
        if None in row:
            continue
        if row in seen:
            rows.append(at)
        seen.add(row)
    return rows, len(seen)


for names in [["small"], ["codes", "small"], ["texts"], ["days", "flags"]]:
    rows, different = repeats(names)
    case("unique", names, {}, {"unique": rows}, {"unique": {"distinct": different, "duplicates": len(rows)}})

# Formats: whole texts, good and bad.
good = {
    "integer": ["0", "-17", "+007"], "number": ["1", "-1.5", ".5", "2.", "6e-7", "1E+9"],
    "boolean": ["true", "FALSE"], "date": ["2013-12-31", "2000-02-29", "0001-01-01"],
    "time": ["23:59", "00:00:00", "12:30:15.123456789"],
    "timestamp": ["2013-12-31T23:59:59Z", "2013-12-31 23:59:59+02:00", "3000-01-01T00:00:00.1"],
    "json": ['{"a":[1,2,{"b":null}]}', "[]", '"\\u00e9"', "-0.5e3", " true "],
    "uuid": [str(uuid.UUID(int=random.getrandbits(128))), "00000000-0000-0000-0000-000000000000"],
    "email": ["jane@example.com", "a.b+c@x-y.co.uk", "o'brien@example.ie"],
    "hostname": ["localhost", "a-b.example.com", "3com.com"],
    "uri": ["https://example.com/a?b=c#d", "mailto:jane@example.com", "urn:isbn:0451450523"],
    "ipv4": ["0.0.0.0", "255.255.255.255", "10.1.2.3"],
    "ipv6": ["::", "2001:db8::1", "::ffff:10.0.0.1", "fe80:0:0:0:0:0:0:1"],
    "mac-address": ["00:1A:2b:3c:4D:5e", "00-1a-2b-3c-4d-5e"],
    "country": ["DE", "ZW"], "country-alpha3": ["DEU", "ABW"], "currency": ["EUR", "XAU"], "language": ["de", "ia"],
    "iban": ["DE89370400440532013000", "GB82WEST12345698765432", "NO9386011117947"],
    "luhn": ["79927398713", "00"], "card-number": ["4111111111111111", "5500 0000 0000 0004", "3782-822463-10005"],
    "phone": ["+4930123456", "+1 212 555 0100"], "latitude": ["-90", "52.52"], "longitude": ["180", "13.4"],
}
bad = ["", " ", "x", "1,5", "NaN", "inf", "0x1F", "1e", "2013-02-29", "2013-13-01", "24:00", "12:60", "1:2",
       "2013-12-31T25:00:00Z", '{"a":}', "[1,]", "01", "'a'", "1 2", '"\t"', "[", "nul", "123e4567-e89b-12d3-a456-42661417400",
       "123e4567e89b12d3a456426614174000", "@example.com", "a@b", "a..b@example.com", "a@-x.com", "a b@example.com",
       "-a.com", "a..com", "256.1.1.1", "1.2.3", "01.2.3.4", "1:2:3:4:5:6:7", "2001:db8:::1", "00:1A:2b:3c:4D", "00:1A-2b:3c:4D:5e",
       "UK", "de", "XX", "DE89370400440532013001", "DE8937040044053201300", "de89370400440532013000", "79927398710", "4111111111111112",
       "1111111111111117", "4111  1111 1111 1111", "+0301234567", "0301234567", "+12", "90.1", "-181", "日本", "e\u0301", "a:", ":b", "http://exa mple.com", "http://x/%zz"]
formats = sparse([t for group in good.values() for t in group] + bad, 0)
formats = column("formats", "utf8", formats + [None] + [random.choice(formats) for _ in range(ROWS - len(formats) - 1)])


def attempt(function):
    def holds(text):
        try:
            return bool(function(text))
        except (ValueError, KeyError, RecursionError):
            return False

    return holds


def is_json(text):
    def refuse(_):
        raise ValueError

    json.loads(text, parse_constant=refuse)
    return True


LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
NAME = rf"{LABEL}(?:\.{LABEL})*"
ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"


def full(pattern):
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


def is_hostname(text):
    return full(NAME)(text) and not full(r"(?:.*\.)?\d+")(text) and len(text) <= 253


def is_email(text):
    local, at, domain = text.partition("@")
    return at and full(rf"{ATOM}(?:\.{ATOM})*")(local) and len(local) <= 64 and "." in domain and is_hostname(domain)


def is_instant(text):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?", text, re.ASCII)
    return match and is_day(match[1]) and is_clock(match[2])


def is_day(text):
    return full(r"\d{4}-\d\d-\d\d")(text) and duckdb.execute("select try_cast(? as date) is not null", [text]).fetchall()[0][0]


def is_clock(text):
    match = re.fullmatch(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?", text, re.ASCII)
    return match and int(match[1]) < 24 and int(match[2]) < 60 and int(match[3] or 0) < 60


def is_card(text):
    digits = re.sub("[ -]", "", text)
    return full(r"[2-6](?:[ -]?\d)+")(text) and 13 <= len(digits) <= 19 and luhn.is_valid(digits)


def within(most):
    return lambda text: full(NUMBER)(text) and abs(float(text)) <= most


def is_uri(text):
    return full(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")(text)


def is_iban(text):
    return text == iban.compact(text) and iban.is_valid(text, check_country=False) and text.isupper()


oracle = {
    "integer": full(r"[+-]?\d+"), "number": full(NUMBER), "boolean": lambda t: t.lower() in ("true", "false"),
    "date": is_day, "time": is_clock, "timestamp": is_instant, "json": is_json,
    "uuid": lambda t: len(t) == 36 and str(uuid.UUID(t)) == t.lower(), "email": is_email, "hostname": is_hostname, "uri": is_uri,
    "ip": lambda t: "%" not in t and ipaddress.ip_address(t), "ipv4": lambda t: ipaddress.IPv4Address(t) is not None,
    "ipv6": lambda t: "%" not in t and ipaddress.IPv6Address(t) is not None,
    "mac-address": full(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"),
    "country": lambda t: t in {c.alpha_2 for c in pycountry.countries},
    "country-alpha3": lambda t: t in {c.alpha_3 for c in pycountry.countries},
    "currency": lambda t: t in {c.alpha_3 for c in pycountry.currencies},
    "language": lambda t: t in {c.alpha_2 for c in pycountry.languages if hasattr(c, "alpha_2")} - {"sh"},
    "iban": is_iban, "luhn": lambda t: full(r"\d{2,}")(t) and luhn.is_valid(t), "card-number": is_card,
    "phone": lambda t: full(r"\+[1-9](?:[ .-]?\d)+")(t) and 8 <= sum(map(str.isdigit, t)) <= 15,
    "latitude": within(90), "longitude": within(180),
}
for name, holds in oracle.items():
    memo = {t: attempt(holds)(t) for t in set(formats) - {None}}
    for text in good.get(name, []):
        assert memo[text], (name, text)
    case("format", ["formats"], {"format": name}, {"well-formed": failing(formats, lambda t: not memo[t])})
for name, codes_of in [("country", [a + b for a in map(chr, range(65, 91)) for b in map(chr, range(65, 91))]),
                       ("language", [a + b for a in map(chr, range(97, 123)) for b in map(chr, range(97, 123))])]:
    values = column(f"all-{name}", "utf8", (codes_of + [None] * ROWS)[:ROWS])
    case("format", [f"all-{name}"], {"format": name}, {"well-formed": failing(values, lambda t: not oracle[name](t))})
for name in ["country-alpha3", "currency"]:
    triples = [a + b + c for a in map(chr, range(65, 91)) for b in map(chr, range(65, 91)) for c in map(chr, range(65, 91))]
    known = [t for t in triples if oracle[name](t)]
    values = column(f"some-{name}", "utf8", (known + random.sample(triples, ROWS))[:ROWS])
    case("format", [f"some-{name}"], {"format": name}, {"well-formed": failing(values, lambda t: not oracle[name](t))})

# Comparison.
operators = {"equal": "=", "not-equal": "<>", "less": "<", "less-or-equal": "<=", "greater": ">", "greater-or-equal": ">="}
other = column("other", "int32", sparse([int(v) for v in rng.integers(-50, 50, ROWS)]))
tiny = column("tiny", "int8", sparse([int(v) for v in rng.integers(-50, 50, ROWS)]))
names = column("names", "utf8", sparse(random.choices(["EWR", "JFK", "LGA", "", "Ökö", "jfk", "z"], k=ROWS)))
pairs = pd.DataFrame({"place": range(ROWS)})
for name in ["small", "other", "tiny", "codes", "names"]:
    pairs[name] = pd.Series(columns[name]["values"], dtype="string" if name in ("codes", "names") else "Int64")
for left, right in [("small", "other"), ("small", "tiny"), ("codes", "names")]:
    for operator, sign in operators.items():
        found = duckdb.sql(f"select place from pairs where not ({left} {sign} {right}) order by place").fetchall()
        case("comparison", [left, right], {"operator": operator}, {"compared": [at for (at,) in found]})
case("comparison", ["floats", "x"], {"operator": "less"},
     {"compared": [at for at, (a, b) in enumerate(zip(floats, x)) if a is not None and b is not None and not a < b]})
case("comparison", ["x", "y"], {"operator": "equal", "tolerance": 200},
     {"compared": [at for at, (a, b) in enumerate(zip(x, y)) if a is not None and b is not None and not abs(a - b) <= 200]})


# Sequence: pandas' diff of the values that are there.
def sequence(name, order, strict, most=None, per=1):
    there = [float(v) if isinstance(v, str) else v for v in columns[name]["values"]]
    positions = [at for at, v in enumerate(there) if v is not None and not math.isnan(v)]
    values = [there[at] for at in positions]
    disorder, gaps, longest = [at for at, v in enumerate(there) if v is not None and math.isnan(v)], [], 0
    for at, before, value in zip(positions[1:], values, values[1:]):
        step = value - before if order == "increasing" else before - value
        if step < 0 or (strict and step == 0):
            disorder.append(at)
        if most is not None and abs(value - before) / per > most:
            gaps.append(at)
        longest = max(longest, abs(value - before) / per)
    settings = {"order": order, "strict": strict}
    rules, measures = {"in-order": sorted(disorder)}, {"in-order": {"failures": len(disorder)}}
    if most is not None:
        settings["max_step"] = most
        rules["no-gap"] = gaps
        measures["no-gap"] = {"failures": len(gaps), "max-step": longest if math.isfinite(longest) else None}
    case("sequence", [name], settings, rules, measures)


sequence("rising", "increasing", False)
sequence("rising", "increasing", True, 3)
sequence("rising", "decreasing", False)
sequence("clock", "increasing", False, 80, 1_000_000)
sequence("days", "increasing", True, 86_400 * 1_000_000, 1 / 86_400)
sequence("wobbly", "increasing", False, 2.5)
ordered_texts = [at for at, (b, v) in enumerate(zip(["x"] * ROWS, codes)) if v is not None]
breaks = [at for before, at in zip(ordered_texts, ordered_texts[1:]) if codes[at].encode() < codes[before].encode()]
case("sequence", ["codes"], {"order": "increasing"}, {"in-order": breaks}, {"in-order": {"failures": len(breaks)}})

# Correlation.
def correlation(a, b):
    both = [(float(p), float(q)) for p, q in zip(columns[a]["values"], columns[b]["values"])
            if p is not None and q is not None and math.isfinite(float(p)) and math.isfinite(float(q))]
    # In fractions: of values that lie far from zero, the means of SciPy and pandas cost them
    # half of their digits.
    exact, n = [(Fraction(p), Fraction(q)) for p, q in both], len(both)
    sums = sum(p for p, _ in exact), sum(q for _, q in exact)
    together = n * sum(p * q for p, q in exact) - sums[0] * sums[1]
    apart = [n * sum(pair[i] ** 2 for pair in exact) - sums[i] ** 2 for i in (0, 1)]
    square = float(together**2 / (apart[0] * apart[1]))
    value = math.copysign(math.sqrt(square), together)
    frame = pd.DataFrame(both, columns=["a", "b"])
    for other in float(stats.pearsonr(frame.a, frame.b).statistic), frame.a.corr(frame.b):
        assert math.isclose(value, other, rel_tol=1e-6, abs_tol=1e-12), (value, other)
    case("correlation", [a, b], {}, measures={"correlation": {"value": value, "rows": len(both)}}, relative=1e-11)


correlation("x", "y")
correlation("small", "singles")
correlation("narrow", "x")
correlation("floats", "integers")
column("constant", "int32", [7] * ROWS)
case("correlation", ["constant", "x"], {}, measures={"correlation": {"value": None}})

# Freshness.
day = [v for v in days if v is not None]
case("freshness", ["days"], {"reference": "2030-01-01"},
     measures={"age": {"value": (pd.Timestamp("2030-01-01") - pd.Timestamp(0)).total_seconds() - max(day) * 86_400,
                       "span": (max(day) - min(day)) * 86_400, "values": len(day)}})
case("freshness", ["days"], {"reference": "2030-01-01", "of": "earliest"},
     measures={"age": {"value": (pd.Timestamp("2030-01-01") - pd.Timestamp(0)).total_seconds() - min(day) * 86_400}})
case("freshness", ["clock", "loaded"], {},
     measures={"age": {"value": (max(v for v in loaded if v is not None) - max(v for v in clock if v is not None)) / 1e6}})
case("freshness", ["stamps"], {"reference": "2030-01-01T00:00:00+01:00"},
     measures={"age": {"value": (pd.Timestamp("2030-01-01T00:00:00+01:00").timestamp() * 1e6 - (2**63 - 1)) / 1e6}})


# Drift.
def drift(name, edges, shares):
    values = [float(v) for v in columns[name]["values"] if v is not None and v != "nan"]
    bins = np.digitize(values, edges, right=False)
    actual = np.bincount(bins, minlength=len(edges) + 1) / len(values)
    a, e = np.maximum(actual, 1e-4), np.maximum(shares, 1e-4)
    case("drift", [name], {"figures": ["population-stability", "kolmogorov-smirnov"], "edges": edges, "shares": shares},
         measures={"population-stability": {"value": float(np.sum((a - e) * np.log(a / e))), "values": len(values)}
                   | {f"share-{i}": float(s) for i, s in enumerate(actual)},
                   "kolmogorov-smirnov": {"value": float(np.max(np.abs(np.cumsum(actual) - np.cumsum(shares))))}})


drift("floats", [1, 10, 100, 1000], [0.1, 0.2, 0.4, 0.2, 0.1])
drift("small", [-100, -10, 0, 10], [0, 0.4, 0.1, 0.1, 0.4])
there = [v for v in codes if v is not None]
expected = {"EWR": 0.5, "JFK": 0.3, "ZZZ": 0.05}
actual = [there.count(c) / len(there) for c in sorted(expected)]
actual.append(1 - sum(actual))
wanted = [expected[c] for c in sorted(expected)] + [1 - sum(expected.values())]
psi = sum((max(a, 1e-4) - max(e, 1e-4)) * math.log(max(a, 1e-4) / max(e, 1e-4)) for a, e in zip(actual, wanted))
case("drift", ["codes"], {"figures": ["population-stability"], "categories": expected},
     measures={"population-stability": {"value": psi}}, relative=1e-9)

# Personal data: what was put into sentences, and what only looks like it.
planted = {
    "email": ["write to Jane.Doe@example.com.", "<a@b.co>", "日本:ö x@example.org,"],
    "iban": ["pay to DE89 3704 0044 0532 0130 00 today", "IBAN:GB82WEST12345698765432"],
    "card-number": ["card 4111 1111 1111 1111 ok", "5500-0000-0000-0004", "12 4111111111111111."],
    "phone": ["call +49 30 1234567.", "(+1 212-555-0100)", "tel:+4930123456"],
    "ip-address": ["from 10.0.0.1.", "host [2001:db8::8a2e:370:7334]"],
    "us-ssn": ["ssn 123-45-6789", "123-45-6789."],
}
decoys = ["@ home", "a@b", "4111 1111 1111 1112", "x4111111111111111", "1+1=2", "12:30:59", "000-12-3456", "123-45-67890",
          "DE89 3704 0044 0532 0130 02", "no data", "", "2013-12-31", "1.2.3", "::1", "900-12-3456", "äöü"]
sentences = [(kind, text) for kind, group in planted.items() for text in group] + [(None, text) for text in decoys]
chosen = sentences + [random.choice(sentences) for _ in range(ROWS - len(sentences))]
column("sentences", "utf8", [text for _, text in chosen])
case("personal-data", ["sentences"], {"confidence": "low"},
     {"no-personal-data": [at for at, (kind, _) in enumerate(chosen) if kind]},
     {"no-personal-data": {kind: sum(k == kind for k, _ in chosen) for kind in planted}})
case("personal-data", ["sentences"], {"kinds": ["iban", "us-ssn"]},
     {"no-personal-data": [at for at, (kind, _) in enumerate(chosen) if kind in ("iban", "us-ssn")]})
case("personal-data", ["sentences"], {},
     {"no-personal-data": [at for at, (kind, _) in enumerate(chosen) if kind in ("email", "iban", "card-number", "phone")]})

for made in columns.values():
    assert len(made["values"]) == ROWS, made["values"][:3]
out = Path(__file__).parent / "expected" / "checks.json"
out.write_text(json.dumps({"columns": columns, "cases": cases}, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")
print(len(cases), "cases", out.stat().st_size, "bytes")
