"""What every repository is: collections seen through one session."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase


class Repository:
    """Base of the repositories: gives collections and the session they write in."""

    def __init__(self, database: AsyncDatabase[Any], session: AsyncClientSession | None) -> None:
        self._database = database
        self._session = session
