"""What the member's pages work with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from offers.flows.block_card import BlockCard
from offers.flows.enrol_member import EnrolMember
from offers.flows.export_member import ExportMember
from offers.flows.find_design import FindDesign
from offers.flows.find_other_cards import FindOtherCards
from offers.flows.find_programme import FindProgramme
from offers.flows.find_receipts import FindReceipts
from offers.flows.invite_members import InviteMembers
from offers.flows.keep_consent import KeepConsent
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_balances import LookAtBalances
from offers.flows.look_at_card import LookAtCard
from offers.flows.offer_card import OfferCard
from offers.flows.reissue_card import ReissueCard
from offers.flows.speak_language import SpeakLanguage
from offers.flows.verify_phone import VerifyPhone
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.model.programme import Programme
from wallet.pictures import PictureBook
from web.limits import RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """`apple` and `google` say which wallets are configured, `bots` gives a bot's address by its programme's slug.

    `verify_phone` is None where no text messages can be sent. `join_limit` counts sent forms by the sender's address,
    `card_limit` every question about one card.
    """

    enrol_member: EnrolMember
    find_programme: FindProgramme
    find_design: FindDesign
    look_at_card: LookAtCard
    look_at_balances: LookAtBalances
    find_other_cards: FindOtherCards
    find_receipts: FindReceipts
    list_coupons: ListCoupons
    keep_consent: KeepConsent
    speak_language: SpeakLanguage
    invite_members: InviteMembers
    export_member: ExportMember
    offer_card: OfferCard
    block_card: BlockCard
    reissue_card: ReissueCard
    verify_phone: VerifyPhone | None
    pictures: PictureBook
    clock: Clock
    chance: Chance
    code_key: bytes
    public_url: str
    join_limit: RateLimit
    card_limit: RateLimit
    apple: bool
    google: bool
    bots: Mapping[str, str] = field(default_factory=dict)

    def bot_of(self, programme: Programme) -> str | None:
        return self.bots.get(programme.slug)


MEMBER = web.AppKey("member", Tools)
