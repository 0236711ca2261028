"""Every version of a rule: of offers, and of templates of personal offers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic

from pydantic import TypeAdapter

from offers.model.ids import OfferId
from offers.model.offer import Offer
from offers.model.personal import Template
from offers.model.rules import Rule, RuleVersion
from offers.store.repository import Repository

_SEEN_AT_ONCE = 100


class RuleVersions(Repository, Generic[Rule]):
    """The versions of one kind. `_name` is what its documents call a rule, `_kept` how one is written as JSON."""

    _name: str
    _kept: TypeAdapter[RuleVersion[Rule]]

    async def add(self, rules: Sequence[Rule], *, at: datetime, staff_id: str) -> None:
        """Keep the versions that rules have come to, all of them new."""
        documents = [self._document(RuleVersion(rule=rule, at=at, staff_id=staff_id)) for rule in rules]
        if documents:
            await self._database[f"{self._name}_versions"].insert_many(documents, session=self._session)

    async def find(self, rule_id: OfferId, number: int) -> RuleVersion[Rule] | None:
        query = {"_id": f"{rule_id}@{number}"}
        document = await self._database[f"{self._name}_versions"].find_one(query, session=self._session)
        return self._version(document) if document else None

    async def latest(self, rule_id: OfferId, *, before: int | None = None) -> list[RuleVersion[Rule]]:
        """Give up to a hundred versions, newest first."""
        query: dict[str, Any] = {f"{self._name}_id": rule_id}
        if before is not None:
            query["number"] = {"$lt": before}
        cursor = self._database[f"{self._name}_versions"].find(query, session=self._session).sort("number", -1)
        return [self._version(document) async for document in cursor.limit(_SEEN_AT_ONCE)]

    def _document(self, version: RuleVersion[Rule]) -> dict[str, Any]:
        rule = version.rule
        said = self._kept.dump_python(version, mode="json")
        return {
            "_id": f"{rule.id}@{rule.version}",
            f"{self._name}_id": rule.id,
            "number": rule.version,
            "at": version.at,
            "version": {self._name: said.pop("rule"), **said},
        }

    def _version(self, document: dict[str, Any]) -> RuleVersion[Rule]:
        said = dict(document["version"])
        return self._kept.validate_python({"rule": said.pop(self._name), **said})


class OfferVersions(RuleVersions[Offer]):
    _name = "offer"
    _kept = TypeAdapter(RuleVersion[Offer])


class TemplateVersions(RuleVersions[Template]):
    _name = "template"
    _kept = TypeAdapter(RuleVersion[Template])
