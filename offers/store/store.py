"""The store: repositories for reading, and transactions that retry on conflict within a stated bound."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from offers.model.errors import Busy
from offers.store.codec import CODEC_OPTIONS
from offers.store.indexes import ensure_indexes
from offers.store.work import Work

Answer = TypeVar("Answer")

TRANSACTION_PATIENCE_S = 5.0
_BACKOFF_FIRST_S = 0.002
_BACKOFF_MOST_S = 0.1
_COMMIT_TRIES = 10


class Store:
    """One database. `reading` is for looks outside a transaction; `transact` is for every change that must be whole."""

    def __init__(self, client: AsyncMongoClient[dict[str, Any]], database: str) -> None:
        self._client = client
        self.database = client.get_database(database, codec_options=CODEC_OPTIONS)
        self.reading = Work(self.database, None)

    async def prepare(self) -> None:
        """Create what is missing. Safe to call at every start."""
        await ensure_indexes(self.database)

    async def transact(
        self, body: Callable[[Work], Awaitable[Answer]], *, patience_s: float = TRANSACTION_PATIENCE_S
    ) -> Answer:
        """Run `body` in one transaction; all of its writes are kept, or none.

        `body` may run several times (another transaction touched the same documents), so it must not talk to the
        network. Raises Busy when conflicts outlast the patience; nothing was kept then.
        """
        deadline = asyncio.get_running_loop().time() + patience_s
        pause_s = _BACKOFF_FIRST_S
        while True:
            async with self._client.start_session() as session:
                try:
                    return await self._try(session, body)
                except PyMongoError as error:
                    if not _may_succeed_next_time(error):
                        raise
                    if asyncio.get_running_loop().time() + pause_s > deadline:
                        raise Busy(retry_after_s=1) from error
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - jitter decides nothing
            pause_s = min(pause_s * 2, _BACKOFF_MOST_S)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Work]:
        """Look at everything as it stands at one instant, outside a transaction; MongoDB keeps it for five minutes."""
        async with self._client.start_session(snapshot=True) as session:
            yield Work(self.database, session)

    async def _try(self, session: AsyncClientSession, body: Callable[[Work], Awaitable[Answer]]) -> Answer:
        async with await session.start_transaction(
            read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
        ):
            answer = await body(Work(self.database, session))
            await _commit(session)
            return answer


def _may_succeed_next_time(error: PyMongoError) -> bool:
    """Tell a lost race from a bug: after losing a unique key the body, run again, finds what the winner kept."""
    return error.has_error_label("TransientTransactionError") or isinstance(error, DuplicateKeyError)


async def _commit(session: AsyncClientSession) -> None:
    """Commit, asking again while the outcome is unknown: a repeated commit is harmless."""
    for attempt in range(_COMMIT_TRIES):
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult") or attempt == _COMMIT_TRIES - 1:
                raise
            await asyncio.sleep(_BACKOFF_MOST_S)
        else:
            return
