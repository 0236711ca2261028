"""What the handlers of the programme work with."""

from dataclasses import dataclass

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.change_terms import ChangeTerms
from offers.flows.find_programme import FindProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeTools:
    doorkeeper: Doorkeeper
    find_programme: FindProgramme
    change_terms: ChangeTerms


PROGRAMME = web.AppKey("programme", ProgrammeTools)
