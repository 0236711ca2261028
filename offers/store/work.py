"""One unit of work: every repository, bound to one session (or to none, for reading)."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from offers.store.accounts import Accounts
from offers.store.cards import Cards
from offers.store.consents import Consents
from offers.store.conversations import Conversations
from offers.store.devices import Devices
from offers.store.images import Images
from offers.store.imports import Imports
from offers.store.members import Members
from offers.store.outbox import Outbox
from offers.store.programmes import Programmes
from offers.store.receipts import Receipts
from offers.store.updates import Updates


class Work:
    """The repositories of one transaction."""

    def __init__(self, database: AsyncDatabase[Any], session: AsyncClientSession | None) -> None:
        self.programmes = Programmes(database, session)
        self.members = Members(database, session)
        self.cards = Cards(database, session)
        self.accounts = Accounts(database, session)
        self.receipts = Receipts(database, session)
        self.outbox = Outbox(database, session)
        self.devices = Devices(database, session)
        self.consents = Consents(database, session)
        self.conversations = Conversations(database, session)
        self.updates = Updates(database, session)
        self.images = Images(database, session)
        self.imports = Imports(database, session)
