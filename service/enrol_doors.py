"""Installing what people join by: the member's pages, and enrolling at the till."""

from collections.abc import Mapping

from aiohttp import web

from merchant.auth import Doorkeeper
from merchant.enrol.install import install as install_enrolling
from merchant.enrol.tools import EnrolTools
from offers.flows.block_card import BlockCard
from offers.flows.count_sources import CountSources
from offers.flows.enrol_member import EnrolMember
from offers.flows.export_member import ExportMember
from offers.flows.find_design import FindDesign
from offers.flows.find_other_cards import FindOtherCards
from offers.flows.find_programme import FindProgramme
from offers.flows.find_receipts import FindReceipts
from offers.flows.invite_members import InviteMembers
from offers.flows.keep_consent import KeepConsent
from offers.flows.know_key import KnowKey
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_balances import LookAtBalances
from offers.flows.look_at_card import LookAtCard
from offers.flows.offer_card import OfferCard
from offers.flows.reissue_card import ReissueCard
from offers.flows.speak_language import SpeakLanguage
from offers.flows.verify_phone import VerifyPhone
from service.house import House
from service.now import chance, now
from service.texting import phone_key
from wallet.pages.install import install as install_pages
from wallet.pages.tools import Tools
from web.limits import RateLimit

JOINS_PER_MINUTE = 20
LOOKS_PER_MINUTE = 90


def install_joining(app: web.Application, house: House, bots: Mapping[str, str]) -> None:
    """Install both; `bots` gives each programme's bot address by slug."""
    install_pages(app, page_tools(house, bots))
    tools = EnrolTools(
        doorkeeper=Doorkeeper(know_key=KnowKey(house.store)),
        offer_card=_offer_card(house),
        count_sources=CountSources(house.store),
    )
    install_enrolling(app, tools)


def page_tools(house: House, bots: Mapping[str, str]) -> Tools:
    store = house.store
    return Tools(
        enrol_member=EnrolMember(store, now, chance),
        find_programme=FindProgramme(store),
        find_design=FindDesign(store, now),
        look_at_card=LookAtCard(store, house.code_key, now),
        look_at_balances=LookAtBalances(store, now),
        find_other_cards=FindOtherCards(store),
        find_receipts=FindReceipts(store),
        list_coupons=ListCoupons(store, now),
        keep_consent=KeepConsent(store, now, chance),
        speak_language=SpeakLanguage(store),
        invite_members=InviteMembers(store, now, chance),
        export_member=ExportMember(store, now),
        offer_card=_offer_card(house),
        block_card=BlockCard(store, now),
        reissue_card=ReissueCard(store, now, chance),
        verify_phone=_verify_phone(house),
        pictures=house.pictures,
        clock=now,
        chance=chance,
        code_key=house.code_key,
        public_url=house.settings.web.public_url,
        join_limit=RateLimit(per_minute=JOINS_PER_MINUTE, burst=JOINS_PER_MINUTE),
        card_limit=RateLimit(per_minute=LOOKS_PER_MINUTE, burst=LOOKS_PER_MINUTE),
        apple=house.apple is not None,
        google=house.google is not None,
        bots=bots,
    )


def _verify_phone(house: House) -> VerifyPhone | None:
    if house.sms is None:
        return None
    return VerifyPhone(house.store, now, chance, phone_key(house.code_key), daily_limit=house.settings.sms.daily_limit)


def _offer_card(house: House) -> OfferCard:
    return OfferCard(
        house.store,
        now,
        chance,
        public_url=house.settings.web.public_url,
        sms_key=phone_key(house.code_key) if house.sms else None,
        daily_limit=house.settings.sms.daily_limit,
    )
