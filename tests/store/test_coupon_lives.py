"""Lives of coupons on the real MongoDB: what was used by when, and which coupons are no witnesses."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import pytest_asyncio

from offers.flows.change_offers import ChangeOffers
from offers.flows.enrol_member import Enrolment
from offers.flows.expire_coupons import ExpireCoupons
from offers.flows.merge_members import Doubles, MergeMembers
from offers.flows.revoke_coupon import RevokeCoupon
from offers.flows.rule_kinds import TEMPLATE
from offers.model.condition import AllOf
from offers.model.coupon import Coupon
from offers.model.offer import OfferState
from offers.model.personal import PercentLevels
from offers.model.personal_run import PersonalRun
from offers.model.purchase import Receipt
from offers.model.scores import Favourite
from offers.store.store import Store
from service.night.coupons import read_coupons
from service.now import chance
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.personal_house import STAFF, PersonalHouse, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
LIVE_DAYS = 14


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> PersonalHouse:
    return await open_personal_house(store, clock)


async def issued(house: PersonalHouse, people: list[Enrolment], **changes: Any) -> tuple[PersonalRun, list[Coupon]]:
    """Score some members and give each of them a coupon; the coupons are in the order of the people."""
    fields: dict[str, Any] = {"condition": AllOf(), "holdout_bp": 0, "explore_bp": 0, "rest_days": 0, **changes}
    await house.templated(live_days=LIVE_DAYS, **fields)
    rows = [
        {
            "member_id": each.member.id,
            "buys_again_bp": 100,
            "purchases_centi": 50,
            "spend_minor": 9_000,
            "segment": "lost",
            "favourites": (Favourite(category="coffee", chance_bp=6_000),),
        }
        for each in people
    ]
    await house.scored(f"night-{house.clock():%Y%m%d%H%M}", rows)
    run = await house.issue((await house.rehearse()).id)
    found = {coupon.owner: coupon for coupon in await house.coupons() if coupon.grant_key == f"personal:{run.id}"}
    return run, [found[each.member.id] for each in people]


async def use(house: PersonalHouse, who: Enrolment, coupon: Coupon, *, order: str) -> Receipt:
    return await house.settle(house.sale(who, line(20_000), order=order, codes=(coupon.id,)))


async def lives(house: PersonalHouse, folder: Path, *, until: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Read what the night reads, by member."""
    path = folder / "coupons.parquet"
    count = await read_coupons(house.store, house.programme, path, until=until or house.clock())
    rows = pl.read_parquet(path).rows(named=True)
    assert len(rows) == count
    return {row["member_id"]: row for row in rows}


async def test_a_life_that_is_over_tells_level_uses_and_whether_it_was_used(
    house: PersonalHouse, tmp_path: Path
) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    _, (coupon, unused) = await issued(house, [anna, boris], levels=PercentLevels(rates_bp=(700,), favourite=True))
    await use(house, anna, coupon, order="A-1")
    house.clock.move(timedelta(days=LIVE_DAYS))
    before = await lives(house, tmp_path)
    house.clock.move(timedelta(days=1))
    await ExpireCoupons(house.store, house.clock)()

    after = await lives(house, tmp_path)

    assert before == {}
    assert {name: row["used"] for name, row in after.items()} == {anna.member.id: 1, boris.member.id: 0}
    row = after[boris.member.id]
    assert (row["template"], row["category"], row["share_bp"], row["uses"]) == ("win-back", "coffee", 700, 1)
    assert (row["at"], row["ends_at"]) == (unused.valid_from, unused.valid_until)


async def test_a_use_that_came_back_counts_until_it_came_back(house: PersonalHouse, tmp_path: Path) -> None:
    anna = await house.enrol(1)
    _, (coupon,) = await issued(house, [anna])
    receipt = await use(house, anna, coupon, order="A-1")
    then = house.clock.move(timedelta(days=LIVE_DAYS + 1))
    house.clock.move(timedelta(days=1))
    await house.bring_back(receipt)
    house.clock.move(timedelta(minutes=1))

    known_then, known_now = await lives(house, tmp_path, until=then), await lives(house, tmp_path)

    assert known_then[anna.member.id]["used"] == 1, "what came later is not known to an earlier night"
    assert known_now[anna.member.id]["used"] == 0


async def test_what_is_only_held_is_no_use(house: PersonalHouse, tmp_path: Path) -> None:
    anna = await house.enrol(1)
    _, (coupon,) = await issued(house, [anna])
    house.clock.set_to(coupon.valid_until or house.clock())
    house.clock.move(timedelta(minutes=-2))
    await house.hold(await house.quote_with(anna, line(20_000), codes=(coupon.id,)))
    house.clock.move(timedelta(minutes=3))

    assert (await lives(house, tmp_path))[anna.member.id]["used"] == 0


async def test_revoked_coupons_and_runs_taken_back_are_no_witnesses(house: PersonalHouse, tmp_path: Path) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    _, (coupon, _) = await issued(house, [anna, boris])
    await RevokeCoupon(house.store, house.clock)(house.programme.id, coupon.id)
    house.clock.move(timedelta(hours=1))
    undone, (used, _) = await issued(house, [anna, boris])
    await use(house, anna, used, order="A-1")
    await house.undo(undone.id)
    house.clock.move(timedelta(days=LIVE_DAYS + 1))

    found = await lives(house, tmp_path)

    assert {name: row["used"] for name, row in found.items()} == {boris.member.id: 0}, (
        "a used one of an undone run, too"
    )


async def test_coupons_revoked_after_their_end_are_witnesses_still(house: PersonalHouse, tmp_path: Path) -> None:
    anna = await house.enrol(1)
    _, (coupon,) = await issued(house, [anna])
    house.clock.move(timedelta(days=LIVE_DAYS + 1))
    await RevokeCoupon(house.store, house.clock)(house.programme.id, coupon.id)

    assert anna.member.id in await lives(house, tmp_path)


async def test_coupons_of_a_template_that_was_archived_meanwhile_are_no_witnesses(
    house: PersonalHouse, tmp_path: Path
) -> None:
    anna, change = await house.enrol(1), ChangeOffers(house.store, house.clock)
    await issued(house, [anna])
    house.clock.move(timedelta(days=5))
    await change.set_state(house.programme, TEMPLATE, "win-back", OfferState.ARCHIVED, staff_id=STAFF)
    house.clock.move(timedelta(days=1))
    await change.set_state(house.programme, TEMPLATE, "win-back", OfferState.ACTIVE, staff_id=STAFF)
    house.clock.move(timedelta(days=1))
    _, (later,) = await issued(house, [anna])
    await change.set_state(house.programme, TEMPLATE, "win-back", OfferState.PAUSED, staff_id=STAFF)
    house.clock.move(timedelta(days=LIVE_DAYS + 1))

    found = await lives(house, tmp_path)

    assert [row["coupon_id"] for row in found.values()] == [later.id], "what a paused one issued goes on"


async def test_a_merged_members_coupon_is_told_of_who_speaks_now(house: PersonalHouse, tmp_path: Path) -> None:
    anna, twin = await house.enrol(1), await house.enrol(2)
    await issued(house, [twin])
    doubles = Doubles(survivor_id=anna.member.id, merged_id=twin.member.id, staff_id=STAFF, reason="one person")
    await MergeMembers(house.store, house.clock, chance)(house.programme, doubles)
    house.clock.move(timedelta(days=LIVE_DAYS + 1))

    assert list(await lives(house, tmp_path)) == [anna.member.id]


async def test_nobodys_coupons_are_a_file_of_no_rows(house: PersonalHouse, tmp_path: Path) -> None:
    assert await lives(house, tmp_path) == {}
