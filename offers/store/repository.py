"""What every repository is: collections seen through one session."""

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

MAX_MERGES_IN_A_ROW = 10


class Repository:
    """Base of the repositories: gives collections and the session they write in."""

    def __init__(self, database: AsyncDatabase[Any], session: AsyncClientSession | None) -> None:
        self._database = database
        self._session = session

    async def _survivor(self, member: dict[str, Any]) -> dict[str, Any]:
        """Give the member who speaks for this one: themselves, unless they were merged into another."""
        for _ in range(MAX_MERGES_IN_A_ROW):
            if not (survivor_id := member.get("merged_into")):
                break
            member = await self._database["members"].find_one({"_id": survivor_id}, session=self._session) or member
        return member
