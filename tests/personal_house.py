"""A programme with scored members and a template of personal offers, for tests that rehearse and issue."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from offers.flows.change_offers import ChangeOffers
from offers.flows.issue_personal import IssuePersonal
from offers.flows.publish_scores import PublishScores
from offers.flows.rule_kinds import TEMPLATE
from offers.flows.undo_personal import UndoPersonal
from offers.model.condition import AllOf, ScoreWithin
from offers.model.coupon import Coupon, CouponState
from offers.model.ids import Chance, MemberId
from offers.model.member import Member
from offers.model.offer import OfferState, offer_id
from offers.model.personal import Guardrails, PercentLevels, Template
from offers.model.personal_run import PersonalRun, PersonalRunId
from offers.model.programme import Language, LocalText
from offers.model.scores import Favourite, MemberScores, ScoreName, ScoreRun, ScoreRunId
from offers.store.codec import to_document
from offers.store.store import Store
from service.personal.rehearse import RehearsePersonal
from tests.clock import SettableClock
from tests.offer_house import OfferHouse, open_offer_house

STAFF = "key:olga"
ASLEEP = AllOf(conditions=(ScoreWithin(score=ScoreName.BUYS_AGAIN, at_most=5_000),))


@dataclass(slots=True)
class PersonalHouse(OfferHouse):
    """Members m0000… with scores of one night: every other one has fallen asleep."""

    chance: Chance = secrets.token_bytes

    async def people(self, count: int) -> None:
        members = [
            Member(
                id=member_id(number),
                programme_id=self.programme.id,
                language=Language.RU if number % 3 else Language.EN,
                source="test",
                enrolled_at=self.clock(),
            )
            for number in range(count)
        ]
        await self.store.database["members"].insert_many([to_document(member) for member in members])
        await self.scored("night-1", [_scores(number) for number in range(count)])

    async def scored(self, name: str, rows: list[dict[str, Any]]) -> None:
        run = ScoreRun(
            id=ScoreRunId(name),
            programme_id=self.programme.id,
            as_of=date(2026, 3, 13),
            horizon_days=30,
            model="rfm",
            fingerprint="f",
            members=len(rows),
            made_at=datetime(2026, 3, 14, tzinfo=UTC),
        )
        scores = [MemberScores(run_id=run.id, programme_id=self.programme.id, **row) for row in rows]
        assert await PublishScores(self.store, self.clock)(run, scores)

    async def templated(self, **changes: Any) -> Template:
        template = template_of(self.programme.id, **changes)
        await ChangeOffers(self.store, self.clock).put(self.programme, TEMPLATE, template, staff_id=STAFF)
        kept = (await self.store.reading.rulebooks.get(self.programme.id)).template(template.code)
        assert kept is not None
        return kept

    async def rehearse(self, code: str = "win-back") -> PersonalRun:
        flow = RehearsePersonal(self.store, self.clock, self.chance)
        return await flow(self.programme, code, staff_id=STAFF)

    @property
    def issuing(self) -> IssuePersonal:
        return IssuePersonal(self.store, self.clock, self.chance)

    async def issue(self, run_id: PersonalRunId) -> PersonalRun:
        run = await self.issuing.begin(self.programme, run_id, staff_id=STAFF)
        async for after in self.issuing.walk(self.programme, run):
            run = after
        return run

    async def undo(self, run_id: PersonalRunId) -> PersonalRun:
        flow = UndoPersonal(self.store, self.clock)
        run = await flow.begin(self.programme, run_id, staff_id=STAFF)
        async for after in flow.walk(self.programme, run):
            run = after
        return run

    async def coupons(self, state: CouponState = CouponState.ACTIVE) -> list[Coupon]:
        """Every coupon of the programme in a state, by owner."""
        found = self.store.database["coupons"].find({"state": state.value}).sort("owner")
        kept = [await self.store.reading.coupons.get(document["_id"]) async for document in found]
        return [coupon for coupon in kept if coupon]


def member_id(number: int) -> MemberId:
    return MemberId(f"m{number:04}")


def template_of(programme_id: Any, **changes: Any) -> Template:
    fields: dict[str, Any] = {
        "id": offer_id(programme_id, "win-back"),
        "programme_id": programme_id,
        "version": 1,
        "code": "win-back",
        "title": LocalText(ru="Возвращайтесь", en="Come back"),
        "levels": PercentLevels(rates_bp=(500, 1_000, 1_500)),
        "guardrails": Guardrails(margin_bp=6_000),
        "budget_minor": 10_000_000,
        "condition": ASLEEP,
        "state": OfferState.ACTIVE,
        "explore_bp": 3_000,
        **changes,
    }
    return Template(**fields)


def _scores(number: int) -> dict[str, Any]:
    asleep = number % 2 == 1
    return {
        "member_id": member_id(number),
        "buys_again_bp": 1_000 if asleep else 9_000,
        "purchases_centi": 20 if asleep else 400,
        "spend_minor": 6_000 if asleep else 120_000,
        "segment": "sleeping" if asleep else "champions",
        "favourites": (Favourite(category="coffee", chance_bp=6_000),) if number % 4 == 1 else (),
    }


async def open_personal_house(store: Store, clock: SettableClock) -> PersonalHouse:
    opened = await open_offer_house(store, clock)
    return PersonalHouse(opened.store, opened.clock, opened.programme)
