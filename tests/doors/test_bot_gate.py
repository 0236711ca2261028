"""The gate of a token: its pace, its order, its rests."""

import asyncio
import time

import pytest

from bot.gate import BURST, Gate, GateClosed, Urgency, current_urgency, speaking


async def test_messages_pass_at_the_pace_after_the_first_few() -> None:
    gate = Gate(per_s=50)
    started = time.monotonic()

    await asyncio.gather(*(gate.take_turn(chat, Urgency.INTERACTIVE, patience_s=5) for chat in range(BURST + 10)))

    assert 0.19 <= time.monotonic() - started < 0.8  # ten at 20 ms each


async def test_answers_to_people_pass_before_notices_that_came_earlier() -> None:
    gate = Gate(per_s=100)
    order: list[Urgency] = []

    async def pass_as(urgency: Urgency, chat: int) -> None:
        await gate.take_turn(chat, urgency, patience_s=5)
        order.append(urgency)

    notices = [pass_as(Urgency.TRANSACTIONAL, chat) for chat in range(20)]
    answers = [pass_as(Urgency.INTERACTIVE, 100 + chat) for chat in range(5)]
    await asyncio.gather(*notices, *answers)

    assert order[:BURST] == [Urgency.TRANSACTIONAL] * BURST
    assert order[BURST : BURST + 5] == [Urgency.INTERACTIVE] * 5


async def test_a_rest_stops_everything_and_says_how_long() -> None:
    gate = Gate()
    gate.rest(30)

    for urgency in Urgency:
        with pytest.raises(GateClosed) as closed:
            await gate.take_turn(7, urgency, patience_s=1)
        assert closed.value.whole_token
        assert closed.value.after_s == pytest.approx(30, abs=1.5)


async def test_a_short_rest_is_waited_for() -> None:
    gate = Gate()
    gate.rest(0.2)
    started = time.monotonic()

    await gate.take_turn(7, Urgency.INTERACTIVE, patience_s=1)

    assert time.monotonic() - started >= 0.19


async def test_a_rest_that_begins_while_others_wait_holds_them_too() -> None:
    gate = Gate(per_s=20)
    turns = [
        asyncio.create_task(gate.take_turn(chat, Urgency.INTERACTIVE, patience_s=0.5)) for chat in range(BURST + 3)
    ]
    await asyncio.sleep(0)

    gate.rest(30)

    done = await asyncio.gather(*turns, return_exceptions=True)
    closed = [outcome for outcome in done if isinstance(outcome, GateClosed)]
    assert len(closed) == 3
    assert all(outcome.after_s > 20 for outcome in closed)


async def test_one_chat_has_a_second_between_its_notices_and_a_queue_that_is_too_long_goes_back() -> None:
    gate = Gate(chat_pause_s=0.1)
    started = time.monotonic()

    await asyncio.gather(*(gate.take_turn(7, Urgency.TRANSACTIONAL, patience_s=5) for _ in range(4)))
    assert 0.29 <= time.monotonic() - started < 0.9
    outcomes = await asyncio.gather(
        *(gate.take_turn(7, Urgency.TRANSACTIONAL, patience_s=0.15) for _ in range(6)), return_exceptions=True
    )

    closed = [outcome for outcome in outcomes if isinstance(outcome, GateClosed)]
    assert len(closed) >= 3
    assert not any(outcome.whole_token for outcome in closed)


async def test_an_answer_does_not_wait_for_the_second_of_its_chat() -> None:
    gate = Gate(chat_pause_s=5)
    await gate.take_turn(7, Urgency.TRANSACTIONAL, patience_s=1)
    started = time.monotonic()

    await gate.take_turn(7, Urgency.INTERACTIVE, patience_s=1)

    assert time.monotonic() - started < 0.5


async def test_whoever_gives_up_waiting_takes_no_turn() -> None:
    gate = Gate(per_s=10)
    for chat in range(BURST):
        await gate.take_turn(chat, Urgency.INTERACTIVE, patience_s=1)
    impatient = asyncio.create_task(gate.take_turn(100, Urgency.INTERACTIVE, patience_s=5))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    started = time.monotonic()

    await gate.take_turn(101, Urgency.INTERACTIVE, patience_s=1)

    assert time.monotonic() - started < 0.3


def test_answers_are_interactive_unless_said_otherwise() -> None:
    assert current_urgency() is Urgency.INTERACTIVE
    with speaking(Urgency.TRANSACTIONAL):
        assert current_urgency() is Urgency.TRANSACTIONAL
    assert current_urgency() is Urgency.INTERACTIVE
