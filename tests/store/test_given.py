"""What draws cost, from receipts on the real MongoDB: what coupons took off within the horizon, and the margin."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import pytest_asyncio

from offers.flows.enrol_member import Enrolment
from offers.model.condition import AllOf
from offers.model.coupon import Coupon
from offers.model.personal import Guardrails, PointsLevels
from offers.store.store import Store
from service.night.exposures import read_campaign
from service.night.given import add_given
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.personal_house import PersonalHouse, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
LIVE_DAYS = 14


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> PersonalHouse:
    return await open_personal_house(store, clock)


async def issued(house: PersonalHouse, people: list[Enrolment], **changes: Any) -> dict[str, Coupon]:
    fields = {"condition": AllOf(), "holdout_bp": 0, "explore_bp": 0, "uses": 3, "live_days": LIVE_DAYS}
    await house.templated(**{**fields, "guardrails": Guardrails(margin_bp=5_500), **changes})
    row = {"buys_again_bp": 100, "purchases_centi": 50, "spend_minor": 9_000, "segment": "lost"}
    await house.scored("night-2", [{**row, "member_id": each.member.id} for each in people])
    await house.issue((await house.rehearse()).id)
    return {str(coupon.owner): coupon for coupon in await house.coupons()}


async def log_of(house: PersonalHouse, folder: Path) -> dict[str, tuple[float, int | None]]:
    path, until = folder / "log.parquet", house.clock()
    await read_campaign(house.store, house.programme, "personal:win-back", path, until=until)
    await add_given(house.store, house.programme, path, until=until)
    rows = pl.read_parquet(path).select("member_id", "given", "margin_bp").rows()
    return {member: (given, margin) for member, given, margin in rows}


async def test_what_coupons_took_off_within_the_horizon_stands_beside_the_draw(
    house: PersonalHouse, tmp_path: Path
) -> None:
    anna, boris = await house.enrol(1), await house.enrol(2)
    coupons = await issued(house, [anna, boris])
    code = coupons[anna.member.id].id
    first = await house.settle(house.sale(anna, line(20_000), order="A-1", codes=(code,)))
    await house.settle(house.sale(anna, line(30_000), order="A-2"))
    voided = await house.settle(house.sale(boris, line(20_000), order="B-1", codes=(coupons[boris.member.id].id,)))
    await house.void(voided)
    house.clock.move(timedelta(days=3))
    second = await house.settle(house.sale(anna, line(40_000), order="A-3", codes=(code,)))
    house.clock.move(timedelta(days=LIVE_DAYS - 3))
    after_the_horizon = await house.settle(house.sale(anna, line(50_000), order="A-4", codes=(code,)))
    house.clock.move(timedelta(days=2))

    found = await log_of(house, tmp_path)

    assert after_the_horizon.discount_minor > 0, "a coupon lives to the end of its last day"
    assert found[anna.member.id] == (first.discount_minor + second.discount_minor, 5_500)
    assert found[boris.member.id] == (0.0, 5_500)


async def test_what_points_cost_is_not_known(house: PersonalHouse, tmp_path: Path) -> None:
    anna = await house.enrol(1)
    await issued(house, [anna], levels=PointsLevels(times_bp=(20_000,)))
    house.clock.move(timedelta(days=1))

    assert await log_of(house, tmp_path) == {anna.member.id: (0.0, None)}


async def test_an_empty_log_stays_empty(house: PersonalHouse, tmp_path: Path) -> None:
    assert await log_of(house, tmp_path) == {}
