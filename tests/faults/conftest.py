"""Fixtures of the tests that crowd, kill and cut."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.crowd import Crowd


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(mongo_uri: str) -> AsyncIterator[Crowd]:
    """Several processes that are ready to rush at something."""
    async with Crowd(mongo_uri) as opened:
        yield opened
