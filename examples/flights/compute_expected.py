"""Writes `expected/`: what the runs of the mesh must find, computed with pandas.

    venv/bin/python compute_expected.py            # writes expected/
    venv/bin/python compute_expected.py --check    # compares, writes nothing

It knows nothing of the engine and reads neither contracts nor bindings: every rule is
written here a second time, so that a mistake in one place does not hide in the other.
Failing rows are counted over all rows of the input, whether or not another check has
already marked them.
"""

import hashlib
import hmac
import json
import math
import re
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet

HERE = Path(__file__).resolve().parent
NEW_YORK = ["EWR", "JFK", "LGA"]
CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
REGISTRATION = r"N[1-9]([0-9]{0,4}|[0-9]{0,3}[A-HJ-NP-Z]|[0-9]{0,2}[A-HJ-NP-Z]{2})"
ADDRESS = r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+"
NOTHING_KNOWN = ["", "n/a", "none", "-", "unknown"]

# What the key named `customer` is in a test that compares pseudonyms.
PSEUDONYM_KEY = b"a key for tests and nothing else"


def read(table):
    """A table whose integers stay integers beside nulls."""
    file = pyarrow.parquet.read_table(HERE / "data" / f"{table}.parquet")
    nullable = {
        "int32": pd.Int32Dtype(), "int64": pd.Int64Dtype(), "double": pd.Float64Dtype(),
        "string": pd.StringDtype(),
    }
    return file.to_pandas(types_mapper=lambda kind: nullable.get(str(kind)))


def missing(column):
    return column.isna()


def outside(column, low=None, high=None):
    """A null is not outside anything: that is what completeness is for."""
    below = (column < low) if low is not None else False
    above = (column > high) if high is not None else False
    return (below | above).fillna(False).astype(bool)


def not_among(column, values):
    return column.notna() & ~column.isin(values)


def not_like(column, pattern):
    return column.notna() & ~column.fillna("").map(lambda text: re.fullmatch(pattern, text) is not None)


def repeated(frame, keys):
    """Rows whose key was there before. A key with a null in it repeats nothing."""
    return frame.duplicated(keys, keep="first") & frame[keys].notna().all(axis=1)


def number(value):
    """A figure as JSON has it: null for a missing one, whole numbers without a point."""
    if value is None or pd.isna(value):
        return None
    value = float(value)
    return int(value) if value.is_integer() else value


def stability(actual, expected):
    """The population stability index of shares."""
    return sum((a - e) * math.log(a / e) for a, e in zip(actual, expected))


def account(product, before, after, checks, quarantine, filtered=0, extra=None):
    held = pd.Series(False, index=before.index)
    for rule in quarantine:
        held |= checks[rule]
    return {
        "product": product,
        "rows": {
            "in": len(before), "out": len(after), "quarantined": int(held.sum()), "filtered": filtered,
        },
        "checks": {
            rule: {"rows": len(found), "failed": int(found.sum())}
            if isinstance(found, pd.Series)
            # Of all rows together: a figure a rule.
            else {"rows": len(before), **found}
            if "failed" in found
            else {"rows": len(before), "values": {name: number(value) for name, value in found.items()}}
            for rule, found in checks.items()
        },
        "output": {"columns": list(after.columns), "nulls": {c: int(after[c].isna().sum()) for c in after}},
        **(extra or {}),
    }


def kept(frame, checks, quarantine):
    held = pd.Series(False, index=frame.index)
    for rule in quarantine:
        held |= checks[rule]
    return frame[~held]


def figures(frame, columns):
    """What tells one wrong value in a column: its sum and its ends."""
    return {
        c: {"sum": number(frame[c].sum()), "min": number(frame[c].min()), "max": number(frame[c].max())}
        for c in columns
    }


def rows(frame):
    return [{c: v if isinstance(v, str) else number(v) for c, v in row.items()} for row in frame.to_dict("records")]


def flights():
    raw = read("flights")
    raw["speed_mph"] = raw.distance.astype("Float64") / (raw.air_time.astype("Float64") / 60)
    for clock in ("sched_dep_time", "dep_time"):
        raw[f"{clock}_minutes"] = raw[clock] // 100 * 60 + raw[clock] % 100
    delay = raw.dep_delay.dropna().astype(float)
    flown = raw[["distance", "air_time"]].dropna().astype(float)
    usual = [0.25, 0.36, 0.25, 0.14]
    bins = pd.cut(raw.distance.astype(float), [-math.inf, 500, 1000, 2000, math.inf], right=False)
    shares = list(bins.value_counts(sort=False, normalize=True))
    checks = {
        "origin-in-new-york": not_among(raw.origin, NEW_YORK),
        "carrier-known": not_among(raw.carrier, CARRIERS),
        "flight-key": repeated(raw, ["year", "month", "day", "carrier", "flight", "origin"]),
        "departed": missing(raw.dep_time),
        "arrived": missing(raw.arr_time),
        "air-time-recorded": missing(raw.air_time),
        "tailnum-recorded": missing(raw.tailnum),
        "destination-is-an-airport": not_among(raw.dest, set(read("airports").faa)),
        "tailnum-is-registration": not_like(raw.tailnum, REGISTRATION),
        "departure-on-the-clock": outside(raw.dep_time, 1, 2359),
        "departure-delay-believable": outside(raw.dep_delay, -30, 720),
        "ground-speed-believable": outside(raw.speed_mph, 50, 600),
        "a-year-of-flights": {"row-count": len(raw)},
        "carriers-as-ever": {
            "distinct-count": raw.carrier.nunique(),
            "top-share": raw.carrier.value_counts(normalize=True).iloc[0],
            "entropy": -sum(share * math.log2(share) for share in raw.carrier.value_counts(normalize=True)),
        },
        "delays-as-ever": {
            "mean": delay.mean(),
            "standard-deviation": delay.std(),
            "skewness": delay.skew(),
            "quantile-0.5": delay.quantile(0.5),
            "quantile-0.95": delay.quantile(0.95),
        },
        "far-takes-long": {"correlation": flown.distance.corr(flown.air_time)},
        "distances-as-ever": {
            "population-stability": stability(shares, usual),
            "kolmogorov-smirnov": max(abs(sum(shares[:n]) - sum(usual[:n])) for n in range(1, 5)),
        },
        "tailnum-is-short": raw.tailnum.notna() & ~raw.tailnum.fillna("").str.len().between(5, 6),
        "tailnum-is-no-person": raw.tailnum.isna() & False,
        "contract-flights-of-a-year": {"row-count": len(raw)},
        "contract-flights-once": repeated(raw, ["time_hour", "carrier", "flight", "origin"]),
        "contract-destination-known": missing(raw.dest),
    }
    quarantine = ["departure-delay-believable", "ground-speed-believable"]
    out = kept(raw, checks, quarantine)[[
        "year", "month", "day", "carrier", "flight", "origin", "dest", "tailnum", "time_hour",
        "sched_dep_time", "sched_dep_time_minutes", "dep_time", "dep_time_minutes", "dep_delay", "sched_arr_time", "arr_time", "arr_delay",
        "distance", "air_time", "speed_mph",
    ]]
    numbers = [
        "sched_dep_time_minutes", "dep_time", "dep_time_minutes", "dep_delay", "arr_time",
        "arr_delay", "distance", "air_time", "speed_mph",
    ]
    return out, account(
        "air/flights", raw, out, checks, quarantine, extra={"figures": figures(out, numbers)},
    )


def weather():
    raw = read("weather")
    raw["dew_spread"] = raw.temp - raw.dewp
    step = raw.time_hour.diff().dt.total_seconds()
    checks = {
        "one-row-an-hour": repeated(raw, ["origin", "time_hour"]),
        "station-known": not_among(raw.origin, NEW_YORK),
        "wind-believable": outside(raw.wind_speed, 0, 200),
        "humidity-is-a-percentage": outside(raw.humid, 0, 100),
        "dew-point-below-temperature": (raw.dewp > raw.temp).fillna(False).astype(bool),
        # Two rules: out of order, and more than an hour from the row before.
        "hour-by-hour": {"failed": int((step <= 0).sum()) + int((step.abs() > 3600).sum())},
        "the-year-to-its-end": {
            "age": (pd.Timestamp("2014-01-01", tz="UTC") - raw.time_hour.max()).total_seconds(),
        },
        "temperature-recorded": missing(raw.temp),
        "pressure-recorded": missing(raw.pressure),
    }
    quarantine = ["wind-believable", "humidity-is-a-percentage"]
    out = kept(raw, checks, quarantine)[[
        "origin", "time_hour", "temp", "dewp", "dew_spread", "humid", "wind_dir", "wind_speed",
        "wind_gust", "precip", "pressure", "visib",
    ]]
    return account(
        "air/weather", raw, out, checks, quarantine,
        extra={"figures": figures(out, ["temp", "dew_spread", "wind_speed", "pressure"])},
    )


def carrier_punctuality(published):
    groups = published.groupby("carrier", sort=True)
    out = pd.DataFrame({
        "flights": groups.size(),
        "departed": groups.dep_time.count(),
        "mean_dep_delay": groups.dep_delay.mean(),
        "mean_arr_delay": groups.arr_delay.mean(),
        "max_arr_delay": groups.arr_delay.max(),
        "miles": groups.distance.sum(),
    }).reset_index()
    names = read("airlines").set_index("carrier").name
    out.insert(1, "carrier_name", out.carrier.map(names))
    checks = {
        "one-row-a-carrier": repeated(out, ["carrier"]),
        "late-on-average": outside(out.mean_arr_delay, high=20),
    }
    return account("air/carrier-punctuality", published, out, {}, []) | {
        "checks": {rule: {"rows": len(out), "failed": int(f.sum())} for rule, f in checks.items()},
        "table": rows(out),
    }


def route_demand(published):
    flown = published[published.dep_time.notna()]
    groups = flown.groupby(["origin", "dest"], sort=True)
    out = pd.DataFrame({
        "flights": groups.size(),
        "mean_arr_delay": groups.arr_delay.mean(),
        "fastest_min": groups.air_time.min(),
        "slowest_min": groups.air_time.max(),
        "miles": groups.distance.sum(),
    }).reset_index()
    checks = {"one-row-a-route": repeated(out, ["origin", "dest"])}
    return account(
        "sales/route-demand", published, out, {}, [], filtered=len(published) - len(flown),
    ) | {
        "checks": {rule: {"rows": len(out), "failed": int(f.sum())} for rule, f in checks.items()},
        "table": rows(out),
    }


def hidden(text):
    """Letters, digits and what is not ASCII as stars; the rest shows the form."""
    return "".join("*" if not c.isascii() or c.isalnum() else c for c in text)


def first_shown(text):
    return hidden(text) if len(text) <= 1 else text[0] + hidden(text[1:])


def last_four_shown(text):
    return hidden(text) if len(text) <= 4 else hidden(text[:-4]) + text[-4:]


def address_hidden(text):
    local, at, domain = text.rpartition("@")
    return f"{local[0]}***@{domain}" if at and local else "***"


def pseudonym(text):
    return hmac.new(PSEUDONYM_KEY, text.encode(), hashlib.sha256).hexdigest()


MASKS = {
    "passenger_id": pseudonym,
    "passenger_name": first_shown,
    "email": address_hidden,
    "phone": hidden,
    "card_number": last_four_shown,
    "date_of_birth": lambda born: f"{born.year}-01-01",
}


def masked(frame):
    """Every masked column: its first rows, and the SHA-256 of all of them, each value
    followed by a line feed and a null written as a zero byte."""
    columns = {}
    for name, mask in MASKS.items():
        values = [None if pd.isna(value) else mask(value) for value in frame[name]]
        text = "".join(("\0" if value is None else value) + "\n" for value in values)
        columns[name] = {"first": values[:5], "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return {"key": PSEUDONYM_KEY.decode(), "columns": columns}


def bookings():
    raw = read("bookings")
    email = raw.email.str.strip().str.lower()
    raw["email"] = email.mask(email.isin(NOTHING_KNOWN))
    raw["channel"] = raw.channel.str.strip().str.lower()
    checks = {
        "booking-id-present": missing(raw.booking_id),
        "booking-id-once": repeated(raw, ["booking_id"]),
        "origin-in-new-york": not_among(raw.origin, NEW_YORK),
        "channel-known": not_among(raw.channel, ["web", "app", "agent", "phone"]),
        "email-well-formed": not_like(raw.email, ADDRESS),
        "fare-believable": outside(raw.fare, 0, 10_000),
        "fare-recorded": missing(raw.fare),
        "email-recorded": missing(raw.email),
        "phone-recorded": missing(raw.phone),
    }
    quarantine = [
        "booking-id-present", "booking-id-once", "origin-in-new-york", "email-well-formed",
        "fare-believable",
    ]
    out = kept(raw, checks, quarantine)[[
        "booking_id", "year", "month", "day", "carrier", "flight", "origin", "dest", "passenger_id",
        "passenger_name", "email", "phone", "date_of_birth", "card_number", "loyalty_tier",
        "channel", "fare", "booked_at",
    ]]
    return account(
        "sales/bookings", raw, out, checks, quarantine,
        extra={
            "figures": figures(out, ["fare", "flight"]),
            "masked": masked(out),
            "distinct": {"passenger_id": int(out.passenger_id.nunique())},
            "counts": {
                "channel": out.channel.value_counts().sort_index().to_dict(),
                "origin": out.origin.value_counts().sort_index().to_dict(),
            },
        },
    )


def text_of(document):
    """JSON that is read well in a diff: a table has one line a row."""
    table = document.pop("table", None)
    text = json.dumps(document, indent=1, ensure_ascii=False)
    if table is not None:
        lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in table)
        text = f'{text.removesuffix(chr(10) + "}")},\n "table": [\n  {lines}\n ]\n}}'
    return text + "\n"


def source_counts():
    """Rows and nulls of every table in `data/`, as they are."""
    counts = {}
    for file in sorted((HERE / "data").glob("*.parquet")):
        table = read(file.stem)
        counts[file.stem] = {"rows": len(table), "nulls": {c: int(table[c].isna().sum()) for c in table}}
    return counts


def main():
    published, air_flights = flights()
    documents = {
        "sources": source_counts(),
        "air.flights": air_flights,
        "air.weather": weather(),
        "air.carrier-punctuality": carrier_punctuality(published),
        "sales.bookings": bookings(),
        "sales.route-demand": route_demand(published),
    }
    folder = HERE / "expected"
    folder.mkdir(exist_ok=True)
    differing = []
    for name, document in documents.items():
        text = text_of(document)
        path = folder / f"{name}.json"
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            differing.append(path.name)
    if differing:
        sys.exit(f"expected/ differs from what this script computes: {', '.join(differing)}")


if __name__ == "__main__":
    main()
