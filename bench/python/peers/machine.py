"""On what it was measured."""

import os
import platform
from datetime import datetime, timezone
from pathlib import Path


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def facts() -> dict:
    cpu = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), None)
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), None)
    return {
        "cpu": cpu,
        "cores": cores(),
        "memory_kib": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
        "began": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "load_average": os.getloadavg(),
    }


def _lines(path):
    return Path(path).read_text().splitlines()
