"""Rulebooks: the offers of a programme and how they stand to one another; and every version of an offer."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from pymongo.errors import DuplicateKeyError

from offers.model.ids import OfferId, ProgrammeId
from offers.model.personal import TemplateVersion
from offers.model.rule_errors import RulesTooLarge
from offers.model.rules import OfferVersion, Rules
from offers.store.repository import Repository

_RULES: TypeAdapter[Rules] = TypeAdapter(Rules)
_VERSION: TypeAdapter[OfferVersion] = TypeAdapter(OfferVersion)
_TEMPLATE: TypeAdapter[TemplateVersion] = TypeAdapter(TemplateVersion)
_SEEN_AT_ONCE = 100
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

    async def add_versions(self, versions: list[OfferVersion]) -> None:
        if versions:
            await self._database["offer_versions"].insert_many(
                [_version_document(version) for version in versions], session=self._session
            )

    async def version(self, offer_id: OfferId, version: int) -> OfferVersion | None:
        document = await self._database["offer_versions"].find_one(
            {"_id": f"{offer_id}@{version}"}, session=self._session
        )
        return _VERSION.validate_python(document["version"]) if document else None

    async def last_version(self, offer_id: OfferId) -> int:
        """Give the highest version an offer ever had; 0 when there never was one."""
        document = await self._database["offer_versions"].find_one(
            {"offer_id": offer_id}, {"number": 1}, sort=[("number", -1)], session=self._session
        )
        return int(document["number"]) if document else 0

    async def versions(self, offer_id: OfferId, *, before: int | None = None) -> list[OfferVersion]:
        """Give up to a hundred versions, newest first."""
        query: dict[str, Any] = {"offer_id": offer_id}
        if before is not None:
            query["number"] = {"$lt": before}
        cursor = self._database["offer_versions"].find(query, session=self._session).sort("number", -1)
        return [_VERSION.validate_python(document["version"]) async for document in cursor.limit(_SEEN_AT_ONCE)]

    async def add_template_versions(self, versions: list[TemplateVersion]) -> None:
        if versions:
            await self._database["template_versions"].insert_many(
                [_template_document(version) for version in versions], session=self._session
            )

    async def template_version(self, template_id: OfferId, version: int) -> TemplateVersion | None:
        query = {"_id": f"{template_id}@{version}"}
        document = await self._database["template_versions"].find_one(query, session=self._session)
        return _TEMPLATE.validate_python(document["version"]) if document else None

    async def template_versions(self, template_id: OfferId, *, before: int | None = None) -> list[TemplateVersion]:
        """Give up to a hundred versions, newest first."""
        query: dict[str, Any] = {"template_id": template_id}
        if before is not None:
            query["number"] = {"$lt": before}
        cursor = self._database["template_versions"].find(query, session=self._session).sort("number", -1)
        return [_TEMPLATE.validate_python(document["version"]) async for document in cursor.limit(_SEEN_AT_ONCE)]


def _template_document(version: TemplateVersion) -> dict[str, Any]:
    template = version.template
    return {
        "_id": f"{template.id}@{template.version}",
        "template_id": template.id,
        "number": template.version,
        "at": version.at,
        "version": _TEMPLATE.dump_python(version, mode="json"),
    }


def _version_document(version: OfferVersion) -> dict[str, Any]:
    offer = version.offer
    return {
        "_id": f"{offer.id}@{offer.version}",
        "offer_id": offer.id,
        "number": offer.version,
        "at": version.at,
        "version": _VERSION.dump_python(version, mode="json"),
    }
