"""Errors of rules: what is wrong with a text, and what cannot be changed as asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from offers.model.errors import OfferError

MAX_FAULTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFault:
    """One thing wrong: where, as a JSON pointer (RFC 6901) and, when known, a line of the text; a code and its facts.

    Doors render it in ru and en.
    """

    pointer: str
    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)
    line: int | None = None


class InvalidRules(OfferError):
    """`faults` has at least one and at most fifty of the reasons."""

    code = "invalid_body"

    def __init__(self, faults: list[RuleFault]) -> None:
        super().__init__("; ".join(f"{fault.line or ''}{fault.pointer}: {fault.code}" for fault in faults[:MAX_FAULTS]))
        self.faults = tuple(faults[:MAX_FAULTS])

    def facts(self) -> dict[str, object]:
        return {"errors": [{"pointer": fault.pointer, "code": fault.code} for fault in self.faults]}


class UnknownOffer(OfferError):
    code = "unknown_offer"

    def __init__(self, *, offer: str) -> None:
        super().__init__(f"no offer is called {offer}")
        self.offer = offer


class UnknownOfferVersion(OfferError):
    code = "unknown_offer_version"

    def __init__(self, *, offer: str, version: int) -> None:
        super().__init__(f"{offer} has no version {version}")
        self.offer = offer
        self.version = version


class VersionConflict(OfferError):
    code = "version_conflict"

    def __init__(self, *, expected: int, current: int) -> None:
        super().__init__(f"version {expected} was to be changed, and {current} is the one that stands")
        self.expected = expected
        self.current = current


class TooManyOffers(OfferError):
    code = "too_many_offers"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a programme has at most {limit} offers, archived ones included")
        self.limit = limit


class RulesTooLarge(OfferError):
    code = "rules_too_large"

    def __init__(self, *, limit_bytes: int) -> None:
        super().__init__(f"the offers of a programme take at most {limit_bytes} bytes together")
        self.limit_bytes = limit_bytes
