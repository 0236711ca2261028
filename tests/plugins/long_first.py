"""Begins long tests first: one that is begun last keeps every other worker waiting for it."""

from pathlib import Path

import pytest

FOLDERS = ("faults", "journeys")
"""Folders whose every test is long; elsewhere a test that is long has a time limit of its own."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the order at random among the long and among the short: after pytest-randomly has mixed them."""
    tests = config.rootpath / "tests"
    items.sort(key=lambda item: not _is_long(item, tests))


def _is_long(item: pytest.Item, tests: Path) -> bool:
    return item.get_closest_marker("timeout") is not None or any(
        item.path.is_relative_to(tests / one) for one in FOLDERS
    )
