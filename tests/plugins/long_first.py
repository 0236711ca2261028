"""Begins long tests first: one that is begun last keeps every other worker waiting for it."""

from pathlib import Path

import pytest

LONGEST_FIRST = ("faults", "journeys")
"""Folders whose every test is long; elsewhere a test that is long has a time limit of its own."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the order at random within a folder and among the short: after pytest-randomly has mixed them."""
    folders = [config.rootpath / "tests" / name for name in LONGEST_FIRST]
    items.sort(key=lambda item: _place(item, folders))


def _place(item: pytest.Item, folders: list[Path]) -> int:
    inside = (place for place, folder in enumerate(folders) if item.path.is_relative_to(folder))
    is_long = item.get_closest_marker("timeout") is not None
    return next(inside, len(folders) if is_long else len(folders) + 1)
