"""Fixtures of the tests that crowd, kill and cut."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.crowd import Crowd
from tests.faults.impatient_mongo import Mongo, open_impatient_mongo


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def crowd(mongo_uri: str) -> AsyncIterator[Crowd]:
    """Several processes that are ready to rush at something."""
    async with Crowd(mongo_uri) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def mongo(mongo_folder: Path) -> AsyncIterator[Mongo]:
    """A MongoDB of this test alone, which gives up after a second what the killed had under way."""
    async with open_impatient_mongo(mongo_folder) as opened:
        yield opened
