"""One member with something on a card of every kind, for the pages that draw them."""

import secrets
from dataclasses import replace
from datetime import timedelta

from offers.engine.card_codes import link_token
from offers.engine.new_card import new_card_for
from offers.engine.starter_designs import starter_design
from offers.flows.enrol_member import Enrolment
from offers.flows.redeem_coupon import RedeemCoupon
from offers.flows.top_up_prepaid import TopUp, TopUpPrepaid
from offers.model.benefit import Gift
from offers.model.condition import StampsCollected
from offers.model.design import CardKind, Colours
from offers.model.design_parts import DesignLink
from offers.model.goods import Goods
from offers.model.programme import LocalText
from offers.model.take import taker_at
from tests.coffee_house import CODE_KEY, PROGRAMME, TILL
from tests.doors.member_house import MemberHouse
from tests.doors.shop_window import ShopWindow

COLOURS = {
    CardKind.BONUS: Colours(background="#3b2a20", foreground="#fff6e9", label="#e8b76a"),
    CardKind.CASHBACK: Colours(background="#0e3b43", foreground="#f1faee", label="#ffd166"),
    CardKind.DISCOUNT: Colours(background="#5b1a2e", foreground="#fff1f0", label="#f6bd60"),
    CardKind.STAMP: Colours(background="#f4ead5", foreground="#2f2013", label="#8a3d12"),
    CardKind.COUPON: Colours(background="#1b4332", foreground="#f1faee", label="#b7e4c7"),
    CardKind.MEMBERSHIP: Colours(background="#14213d", foreground="#ffffff", label="#fca311"),
    CardKind.GIFT: Colours(background="#6a1b4d", foreground="#fff0f6", label="#ffc6dd"),
    CardKind.MULTIPASS: Colours(background="#e7f0fa", foreground="#11263c", label="#1f5a96"),
}
TITLES = {
    CardKind.BONUS: LocalText(ru="Кофейня", en="Coffee house"),
    CardKind.CASHBACK: LocalText(ru="Кешбэк Кофейни", en="Coffee house cashback"),
    CardKind.DISCOUNT: LocalText(ru="Карта скидок", en="Discount card"),
    CardKind.STAMP: LocalText(ru="Шестой кофе", en="The sixth coffee"),
    CardKind.COUPON: LocalText(ru="Купон к десерту", en="Dessert coupon"),
    CardKind.MEMBERSHIP: LocalText(ru="Клуб Кофейни", en="Coffee house club"),
    CardKind.GIFT: LocalText(ru="Подарочная карта", en="Gift card"),
    CardKind.MULTIPASS: LocalText(ru="Десять завтраков", en="Ten breakfasts"),
}


async def stock(house: MemberHouse) -> Enrolment:
    """Give a member stamps, points, prepaid money, a coupon, and ten visits of which three are used."""
    window = ShopWindow(house.store, PROGRAMME, house.clock)
    await window.open()
    kept = await house.store.reading.rulebooks.get(PROGRAMME.id)
    collected = StampsCollected(needed=6, goods=Goods(categories=("coffee",)))
    stamps = replace(
        window.offer("cake", 1), code="sixth", benefit=Gift(sku="c"), condition=collected,
        title=LocalText(ru="Шестой кофе в подарок", en="The sixth coffee is on us"),
        id=type(kept.offers[0].id)(f"{PROGRAMME.id}.sixth"),
    )  # fmt: skip
    await window.write(*kept.offers, stamps)
    enrolment = await house.enrol()
    for amount in (180_000, 245_000, 120_000, 88_050):
        await house.buy(enrolment, amount)
    member = enrolment.member.id
    top_up = TopUp(member_id=member, amount_minor=150_050, key="gift", funder=PROGRAMME.id)
    await TopUpPrepaid(house.store, house.clock, secrets.token_bytes)(PROGRAMME, top_up)
    await window.coupon(member, until=house.clock() + timedelta(days=20))
    visits = await window.coupon(member, "breakfast", uses=10, until=house.clock() + timedelta(days=60))
    for number in range(3):
        await RedeemCoupon(house.store, house.clock)(visits.id, taker_at(TILL, member), cause=f"visit:{number}")
    return enrolment


async def issue(house: MemberHouse, enrolment: Enrolment, kind: CardKind) -> str:
    """Give the member a card of a kind, and its address."""
    coupon = {CardKind.COUPON: "cake", CardKind.MULTIPASS: "breakfast", CardKind.STAMP: "sixth"}.get(kind)
    design = starter_design(PROGRAMME.id, kind, slug=f"a-{kind.value}", colours=COLOURS[kind])
    shop = DesignLink(key="shop", label=LocalText(ru="Меню", en="Menu"), url="https://coffee.example/menu")
    await house.store.reading.designs.keep(
        replace(
            design,
            title=TITLES[kind],
            offer=coupon,
            links=(shop,),
            terms=LocalText(ru="Действует в наших кофейнях.", en="Valid in our coffee houses."),
        )
    )
    card = new_card_for(PROGRAMME.id, enrolment.member.id, house.clock(), secrets.token_bytes, design=design.slug)
    await house.store.reading.cards.add(card)
    return f"/c/{link_token(card.id, CODE_KEY)}"
