"""The cards of the sample coffee house: stamps for all, one coupon that comes back, news for a week; dealt once."""

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import sandbox.sample
from merchant.offers.files import rules_from_yaml
from offers.flows.change_offers import ChangeOffers
from offers.flows.look_at_card import LookAtCard
from offers.model.card import Card
from offers.store.codec import from_document
from offers.store.store import Store
from sandbox.sample.cards import NEWS_DAYS, STAMPS, TEA, deal_cards, holder_of
from sandbox.sample.load import Sample, load_sample
from tests.clock import SettableClock

UNTIL = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
KEY = b"k" * 32


async def open_house(store: Store, clock: SettableClock) -> Sample:
    clock.set_to(UNTIL)
    sample = await load_sample(store, clock=clock, chance=secrets.token_bytes, until=UNTIL)
    text = files(sandbox.sample).joinpath("offers.yaml").read_text("utf-8")
    rules = rules_from_yaml(text, sample.programme.id).rules
    await ChangeOffers(store, clock).load(sample.programme, rules, staff_id="sample")
    await deal_cards(store, sample, clock=clock, chance=secrets.token_bytes)
    return await load_sample(store, clock=clock, chance=secrets.token_bytes, until=UNTIL)


async def cards_of(store: Store) -> list[Card]:
    return [from_document(Card, each) async for each in store.database["cards"].find().sort("_id", 1)]


async def test_everybody_has_stamps_and_the_holder_a_coupon_card_too(store: Store, clock: SettableClock) -> None:
    sample = await open_house(store, clock)

    cards = await cards_of(store)
    assert Counter(card.design for card in cards) == {"main": 120, STAMPS: 120, TEA: 1}
    (tea,) = [card for card in cards if card.design == TEA]
    assert tea.member_id == holder_of(sample).id
    sight = await LookAtCard(store, KEY, clock).by_id(tea.id)
    assert [coupon.title.en for coupon, _ in sight.coupons] == ["Tea at half price every month"]


async def test_the_news_is_on_every_card_for_a_week_and_then_gone(store: Store, clock: SettableClock) -> None:
    sample = await open_house(store, clock)
    grounds = []
    for moment in (timedelta(), timedelta(days=NEWS_DAYS, seconds=-1), timedelta(days=NEWS_DAYS)):
        clock.set_to(UNTIL + moment)
        sight = await LookAtCard(store, KEY, clock).by_member(holder_of(sample).id)
        grounds.append(sight.common_look(at=clock()).colours.background)

    assert grounds == ["#5b2a16", "#5b2a16", "#3b2417"]


async def test_a_second_start_deals_nothing_anew(store: Store, clock: SettableClock) -> None:
    sample = await open_house(store, clock)
    first = await cards_of(store)
    counts = [await store.database[name].count_documents({}) for name in ("coupons", "layers", "designs")]
    clock.move(timedelta(days=NEWS_DAYS + 1))

    await deal_cards(store, sample, clock=clock, chance=secrets.token_bytes)

    assert await cards_of(store) == first
    assert [await store.database[name].count_documents({}) for name in ("coupons", "layers", "designs")] == counts
