"""Enrol a member: the person, the consents and one card, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.new_card import new_card
from offers.flows.note_referral import note_referral
from offers.flows.tell_outbox import event_item
from offers.model.arrival import Arrival
from offers.model.card import Card
from offers.model.clock import Clock
from offers.model.consent import Consent, Purpose
from offers.model.errors import ConsentMissing, ContactTaken
from offers.model.events import MemberEnrolled
from offers.model.ids import Chance, MemberId, new_id
from offers.model.member import Birthday, Member
from offers.model.programme import Language, Programme
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A consent as the person gave it; `proof` says where (an address, a Telegram update)."""

    purpose: Purpose
    text_version: str
    text_digest: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Who wants to join, and how they came. At least one contact point.

    `key` is an unguessable name of this submission, known only to whoever made it. `phone_is_verified` when the person
    proved on another way than by Telegram that the phone is theirs.
    """

    language: Language
    source: str
    consents: tuple[Given, ...]
    phone: str | None = None
    telegram_id: int | None = None
    birthday: Birthday | None = None
    key: str | None = None
    is_sample: bool = False
    arrival: Arrival | None = None
    phone_is_verified: bool = False

    @property
    def vouches_for_phone(self) -> bool:
        return self.phone is not None and (self.phone_is_verified or self.telegram_id is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The member and the card; `is_new` is false when the contact was a member's already."""

    member: Member
    card: Card
    is_new: bool


@dataclass(frozen=True, slots=True)
class EnrolMember:
    """Enrol, or recognise.

    A Telegram account that is a member's already gets its card again. A phone that is a member's already joins the
    Telegram account to that member, for Telegram vouches for a shared contact, and gets its card again when it was
    verified; a phone merely typed into a page proves nothing, so it raises ContactTaken, unless the very same
    submission enrolled them a moment ago.
    A member recognised keeps the consents that are new. Raises ConsentMissing without consent to personal data.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, programme: Programme, application: Application) -> Enrolment:
        if Purpose.PERSONAL_DATA not in {given.purpose for given in application.consents}:
            raise ConsentMissing
        try:
            return await self.store.transact(lambda work: self._enrol(work, programme, application))
        except ContactTaken:
            await self.store.transact(lambda work: self._note_known(work, programme, application))
            raise

    async def _enrol(self, work: Work, programme: Programme, application: Application) -> Enrolment:
        known = await self._recognise(work, programme, application)
        if known is None:
            return await self._welcome(work, programme, application)
        card = await work.cards.of_member(known.id)
        if card is None:
            card = await self._issue(work, known)
        if application.vouches_for_phone and known.phone == application.phone:
            known = replace(known, phone_verified_at=self.clock())
            await work.members.verify_phone(known.id, at=self.clock())
        await self._keep_new_consents(work, known, application)
        await note_referral(work, programme, known, source=application.source, is_new=False, at=self.clock())
        return Enrolment(member=known, card=card, is_new=False)

    async def _note_known(self, work: Work, programme: Programme, application: Application) -> None:
        """Keep why nobody is rewarded for bringing a member whose phone was typed in again."""
        known = await work.members.by_phone(programme.id, application.phone) if application.phone else None
        if known is not None and (application.key is None or known.enrolment_key != application.key):
            await note_referral(work, programme, known, source=application.source, is_new=False, at=self.clock())

    async def _recognise(self, work: Work, programme: Programme, application: Application) -> Member | None:
        by_telegram = by_phone = None
        if application.telegram_id is not None:
            by_telegram = await work.members.by_telegram(programme.id, application.telegram_id)
        if application.phone is not None:
            by_phone = await work.members.by_phone(programme.id, application.phone)
        if by_telegram and by_phone and by_telegram.id != by_phone.id:
            raise ContactTaken
        if by_telegram and application.phone and not by_telegram.phone:
            await work.members.own_phone(by_telegram.id, application.phone)
            by_telegram = replace(by_telegram, phone=application.phone)
        if by_telegram or by_phone is None:
            return by_telegram
        if application.key is not None and by_phone.enrolment_key == application.key:
            return by_phone
        if application.telegram_id is None and application.phone_is_verified:
            return by_phone
        if application.telegram_id is None or by_phone.telegram_id is not None:
            raise ContactTaken
        await work.members.reach_by_telegram(by_phone.id, application.telegram_id)
        return replace(by_phone, telegram_id=application.telegram_id)

    async def _welcome(self, work: Work, programme: Programme, application: Application) -> Enrolment:
        at = self.clock()
        member = Member(
            id=MemberId(new_id(at, self.chance)),
            programme_id=programme.id,
            language=application.language,
            source=application.source,
            enrolled_at=at,
            phone=application.phone,
            telegram_id=application.telegram_id,
            birthday=application.birthday,
            enrolment_key=application.key,
            is_sample=application.is_sample,
            arrival=application.arrival,
            phone_verified_at=at if application.vouches_for_phone else None,
        )
        await work.members.add(member)
        await note_referral(work, programme, member, source=member.source, is_new=True, at=at)
        await work.consents.add([self._consent(member, application, given, at=at) for given in application.consents])
        card = await self._issue(work, member)
        enrolled = MemberEnrolled(
            key=f"member:{member.id}:enrolled",
            programme_id=programme.id,
            member_id=member.id,
            at=at,
            source=member.source,
        )
        await work.outbox.put([event_item(enrolled)])
        return Enrolment(member=member, card=card, is_new=True)

    async def _issue(self, work: Work, member: Member) -> Card:
        card = new_card(member, self.clock(), self.chance)
        await work.cards.add(card)
        return card

    async def _keep_new_consents(self, work: Work, member: Member, application: Application) -> None:
        """Keep what the member has not agreed to yet, word for word; the same words agreed to again say nothing."""
        latest = {consent.purpose: consent for consent in await work.consents.of_member(member.id)}
        new = [
            given
            for given in application.consents
            if (last := latest.get(given.purpose)) is None or not last.granted or last.text_digest != given.text_digest
        ]
        at = self.clock()
        await work.consents.add([self._consent(member, application, given, at=at) for given in new])

    def _consent(self, member: Member, application: Application, given: Given, *, at: datetime) -> Consent:
        return Consent(
            id=new_id(at, self.chance),
            programme_id=member.programme_id,
            member_id=member.id,
            purpose=given.purpose,
            granted=True,
            text_version=given.text_version,
            text_digest=given.text_digest,
            language=application.language,
            at=at,
            proof=given.proof,
        )
