"""Personal offers on the real MongoDB: rehearsed, issued as rehearsed, each member once, and taken back."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from offers.flows.change_offers import ChangeOffers
from offers.flows.rule_kinds import TEMPLATE
from offers.model.benefit import Percent
from offers.model.condition import AllOf
from offers.model.coupon import CouponState
from offers.model.goods import Goods
from offers.model.offer import OfferState
from offers.model.personal import PercentLevels
from offers.model.personal_errors import CannotDecide, DryRunOutdated, RunNotIssued, TemplateNotActive, UnknownTemplate
from offers.model.personal_run import LeftOut, PersonalRun, Policy, RunState, Skipped
from offers.model.scores import ArmUplift, Favourite
from offers.model.scores_errors import NoScores
from offers.store.store import Store
from tests.checkout_house import line
from tests.clock import SettableClock
from tests.personal_house import STAFF, PersonalHouse, member_id, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEMBERS = 120


@pytest_asyncio.fixture(loop_scope="session")
async def house(store: Store, clock: SettableClock) -> PersonalHouse:
    opened = await open_personal_house(store, clock)
    await opened.people(MEMBERS)
    return opened


async def counted(house: PersonalHouse, collection: str) -> int:
    return await house.store.database[collection].count_documents({})


async def test_a_dry_run_tells_everything_and_writes_nothing_but_itself(house: PersonalHouse) -> None:
    await house.templated()
    before = {name: await counted(house, name) for name in ("coupons", "outbox", "exposures", "personal_spends")}

    run = await house.rehearse()

    found = run.rehearsal
    assert (run.state, found.policy, found.decided) == (RunState.REHEARSED, Policy.RULE, MEMBERS // 2)
    assert found.left_out == {LeftOut.NOT_FOR_THEM: MEMBERS // 2}
    assert sum(level.members for level in found.reach) == found.decided
    assert [level.size for level in found.reach] == [0, 500, 1_000, 1_500]
    assert found.cost_minor == pytest.approx(sum(level.cost_minor for level in found.reach), abs=4)
    assert found.margin_minor == (-found.cost_minor, None, None)
    assert 0 < found.held_out < found.decided
    assert found.detectable_bp is not None
    assert {group.group for group in found.groups} == {"language:en", "language:ru"}
    assert all(each.reason.ru != each.reason.en for each in found.sample)
    assert await house.store.reading.personal.run(run.id) == run
    assert {name: await counted(house, name) for name in before} == before


async def test_a_run_is_issued_as_it_was_rehearsed_and_each_member_is_logged_once(house: PersonalHouse) -> None:
    template = await house.templated()
    run = await house.rehearse()

    issued = await house.issue(run.id)

    coupons = await house.coupons()
    picks = await house.store.reading.personal.picks(run.id, after=member_id(-1), limit=500)
    assert issued.state is RunState.ISSUED
    assert {coupon.owner: coupon.benefit for coupon in coupons} == {
        pick.member_id: Percent(bp=template.levels.rates_bp[pick.option - 1])  # type: ignore[union-attr] # percents
        for pick in picks
        if pick.option
    }
    logged = await house.store.reading.exposures.page(house.programme.id, "personal:win-back", limit=500)
    assert len(logged) == len(picks) == run.rehearsal.decided
    assert {each.member_id: each.held_out for each in logged} == {pick.member_id: pick.is_held_out for pick in picks}
    assert {each.arm for each in logged} >= {"nothing", "win-back@500"}
    assert issued.committed_minor == sum(pick.cost_minor for pick in picks)
    assert all(coupon.reason and coupon.reason.en == "We have missed you." for coupon in coupons)
    assert coupons[0].title.ru.startswith("Возвращайтесь: −")


async def test_issued_again_or_by_two_at_once_a_run_gives_nobody_two(house: PersonalHouse) -> None:
    await house.templated()
    run = await house.rehearse()

    both = await asyncio.gather(house.issue(run.id), house.issue(run.id))
    again = await house.issue(run.id)

    assert {each.issued for each in both} == {again.issued}
    owners = [coupon.owner for coupon in await house.coupons()]
    assert len(owners) == len(set(owners)) == again.issued


async def test_a_coupon_gives_its_own_level_at_the_till_on_what_the_member_likes(house: PersonalHouse) -> None:
    await house.templated(levels=PercentLevels(rates_bp=(1_000,), favourite=True), explore_bp=0, holdout_bp=0)
    anna = await house.enrol(1)
    rows = [{"member_id": anna.member.id, "buys_again_bp": 100, "purchases_centi": 50, "spend_minor": 9_000}]
    favourites = (
        Favourite(category="tea", chance_bp=9_000, is_discovery=True),
        Favourite(category="coffee", chance_bp=5_000),
    )
    await house.scored("night-2", [{**row, "segment": "lost", "favourites": favourites} for row in rows])
    run = await house.issue((await house.rehearse()).id)

    (coupon,) = await house.coupons()
    receipt = await house.settle(
        house.sale(anna, line(20_000), line(10_000, category="cake", sku="cake"), order="A-1", codes=(coupon.id,))
    )

    assert (run.issued, coupon.owner) == (1, anna.member.id)
    assert coupon.benefit == Percent(bp=1_000, goods=Goods(categories=("coffee",)))
    assert coupon.title.en == "Come back: −10 %, coffee"
    assert coupon.reason is not None
    assert coupon.reason.ru == "Потому что вам нравится: coffee."
    assert receipt.discount_minor == 2_000


async def test_a_budget_holds_over_all_runs_of_its_period(house: PersonalHouse) -> None:
    template = await house.templated(budget_minor=8_000, explore_bp=4_000, rest_days=0)
    first, second = await house.rehearse(), await house.rehearse()

    one, two = await house.issue(first.id), await house.issue(second.id)

    spends = await house.store.database["personal_spends"].find().to_list()
    assert [spend["minor"] for spend in spends] == [one.committed_minor + two.committed_minor]
    assert one.committed_minor + two.committed_minor <= template.budget_minor
    assert two.skipped.get(Skipped.BUDGET, 0) > 0
    left_minor, refused = template.budget_minor - one.committed_minor - two.committed_minor, 0
    for _ in range(8):  # each run draws others: what is left hardly ever pays for them
        with suppress(CannotDecide):
            assert (await house.rehearse()).rehearsal.cost_minor <= left_minor
            continue
        refused += 1
    assert refused


async def test_whoever_got_an_offer_is_left_alone_for_a_while(house: PersonalHouse) -> None:
    await house.templated(rest_days=30)
    first, meanwhile = await house.rehearse(), await house.rehearse()
    issued = await house.issue(first.id)

    late = await house.issue(meanwhile.id)
    house.clock.move(timedelta(hours=1))
    after = await house.rehearse()
    house.clock.move(timedelta(days=30))
    rested = await house.rehearse()

    alone = issued.issued + issued.rehearsal.held_out
    assert late.skipped.get(Skipped.TOO_SOON) == alone
    assert after.rehearsal.left_out[LeftOut.TOO_SOON] >= alone
    assert LeftOut.TOO_SOON not in rested.rehearsal.left_out


@pytest.mark.parametrize("change", ["age", "template", "scores", "state"])
async def test_what_changed_since_the_dry_run_has_to_be_rehearsed_again(house: PersonalHouse, change: str) -> None:
    await house.templated()
    run = await house.rehearse()
    match change:
        case "age":
            house.clock.move(timedelta(days=1, seconds=1))
        case "template":
            await house.templated(budget_minor=5)
        case "scores":
            await house.scored("night-2", [])
        case _:
            await house.issue(run.id)
            await house.undo(run.id)

    with pytest.raises(DryRunOutdated) as refused:
        await house.issuing.begin(house.programme, run.id, staff_id=STAFF)

    assert refused.value.why == change


async def test_pausing_a_template_stops_what_is_being_issued(house: PersonalHouse) -> None:
    await house.templated()
    run = await house.rehearse()
    begun = await house.issuing.begin(house.programme, run.id, staff_id=STAFF)
    change = ChangeOffers(house.store, house.clock)
    await change.set_state(house.programme, TEMPLATE, "win-back", OfferState.PAUSED, staff_id=STAFF)

    with pytest.raises(TemplateNotActive):
        await _walked(house, begun)
    await change.set_state(house.programme, TEMPLATE, "win-back", OfferState.ACTIVE, staff_id=STAFF)

    assert (await house.issue(run.id)).state is RunState.ISSUED


async def test_what_is_unused_is_taken_back_and_what_was_used_stays(house: PersonalHouse) -> None:
    await house.templated(condition=AllOf(), holdout_bp=0, explore_bp=0)
    anna, boris = await house.enrol(1), await house.enrol(2)
    rows = [
        {
            "member_id": each.member.id,
            "buys_again_bp": 100,
            "purchases_centi": 50,
            "spend_minor": 9_000,
            "segment": "lost",
        }
        for each in (anna, boris)
    ]
    await house.scored("night-2", rows)
    run = await house.issue((await house.rehearse()).id)
    used = next(coupon for coupon in await house.coupons() if coupon.owner == anna.member.id)
    await house.settle(house.sale(anna, line(20_000), order="A-1", codes=(used.id,)))

    undone = await house.undo(run.id)
    again = await house.undo(run.id)

    assert (undone.state, undone.taken_back, undone.used) == (RunState.UNDONE, 1, 1)
    assert again == undone
    assert [coupon.owner for coupon in await house.coupons(CouponState.REVOKED)] == [boris.member.id]
    (spend,) = await house.store.database["personal_spends"].find().to_list()
    assert 0 < spend["minor"] < run.committed_minor


async def test_members_who_left_meanwhile_get_nothing(house: PersonalHouse) -> None:
    await house.templated(holdout_bp=0)
    run = await house.rehearse()
    members = house.store.database["members"]
    await members.delete_one({"_id": member_id(1)})
    await members.update_one({"_id": member_id(3)}, {"$set": {"merged_into": member_id(5)}})

    issued = await house.issue(run.id)

    assert issued.skipped[Skipped.GONE] == 2
    assert {coupon.owner for coupon in await house.coupons()}.isdisjoint({member_id(1), member_id(3)})


async def test_what_the_night_learned_decides_who_gets_which_level(house: PersonalHouse) -> None:
    await house.templated(explore_bp=0, holdout_bp=0)

    def learned(per_level_bp: int) -> tuple[ArmUplift, ...]:
        return tuple(
            ArmUplift(campaign="personal:win-back", arm=f"win-back@{size}", effect_bp=each * per_level_bp, error_bp=10)
            for each, size in enumerate((500, 1_000, 1_500), start=1)
        )

    rows = [{**_asleep(number), "uplift": learned(800 if number < 10 else 0)} for number in range(20)]
    await house.scored("night-2", rows)

    run = await house.rehearse()
    await house.issue(run.id)

    found = run.rehearsal
    assert (found.policy, found.decided) == (Policy.LEARNED, 20)
    assert {coupon.owner for coupon in await house.coupons()} == {member_id(number) for number in range(10)}
    low, middle, high = found.margin_minor
    assert middle is not None
    assert high is not None
    assert 0 < low < middle < high
    reasons = {each.reason.en for each in found.sample}
    assert any("it should bring at least" in reason for reason in reasons)
    assert any("No offer" in reason for reason in reasons)


async def test_one_level_that_was_never_tried_leaves_it_to_the_rule(house: PersonalHouse) -> None:
    await house.templated()
    one = (ArmUplift(campaign="personal:win-back", arm="win-back@500", effect_bp=800, error_bp=10),)
    await house.scored("night-2", [{**_asleep(number), "uplift": one} for number in range(20)])

    assert (await house.rehearse()).rehearsal.policy is Policy.RULE


def _asleep(number: int) -> dict[str, Any]:
    return {
        "member_id": member_id(number),
        "buys_again_bp": 1_000,
        "purchases_centi": 20,
        "spend_minor": 6_000,
        "segment": "sleeping",
    }


async def test_refusals(house: PersonalHouse, store: Store) -> None:
    with pytest.raises(UnknownTemplate):
        await house.rehearse("nothing-of-that-name")
    await house.templated(budget_minor=1, explore_bp=10_000, holdout_bp=0)
    with pytest.raises(CannotDecide) as refused:
        await house.rehearse()
    assert refused.value.why == "exploration_too_costly"
    await house.templated()
    run = await house.rehearse()
    with pytest.raises(RunNotIssued):
        await house.undo(run.id)
    await store.database["score_heads"].delete_many({})
    with pytest.raises(NoScores):
        await house.rehearse()


async def _walked(house: PersonalHouse, run: PersonalRun) -> None:
    async for _ in house.issuing.walk(house.programme, run):
        pass
