"""What flows are given besides nouns: where time comes from. Chance stands in `ids`."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Tells now, aware and in UTC, in whole milliseconds (what MongoDB keeps)."""
