"""Changing offers on the real MongoDB: whole, versioned, on the edition that was read, and written into the audit."""

import asyncio
import secrets
from dataclasses import replace
from decimal import Decimal

import pytest

from merchant.offers.files import rules_from_yaml
from offers.flows.change_offers import NEW, ChangeOffers, Parts
from offers.flows.find_rulebook import find_rulebook
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.rule_kinds import OFFER
from offers.model.benefit import Percent
from offers.model.condition import AnyOf, AtLevel, AtOutlet, InSegment
from offers.model.decision import Basket
from offers.model.errors import SlugTaken
from offers.model.goods import Goods, GoodsTag
from offers.model.ids import OutletId
from offers.model.offer import Lane, OfferState
from offers.model.purchase import Line
from offers.model.rule_errors import (
    InvalidRules,
    RulesTooLarge,
    TooManyOffers,
    UnknownOffer,
    UnknownOfferVersion,
    VersionConflict,
)
from offers.model.rulebook import Guards
from offers.store.store import Store
from tests.clock import SettableClock
from tests.ledger_house import LedgerHouse
from tests.office import STAFF, Office

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
async def office(house: LedgerHouse) -> Office:
    opened = Office(house)
    await house.store.reading.programmes.add_outlet(opened.outlet)
    return opened


async def test_an_offer_gets_a_version_when_it_changes_and_none_when_it_does_not(office: Office) -> None:
    first = await office.put(office.offer())
    same = await office.put(office.offer(version=7))
    second = await office.put(office.offer(bp=2_000))

    assert [len(change.added) for change in (first, same, second)] == [1, 0, 0]
    assert same.is_empty
    assert second.changed[0][1].version == 2
    assert (await office.rules()).edition == 2
    versions = await office.look.versions(office.programme.id, OFFER, "a")
    assert [(version.rule.version, version.staff_id) for version in versions] == [(2, STAFF), (1, STAFF)]
    assert (await office.look.version(office.programme.id, OFFER, "a", 1)).rule.benefit == Percent(bp=1_000)
    assert await office.audit() == [
        ("offer_changed", "a", {"edition": 1, "version": 1, "state": "active"}),
        ("offer_changed", "a", {"edition": 2, "version": 2, "state": "active"}),
    ]


async def test_a_change_is_made_to_the_version_it_was_meant_for(office: Office) -> None:
    await office.put(office.offer(), NEW)

    with pytest.raises(SlugTaken):
        await office.put(office.offer(), NEW)
    with pytest.raises(UnknownOffer):
        await office.put(office.offer("b"), 1)
    await office.put(office.offer(bp=2_000), 1)
    with pytest.raises(VersionConflict) as conflict:
        await office.put(office.offer(bp=3_000), 1)

    assert (conflict.value.expected, conflict.value.current) == (1, 2)
    with pytest.raises(UnknownOfferVersion):
        await office.look.version(office.programme.id, OFFER, "a", 3)


async def test_people_who_write_at_once_all_get_versions_of_their_own(office: Office) -> None:
    await office.put(office.offer())

    await asyncio.gather(*(office.put(office.offer(f"o{number}", bp=100 + number)) for number in range(8)))
    lost = await asyncio.gather(
        *(office.put(office.offer(bp=5_000 + number), 1) for number in range(5)), return_exceptions=True
    )

    rules = await office.rules()
    assert (len(rules.offers), rules.edition) == (9, 10)
    assert sorted(type(outcome).__name__ for outcome in lost) == ["RulesChange", *["VersionConflict"] * 4]
    assert len(await office.audit()) == 10


async def test_states_are_versions_and_an_archived_offer_can_be_taken_up_again(office: Office) -> None:
    await office.put(office.offer())
    set_state = office.change.set_state

    for state in (OfferState.PAUSED, OfferState.ARCHIVED, OfferState.ACTIVE, OfferState.ACTIVE):
        await set_state(office.programme, OFFER, "a", state, staff_id=STAFF)

    offer = await office.look.rule(office.programme.id, OFFER, "a")
    assert (offer.version, offer.state) == (4, OfferState.ACTIVE)
    with pytest.raises(UnknownOffer):
        await set_state(office.programme, OFFER, "b", OfferState.PAUSED, staff_id=STAFF)


async def test_a_till_prices_by_an_offer_from_the_moment_it_is_written(office: Office, house: LedgerHouse) -> None:
    enrolment = await house.enrol(1)
    line = Line(sku="latte", category="coffee", quantity=Decimal(1), unit_price_minor=20_000)
    quote = QuotePurchase(house.store, house.clock, secrets.token_bytes)
    prices = []

    for bp, state in ((1_000, OfferState.ACTIVE), (2_500, OfferState.ACTIVE), (2_500, OfferState.PAUSED)):
        await office.put(office.offer(bp=bp, state=state))
        quoted = await quote(house.till, enrolment.card.id, Basket(lines=(line,), currency="RUB"))
        prices.append((quoted.decision.payable_minor, [offer.version for offer in quoted.decision.offers]))

    assert prices == [(18_000, [1]), (15_000, [2]), (20_000, [])]


async def test_what_is_archived_is_in_no_rulebook_and_what_is_written_is_there_at_once(office: Office) -> None:
    reading = office.store.reading
    before = await find_rulebook(reading, office.programme)
    await office.put(office.offer())
    there = await find_rulebook(reading, office.programme)
    await office.change.set_state(office.programme, OFFER, "a", OfferState.ARCHIVED, staff_id=STAFF)

    gone = await find_rulebook(reading, office.programme)

    assert [len(each.rulebook.offers) for each in (before, there, gone)] == [0, 1, 0]


async def test_a_dry_run_tells_everything_and_keeps_nothing(office: Office) -> None:
    await office.put(office.offer("stays"))
    await office.put(office.offer("changes"))
    await office.put(office.offer("leaves"))
    before = await office.rules()
    wanted = (office.offer("stays"), office.offer("changes", bp=77), office.offer("comes"))

    dry = await office.load(*wanted, dry_run=True, guards=Guards(max_discount_bp=5_000))

    assert await office.rules() == before
    assert len(await office.audit()) == 3
    wet = await office.load(*wanted, guards=Guards(max_discount_bp=5_000))
    assert wet == dry
    assert [offer.code for offer in wet.added] == ["comes"]
    assert [(old.code, new.version) for old, new in wet.changed] == [("changes", 2)]
    assert [(offer.code, offer.version, offer.state) for offer in wet.archived] == [("leaves", 2, OfferState.ARCHIVED)]
    assert wet.parts == ("guards",)
    assert await office.rules() == wet.after
    assert (await office.audit())[-1] == (
        "rulebook_changed",
        "rulebook",
        {"edition": 4, "added": 1, "changed": 1, "archived": 1, "parts": "guards"},
    )
    assert (await office.load(*wanted, guards=Guards(max_discount_bp=5_000))).is_empty


async def test_what_is_kept_is_loaded_again_without_a_change(office: Office) -> None:
    await office.put(office.offer())
    await office.put(office.offer("b"))
    await office.change.set_state(office.programme, OFFER, "b", OfferState.ARCHIVED, staff_id=STAFF)
    kept = await office.rules()

    change = await office.load(*reversed(kept.offers))

    assert change.is_empty
    assert (await office.rules()).edition == 3


async def test_names_are_those_of_the_programme(office: Office) -> None:
    elsewhere = office.offer(condition=AtOutlet(outlets=(office.outlet.id, OutletId("moon"))))
    exalted = office.offer(condition=AtLevel(levels=("Platinum",)))

    for wrong, pointer, code in (
        (elsewhere, "/when/0/outlet/1", "unknown_outlet"),
        (exalted, "/when/0/level/0", "unknown_level"),
        (office.offer(group="happy"), "/group", "unknown_group"),
        (office.offer(lane=Lane.ACCRUAL), "/benefit", "wrong_lane"),
        (
            office.offer(benefit=Percent(bp=1, goods=Goods(tags=("wine",)))),
            "/benefit/percent/goods/tags/0",
            "unknown_tag",
        ),
    ):
        with pytest.raises(InvalidRules) as refused:
            await office.put(wrong)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
        with pytest.raises(InvalidRules) as refused:
            await office.load(office.offer("first"), wrong)
        assert [fault.pointer for fault in refused.value.faults] == [f"/offers/1{pointer}"]
    assert (await office.rules()).edition == 0


async def test_an_outlet_may_be_called_by_its_slug_and_is_kept_by_its_id(office: Office) -> None:
    by_slug = office.offer(condition=AtOutlet(outlets=(OutletId(office.outlet.slug),)))

    await office.put(by_slug)
    again = await office.put(by_slug)

    kept = await office.look.rule(office.programme.id, OFFER, "a")
    assert kept.condition == AtOutlet(outlets=(office.outlet.id,))
    assert again.is_empty


async def test_what_an_offer_still_names_cannot_be_taken_away_until_it_is_archived(office: Office) -> None:
    tag = GoodsTag(name="wine", goods=Goods(categories=("wine",)))
    set_parts = office.change.set_parts
    await set_parts(office.programme, Parts(goods_tags=(tag,)), staff_id=STAFF)
    await office.put(office.offer(benefit=Percent(bp=1, goods=Goods(tags=("wine",)))))

    with pytest.raises(InvalidRules) as refused:
        await set_parts(office.programme, Parts(goods_tags=()), staff_id=STAFF)
    with pytest.raises(VersionConflict):
        await set_parts(office.programme, Parts(goods_tags=()), staff_id=STAFF, instead_of_edition=1)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code, fault.facts["by"]) == ("", "still_used", "a")
    await office.change.set_state(office.programme, OFFER, "a", OfferState.ARCHIVED, staff_id=STAFF)
    await set_parts(office.programme, Parts(goods_tags=()), staff_id=STAFF)
    with pytest.raises(InvalidRules) as refused:
        await office.change.set_state(office.programme, OFFER, "a", OfferState.ACTIVE, staff_id=STAFF)
    assert [fault.code for fault in refused.value.faults] == ["unknown_tag"]


async def test_a_fault_in_guards_points_into_them(office: Office) -> None:
    with pytest.raises(InvalidRules) as refused:
        await office.change.set_parts(office.programme, Parts(guards=Guards(points_excludes=("wine",))), staff_id=STAFF)

    assert [fault.pointer for fault in refused.value.faults] == ["/points_excludes/0"]


async def test_a_programme_has_a_thousand_offers_at_most(office: Office) -> None:
    await office.load(*(office.offer(f"o{number}") for number in range(1_000)))

    with pytest.raises(TooManyOffers):
        await office.put(office.offer("one-more"))

    await office.put(office.offer("o1", bp=2))


async def test_rules_that_no_document_could_hold_are_refused_whole(office: Office) -> None:
    words = tuple(f"{number:064}" for number in range(200))
    wide = AnyOf(conditions=tuple(InSegment(segments=words) for _ in range(50)))
    heavy = [office.offer(f"o{number}", condition=wide) for number in range(10)]

    with pytest.raises(RulesTooLarge):
        await office.load(*heavy)
    await office.load(*heavy[:5])

    assert (await office.rules()).edition == 1
    assert len((await office.rules()).offers) == 5


async def test_programmes_know_nothing_of_each_other(office: Office, store: Store, clock: SettableClock) -> None:
    await office.put(office.offer())
    other = replace(office.programme, id=type(office.programme.id)("another"), slug="another")
    text = rules_from_yaml(
        "offers:\n  - {code: a, title: {ru: А, en: A}, lane: price, benefit: {percent: {bp: 5}}}", other.id
    )

    change = await ChangeOffers(store, clock).load(other, text.rules, staff_id=STAFF)

    assert [offer.code for offer in change.added] == ["a"]
    assert (await office.look.rule(office.programme.id, OFFER, "a")).benefit == Percent(bp=1_000)
