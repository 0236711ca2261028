"""Installing the API of personal offers, with its tools."""

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.personal.install import install
from merchant.personal.tools import PersonalTools
from offers.flows.issue_personal import IssuePersonal
from offers.flows.look_at_personal import LookAtPersonal
from offers.flows.undo_personal import UndoPersonal
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.model.personal_run import PersonalRun
from offers.model.programme import Programme
from offers.store.store import Store


def install_personal(
    app: web.Application, store: Store, *, doorkeeper: Doorkeeper, clock: Clock, chance: Chance
) -> None:
    install(
        app,
        PersonalTools(
            doorkeeper=doorkeeper,
            look_at_personal=LookAtPersonal(store),
            rehearse=_Rehearse(store, clock, chance).rehearse,
            issue=IssuePersonal(store, clock, chance),
            undo=UndoPersonal(store, clock),
        ),
    )


class _Rehearse:
    """Loads what it needs when it is first asked: scipy takes a while, and most web processes never rehearse."""

    def __init__(self, store: Store, clock: Clock, chance: Chance) -> None:
        self._tools = (store, clock, chance)

    async def rehearse(self, programme: Programme, code: str, staff_id: str) -> PersonalRun:
        from service.personal.rehearse import RehearsePersonal  # noqa: PLC0415 - see above

        return await RehearsePersonal(*self._tools)(programme, code, staff_id=staff_id)
