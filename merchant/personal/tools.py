"""What the handlers of personal offers work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.issue_personal import IssuePersonal
from offers.flows.look_at_personal import LookAtPersonal
from offers.flows.undo_personal import UndoPersonal
from offers.model.personal_run import PersonalRun
from offers.model.programme import Programme

Rehearse = Callable[[Programme, str, str], Awaitable[PersonalRun]]
"""Decides for every member by a template's code and keeps the run, for whom of the staff: the work of scoring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalTools:
    doorkeeper: Doorkeeper
    look_at_personal: LookAtPersonal
    rehearse: Rehearse
    issue: IssuePersonal
    undo: UndoPersonal


PERSONAL = web.AppKey("personal", PersonalTools)
