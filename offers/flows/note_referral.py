"""Note a referral: that somebody joined, or tried to, by a member's link."""

from datetime import datetime

from offers.engine.referrals import code_in, noted
from offers.model.member import Member
from offers.model.programme import Programme
from offers.store.work import Work


async def note_referral(
    work: Work, programme: Programme, invited: Member, *, source: str, is_new: bool, at: datetime
) -> None:
    """Note who brought a member, in the transaction of their enrolment. The first to bring somebody stays."""
    code = code_in(source)
    if code is None or programme.terms.referral is None:
        return
    inviter = await work.members.by_referral_code(programme.id, code)
    if inviter is None or await work.referrals.of_invited(invited.id):
        return
    await work.referrals.keep(noted(programme, inviter, invited, is_new=is_new, at=at))
