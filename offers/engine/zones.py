"""Which edition of the world's time zones decides local times here: governments change their clocks."""

from functools import cache
from importlib.metadata import version
from pathlib import Path
from zoneinfo import TZPATH


@cache
def zone_rules() -> str:
    """Name the edition of the zone data that `zoneinfo` reads: the system's (`2026a`) or the package's (`2026.1`)."""
    for folder in TZPATH:
        listing = Path(folder) / "tzdata.zi"
        if listing.is_file():
            with listing.open(encoding="ascii", errors="replace") as lines:
                return lines.readline().removeprefix("# version").strip()
        if (Path(folder) / "UTC").is_file():
            return "system"
    return version("tzdata")
