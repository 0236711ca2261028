"""Turns: those who want the same thing in one process go a few at a time, for the database would let all but one wait.

Nothing is decided here: the conditional write, or the transaction that claims the account, decides whoever comes to it.
Without turns a thousand who want one voucher code would all stand at one document at once, and each of them would cost
the others another try; of a thousand transactions on one account hardly any would come through.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from offers.model.errors import Busy
from offers.model.ids import CardId, CheckoutId, MemberId

AT_ONCE = 2
"""So many of one process take together: one waits for the database while the other computes."""
LONGEST_WAIT_S = 10.0


class Queue(asyncio.Semaphore):
    """Those who want one thing. `refuses`: the last whose turn it was went without, so the others had better ask."""

    refuses = False


_QUEUES: WeakValueDictionary[str, Queue] = WeakValueDictionary()


def queue_for(wanted: str, *, at_once: int = AT_ONCE) -> Queue:
    """Give the line of those who want something; it is there for as long as anybody holds on to it."""
    return _QUEUES.setdefault(wanted, Queue(at_once))


@asynccontextmanager
async def turn(wanted: str, *, at_once: int = AT_ONCE) -> AsyncIterator[None]:
    """Wait for a turn at what is wanted. Raises Busy when it does not come."""
    queue = queue_for(wanted, at_once=at_once)
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            await queue.acquire()
    except TimeoutError as late:
        raise Busy(retry_after_s=1) from late
    try:
        yield
    finally:
        queue.release()


def turn_at_card(card_id: CardId) -> AbstractAsyncContextManager[None]:
    """Wait for a turn at the account behind a card: two transactions on it could not both be kept."""
    return turn(f"card:{card_id}", at_once=1)


def turn_at_checkout(checkout_id: CheckoutId) -> AbstractAsyncContextManager[None]:
    """Wait for a turn at what was bought: whoever returns or voids it moves the same account."""
    return turn(f"checkout:{checkout_id}", at_once=1)


@asynccontextmanager
async def turn_at_members(*members: MemberId) -> AsyncIterator[None]:
    """Wait for a turn at the accounts of several members, in a fixed order: no two wait for one another."""
    async with AsyncExitStack() as turns:
        for member_id in sorted(set(members)):
            await turns.enter_async_context(turn(f"member:{member_id}", at_once=1))
        yield
