"""Layers in the store: put once per cause, within limits, turned exactly once, told in the same transaction."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.engine.card_look import look_of
from offers.flows.change_terms import ChangeTerms
from offers.flows.look_at_card import LookAtCard, face_of
from offers.flows.put_in_segments import PutInSegments
from offers.flows.turn_layers import TurnLayers
from offers.model.design_errors import InvalidDesign, LayerCauseUsed, LayerOver, TooManyLayers, UnknownLayer
from offers.model.errors import Busy
from offers.model.layer import MAX_LAYERS_PER_CARD, Layer, LayerColours, LayerId, LayerParts, LayerScope
from offers.model.rule_errors import VersionConflict
from offers.store.store import Store
from service.layer_turner import LayerTurner
from tests.clock import SettableClock
from tests.coffee_house import CODE_KEY, DESIGN, PROGRAMME
from tests.layer_shop import HOUR, TEXT, Shop


@pytest_asyncio.fixture
async def shop(store: Store, clock: SettableClock) -> Shop:
    await store.reading.programmes.keep(PROGRAMME)
    await store.reading.designs.keep(DESIGN)
    return Shop(store, clock)


async def test_a_planned_layer_shows_in_its_time_alone_whether_or_not_anybody_swept(shop: Shop) -> None:
    await shop.put(PROGRAMME, "happy-hour", shop.wish())

    shown = [await shop.shown()]
    for _ in range(2):
        shop.clock.move(HOUR)
        shown.append(await shop.shown())

    assert shown == [None, "Happy hour", None]
    assert await shop.told() == []


async def test_both_turns_are_told_once_each(shop: Shop) -> None:
    layer = await shop.put(PROGRAMME, "happy-hour", shop.wish())

    taken = [await shop.turn()]
    for _ in range(2):
        shop.clock.move(HOUR)
        taken += [await shop.turn(), await shop.turn()]

    told = await shop.told()
    assert taken == [0, 1, 0, 1, 0]
    assert [(each["layer_id"], each["scope"], each["says_something"]) for each in told] == [
        (layer.id, "everybody", True),
        (layer.id, "everybody", False),
    ]
    assert await shop.turn.next_at() is None


async def test_many_sweepers_at_once_take_a_turn_once(shop: Shop) -> None:
    for number in range(20):
        await shop.put(PROGRAMME, f"layer-{number}", shop.wish())
    shop.clock.move(HOUR)

    taken = await asyncio.gather(*(TurnLayers(shop.store, shop.clock)() for _ in range(5)))

    assert sum(taken) == 20
    assert len(await shop.told()) == 20


async def test_a_service_that_slept_through_both_turns_tells_of_the_end(shop: Shop) -> None:
    await shop.put(PROGRAMME, "happy-hour", shop.wish())
    shop.clock.move(5 * HOUR)

    assert await shop.turn() == 1

    assert [each["says_something"] for each in await shop.told()] == [False]
    assert await shop.turn.next_at() is None


async def test_a_turn_whose_event_cannot_be_kept_stays_due(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.put(PROGRAMME, "happy-hour", shop.wish())
    shop.clock.move(HOUR)
    with monkeypatch.context() as broken:
        broken.setattr("offers.store.outbox.Outbox.put", _torn)
        with pytest.raises(ConnectionResetError):
            await shop.turn()
    assert await shop.turn.next_at() == shop.clock()

    assert await shop.turn() == 1

    assert len(await shop.told()) == 1


async def _torn(*_: object) -> None:
    raise ConnectionResetError


async def test_a_layer_that_starts_now_is_told_with_its_putting(shop: Shop) -> None:
    await shop.put(PROGRAMME, "now", shop.wish(starts_at=None))

    assert len(await shop.told()) == 1
    assert await shop.shown() == "Happy hour"


async def test_putting_twice_under_a_cause_is_putting_once(shop: Shop) -> None:
    wish = shop.wish()
    first = await shop.put(PROGRAMME, "birthday:m1:2026", wish)

    again = await asyncio.gather(*(shop.put(PROGRAMME, "birthday:m1:2026", wish) for _ in range(4)))

    assert {each.id for each in again} == {first.id}
    with pytest.raises(LayerCauseUsed):
        await shop.put(PROGRAMME, "birthday:m1:2026", replace(wish, parts=LayerParts(discount_bp=500)))


async def test_a_layer_on_one_card_shows_on_no_other(shop: Shop) -> None:
    first, second = await shop.card(), await shop.card()
    await shop.put(PROGRAMME, "birthday", shop.wish(scope=LayerScope.CARD, card_id=first.id, starts_at=None))

    looked = LookAtCard(shop.store, CODE_KEY, shop.clock)
    faces = [face_of(await looked.by_id(card.id), code_key=CODE_KEY, at=shop.clock()) for card in (first, second)]

    assert [face.look.text for face in faces] == [TEXT, None]
    (told,) = await shop.told()
    assert (told["member_id"], told["card_id"]) == (first.member_id, first.id)


async def test_a_layer_for_a_segment_shows_on_the_cards_of_its_members(shop: Shop) -> None:
    inside, outside = await shop.card(), await shop.card()
    await shop.store.reading.members.put_in_segments(inside.member_id, ["students"])
    await shop.put(PROGRAMME, "exam", shop.wish(scope=LayerScope.SEGMENT, segment="students", starts_at=None))

    looked = LookAtCard(shop.store, CODE_KEY, shop.clock)
    looks = [
        look_of(each.design, each.layers, at=shop.clock())
        for each in [await looked.by_id(inside.id), await looked.by_id(outside.id)]
    ]

    assert [look.text for look in looks] == [TEXT, None]


async def test_ending_early_is_told_at_once_and_twice_is_once(shop: Shop) -> None:
    layer = await shop.put(PROGRAMME, "now", shop.wish(starts_at=None))
    shop.clock.move(HOUR / 2)

    ended = await shop.end(PROGRAMME, layer.id)
    again = await shop.end(PROGRAMME, layer.id)

    assert ended == again
    assert await shop.shown() is None
    assert len(await shop.told()) == 2
    shop.clock.move(5 * HOUR)
    assert await shop.turn() == 0


async def test_ending_before_the_start_tells_nobody(shop: Shop) -> None:
    layer = await shop.put(PROGRAMME, "later", shop.wish())

    await shop.end(PROGRAMME, layer.id)

    shop.clock.move(HOUR)
    assert (await shop.turn(), await shop.told(), await shop.shown()) == (0, [], None)


async def test_a_changed_time_moves_the_turns(shop: Shop) -> None:
    layer = await shop.put(PROGRAMME, "happy-hour", shop.wish())
    later = shop.clock() + 5 * HOUR

    changed = await shop.change(PROGRAMME, layer.id, shop.wish(starts_at=later, ends_at=later + HOUR), edition=1)

    assert changed.edition == 2
    assert await shop.turn.next_at() == later
    with pytest.raises(VersionConflict):
        await shop.change(PROGRAMME, layer.id, shop.wish(priority=1), edition=1)


async def test_a_change_of_a_layer_that_is_on_is_told(shop: Shop) -> None:
    layer = await shop.put(PROGRAMME, "now", shop.wish(starts_at=None))

    await shop.change(PROGRAMME, layer.id, shop.wish(starts_at=None, parts=LayerParts(discount_bp=700)))

    assert [each["says_something"] for each in await shop.told()] == [True, False]


async def test_what_is_over_is_not_changed_and_what_is_elsewhere_not_found(shop: Shop) -> None:
    layer = await shop.put(PROGRAMME, "now", shop.wish(starts_at=None))
    await shop.end(PROGRAMME, layer.id)
    shop.clock.move(timedelta(seconds=1))

    with pytest.raises(LayerOver):
        await shop.change(PROGRAMME, layer.id, shop.wish())
    with pytest.raises(UnknownLayer):
        await shop.end(PROGRAMME, LayerId("nowhere"))


async def test_a_card_carries_a_stated_number_of_layers_and_an_ended_one_makes_room(shop: Shop) -> None:
    card = await shop.card()

    async def put(number: int) -> Layer:
        return await shop.put(PROGRAMME, f"b-{number}", shop.wish(scope=LayerScope.CARD, card_id=card.id))

    layers = [await put(number) for number in range(MAX_LAYERS_PER_CARD)]
    with pytest.raises(TooManyLayers):
        await put(99)

    await shop.end(PROGRAMME, layers[0].id)
    await put(99)

    shop.clock.move(5 * HOUR)
    await shop.turn()
    assert await shop.store.database["layer_counts"].count_documents({}) == 0


async def test_layers_put_at_once_do_not_pass_the_limit(shop: Shop) -> None:
    card = await shop.card()
    wish = shop.wish(scope=LayerScope.CARD, card_id=card.id)

    async def put(number: int) -> bool:
        """Put a layer however busy it is; False when there was no room."""
        while True:
            try:
                await shop.put(PROGRAMME, f"b-{number}", wish)
            except Busy:
                continue
            except TooManyLayers:
                return False
            return True

    answers = await asyncio.gather(*(put(number) for number in range(MAX_LAYERS_PER_CARD + 5)))

    assert answers.count(False) == 5
    assert await shop.store.database["layers"].count_documents({}) == MAX_LAYERS_PER_CARD


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parts": LayerParts(banner="0" * 64)}, "image_not_kept"),
        ({"design": "nowhere"}, "unknown_layer_design"),
        ({"scope": LayerScope.CARD, "card_id": "nobody"}, "unknown_card_target"),
        ({"parts": LayerParts(colours=LayerColours(foreground="#3b2a21"))}, "low_contrast"),
    ],
)
async def test_a_layer_that_could_not_be_shown_is_refused(shop: Shop, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidDesign) as refused:
        await shop.put(PROGRAMME, "wrong", shop.wish(**changes))

    assert code in [fault.code for fault in refused.value.faults]
    assert await shop.store.database["layers"].count_documents({}) == 0


async def test_the_turner_sleeps_until_the_next_turn(shop: Shop) -> None:
    turner = LayerTurner(shop.turn, shop.clock, look_again_s=5.0)
    await shop.put(PROGRAMME, "soon", shop.wish(starts_at=shop.clock() + timedelta(seconds=2)))

    pauses = [await turner.step()]
    shop.clock.move(timedelta(seconds=2))
    pauses.append(await turner.step())

    assert pauses == [2.0, 5.0]
    assert len(await shop.told()) == 1


async def test_entering_and_leaving_a_segment_with_a_layer_is_told_for_the_members_cards(shop: Shop) -> None:
    card = await shop.card()
    await shop.put(PROGRAMME, "exam", shop.wish(scope=LayerScope.SEGMENT, segment="students", starts_at=None))
    put = PutInSegments(shop.store, shop.clock)

    for segments in (["students"], ["students", "early"], ["early"]):
        shop.clock.move(HOUR / 10)
        await put(PROGRAMME, card.member_id, segments)

    told = [each for each in await shop.told() if each["card_id"]]
    assert [(each["scope"], each["card_id"]) for each in told] == [("card", card.id)] * 2


async def test_changed_terms_are_told_for_every_card(shop: Shop) -> None:
    await ChangeTerms(shop.store, shop.clock)(
        PROGRAMME.id, lambda terms: replace(terms, accrual_bp=700), staff_id="office"
    )

    assert [(each["scope"], each["design"]) for each in await shop.told()] == [("everybody", "")]
