"""What the APIs of offers and of templates of personal offers share: a rule by its code, and every version it had.

A change takes `If-Match` with the version it replaces; what is the same already is not written again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import web

from merchant.limits import instant
from merchant.offers.bodies import VersionsQuery, as_json, merged, read_patch, read_rules_body, same_code
from merchant.offers.checked import checked
from merchant.offers.files import RulesText, folded_in
from merchant.offers.offer_body import OfferBody
from merchant.offers.tags import replaced_version, tagged
from merchant.offers.template_body import TemplateBody
from merchant.offers.tools import OFFERS, staff_of
from offers.engine.rule_changes import RulesChange
from offers.flows.change_offers import NEW
from offers.flows.know_key import KeyHolder
from offers.flows.rule_kinds import RuleKind
from offers.model.ids import ProgrammeId
from offers.model.offer import OfferState
from offers.model.rules import Rule, Rules, RuleVersion
from web.body import answer

Document = dict[str, Any]
RuleBody = TypeVar("RuleBody", bound=OfferBody | TemplateBody)
_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleApi(Generic[Rule, RuleBody]):
    """The routes of one kind of rule, below its `address`: add, look, change, archive, activate, pause, versions.

    `body` is a rule as text and `to_rule` reads one from it; `document` writes it. `name` is what the answer of a
    version calls its rule. The application has to have the tools of offers.
    """

    address: str
    name: str
    kind: RuleKind[Rule]
    body: type[RuleBody]
    to_rule: Callable[[RuleBody, ProgrammeId], Rule]
    document: Callable[[Rule], Document]

    def routes(self) -> list[web.RouteDef]:
        one = f"{self.address}/{{code}}"
        return [
            web.post(self.address, self.add),
            web.get(one, self.look),
            web.put(one, self.put),
            web.patch(one, self.patch),
            web.delete(one, self.archive),
            web.post(f"{one}/activate", self.activate),
            web.post(f"{one}/pause", self.pause),
            web.get(f"{one}/versions", self.versions),
            web.get(f"{one}/versions/{{number}}", self.version),
        ]

    def rule_answer(self, rule: Rule) -> Document:
        """Tell a rule as its text has it; its state is always said."""
        return {**self.document(rule), "state": rule.state.value}

    async def add(self, request: web.Request) -> web.Response:
        """Write a new rule. One of its code that is there already is refused, an archived one too."""
        holder = await request.app[OFFERS].doorkeeper.operator_key(request)
        return await self._put(request, holder, await read_rules_body(request, self.body), instead_of_version=NEW)

    async def look(self, request: web.Request) -> web.Response:
        """Give a rule as it stands, its version as the ETag."""
        tools = request.app[OFFERS]
        programme = await tools.doorkeeper.operator(request)
        rule = await tools.look_at_offers.rule(programme.id, self.kind, request.match_info["code"])
        return answer(self.rule_answer(rule), headers=tagged(rule.version))

    async def put(self, request: web.Request) -> web.Response:
        """Write a rule whole: a new one, or the next version of one there is."""
        holder = await request.app[OFFERS].doorkeeper.operator_key(request)
        body = await read_rules_body(request, self.body)
        same_code(request.match_info["code"], body.code)
        return await self._put(request, holder, body, instead_of_version=replaced_version(request))

    async def patch(self, request: web.Request) -> web.Response:
        """Change fields of a rule by a merge patch (RFC 7396), on the version that was patched."""
        tools = request.app[OFFERS]
        holder = await tools.doorkeeper.operator_key(request)
        fields = await read_patch(request)
        rule = await tools.look_at_offers.rule(holder.programme.id, self.kind, request.match_info["code"])
        body = checked(self.body, as_json(merged(self.document(rule), fields)))
        same_code(rule.code, body.code)
        expected = replaced_version(request)
        return await self._put(request, holder, body, instead_of_version=rule.version if expected is None else expected)

    async def archive(self, request: web.Request) -> web.Response:
        """Archive a rule. Nothing is lost: `activate` takes it up again. Coupons of a template end with it."""
        return await self._set_state(request, OfferState.ARCHIVED)

    async def activate(self, request: web.Request) -> web.Response:
        """Let a draft, a paused or an archived rule work. What it names has to be there."""
        return await self._set_state(request, OfferState.ACTIVE)

    async def pause(self, request: web.Request) -> web.Response:
        """Stop a rule for now. Of a template nothing more is issued, from the page under way on; its coupons go on."""
        return await self._set_state(request, OfferState.PAUSED)

    async def versions(self, request: web.Request) -> web.Response:
        """List the versions of a rule, newest first, a hundred at a time."""
        tools = request.app[OFFERS]
        programme = await tools.doorkeeper.operator(request)
        query = VersionsQuery.model_validate(dict(request.query))
        code = request.match_info["code"]
        found = await tools.look_at_offers.versions(programme.id, self.kind, code, before=query.before)
        before = found[-1].rule.version if found and found[-1].rule.version > 1 else None
        return answer({"versions": [self._version_answer(version) for version in found], "next_before": before})

    async def version(self, request: web.Request) -> web.Response:
        """Give one version, by whom and when it was written."""
        tools = request.app[OFFERS]
        programme = await tools.doorkeeper.operator(request)
        code, text = request.match_info["code"], request.match_info["number"]
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
            raise self.kind.unknown_version(code, 0)
        found = await tools.look_at_offers.version(programme.id, self.kind, code, int(text))
        return answer(self._version_answer(found), headers=tagged(found.rule.version))

    async def _put(
        self, request: web.Request, holder: KeyHolder, body: RuleBody, *, instead_of_version: int | None
    ) -> web.Response:
        programme = holder.programme
        rule = self.to_rule(body, programme.id)
        with RulesText(rules=Rules(programme_id=programme.id), folded=folded_in(body, "")).placing():
            change = await request.app[OFFERS].change_offers.put(
                programme, self.kind, rule, staff_id=staff_of(holder), instead_of_version=instead_of_version
            )
        return self._changed(change, rule.code)

    async def _set_state(self, request: web.Request, state: OfferState) -> web.Response:
        tools = request.app[OFFERS]
        holder = await tools.doorkeeper.operator_key(request)
        code = request.match_info["code"]
        change = await tools.change_offers.set_state(
            holder.programme,
            self.kind,
            code,
            state,
            staff_id=staff_of(holder),
            instead_of_version=replaced_version(request),
        )
        return self._changed(change, code)

    def _changed(self, change: RulesChange, code: str) -> web.Response:
        rule = self.kind.get(change.after, code)
        headers = tagged(rule.version)
        is_new = self.kind.find(change.before, code) is None
        if is_new:
            headers["Location"] = f"{self.address}/{code}"
        return answer(self.rule_answer(rule), status=201 if is_new else 200, headers=headers)

    def _version_answer(self, version: RuleVersion[Rule]) -> Document:
        return {
            "version": version.rule.version,
            "at": instant(version.at),
            "staff": version.staff_id,
            self.name: self.rule_answer(version.rule),
        }
