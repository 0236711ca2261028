"""One unit of work: every repository, bound to one session (or to none, for reading)."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from offers.store.accounts import Accounts
from offers.store.adjustments import Adjustments
from offers.store.arrivals import Arrivals
from offers.store.audit import Audit
from offers.store.budgets import Budgets
from offers.store.cards import Cards
from offers.store.consents import Consents
from offers.store.conversations import Conversations
from offers.store.coupon_lives import CouponLives
from offers.store.coupons import Coupons
from offers.store.designs import Designs
from offers.store.device_logs import DeviceLogs
from offers.store.devices import Devices
from offers.store.exports import Exports
from offers.store.exposures import Exposures
from offers.store.fetches import Fetches
from offers.store.google_classes import GoogleClasses
from offers.store.google_news import GoogleReports
from offers.store.google_offers import GoogleOffers
from offers.store.histories import Histories
from offers.store.images import Images
from offers.store.imports import Imports
from offers.store.issuances import Issuances
from offers.store.lags import Lags
from offers.store.layers import Layers
from offers.store.ledger import Ledger
from offers.store.members import Members
from offers.store.merges import Merges
from offers.store.notices import Notices
from offers.store.outbox import Outbox
from offers.store.paces import Paces
from offers.store.personal import Personal
from offers.store.programmes import Programmes
from offers.store.quotas import Quotas
from offers.store.quotes import Quotes
from offers.store.receipts import Receipts
from offers.store.referrals import Referrals
from offers.store.returns import Returns
from offers.store.rule_versions import OfferVersions, TemplateVersions
from offers.store.rulebooks import Rulebooks
from offers.store.scores import Scores
from offers.store.showings import CodeDraws, Showings
from offers.store.shown import ShownCards
from offers.store.takes import Takes
from offers.store.throttles import Throttles
from offers.store.updates import Updates
from offers.store.verifications import Verifications
from offers.store.vouchers import Vouchers

Opening = TypeVar("Opening")


class Opened(Generic[Opening]):
    """A repository of a piece of work, made when it is first asked for: most work needs a few of them."""

    def __init__(self, kind: Callable[[AsyncDatabase[Any], AsyncClientSession | None], Opening]) -> None:
        self._kind = kind
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, work: "Work", owner: type) -> Opening:
        made = self._kind(work.database, work.session)
        # In the instance's own dictionary it hides this descriptor from then on.
        vars(work)[self._name] = made
        return made


class Work:
    """The repositories of one transaction."""

    def __init__(self, database: AsyncDatabase[Any], session: AsyncClientSession | None) -> None:
        self.database = database
        self.session = session

    programmes = Opened(Programmes)
    members = Opened(Members)
    cards = Opened(Cards)
    accounts = Opened(Accounts)
    receipts = Opened(Receipts)
    quotes = Opened(Quotes)
    returns = Opened(Returns)
    rulebooks = Opened(Rulebooks)
    offer_versions = Opened(OfferVersions)
    template_versions = Opened(TemplateVersions)
    personal = Opened(Personal)
    scores = Opened(Scores)
    exposures = Opened(Exposures)
    histories = Opened(Histories)
    outbox = Opened(Outbox)
    shown = Opened(ShownCards)
    notices = Opened(Notices)
    paces = Opened(Paces)
    lags = Opened(Lags)
    google_classes = Opened(GoogleClasses)
    designs = Opened(Designs)
    fetches = Opened(Fetches)
    layers = Opened(Layers)
    device_logs = Opened(DeviceLogs)
    devices = Opened(Devices)
    consents = Opened(Consents)
    conversations = Opened(Conversations)
    updates = Opened(Updates)
    google_offers = Opened(GoogleOffers)
    google_news = Opened(GoogleReports)
    images = Opened(Images)
    imports = Opened(Imports)
    budgets = Opened(Budgets)
    takes = Opened(Takes)
    coupons = Opened(Coupons)
    coupon_lives = Opened(CouponLives)
    vouchers = Opened(Vouchers)
    throttles = Opened(Throttles)
    arrivals = Opened(Arrivals)
    exports = Opened(Exports)
    quotas = Opened(Quotas)
    verifications = Opened(Verifications)
    adjustments = Opened(Adjustments)
    audit = Opened(Audit)
    ledger = Opened(Ledger)
    merges = Opened(Merges)
    referrals = Opened(Referrals)
    issuances = Opened(Issuances)
    showings = Opened(Showings)
    code_draws = Opened(CodeDraws)
