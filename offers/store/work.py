"""One unit of work: every repository, bound to one session (or to none, for reading)."""

from typing import Any

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
from offers.store.coupons import Coupons
from offers.store.designs import Designs
from offers.store.device_logs import DeviceLogs
from offers.store.devices import Devices
from offers.store.exports import Exports
from offers.store.fetches import Fetches
from offers.store.google_classes import GoogleClasses
from offers.store.google_news import GoogleReports
from offers.store.google_offers import GoogleOffers
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
from offers.store.programmes import Programmes
from offers.store.quotas import Quotas
from offers.store.quotes import Quotes
from offers.store.receipts import Receipts
from offers.store.referrals import Referrals
from offers.store.returns import Returns
from offers.store.rulebooks import Rulebooks
from offers.store.showings import CodeDraws, Showings
from offers.store.shown import ShownCards
from offers.store.takes import Takes
from offers.store.throttles import Throttles
from offers.store.updates import Updates
from offers.store.verifications import Verifications
from offers.store.vouchers import Vouchers


class Work:
    """The repositories of one transaction."""

    def __init__(self, database: AsyncDatabase[Any], session: AsyncClientSession | None) -> None:
        self.programmes = Programmes(database, session)
        self.members = Members(database, session)
        self.cards = Cards(database, session)
        self.accounts = Accounts(database, session)
        self.receipts = Receipts(database, session)
        self.quotes = Quotes(database, session)
        self.returns = Returns(database, session)
        self.rulebooks = Rulebooks(database, session)
        self.outbox = Outbox(database, session)
        self.shown = ShownCards(database, session)
        self.notices = Notices(database, session)
        self.paces = Paces(database, session)
        self.lags = Lags(database, session)
        self.google_classes = GoogleClasses(database, session)
        self.designs = Designs(database, session)
        self.fetches = Fetches(database, session)
        self.layers = Layers(database, session)
        self.device_logs = DeviceLogs(database, session)
        self.devices = Devices(database, session)
        self.consents = Consents(database, session)
        self.conversations = Conversations(database, session)
        self.updates = Updates(database, session)
        self.google_offers = GoogleOffers(database, session)
        self.google_news = GoogleReports(database, session)
        self.images = Images(database, session)
        self.imports = Imports(database, session)
        self.budgets = Budgets(database, session)
        self.takes = Takes(database, session)
        self.coupons = Coupons(database, session)
        self.vouchers = Vouchers(database, session)
        self.throttles = Throttles(database, session)
        self.arrivals = Arrivals(database, session)
        self.exports = Exports(database, session)
        self.quotas = Quotas(database, session)
        self.verifications = Verifications(database, session)
        self.adjustments = Adjustments(database, session)
        self.audit = Audit(database, session)
        self.ledger = Ledger(database, session)
        self.merges = Merges(database, session)
        self.referrals = Referrals(database, session)
        self.issuances = Issuances(database, session)
        self.showings = Showings(database, session)
        self.code_draws = CodeDraws(database, session)
