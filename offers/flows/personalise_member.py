"""Personalise a member: keep what they told their phone's wallet when they enrolled there, with its proof."""

import hashlib
from dataclasses import dataclass

from offers.flows.find_design import find_design
from offers.model.card import Announcement, Card
from offers.model.clock import Clock
from offers.model.consent import Consent, Purpose
from offers.model.design import CardDesign
from offers.model.errors import UnknownCard
from offers.model.ids import Chance, new_id
from offers.model.member import Member, PersonalDetails
from offers.model.programme import Language
from offers.store.store import Store
from offers.store.work import Work

TEXT_VERSION = "apple-personalisation"


@dataclass(frozen=True, slots=True)
class PersonaliseMember:
    """Keep the details and give the card its next version, so that the phone fetches one that asks no more.

    A card whose design asks for nothing keeps nothing. The same details again change nothing; others replace them.
    What the design's terms said is kept as a consent, by the digest of their text. Raises UnknownCard, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, card: Card, details: PersonalDetails) -> bool:
        """Tell whether anything was kept."""
        return await self.store.transact(lambda work: self._keep(work, card, details))

    async def _keep(self, work: Work, card: Card, details: PersonalDetails) -> bool:
        member = await work.members.get(card.member_id)
        programme = await work.programmes.get(card.programme_id)
        if member is None or programme is None:
            raise UnknownCard
        design = await find_design(work, programme, card.design)
        if design.personalisation is None or _same(member.personal, details):
            return False
        await work.members.personalise(member.id, details)
        await work.consents.add(self._consents(design, card, member, details))
        await work.cards.raise_version(card.id, Announcement.NOTHING, at=self.clock())
        return True

    def _consents(self, design: CardDesign, card: Card, member: Member, details: PersonalDetails) -> list[Consent]:
        asked = design.personalisation
        if asked is None or asked.terms is None:
            return []
        text = asked.terms(Language(member.language))
        return [
            Consent(
                id=new_id(details.told_at, self.chance),
                programme_id=member.programme_id,
                member_id=member.id,
                purpose=Purpose.PERSONAL_DATA,
                granted=True,
                text_version=f"{TEXT_VERSION}.{design.slug}.{design.edition}",
                text_digest=hashlib.sha256(text.encode()).hexdigest(),
                language=member.language,
                at=details.told_at,
                proof=f"Apple Wallet, card {card.serial}",
            )
        ]


def _same(before: PersonalDetails | None, now: PersonalDetails) -> bool:
    return before is not None and _told(before) == _told(now)


def _told(details: PersonalDetails) -> tuple[str | None, ...]:
    return (
        details.name,
        details.given_name,
        details.family_name,
        details.email,
        details.postal_code,
        details.country,
        details.phone,
    )
