"""A house with every role running in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from service.house import House
from service.role import ALL_ROLES
from service.roles import run_roles


@asynccontextmanager
async def running(house: House) -> AsyncIterator[None]:
    """Run until the end of the block; what a role fails with is raised here."""
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        roles = tasks.create_task(run_roles(house, ALL_ROLES, ready=ready.set))
        await ready.wait()
        yield
        roles.cancel()
