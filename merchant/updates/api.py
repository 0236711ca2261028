"""Live updates as the office sees them: cards that do not answer, and how far each lane is behind."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from merchant.limits import instant
from merchant.updates.tools import UPDATES
from offers.model.lag import DoneUpdates, WaitingUpdates
from offers.model.shown import Shown
from web.body import answer

routes = web.RouteTableDef()


class StaleQuery(BaseModel):
    """A page begins after the card that the page before ended with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_since: AwareDatetime | None = None
    after: Annotated[str, StringConstraints(max_length=80)] = ""
    limit: int = Field(default=50, ge=1, le=500)

    @property
    def place(self) -> tuple[datetime, str] | None:
        return None if self.after_since is None else (self.after_since, self.after)


@routes.get("/v1/cards/stale")
async def stale(request: web.Request) -> web.Response:
    """List cards that were told of a change and never answered, the longest silent first, a page at a time.

    Apple: pushed and not fetched. Google: refused, with Google's reason.
    """
    tools = request.app[UPDATES]
    programme = await tools.doorkeeper.operator(request)
    query = StaleQuery.model_validate(dict(request.query))
    found = await tools.look_at_stale.page(programme.id, after=query.place, limit=query.limit)
    counts = await tools.look_at_stale.count(programme.id)
    is_full = len(found) == query.limit
    return answer(
        {
            "counts": {wallet.value: count for wallet, count in counts.items()},
            "cards": [_stale_card(card) for card in found],
            "next": _place(found[-1]) if is_full else None,
        }
    )


@routes.get("/v1/updates/lag")
async def lag(request: web.Request) -> web.Response:
    """Tell what waits in each lane, since when, how long the last hour's took, and who asked for patience."""
    tools = request.app[UPDATES]
    programme = await tools.doorkeeper.operator(request)
    seen = await tools.look_at_lag(programme.id)
    return answer(
        {
            "at": instant(seen.at),
            "waiting": [_waiting(each) for each in seen.waiting],
            "last_hour": [_done(each) for each in seen.done],
            "pauses": [{"provider": key, "until": instant(until)} for key, until in seen.pauses],
        }
    )


def _stale_card(card: Shown) -> dict[str, Any]:
    return {
        "card_id": card.card_id,
        "member_id": card.member_id,
        "wallet": card.wallet.value,
        "version": card.version,
        "since": _instant(card.owed_since),
        "told_at": _instant(card.told_at),
        "fetched_at": _instant(card.fetched_at),
        "fetched_version": card.fetched_version,
        "reason": card.refusal or "pushed_not_fetched",
        "told_again": card.heals,
        "told_again_at": _instant(card.heal_at),
    }


def _place(card: Shown) -> dict[str, str | None]:
    return {"after_since": _instant(card.owed_since), "after": card.id}


def _waiting(each: WaitingUpdates) -> dict[str, Any]:
    return {
        "lane": each.lane.value,
        "priority": each.priority.name.lower(),
        "waiting": each.waiting,
        "failing": each.failing,
        "oldest_s": each.oldest_s,
    }


def _done(each: DoneUpdates) -> dict[str, Any]:
    return {
        "lane": each.lane.value,
        "delivered": each.delivered,
        "dropped": each.dropped,
        "median_s": each.median_s,
        "p99_s": each.p99_s,
    }


def _instant(at: datetime | None) -> str | None:
    return instant(at) if at else None
