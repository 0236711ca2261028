"""Agree own terms with one member: a discount and a rate that replace the programme's, until they end."""

from dataclasses import dataclass

from offers.flows.tell_outbox import event_item
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.errors import UnknownMember
from offers.model.events import OwnTermsChanged
from offers.model.ids import MemberId
from offers.model.ledger_errors import TermsEnded
from offers.model.member import Member, OwnTerms
from offers.model.programme import Programme
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True)
class AgreeOwnTerms:
    """Agree, or end what was agreed (None). Said twice, it is said once: the audit has one line.

    Raises UnknownMember, TermsEnded (they would be over already).
    """

    store: Store
    clock: Clock

    async def __call__(
        self, programme: Programme, member_id: MemberId, own: OwnTerms | None, *, staff_id: str
    ) -> Member:
        return await self.store.transact(lambda work: self._agree(work, programme, member_id, own, staff_id))

    async def _agree(
        self, work: Work, programme: Programme, member_id: MemberId, own: OwnTerms | None, staff_id: str
    ) -> Member:
        member = await work.members.get(member_id)
        if member is None or member.programme_id != programme.id:
            raise UnknownMember
        if member.own_terms == own:
            return member
        at = self.clock()
        if own is not None and not own.hold(at):
            raise TermsEnded
        await work.members.agree(member.id, own)
        action = AuditAction.OWN_TERMS_AGREED if own else AuditAction.OWN_TERMS_ENDED
        line = await work.audit.append(
            programme.id, action, staff_id=staff_id, subject=member.id, facts=_facts(own or member.own_terms), at=at
        )
        event = OwnTermsChanged(
            key=f"own_terms:{programme.id}:{line.seq}", programme_id=programme.id, member_id=member.id, at=at
        )
        await work.outbox.put([event_item(event)])
        return await work.members.get(member.id) or member


def _facts(own: OwnTerms | None) -> dict[str, int | str]:
    """Give what was agreed, or what has ended."""
    if own is None:
        return {}
    facts = {"discount_bp": own.discount_bp, "accrual_bp": own.accrual_bp}
    until: dict[str, int | str] = {"until": own.until.isoformat()} if own.until else {}
    return {name: rate for name, rate in facts.items() if rate is not None} | until
