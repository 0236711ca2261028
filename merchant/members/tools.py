"""What the handlers of members work with, and who is asking."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.checkout.fields import IDEMPOTENCY_HEADER, read_idempotency_key
from offers.engine.rotating_codes import is_code
from offers.flows.adjust_balance import AdjustBalance
from offers.flows.agree_own_terms import AgreeOwnTerms
from offers.flows.find_active_card import check_active
from offers.flows.invite_members import InviteMembers
from offers.flows.look_at_balances import LookAtBalances
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_code import LookAtCode
from offers.flows.look_at_exposures import LookAtExposures
from offers.flows.look_at_scores import LookAtScores
from offers.flows.merge_members import MergeMembers
from offers.flows.put_in_segments import PutInSegments
from offers.flows.spend_prepaid import PaidBy, SpendPrepaid
from offers.flows.top_up_prepaid import TopUpPrepaid
from offers.flows.transfer_points import TransferPoints
from offers.flows.unmerge_members import UnmergeMembers
from offers.model.clock import Clock
from offers.model.errors import BadHeader, OfferError, UnknownCard, WrongScope
from offers.model.ids import MemberId
from offers.model.programme import Programme, Scope, Till

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTools:
    doorkeeper: Doorkeeper
    look_at_balances: LookAtBalances
    agree_own_terms: AgreeOwnTerms
    put_in_segments: PutInSegments
    transfer_points: TransferPoints
    adjust_balance: AdjustBalance
    merge_members: MergeMembers
    unmerge_members: UnmergeMembers
    top_up_prepaid: TopUpPrepaid
    spend_prepaid: SpendPrepaid
    invite_members: InviteMembers
    look_at_card: LookAtCard
    look_at_code: LookAtCode
    look_at_scores: LookAtScores
    look_at_exposures: LookAtExposures
    public_url: str
    clock: Clock


MEMBERS = web.AppKey("members", MemberTools)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks. `id` is the key's: it stands for the person in the audit. `funder` is who holds prepaid money.

    `till` is where a cashier asks; None for an operator.
    """

    id: str
    programme: Programme
    scope_of_keys: str
    funder: str
    till: Till | None = None


async def office(request: web.Request) -> Asker:
    """Give the operator who asks. Raises Unauthorized, WrongScope, TooManyRequests."""
    holder = await request.app[MEMBERS].doorkeeper.holder(request)
    if holder.key.scope is not Scope.OPERATOR:
        raise WrongScope(needed=Scope.OPERATOR)
    programme = holder.programme
    return Asker(id=holder.key.id, programme=programme, scope_of_keys="office", funder=programme.id)


async def till_or_office(request: web.Request) -> Asker:
    """Give the till or the operator who asks; what a till names is its outlet's own."""
    holder = await request.app[MEMBERS].doorkeeper.holder(request)
    if holder.key.scope is Scope.OPERATOR:
        return await office(request)
    if holder.key.scope is not Scope.TILL or holder.outlet is None:
        raise WrongScope(needed=Scope.TILL)
    outlet = holder.outlet
    till = Till(programme=holder.programme, outlet=outlet, key_id=holder.key.id)
    return Asker(
        id=till.key_id, programme=till.programme, scope_of_keys=outlet.id, funder=outlet.merchant_id, till=till
    )


def member_of(request: web.Request) -> MemberId:
    return MemberId(request.match_info["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a path names, and for a till by what code."""

    member_id: MemberId
    by: PaidBy | None


async def whose(request: web.Request, asker: Asker, *, now: bool = False) -> Named:
    """Give the member a path names, by their id or by the code of their card, as a till scans it.

    With `now` a till's code has to be one it may look at the card by now. Raises what `ReadCode` raises, UnknownCard,
    and with `now` what `see_code` raises.
    """
    named = request.match_info["id"]
    tools, till = request.app[MEMBERS], asker.till
    if not is_code(named):
        return Named(member_id=MemberId(named), by=PaidBy(outlet_id=till.outlet.id, card_id=None) if till else None)
    if till is not None and now:
        await tools.look_at_code(till, named)
    scanned = await tools.look_at_code.read_code(
        named, programme_id=asker.programme.id, outlet_id=till.outlet.id if till else None
    )
    sight = await tools.look_at_card.by_id(scanned.card_id)
    if sight.programme.id != asker.programme.id:
        raise UnknownCard
    by = PaidBy(outlet_id=till.outlet.id, card_id=scanned.card_id, shown=scanned.shown) if till else None
    return Named(member_id=sight.member.id, by=by)


async def whose_to_pay(request: web.Request, asker: Asker) -> Named:
    """Give the member who pays. A card has to work: raises CardReplaced, CardNotActive too."""
    named = await whose(request, asker)
    if named.by is not None and named.by.card_id is not None:
        check_active((await request.app[MEMBERS].look_at_card.by_id(named.by.card_id)).card)
    return named


def needed_key(request: web.Request) -> str:
    """Give the Idempotency-Key that every effect has to have. Raises BadHeader when it is not there."""
    key = read_idempotency_key(request.headers.get(IDEMPOTENCY_HEADER))
    if key is None:
        raise BadHeader(header=IDEMPOTENCY_HEADER)
    return key


async def pointing(doing: Awaitable[Answer], fields: Mapping[type[OfferError], str]) -> Answer:
    """Let a refusal name the field of the body it is about."""
    try:
        return await doing
    except OfferError as refusal:
        if field := fields.get(type(refusal)):
            vars(refusal)["field"] = field
        raise
