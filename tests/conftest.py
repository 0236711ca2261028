"""Fixtures every test may ask for; the database's and the browser's stand in `tests/plugins`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.clock import SettableClock

pytest_plugins = (
    "tests.plugins.mongodb",
    "tests.plugins.left_out",
    "tests.plugins.browser",
    "tests.plugins.identities",
    "tests.plugins.long_first",
)

# As the service logs: the pretty tracebacks of the default take half a minute where objects are large.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.set_exc_info,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

# A law holds or it does not; how long an example takes says how busy the machine is.
settings.register_profile("tessera", deadline=None)
settings.load_profile("tessera")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def clock() -> SettableClock:
    """Stands at an afternoon in March, far from a day's, a month's and a year's edge."""
    return SettableClock(datetime(2026, 3, 11, 14, 30, tzinfo=UTC))


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where tests leave what a person may want to look at: screenshots, passes, captured requests."""
    folder = PROJECT / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder
