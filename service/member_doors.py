"""Installing the API of members, with its tools."""

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.members.install import install
from merchant.members.tools import MemberTools
from offers.flows.adjust_balance import AdjustBalance
from offers.flows.agree_own_terms import AgreeOwnTerms
from offers.flows.invite_members import InviteMembers
from offers.flows.look_at_balances import LookAtBalances
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_code import LookAtCode
from offers.flows.look_at_exposures import LookAtExposures
from offers.flows.look_at_scores import LookAtScores
from offers.flows.merge_members import MergeMembers
from offers.flows.put_in_segments import PutInSegments
from offers.flows.read_code import ReadCode
from offers.flows.spend_prepaid import SpendPrepaid
from offers.flows.top_up_prepaid import TopUpPrepaid
from offers.flows.transfer_points import TransferPoints
from offers.flows.unmerge_members import UnmergeMembers
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.store.store import Store


def install_members(
    app: web.Application,
    store: Store,
    *,
    doorkeeper: Doorkeeper,
    clock: Clock,
    chance: Chance,
    code_key: bytes,
    public_url: str,
) -> None:
    install(
        app,
        MemberTools(
            doorkeeper=doorkeeper,
            look_at_balances=LookAtBalances(store, clock),
            agree_own_terms=AgreeOwnTerms(store, clock),
            put_in_segments=PutInSegments(store, clock),
            transfer_points=TransferPoints(store, clock, chance),
            adjust_balance=AdjustBalance(store, clock, chance),
            merge_members=MergeMembers(store, clock, chance),
            unmerge_members=UnmergeMembers(store, clock),
            top_up_prepaid=TopUpPrepaid(store, clock, chance),
            spend_prepaid=SpendPrepaid(store, clock),
            invite_members=InviteMembers(store, clock, chance),
            look_at_card=LookAtCard(store, code_key, clock),
            look_at_code=LookAtCode(ReadCode(store, code_key, clock)),
            look_at_scores=LookAtScores(store),
            look_at_exposures=LookAtExposures(store),
            public_url=public_url,
            clock=clock,
        ),
    )
