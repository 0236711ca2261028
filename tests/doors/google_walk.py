"""One member with a card of every kind and two coupons, all of them in the Google Wallet of a phone."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession

from offers.engine.card_codes import link_token
from offers.engine.new_card import new_card_for
from offers.engine.starter_designs import starter_design
from offers.flows.enrol_member import Enrolment
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.top_up_prepaid import TopUp, TopUpPrepaid
from offers.model.card import Card
from offers.model.coupon import Binding, Coupon, Every, Recurrence
from offers.model.design import CardKind, Colours
from offers.model.programme import LocalText
from service.now import now
from tests.coffee_house import PROGRAMME
from tests.phone_house import CODE_KEY, ISSUER, PhoneHouse

GROUNDS = {
    CardKind.DISCOUNT: "#1d3557",
    CardKind.BONUS: "#3b2a20",
    CardKind.STAMP: "#2d6a4f",
    CardKind.COUPON: "#9d0208",
    CardKind.MEMBERSHIP: "#22223b",
    CardKind.GIFT: "#6d2e46",
    CardKind.MULTIPASS: "#005f73",
    CardKind.CASHBACK: "#7f5539",
}
PATIENCE_S = 40.0


@dataclass(frozen=True, slots=True)
class GoogleWalk:
    house: PhoneHouse
    anna: Enrolment
    cards: dict[CardKind, Card]
    coupons: list[Coupon]

    def held(self, kind: CardKind = CardKind.BONUS) -> dict[str, Any]:
        path = {CardKind.COUPON: "offerObject", CardKind.GIFT: "giftCardObject"}.get(kind, "loyaltyObject")
        return self.house.google.shelf.read(path, f"{ISSUER}.{self.cards[kind].serial}")

    def offer(self, coupon: Coupon) -> dict[str, Any]:
        return self.house.google.shelf.read("offerObject", f"{ISSUER}.coupon-{coupon.id}")

    async def save(self, query: str = "cards=all&from=mail") -> int:
        """Follow the link, as a browser does; gives the status of the page it ends on."""
        link = f"{self.house.url}/c/{link_token(self.anna.card.id, CODE_KEY)}/google?{query}"
        async with ClientSession() as session, session.get(link) as page:
            return page.status

    async def card(self, kind: CardKind = CardKind.BONUS) -> Card:
        kept = await self.house.store.reading.cards.get(self.cards[kind].id)
        assert kept is not None
        return kept


async def comes_true(what: Callable[[], bool]) -> bool:
    """Wait until the service has done its work, with patience."""
    for _ in range(int(PATIENCE_S / 0.05)):
        if what():
            return True
        await asyncio.sleep(0.05)
    return False


async def open_walk(house: PhoneHouse) -> GoogleWalk:
    anna = await house.enrol()
    cards = {CardKind.BONUS: anna.card}
    for kind in CardKind:
        if kind is not CardKind.BONUS:
            start = starter_design(PROGRAMME.id, kind, slug=kind.value, colours=Colours(background=GROUNDS[kind]))
            shimmering = replace(start, is_shimmering=kind is CardKind.MEMBERSHIP)
            await house.store.reading.designs.keep(shimmering)
            cards[kind] = new_card_for(PROGRAMME.id, anna.member.id, now(), secrets.token_bytes, design=kind.value)
            await house.store.reading.cards.add(cards[kind])
    top_up = TopUp(member_id=anna.member.id, amount_minor=150_050, key="gift", funder="")
    await TopUpPrepaid(house.store, now, secrets.token_bytes)(PROGRAMME, top_up)
    coupons = [
        await grant_coupon(house, anna, title) for title in (("Кофе в подарок", "A free coffee"), ("Десерт", "Dessert"))
    ]
    await house.buy(anna, 50_000)
    return GoogleWalk(house, anna, cards, coupons)


async def grant_coupon(house: PhoneHouse, anna: Enrolment, title: tuple[str, str]) -> Coupon:
    grant = Grant(
        programme_id=PROGRAMME.id,
        owner=anna.member.id,
        grant_key=title[1],
        binding=Binding.HARD,
        offer_id="visits",
        campaign=None,
        title=LocalText(ru=title[0], en=title[1]),
        recurrence=Recurrence(every=Every.ONCE, zone=PROGRAMME.zone),
        valid_until=now() + timedelta(days=30),
    )
    return await GrantCoupon(house.store, now, secrets.token_bytes)(grant)
