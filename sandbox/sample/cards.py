"""What the sample members hold besides their card: a stamp card, a coupon card, and what is new this week over both."""

from dataclasses import replace
from datetime import timedelta

from offers.engine.starter_designs import starter_design
from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.issue_cards import IssueCards
from offers.flows.keep_design import KeepDesign
from offers.flows.put_in_segments import PutInSegments
from offers.flows.put_layer import LayerWish, PutLayer
from offers.model.clock import Clock
from offers.model.coupon import Binding, Every, Recurrence
from offers.model.design import CardDesign, CardKind, Colours
from offers.model.ids import Chance, born_at
from offers.model.issuance import AtGoogle, IssueWish
from offers.model.layer import LayerColours, LayerParts, LayerScope
from offers.model.member import Member
from offers.model.offer import offer_id
from offers.model.programme import LocalText, Programme
from offers.store.store import Store
from sandbox.sample.load import Sample

STAMPS, TEA = "stamps", "tea"
STAMPS_OFFER, TEA_OFFER = "seventh-coffee", "guest-tea"
TEA_SEGMENT = "tea-lovers"
STAFF = "sample"
NEWS_DAYS = 7
NEWS = LayerParts(
    text=LocalText(
        ru="Новое этой недели: раф с халвой. Баллы за него — как обычно.",
        en="New this week: raf with halva. It gives points as always.",
    ),
    colours=LayerColours(background="#5b2a16"),
)
NAMES = {
    STAMPS: LocalText(ru="Кофейная карта", en="Coffee stamps"),
    TEA: LocalText(ru="Чай за полцены каждый месяц", en="Tea at half price every month"),
}


def sample_designs(programme: Programme) -> list[CardDesign]:
    """A card of stamps for the seventh coffee, and one of the coupon that comes back every month."""
    return [
        _design(programme, STAMPS, CardKind.STAMP, STAMPS_OFFER, Colours(background="#22443a", label="#9fd8c0")),
        _design(programme, TEA, CardKind.COUPON, TEA_OFFER, Colours(background="#3d3563", label="#cfc3ff")),
    ]


def holder_of(sample: Sample) -> Member:
    """Give whose phone it is: not the best customer, so there is a level to reach; the same one at every start."""
    dealt = (member for member in sample.members if TEA_SEGMENT in member.segments)
    return next(dealt, sample.members[len(sample.members) // 3])


async def deal_cards(store: Store, sample: Sample, *, clock: Clock, chance: Chance) -> None:
    """Keep the designs, issue stamp cards to everybody, give the holder a coupon and its card, put the news on.

    Each is done once, whatever was changed or ended since; an interrupted start is completed by the next. The offers
    have to be loaded before.
    """
    programme, holder = sample.programme, holder_of(sample)
    for design in sample_designs(programme):
        if await store.reading.designs.get(programme.id, design.slug) is None:
            await KeepDesign(store, clock)(programme, design, edition=None, staff_id=STAFF)
    await GrantCoupon(store, clock, chance)(_tea(programme, holder))
    await PutInSegments(store, clock)(programme, holder.id, {*holder.segments, TEA_SEGMENT})
    for slug, segment in ((STAMPS, None), (TEA, TEA_SEGMENT)):
        issue = IssueCards(store, clock, chance)
        begun = await issue.begin(programme, IssueWish(design=slug, segment=segment, at_google=AtGoogle.NOBODY))
        async for _ in issue.walk(begun):
            pass
    begins = born_at(programme.id)
    ends = begins + timedelta(days=NEWS_DAYS)
    if clock() < ends:
        wish = LayerWish(scope=LayerScope.EVERYBODY, parts=NEWS, starts_at=begins, ends_at=ends)
        await PutLayer(store, clock, chance)(programme, "sample:news", wish)


def _design(programme: Programme, slug: str, kind: CardKind, offer: str, colours: Colours) -> CardDesign:
    plain = starter_design(programme.id, kind, slug=slug, colours=colours)
    return replace(plain, title=NAMES[slug], offer=offer)


def _tea(programme: Programme, holder: Member) -> Grant:
    return Grant(
        programme_id=programme.id,
        owner=holder.id,
        grant_key="sample:tea",
        binding=Binding.HARD,
        offer_id=offer_id(programme.id, TEA_OFFER),
        campaign=None,
        title=NAMES[TEA],
        recurrence=Recurrence(every=Every.CALENDAR_MONTH, zone=programme.zone, uses_per_period=1),
        valid_from=born_at(programme.id),
    )
