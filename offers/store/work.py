"""One unit of work: every repository, bound to one session (or to none, for reading)."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from offers.store.accounts import Accounts
from offers.store.adjustments import Adjustments
from offers.store.audit import Audit
from offers.store.budgets import Budgets
from offers.store.cards import Cards
from offers.store.consents import Consents
from offers.store.conversations import Conversations
from offers.store.coupons import Coupons
from offers.store.devices import Devices
from offers.store.histories import Histories
from offers.store.images import Images
from offers.store.imports import Imports
from offers.store.ledger import Ledger
from offers.store.members import Members
from offers.store.merges import Merges
from offers.store.outbox import Outbox
from offers.store.programmes import Programmes
from offers.store.quotes import Quotes
from offers.store.receipts import Receipts
from offers.store.referrals import Referrals
from offers.store.returns import Returns
from offers.store.rulebooks import Rulebooks
from offers.store.scores import Scores
from offers.store.takes import Takes
from offers.store.throttles import Throttles
from offers.store.updates import Updates
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
        self.scores = Scores(database, session)
        self.histories = Histories(database, session)
        self.outbox = Outbox(database, session)
        self.devices = Devices(database, session)
        self.consents = Consents(database, session)
        self.conversations = Conversations(database, session)
        self.updates = Updates(database, session)
        self.images = Images(database, session)
        self.imports = Imports(database, session)
        self.budgets = Budgets(database, session)
        self.takes = Takes(database, session)
        self.coupons = Coupons(database, session)
        self.vouchers = Vouchers(database, session)
        self.throttles = Throttles(database, session)
        self.adjustments = Adjustments(database, session)
        self.audit = Audit(database, session)
        self.ledger = Ledger(database, session)
        self.merges = Merges(database, session)
        self.referrals = Referrals(database, session)
