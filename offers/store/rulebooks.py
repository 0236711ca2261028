"""Rulebooks: the offers of a programme and how they stand to one another."""

from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter
from pymongo.errors import DuplicateKeyError

from offers.model.ids import ProgrammeId
from offers.model.rule_errors import RulesTooLarge
from offers.model.rules import Rules
from offers.store.repository import Repository

_RULES: TypeAdapter[Rules] = TypeAdapter(Rules)
MAX_RULES_BYTES = 5 * 1024 * 1024
"""As JSON. A document of MongoDB holds 16 MiB, and lists of short words take up to thrice as much there."""


class Rulebooks(Repository):
    """What staff writes is kept as its own JSON: conditions nest, and nothing is ever looked for inside."""

    async def digest(self, programme_id: ProgrammeId) -> str:
        """Give the fingerprint of what is kept; empty when nothing was ever written."""
        document = await self._database["rulebooks"].find_one(
            {"_id": programme_id}, {"digest": 1}, session=self._session
        )
        return str(document["digest"]) if document else ""

    async def get(self, programme_id: ProgrammeId) -> Rules:
        document = await self._database["rulebooks"].find_one({"_id": programme_id}, session=self._session)
        return _RULES.validate_python(document["rules"]) if document else Rules(programme_id=programme_id)

    async def keep(self, rules: Rules, *, at: datetime) -> bool:
        """Write the edition that follows the one kept; False when somebody else wrote one meanwhile.

        Raises RulesTooLarge.
        """
        text = _RULES.dump_json(rules)
        if len(text) > MAX_RULES_BYTES:
            raise RulesTooLarge(limit_bytes=MAX_RULES_BYTES)
        document = {
            "edition": rules.edition,
            "at": at,
            "digest": sha256(text).hexdigest(),
            "rules": _RULES.dump_python(rules, mode="json"),
        }
        if rules.edition == 1:
            try:
                await self._database["rulebooks"].insert_one(
                    {"_id": rules.programme_id, **document}, session=self._session
                )
            except DuplicateKeyError:
                return False
            return True
        seen = {"_id": rules.programme_id, "edition": rules.edition - 1}
        result = await self._database["rulebooks"].replace_one(seen, document, session=self._session)
        return result.modified_count == 1
