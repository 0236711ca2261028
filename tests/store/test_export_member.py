"""What a member takes along of what is reckoned about them: scores that are published, offers that were decided."""

import pytest

from offers.flows.export_member import ExportMember
from offers.model.member import Member
from offers.store.store import Store
from tests.clock import SettableClock
from tests.personal_house import PersonalHouse, member_id, open_personal_house

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEMBERS = 30


async def sections(house: PersonalHouse, member: Member) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    async for section, document in ExportMember(house.store, house.clock)(member):
        found.setdefault(section, []).append(document)
    return found


async def test_scores_and_personal_offers_are_taken_along(store: Store, clock: SettableClock) -> None:
    house = await open_personal_house(store, clock)
    await house.people(MEMBERS)
    await house.templated()
    waiting = await house.rehearse()
    owner = (await house.store.reading.personal.picks(waiting.id, after=member_id(-1), limit=1))[0].member_id
    member = await house.store.reading.members.get(owner)
    assert member is not None
    before = await sections(house, member)

    await house.issue(waiting.id)
    after = await sections(house, member)

    assert [(each["run_id"], each["member_id"]) for each in before["scores"]] == [("night-1", owner)]
    assert "personal_offers" not in before, "what was rehearsed and never carried out is no decision"
    assert [(each["run_id"], each["member_id"]) for each in after["personal_offers"]] == [(waiting.id, owner)]
