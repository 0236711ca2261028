"""Installing the doors into the one application, each with its tools."""

from collections.abc import Mapping

from aiohttp import web

from bot.install import WebhookTools, bot_id_of
from bot.install import install as install_webhook
from merchant.auth import Doorkeeper
from merchant.checkout.install import TEMPLATES as TILL_TEMPLATES
from merchant.checkout.install import install as install_till
from merchant.checkout.tools import TillTools
from offers.flows.find_quote import FindQuote
from offers.flows.find_receipts import FindReceipts
from offers.flows.hold_quote import HoldQuote
from offers.flows.keep_update import KeepUpdate
from offers.flows.know_key import KnowKey
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_code import LookAtCode
from offers.flows.quote_purchase import QuotePurchase
from offers.flows.read_code import ReadCode
from offers.flows.release_hold import ReleaseHold
from offers.flows.return_purchase import ReturnPurchase
from offers.flows.settle_purchase import SettlePurchase
from offers.flows.settle_quote import SettleQuote
from offers.flows.void_purchase import VoidPurchase
from offers.model.ids import ProgrammeId
from service.card_doors import install_cards
from service.design_doors import install_designs
from service.enrol_doors import install_joining
from service.health_doors import install_health
from service.house import House
from service.limit_doors import install_limits
from service.member_doors import install_members
from service.now import chance, now
from service.personal.doors import install_personal
from service.update_doors import install_updates
from service.web import make_application
from wallet.apple.install import install as install_apple
from wallet.google.callback.install import install as install_callbacks
from wallet.google.install import install as install_google
from wallet.pages.install import TEMPLATES as MEMBER_TEMPLATES
from web.photos import PhotoReader


def build_application(house: House, *, bots: Mapping[str, str], bot_programme: ProgrammeId | None) -> web.Application:
    """Build the application. `bots` gives each programme's bot address by slug; `bot_programme` takes the webhook."""
    app = make_application(house.store, [TILL_TEMPLATES, MEMBER_TEMPLATES])
    if house.apple:
        install_apple(app, house.apple.tools)
    if house.google:
        install_google(app, house.google.tools)
        install_callbacks(app, house.google.callbacks)
    install_till(app, _till_tools(house, app))
    _install_offices(app, house)
    install_joining(app, house, bots)
    telegram = house.settings.telegram
    if telegram.token and telegram.webhook_secret and bot_programme:
        install_webhook(
            app,
            WebhookTools(
                bot_id=bot_id_of(telegram.token.get_secret_value()),
                programme_id=bot_programme,
                keep=KeepUpdate(house.store, now),
                secret=telegram.webhook_secret.get_secret_value(),
            ),
        )
    return app


def _install_offices(app: web.Application, house: House) -> None:
    """Install the APIs of those who run the programme."""
    # Before the API of cards, for which `/v1/cards/stale` would be a card called so.
    install_updates(app, house.store, clock=now, terms=house.settings.updates.stale_terms)
    install_limits(
        app,
        house.store,
        doorkeeper=Doorkeeper(know_key=KnowKey(house.store)),
        clock=now,
        chance=chance,
        code_key=house.code_key,
    )
    install_personal(app, house.store, doorkeeper=Doorkeeper(know_key=KnowKey(house.store)), clock=now, chance=chance)
    install_members(
        app,
        house.store,
        doorkeeper=Doorkeeper(know_key=KnowKey(house.store)),
        clock=now,
        chance=chance,
        code_key=house.code_key,
        public_url=house.settings.web.public_url,
    )
    install_cards(app, house)
    install_health(app, house.store, settings=house.settings, clock=now)
    install_designs(app, house)


def _till_tools(house: House, app: web.Application) -> TillTools:
    photos = PhotoReader()

    async def close_photos(_: web.Application) -> None:
        photos.close()

    app.on_cleanup.append(close_photos)
    return TillTools(
        doorkeeper=Doorkeeper(know_key=KnowKey(house.store)),
        quote_purchase=QuotePurchase(house.store, now, chance),
        hold_quote=HoldQuote(house.store, now),
        release_hold=ReleaseHold(house.store, now),
        find_quote=FindQuote(house.store),
        settle_quote=SettleQuote(house.store, now, chance),
        settle_purchase=SettlePurchase(house.store, now, chance),
        return_purchase=ReturnPurchase(house.store, now),
        void_purchase=VoidPurchase(house.store, now),
        find_receipts=FindReceipts(house.store),
        read_code=ReadCode(house.store, house.code_key, now),
        look_at_code=LookAtCode(ReadCode(house.store, house.code_key, now)),
        look_at_card=LookAtCard(house.store, house.code_key, now),
        list_coupons=ListCoupons(house.store, now),
        photos=photos,
        clock=now,
    )
