"""Things to rush at: each opener makes a new limited one and gives the name a crowd wants it by."""

from dataclasses import replace

from offers.flows.grant_coupon import Grant, GrantCoupon
from offers.flows.make_codes import BatchWish, MakeCodes
from offers.flows.set_budget import SetBudget
from offers.model.benefit import Percent
from offers.model.budget import Budget, BudgetId, Measure
from offers.model.coupon import Binding, Every, Recurrence
from offers.model.ids import ProgrammeId
from offers.model.offer import Lane, Offer, offer_id
from offers.model.programme import LocalText
from offers.model.take import Refill
from offers.store.store import Store
from service.now import chance, now
from tests.contending_tills import PROGRAMME
from tests.ledger_house import LedgerHouse

Target = str
CODES = {
    "budget": "budget_exhausted",
    "voucher": "voucher_not_active",
    "coupon": "coupon_not_available",
    "points": "not_enough_points",
    "checkout": "full_price",
    "quote": "full_price",
}
"""What those hear who come too late."""
SLICES = 4
TITLE = LocalText(ru="Скидка первым", en="A discount for the first")


async def open_budget(house: LedgerHouse, number: int, cap: int) -> Target:
    return (await add_budget(house.store, PROGRAMME, f"campaign:rush-{number}", cap=cap)).id


async def open_code(house: LedgerHouse, number: int, cap: int) -> Target:
    wish = BatchWish(programme_id=PROGRAMME, campaign=f"rush-{number}", offer_id="rush", asked=1, uses_per_code=cap)
    _, (code,) = await MakeCodes(house.store, now, chance).at_once(wish)
    return code


async def open_coupon(house: LedgerHouse, number: int, cap: int) -> Target:
    grant = Grant(
        programme_id=PROGRAMME,
        owner=None,
        grant_key=f"rush-{number}",
        binding=Binding.NONE,
        offer_id="rush",
        campaign=None,
        title=TITLE,
        recurrence=Recurrence(every=Every.ONCE, zone="UTC", uses_per_period=cap),
    )
    return (await GrantCoupon(house.store, now, chance)(grant)).id


async def open_points(house: LedgerHouse, number: int, cap: int) -> Target:
    """Give a member so many points; what is bought with them gives none."""
    member = await house.enrol(1_000 + number)
    await house.agree(accrual_bp=1_000)
    await house.buy(member, points=cap)
    await house.agree(accrual_bp=0)
    return member.card.id


async def open_offer(house: LedgerHouse, number: int, cap: int) -> Target:
    await limit_an_offer(house.store, PROGRAMME, cap=cap, code=f"rush-{number}")
    return f"rush-{number}"


async def limit_an_offer(store: Store, programme_id: ProgrammeId, *, cap: int, code: str = "first") -> None:
    """Put an offer of ten per cent in force, and no other, that may be used so often altogether."""
    offer = Offer(
        id=offer_id(programme_id, code),
        programme_id=programme_id,
        version=1,
        code=code,
        title=TITLE,
        lane=Lane.PRICE,
        benefit=Percent(bp=1_000),
    )
    await add_budget(store, programme_id, f"offer:{code}", cap=cap)
    kept = await store.reading.rulebooks.get(programme_id)
    assert await store.reading.rulebooks.keep(replace(kept, edition=kept.edition + 1, offers=(offer,)), at=now())


async def add_budget(store: Store, programme_id: ProgrammeId, owner: str, *, cap: int, slices: int = SLICES) -> Budget:
    budget = Budget(
        id=BudgetId(""),
        programme_id=programme_id,
        owner=owner,
        name="rush",
        measure=Measure.USES,
        cap=cap,
        zone="UTC",
        created_at=now(),
        refill=Refill.ALWAYS,
        slices=slices,
    )
    return await SetBudget(store, now, chance).add(budget)
